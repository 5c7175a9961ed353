import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { claimIdentity } from "../../db/identity.ts";
import { exportLog } from "../../src/cli/log-export.ts";
import { logVerify } from "../../src/cli/log-verify.ts";
import { checkProof } from "../../src/core/log/check-proof.ts";
import { testKey } from "../core/log/support.ts";
import { oneDatabase } from "../support/databases.ts";
import { logKey, operatorToken } from "../support/keys.ts";
import { openWorld } from "../support/world.ts";

const [second, third] = [testKey(logKey.origin, 2), testKey(logKey.origin, 3)];
const dataOfItsOwn = (): string => mkdtempSync(join(tmpdir(), "holdpoint-key-"));

oneDatabase((kind) => {
  test("the log's key is replaced while it runs: once, by both keys, for every replica and after a restart", async () => {
    const world = await openWorld(kind, {
      env: { HOLDPOINT_LOG_KEY_NEXT: second.pem },
      check: false, // the story verifies by itself, with each key
    });
    const ask = async (url: string, body: object): Promise<{ status: number; text: string }> => {
      const response = await fetch(`${url}/v1/log/rotate-key`, {
        method: "POST",
        headers: { authorization: `Bearer ${operatorToken}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      return { status: response.status, text: await response.text() };
    };
    const verified = async (url: string, ...argv: readonly string[]): Promise<string> => {
      const dir = mkdtempSync(join(tmpdir(), "holdpoint-export-"));
      await exportLog({ url, token: operatorToken }, dir);
      const said: string[] = [];
      const code = await logVerify([dir, ...argv], { out: (line) => void said.push(line) });
      return `${code} ${said.join("\n")}`;
    };
    const checkpointOf = async (url: string): Promise<string> => {
      const headers = { authorization: `Bearer ${operatorToken}` };
      return (await fetch(`${url}/log/checkpoint`, { headers })).text();
    };
    const readyz = async (url: string) => {
      const response = await fetch(`${url}/readyz`);
      return { status: response.status, text: await response.text() };
    };
    await world.settle();
    const { url } = world.server();
    const old = await world.twin({ HOLDPOINT_LOG_KEY_NEXT: "", HOLDPOINT_DATA: dataOfItsOwn() });
    const seen = join(dataOfItsOwn(), "seen");
    writeFileSync(seen, await checkpointOf(url));

    expect((await ask(url, { because: " " })).status).toBe(400);
    expect((await ask(url, { because: "x", distrusted: -1 })).status).toBe(400);
    expect(await ask(url, { because: "stolen", distrusted: 100_000 })).toMatchObject({
      status: 409,
      text: expect.stringContaining("cannot count up to more"),
    });
    expect(await ask(old.url, { because: "yearly" })).toMatchObject({
      status: 409,
      text: expect.stringContaining("HOLDPOINT_LOG_KEY_NEXT"),
    });
    const [a, b] = await Promise.all([
      ask(url, { because: "the yearly replacement" }),
      ask(url, { because: "the yearly replacement" }),
    ]);

    expect([a.status, b.status]).toContain(201);
    expect((await world.kinds()).filter((item) => item === "key.rotated")).toHaveLength(1);
    await world.settle();
    expect((await world.say("chidi", "pause assistant-prod because of doubt")).ok).toBe(true);
    expect((await world.get("/readyz")).status).toBe(200);
    for (const { vkey } of [logKey, second])
      expect(
        await verified(url, "--key", vkey, "--seen", seen, "--require", "key,seen,meaning"),
      ).toMatch(/^0 OK/);
    expect(await verified(url, "--key", third.vkey)).toMatch(/^1 TAMPERED/);
    const proof = (await world.get("/log/tlog-proof/HP-1")).text;
    expect(checkProof(proof, null)).toMatchObject({ is: "OK", key: second.vkey });
    expect((await world.get("/history")).text).toContain("replaced the log");
    const told = await world.server().store.messages("console", 99);
    expect(told.map(({ body }) => JSON.stringify(body))).toContainEqual(
      expect.stringContaining("replaced the key that signs"),
    );
    expect(await ask(url, { because: "again" })).toMatchObject({
      status: 409,
      text: expect.stringContaining("is or was the log"),
    });

    // A replica without the new key signs nothing, says so, and restricts all the same.
    await verified(old.url); // an export signs what can be signed
    expect(await readyz(old.url)).toMatchObject({
      status: 503,
      text: expect.stringContaining("which this server does not have"),
    });
    const execute = async ({ text }: { readonly text: string }) => world.database().query(text);
    const starts = (vkey: string, ...newer: string[]) =>
      claimIdentity(execute, { origin: logKey.origin, vkey, newer });
    await expect(starts(logKey.vkey)).rejects.toThrow(`has the key ${second.vkey}`);
    await expect(starts(third.vkey)).rejects.toThrow(`has the key ${second.vkey}`);
    await starts(logKey.vkey, second.vkey);
    await starts(second.vkey);

    // Later the old key is gone everywhere, and the one after it is stolen.
    const keys = { HOLDPOINT_LOG_KEY: second.pem, HOLDPOINT_LOG_KEY_NEXT: third.pem };
    const later = await world.twin({ ...keys, HOLDPOINT_DATA: dataOfItsOwn() });
    await verified(later.url);
    expect((await readyz(later.url)).status).toBe(200);
    const stolen = await ask(later.url, { because: "a copy was found elsewhere", distrusted: 3 });
    expect(stolen.status).toBe(201);
    expect(await verified(later.url, "--key", third.vkey, "--require", "key,meaning")).toMatch(
      /^0 OK/,
    );
    const byOld = await verified(later.url, "--key", second.vkey, "--require", "key");
    expect(byOld).toMatch(/^1 OK/);
    expect(byOld).toContain("get the new key from its owner");
  });
});
