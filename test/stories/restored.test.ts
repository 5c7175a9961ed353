import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { signCheckpoint } from "../../src/core/log/checkpoint.ts";
import { oneDatabase } from "../support/databases.ts";
import { logKey, operatorToken } from "../support/keys.ts";
import { openWorld } from "../support/world.ts";

oneDatabase((kind) => {
  test("a restore on purpose is an entry with its reason; until then nothing is signed or widened, restricting works", async () => {
    const data = mkdtempSync(join(tmpdir(), "holdpoint-restored-"));
    // What this server signed before the disk was lost: the database of this story is the backup.
    const lost = signCheckpoint(
      { origin: logKey.origin, size: 500, root: Buffer.alloc(32) },
      logKey,
    );
    const signedBefore = (): void => writeFileSync(join(data, "signed-checkpoint"), lost);
    signedBefore();
    const world = await openWorld(kind, { env: { HOLDPOINT_DATA: data } });
    const say = async (body: object): Promise<{ status: number; text: string }> => {
      const response = await fetch(`${world.server().url}/v1/log/restored`, {
        method: "POST",
        headers: { authorization: `Bearer ${operatorToken}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      return { status: response.status, text: await response.text() };
    };
    /** An export signs what can be signed; the worker does so once a second. */
    const signs = async (): Promise<void> => {
      const headers = { authorization: `Bearer ${operatorToken}` };
      await (await fetch(`${world.server().url}/log/export`, { headers })).text();
    };
    await world.settle();
    await signs();
    expect((await world.get("/readyz")).status).toBe(503);
    const paused = await world.say("chidi", "pause assistant-prod because of doubt");
    expect(paused.ok).toBe(true);
    const refused = await world.say("chidi", "resume assistant-prod because it is fine");
    expect(refused.text).toContain("but a checkpoint over 500 was signed");
    expect((await say({ because: " " })).status).toBe(400);
    expect((await world.kinds()).includes("log.restored")).toBe(false);

    const done = await say({ because: "disk of db-1 lost, backup of 02:00" });

    expect(done).toMatchObject({ status: 201, text: expect.stringContaining("signs again") });
    await world.settle();
    expect((await world.get("/readyz")).status).toBe(200);
    const resumed = await world.say("chidi", "resume assistant-prod because it is fine");
    expect(resumed.ok).toBe(true);
    const [entry] = (await world.server().store.entriesFrom(0, 99))
      .map((line) => line.entry)
      .filter((item) => item.kind === "log.restored");
    expect(entry).toMatchObject({ size: 500, root: "00".repeat(32), actor: { type: "operator" } });
    expect(readdirSync(data)).toContain("signed-checkpoint.before-restore-500");
    const history = (await world.get("/history")).text;
    expect(history).toContain("restored the database from a backup");
    expect(history).toContain("disk of db-1 lost, backup of 02:00");
    const told = await world.server().store.messages("console", 99);
    expect(told.map(({ body }) => JSON.stringify(body))).toContainEqual(
      expect.stringContaining("Check the posture of each"),
    );
    expect((await say({ because: "again" })).status).toBe(409);
    // Another replica keeps the same checkpoint: it is told too, and nothing is written twice.
    await world.restart();
    signedBefore();
    await world.restart();
    await signs();
    expect(await say({ because: "the same" })).toMatchObject({ status: 200 });
    expect((await world.kinds()).filter((item) => item === "log.restored")).toHaveLength(1);
  });
});
