import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { tryFile } from "../../db/room.ts";
import { type Sent, signalSend } from "../../src/cli/signal-send.ts";
import { answers } from "../../src/core/words/answers.ts";
import { keepEmptyDatabase } from "../support/databases.ts";
import { demoKey, operatorToken, pem } from "../support/keys.ts";
import { binaries, startServer } from "../support/postgres-server.ts";
import { browserAt, type Env, freePort, plain, run, scratch, start } from "../support/process.ts";
import { mayMount, smallDisk } from "../support/small-disk.ts";

const secret = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;

/** With an embedded database in which nothing is. */
async function embedded(data: string): Promise<Env> {
  keepEmptyDatabase(data);
  return environment(data);
}

const environment = async (data: string): Promise<Env> => ({
  PORT: String(await freePort()),
  HOLDPOINT_DATA: data,
  HOLDPOINT_OPERATOR_TOKEN: operatorToken,
  SIGNALS_WEBHOOK_SECRET: secret,
  LOG_LEVEL: "silent",
});

const megabyte = 1024 * 1024;

/**
 * An evaluation that tells nothing new, of 20 kB that cannot be made smaller: the write-ahead log
 * grows with it.
 */
const bulky = JSON.stringify({
  kind: "eval",
  status: "ok",
  deployment: "assistant-prod",
  suite: "jailbreak-nightly",
  scorer: "attack_success",
  metric: "mean",
  value: 0.01,
  threshold: 0.05,
  worse: "higher",
  samples: { completed: 600, total: 600 },
  details: randomBytes(15_000).toString("base64"),
});

const send = (url: string, id: string): Promise<Sent> =>
  signalSend({
    url,
    id,
    secret,
    source: "signals",
    auth: "standardWebhooks",
    contentType: "application/json",
    now: Date.now(),
    body: Buffer.from(bulky),
  });

const readyz = async (url: string): Promise<string> => (await fetch(`${url}/readyz`)).text();

const where = mayMount() ? "" : " (skipped: this user may not mount a small file system)";

