import { mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { LastSigned } from "../../src/app/ports.ts";
import { createLogService, type Signing } from "../../src/app/reads/log-service.ts";
import { createDoubts } from "../../src/app/self-check/doubts.ts";
import { parseCheckpoint } from "../../src/core/log/checkpoint.ts";
import { keepLastSigned } from "../../src/last-signed.ts";
import { eachDatabase, freshStore } from "../support/databases.ts";
import { logKey } from "../support/keys.ts";
import { asOwner, dropLast, rewriteEntry } from "../support/tamper.ts";
import { change, entry } from "./support.ts";

const sizeOf = (note: string | null): number | undefined => parseCheckpoint(note ?? "")?.size;

const signingWith = (lastSigned: LastSigned): Signing => ({
  lastSigned,
  doubts: createDoubts(),
  check: async () => undefined,
  witnesses: async () => [],
});

const signedIn = (directory: string): Signing =>
  signingWith(keepLastSigned(directory, logKey.origin));

eachDatabase((kind) => {
  test("a log that is shorter than what was signed is not signed over, until an operator says that it may be", async () => {
    const directory = mkdtempSync(join(tmpdir(), "holdpoint-signed-"));
    const before = await freshStore(kind);
    await before.store.commit(change({ entries: [entry("e_1"), entry("e_2"), entry("e_3")] }));
    const signing = createLogService(before.store, logKey, signedIn(directory));
    expect(sizeOf(await signing.sign())).toBe(3);
    expect(signing.held()).toBeNull();

    const restored = await freshStore(kind); // an older backup: it never had the three
    await restored.store.commit(change({ entries: [entry("e_1")] }));
    const after = createLogService(restored.store, logKey, signedIn(directory));

    expect(await after.sign()).toBeNull();
    expect(after.held()).toContain("has 1 entries, but a checkpoint over 3 was signed");
    await rm(join(directory, "signed-checkpoint"));
    expect(await after.sign()).toBeNull(); // only a start believes it
    const allowed = createLogService(restored.store, logKey, signedIn(directory));
    expect(sizeOf(await allowed.sign())).toBe(1);
    expect(allowed.held()).toBeNull();
  });

  test("a log that grew past what was signed with other entries is not signed either", async () => {
    const directory = mkdtempSync(join(tmpdir(), "holdpoint-signed-"));
    const before = await freshStore(kind);
    await before.store.commit(change({ entries: [entry("e_1"), entry("e_2")] }));
    await createLogService(before.store, logKey, signedIn(directory)).sign();
    const other = await freshStore(kind);
    const entries = ["e_1", "e_x", "e_3", "e_4"].map((id) => entry(id));
    await other.store.commit(change({ entries }));

    const signing = createLogService(other.store, logKey, signedIn(directory));

    expect(await signing.sign()).toBeNull();
    expect(signing.held()).toContain("The first 2 entries");
    expect(await other.store.checkpoint()).toBeUndefined();
  });

  const signedLog = async (size: number) => {
    const directory = mkdtempSync(join(tmpdir(), "holdpoint-signed-"));
    const database = await freshStore(kind);
    const entries = Array.from({ length: size }, (_, n) => entry(`e_${n}`));
    await database.store.commit(change({ entries }));
    const signing = () => createLogService(database.store, logKey, signedIn(directory));
    await signing().sign();
    await database.query("delete from holdpoint.checkpoint"); // the attacker's own database
    return { database, signing, directory };
  };

  test("a log whose last 20 entries were dropped is not signed", async () => {
    const { database, signing } = await signedLog(30);
    await dropLast(database, 20);

    const after = signing();

    expect(await after.sign()).toBeNull();
    expect(after.held()).toContain("has 10 entries, but a checkpoint over 30 was signed");
  });

  test("a log in which one entry was rewritten and the tree computed again is not signed, however far it grows", async () => {
    const { database, signing } = await signedLog(300);
    await rewriteEntry(database, 4, (text) => text.replace("HP-1", "HP-2"));
    const entries = Array.from({ length: 300 }, (_, n) => entry(`e_new_${n}`));
    await database.store.commit(change({ entries }));

    const after = signing();

    expect(await after.sign()).toBeNull();
    expect(after.held()).toContain("The first 300 entries in this database are not those");
    expect(await database.store.checkpoint()).toBeUndefined();
  });

  test("a head that is not the root of the entries is not signed", async () => {
    const { database, signing } = await signedLog(3);
    await asOwner(database.query, async () => {
      await database.query(
        "update holdpoint.log_head set size = 4, peaks = array[sha256('another tree')]",
      );
    });

    const after = signing();

    expect(await after.sign()).toBeNull();
    expect(after.held()).toContain("are missing: they were removed");
    await asOwner(database.query, async () => {
      await database.query("update holdpoint.log_head set size = 3");
    });
    expect(await after.sign()).toBeNull();
    expect(after.held()).toContain("is not that of its 3 entries");
  });

  test("where nothing can be kept in HOLDPOINT_DATA, it is signed and said", async () => {
    const database = await freshStore(kind);
    await database.store.commit(change({ entries: [entry("e_1")] }));
    const file = join(mkdtempSync(join(tmpdir(), "holdpoint-signed-")), "a file");
    writeFileSync(file, "");
    const kept = keepLastSigned(file, logKey.origin);
    expect(kept.unkept()).toBeNull();

    expect(sizeOf(await createLogService(database.store, logKey, signingWith(kept)).sign())).toBe(
      1,
    );

    expect(kept.unkept()).toContain("cannot be kept in");
    expect(kept.unkept()).toContain("Make HOLDPOINT_DATA writable");
  });
});
