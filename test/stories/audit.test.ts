import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { noteFrom, openCheckpoint } from "../../src/core/log/checkpoint.ts";
import { oneDatabase } from "../support/databases.ts";
import { logKey } from "../support/keys.ts";
import { isSignedWith, receiver } from "../support/receiver.ts";
import { everythingIsSaid, jailbreak, openWorld } from "../support/world.ts";

const secret = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;

const sizeIn = (note: string): number => {
  const opened = openCheckpoint(note, logKey.vkey);
  if (!opened.ok) throw new Error("this is not signed by the log's key");
  return opened.checkpoint.size;
};

oneDatabase((kind) => {
  test("checkpoints go to a channel, a webhook and a directory: each day, after each decision, also after a restart", async () => {
    let isUp = true;
    const auditors = await receiver(() => (isUp ? 204 : 500));
    const vault = mkdtempSync(join(tmpdir(), "holdpoint-vault-"));
    const world = await openWorld(kind, {
      env: { AUDIT_SECRET: secret },
      outward: { schedule: [3_600_000] },
      policy: (yaml) =>
        `${yaml}\naudit:\n  committee: { channel: model-risk }\n  auditors: { url: "${auditors.url}/kept", secret: env:AUDIT_SECRET, privateAddresses: ["127.0.0.1"] }\n  vault: { directory: ${vault} }\n`,
    });
    const posted = async (): Promise<readonly string[]> => {
      const rows = await world.server().store.messages("console", 500);
      const texts = rows.filter(({ key }) => key.startsWith("checkpoint:"));
      return texts.map(({ body }) => JSON.stringify(body));
    };
    const given = (): readonly number[] =>
      auditors.heard.map(({ text }) => sizeIn(JSON.parse(text).data.checkpoint));
    await everythingIsSaid(world);
    await world.settle();
    expect([given().length, readdirSync(vault).length, (await posted()).length]).toEqual([1, 1, 1]);

    await world.send("signals", jailbreak());
    isUp = false;
    await world.say("chidi", "pause HP-1 because real");
    isUp = true;
    await world.restart();
    await world.database().query("update holdpoint.outbox set retry_at = now()");
    await everythingIsSaid(world);

    const [decided = -1] = (await world.server().store.entriesFrom(0, 100))
      .filter(({ entry }) => entry.kind === "decision.made")
      .map(({ index }) => index);
    const [first, failed, again] = auditors.heard;
    expect(auditors.heard).toHaveLength(3);
    expect(first && isSignedWith(secret, first)).toBe(true);
    expect(again?.headers["webhook-id"]).toBe(failed?.headers["webhook-id"]);
    expect(given().at(-1)).toBeGreaterThan(decided);
    const [newest = 0] = readdirSync(vault)
      .map((name) => sizeIn(readFileSync(join(vault, name), "utf8")))
      .sort((a, b) => b - a);
    expect(newest).toBeGreaterThan(decided);
    expect(await posted()).toHaveLength(2);

    await world.clock.advance("1d");
    await everythingIsSaid(world);

    expect(auditors.heard).toHaveLength(4);
    await world.settle();
    expect(auditors.heard).toHaveLength(4);
    expect((await posted()).map((text) => sizeIn(noteFrom(text)))).toContain(given()[0]);
  });
});