describe.skipIf(where !== "")(`The embedded database on a full disk${where}`, () => {
  test("refuses without recording, says how much room there is, obeys SIGTERM, and goes on where it was when there is room", async () => {
    const disk = smallDisk(160);
    const env = await embedded(join(disk.directory, "data"));
    const first = await start(env);
    disk.fill(0);
    const accepted: string[] = [];
    const refused: Sent[] = [];

    for (let n = 0; refused.length < 3; n += 1) {
      const sent = await send(first.url, `msg_${n}`);
      if (sent.ok) accepted.push(`msg_${n}`);
      else refused.push(sent);
    }
    const ready = await readyz(first.url);
    const doctor = await run(["doctor"], env);
    disk.empty();
    const again = await send(first.url, "msg_again");
    const readyAgain = await readyz(first.url);
    disk.fill(0);
    const code = await first.stop();

    expect(refused[0]).toMatchObject({ because: expect.stringMatching(/^503: .*send it again/) });
    expect(ready).toMatch(/^\{"ready":false,.*the last write found no room/);
    expect(readyAgain).toMatch(/^\{"ready":true,/);
    expect(ready).toContain("0 MB are free where the embedded database is");
    expect(doctor.out).toContain("Make room on that disk");
    expect(again).toMatchObject({ ok: true });
    expect(code).toBe(0);
    disk.empty();
    await expectAll(env, [...accepted, "msg_again"]);
  }, 120_000);

  test("ends with a sentence when its write-ahead log has no room, and has everything that it answered for after the next start", async () => {
    const disk = smallDisk(160);
    const env = await embedded(join(disk.directory, "data"));
    const first = await start(env);
    // less than the next segment of that log needs, more than the tables need until then
    disk.fill(15 * megabyte);
    const accepted: string[] = [];

    let isUp = true;
    const sender = async (lane: number): Promise<void> => {
      for (let n = 0; isUp; n += 1) {
        const sent = await send(first.url, `msg_${lane}_${n}`);
        if (sent.ok) accepted.push(`msg_${lane}_${n}`);
      }
    };
    const senders = [1, 2, 3, 4].map(sender);
    const { code, err } = await first.ended;
    isUp = false;
    await Promise.all(senders);

    expect(code).toBe(2);
    expect(err).toContain("The embedded database has stopped");
    expect(err).toContain("make room, then start it again");
    expect(accepted.length).toBeGreaterThan(0);
    disk.fill(0);
    expect(await run([], env)).toMatchObject({
      code: 2,
      err: expect.stringContaining("There is no room on the disk for the embedded database"),
    });
    disk.empty();
    await expectAll(env, accepted);
  }, 180_000);
});

describe.skipIf(where !== "")(`A full disk${where}`, () => {
  test("has no room for the file by which room is tried beside the embedded database, and nothing of it is left there", async () => {
    const disk = smallDisk(2);
    const beside = join(disk.directory, "pglite");
    disk.fill(0);

    await expect(tryFile(beside)).rejects.toThrow("ENOSPC");
    disk.empty();
    await tryFile(beside);

    expect(readdirSync(disk.directory)).toEqual([]);
  });
});

/**
 * A PostgreSQL on a small disk; its write-ahead log makes room for itself, so that the tables are
 * what finds none.
 */
async function onSmallDisk() {
  const disk = smallDisk(220);
  const server = await startServer(binaries(), disk.directory, { max_wal_size: "48MB" });
  if (!server) throw new Error("There is no PostgreSQL: nothing could be tried.");
  onTestFinished(() => server.stop());
  return { disk, server };
}

describe.skipIf(where !== "")(`PostgreSQL on a full disk${where}`, () => {
  test("loses nothing that was accepted, is not ready, tells whoever presses that nothing is recorded, and goes on when there is room", async () => {
    const { disk, server } = await onSmallDisk();
    const program = await start({
      ...(await environment(join(scratch(), "data"))),
      DATABASE_URL: server.url,
      HOLDPOINT_ORIGIN: "holdpoint.test/full",
      HOLDPOINT_LOG_KEY: pem,
    });
    const chidi = browserAt(program.url);
    await chidi.be("chidi");
    const press = async (reason: string) =>
      chidi.submit("/say", { nonce: await chidi.nonce("/"), line: "pause assistant-prod", reason });
    const accepted: string[] = [];
    const refused: Sent[] = [];

    disk.fill(0);
    for (let n = 0; refused.length < 3; n += 1) {
      const sent = await send(program.url, `msg_${n}`);
      if (sent.ok) accepted.push(`msg_${n}`);
      else refused.push(sent);
    }
    const ready = await readyz(program.url);
    const pressed = await press("a ".repeat(900));
    disk.empty();
    const again = await send(program.url, "msg_again");
    const readyAgain = await readyz(program.url);

    expect(refused[0]).toMatchObject({ because: expect.stringMatching(/^503: .*send it again/) });
    expect(ready).toMatch(/^\{"ready":false,.*the last write found no room/);
    expect(plain(pressed.html)).toContain(answers.notRecorded);
    expect(again).toMatchObject({ ok: true });
    expect(readyAgain).toMatch(/^\{"ready":true,/);
    for (const id of [...accepted, "msg_again"])
      expect(await send(program.url, id)).toMatchObject({ ok: true, duplicate: true });
    expect((await press("it lies")).location).toMatch(/answer=/);
    const decisions = await fetch(`${program.url}/v1/decisions`, {
      headers: { authorization: `Bearer ${demoKey}` },
    });
    const { items }: { items: { text: string }[] } = Object(await decisions.json());
    expect(items.map(({ text }) => text)).toEqual([expect.stringContaining("it lies")]);
    expect(await program.stop()).toBe(0);
  }, 120_000);
});

/** Starts again: each is known as one that came before, and the log verifies. */
async function expectAll(env: Env, accepted: readonly string[]): Promise<void> {
  const second = await start(env);
  for (const id of accepted)
    expect(await send(second.url, id)).toMatchObject({ ok: true, duplicate: true });
  const directory = join(scratch(), "export");
  expect(await run(["log", "export", directory], env)).toMatchObject({ code: 0 });
  expect(await run(["log", "verify", directory], {})).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^OK/),
  });
  expect(await second.stop()).toBe(0);
}
