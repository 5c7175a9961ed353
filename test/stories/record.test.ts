import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exportLog } from "../../src/cli/log-export.ts";
import { logVerify } from "../../src/cli/log-verify.ts";
import { proveCheck, writeProof } from "../../src/cli/prove.ts";
import { openCheckpoint } from "../../src/core/log/checkpoint.ts";
import { leafHash, verifyInclusion } from "../../src/core/log/merkle.ts";
import { eachDatabase } from "../support/databases.ts";
import { logKey, operatorToken } from "../support/keys.ts";
import { jailbreak, openWorld } from "../support/world.ts";
import type { World } from "../support/world-shape.ts";

const base64 = (text: string): Uint8Array => Buffer.from(text, "base64");

async function exported(world: World): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "holdpoint-record-"));
  await exportLog({ url: world.server().url, token: operatorToken }, dir);
  return dir;
}

async function verified(...argv: readonly string[]): Promise<{ code: number; said: string }> {
  const said: string[] = [];
  const code = await logVerify(argv, { out: (line) => void said.push(line) });
  return { code, said: said.join("\n") };
}

/**
 * `prove HP-1 --out` writes a proof with its texts and policy, which `prove --check` takes alone.
 */
async function provedOffline(world: World): Promise<void> {
  const dir = await exported(world); // signs the head
  const file = join(dir, "HP-1.tlog-proof");
  const server = { url: world.server().url, token: operatorToken };
  const check = (key: string | null) => {
    const said: string[] = [];
    const code = proveCheck({ file, key }, { out: (line) => void said.push(line) });
    return { code, said: said.join("\n") };
  };

  const unknown = await writeProof(server, { what: "HP-9", file });
  const odd = await writeProof(server, { what: "../log/export", file });
  const written = await writeProof(server, { what: "HP-1", file });
  const again = await writeProof(server, { what: "3", file });

  expect(unknown).toMatchObject({
    ok: false,
    because: expect.stringMatching(/no such escalation/),
  });
  expect(odd).toMatchObject({
    ok: false,
    because: expect.stringMatching(/Ask for the proof of an escalation/),
  });
  expect(written).toEqual({ ok: true, value: `Record 3 is proved in ${file}.` });
  expect(again).toMatchObject({ ok: false, because: expect.stringContaining("was not written") });
  expect(check(logKey.vkey).code).toBe(0);
  expect(check(null).said).toMatch(
    /OK: entry 3 of the \d+ of .*not compared with one that you kept/,
  );
  expect(check(logKey.vkey).said).toMatch(/Text of c_[0-9a-f]{64}: “real”/);
  expect(check(logKey.vkey).said).toMatch(/Its policy: \{.*"triggers"/);
  await writeFile(file, (await readFile(file, "utf8")).replace("index 3", "index 2"));
  expect(check(logKey.vkey)).toMatchObject({
    code: 1,
    said: expect.stringMatching(/^TAMPERED: the entry is not entry 2/),
  });
}

eachDatabase((kind) => {
  test("every record is proved under a signed checkpoint, without trusting us", async () => {
    const world = await openWorld(kind);
    await world.send("signals", jailbreak());
    await world.say("chidi", "pause HP-1 because real");
    await exported(world); // signs the head

    for (let index = 0; index < 3; index += 1) {
      const { body } = await world.get(`/log/proof/${index}`);
      const proof = body as { entry: string; size: number; hashes: string[]; checkpoint: string };
      const opened = openCheckpoint(proof.checkpoint, logKey.vkey);
      expect(opened.ok).toBe(true);
      const { root, size } = opened.ok ? opened.checkpoint : { root: new Uint8Array(), size: 0 };
      const leaf = leafHash(Buffer.from(proof.entry));
      const hashes = proof.hashes.map(base64);
      expect(verifyInclusion({ leaf, index, size, proof: hashes, root })).toBe(true);
      const other = leafHash(Buffer.from(`${proof.entry} `));
      expect(verifyInclusion({ leaf: other, index, size, proof: hashes, root })).toBe(false);
    }
  });

  test("an auditor who kept a checkpoint sees that the log only grew; one who kept another log's sees a fork", async () => {
    const world = await openWorld(kind);
    const early = await exported(world);
    await world.send("signals", jailbreak());
    const late = await exported(world);

    const grown = await verified(late, "--key", logKey.vkey, "--seen", join(early, "checkpoint"));
    const shrunk = await verified(early, "--key", logKey.vkey, "--seen", join(late, "checkpoint"));

    expect(grown).toMatchObject({ code: 0, said: expect.stringContaining("OK") });
    expect(shrunk).toMatchObject({ code: 1, said: expect.stringContaining("TRUNCATED") });
  });

  test("one changed byte is found at its record", async () => {
    const world = await openWorld(kind);
    await world.send("signals", jailbreak());
    await world.say("chidi", "pause HP-1 because real");
    const dir = await exported(world);
    const file = join(dir, "entries.jsonl");
    const text = await readFile(file, "utf8");
    const lines = text.split("\n");
    lines[3] = (lines[3] ?? "").replace('"after":"paused"', '"after":"pauseD"');
    await writeFile(file, lines.join("\n"));

    const verdict = await verified(dir);

    expect(verdict.code).toBe(1);
    expect(verdict.said).toMatch(/TAMPERED.*\b3\b/);
  });

  test("the posture is answered as it was at an instant, and unchanged ones are not sent again", async () => {
    const world = await openWorld(kind);
    await world.send("signals", jailbreak());
    await world.clock.advance("10m");
    await world.say("chidi", "narrow HP-1 because plan");
    await world.clock.advance("10m");
    await world.say("bob", "pause assistant-prod because worse");

    const at = async (time: string) =>
      (await world.get(`/v1/deployments/assistant-prod?at=${time}`)).body;
    expect(await at("2026-11-23T10:05:00Z")).toMatchObject({
      state: "open",
      scope: "full",
      version: 1,
    });
    expect(await at("2026-11-23T10:15:00Z")).toMatchObject({
      state: "narrowed",
      scope: "no-tools",
      version: 2,
      decidedBy: ["Chidi Lindt"],
    });
    expect(await at("2026-11-23T10:20:00Z")).toMatchObject({
      state: "paused",
      scope: null,
      version: 3,
    });
    const url = `${world.server().url}/v1/deployments/assistant-prod`;
    const headers = { authorization: `Bearer ${operatorToken}` };
    const first = await fetch(url, { headers });
    const again = await fetch(url, {
      headers: { ...headers, "if-none-match": first.headers.get("etag") ?? "" },
    });
    expect([first.status, again.status]).toEqual([200, 304]);
  });

  test("an auditor asks what was decided, by whom, when, page by page", async () => {
    const world = await openWorld(kind);
    for (let round = 0; round < 6; round += 1) {
      await world.say("bob", `pause assistant-prod because round ${round}`);
      await world.say("chidi", `keep assistant-prod because round ${round}`);
      await world.clock.advance("1h");
    }

    const first = (await world.get("/v1/decisions?limit=5")).body as {
      items: { index: number }[];
      next: unknown;
    };
    const second = (await world.get(`/v1/decisions?limit=100&cursor=${String(first.next)}`))
      .body as { items: { index: number }[] };
    const indexes = [...first.items, ...second.items].map(({ index }) => index);
    expect(indexes).toHaveLength(12);
    expect(indexes).toEqual([...indexes].sort((a, b) => b - a));
    expect((await world.get("/v1/decisions?actor=chidi&limit=50")).body).toMatchObject({
      items: { length: 6 },
    });
    expect(
      (await world.get("/v1/decisions?kind=pause&until=2026-11-23T12:00:00Z&limit=50")).body,
    ).toMatchObject({ items: { length: 2 } });
    const said = await world.say("dana", "decisions by bob kind pause");
    expect(said.text).toContain("Bob Okafor");
    expect(said.text).not.toContain("Chidi Lindt");
  });

  test("a change the policy listens for brings the question forward and asks the decider", async () => {
    const world = await openWorld(kind);

    await world.send("signals", {
      kind: "change",
      deployment: "assistant-prod",
      change: "model.changed",
    });

    const notices = await world.server().views.notices(5);
    expect(notices[0]?.text).toContain("model.changed was reported");
    expect(notices[0]?.to).toEqual(["Chidi Lindt"]);
    expect(await world.kinds()).toEqual(["policy.adopted", "identity.bound", "reassessment.set"]);
  });

  test("prove names the rule as then written, when it was adopted, and hands over the proof", async () => {
    const world = await openWorld(kind);
    await world.send("signals", jailbreak());
    await world.say("chidi", "pause HP-1 because real");

    const early = await world.say("dana", "prove HP-1");
    await exported(world); // signs the head
    const proved = await world.sayOnPage("dana", "prove HP-1");

    expect(early.text).toContain("No signed checkpoint covers it yet");
    expect(proved.text).toContain("Record 3");
    expect(proved.text).toMatch(/Under policy [0-9a-f]{64}, adopted 10:00 GMT/);
    expect(proved.text).not.toMatch(/\d{4}-\d\d-\d\dT/);
    expect(proved.text).toContain("Rule jailbreak-rate");
    expect(proved.html).toContain("holdpoint-record-3.tlog-proof");
    await provedOffline(world);
  });
});
