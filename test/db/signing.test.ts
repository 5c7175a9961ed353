import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createLogService } from "../../src/app/reads/log-service.ts";
import { parseCheckpoint } from "../../src/core/log/checkpoint.ts";
import { keepLastSigned } from "../../src/last-signed.ts";
import { eachDatabase, freshStore } from "../support/databases.ts";
import { logKey } from "../support/keys.ts";
import { change, entry } from "./support.ts";

const sizeOf = (note: string | null): number | undefined => parseCheckpoint(note ?? "")?.size;

eachDatabase((kind) => {
  test("a log that is shorter than what was signed is not signed over, until an operator says that it may be", async () => {
    const directory = mkdtempSync(join(tmpdir(), "holdpoint-signed-"));
    const { origin } = logKey;
    const before = await freshStore(kind);
    await before.store.commit(change({ entries: [entry("e_1"), entry("e_2"), entry("e_3")] }));
    const signing = createLogService(before.store, logKey, keepLastSigned(directory, origin));
    expect(sizeOf(await signing.sign())).toBe(3);
    expect(signing.held()).toBeNull();

    const restored = await freshStore(kind); // an older backup: it never had the three
    await restored.store.commit(change({ entries: [entry("e_1")] }));
    const after = createLogService(restored.store, logKey, keepLastSigned(directory, origin));

    expect(await after.sign()).toBeNull();
    expect(after.held()).toContain("has 1 entries, but a checkpoint over 3 was signed");
    await rm(join(directory, "signed-checkpoint"));
    expect(await after.sign()).toBeNull(); // only a start believes it
    const allowed = createLogService(restored.store, logKey, keepLastSigned(directory, origin));
    expect(sizeOf(await allowed.sign())).toBe(1);
    expect(allowed.held()).toBeNull();
  });

  test("a log that grew past what was signed with other entries is not signed either", async () => {
    const directory = mkdtempSync(join(tmpdir(), "holdpoint-signed-"));
    const before = await freshStore(kind);
    await before.store.commit(change({ entries: [entry("e_1"), entry("e_2")] }));
    await createLogService(before.store, logKey, keepLastSigned(directory, logKey.origin)).sign();
    const other = await freshStore(kind);
    const entries = ["e_1", "e_x", "e_3", "e_4"].map((id) => entry(id));
    await other.store.commit(change({ entries }));

    const signing = createLogService(other.store, logKey, keepLastSigned(directory, logKey.origin));

    expect(await signing.sign()).toBeNull();
    expect(signing.held()).toContain("The first 2 entries");
    expect(await other.store.checkpoint()).toBeUndefined();
  });
});
