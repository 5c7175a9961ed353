import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openStore } from "../../db/open.ts";
import { logVerify } from "../../src/cli/log-verify.ts";
import { signalSend } from "../../src/cli/signal-send.ts";
import { loadLogKey } from "../../src/keys.ts";
import { eachDatabase, freshDatabase, type Kind, keepEmptyDatabase } from "../support/databases.ts";
import { operatorToken, pem } from "../support/keys.ts";
import { listLoaded } from "../support/loaded.ts";
import {
  browserAt,
  changesAt,
  type Env,
  freePort,
  plain,
  run,
  scratch,
  start,
} from "../support/process.ts";
import { jailbreak } from "../support/world.ts";

const asOperator = { authorization: `Bearer ${operatorToken}` };
const signalSecret = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;

/** The settings of a program on a database in which nothing is. */
async function environment(kind: Kind): Promise<Env> {
  const env = await firstEnvironment(kind);
  if (kind === "pglite") keepEmptyDatabase(env["HOLDPOINT_DATA"] ?? "");
  return env;
}

/** The settings of a program that makes its data directory itself. */
async function firstEnvironment(kind: Kind): Promise<Env> {
  const mine = {
    PORT: String(await freePort()),
    HOLDPOINT_DATA: join(scratch(), "data"),
    HOLDPOINT_OPERATOR_TOKEN: operatorToken,
    SIGNALS_WEBHOOK_SECRET: signalSecret,
    LOG_LEVEL: "error",
  };
  if (kind === "pglite") return mine;
  return {
    ...mine,
    DATABASE_URL: await freshDatabase(),
    HOLDPOINT_ORIGIN: "holdpoint.test/process",
    HOLDPOINT_LOG_KEY: pem,
  };
}

const sample = "examples/signals/signal-jailbreak.json";

/** What every server loads; the packages of Slack and Teams come with their settings. */
const ofTheServer = [
  "@marcbachmann/cel-js",
  "drizzle-orm",
  "fastify",
  "hono",
  "node-cron",
  "pino",
  "prom-client",
  "standardwebhooks",
  "temporal-polyfill",
  "temporal-utils",
  "undici",
  "yaml",
  "zod",
];

eachDatabase((kind) => {
  test("a signal becomes a card, a pause survives kill -9, one person cannot resume and two can, and the export shows each changed byte", async () => {
    const env = await firstEnvironment(kind);
    const first = await start(env);
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
    const changes = await changesAt(first.url);
    const sent = await run(["signal", "send", "signals", sample], env);
    expect(sent).toMatchObject({ code: 0, out: expect.stringContaining("Stored as d_") });
    await changes.next();
    const chidi = browserAt(first.url);
    await expect
      .poll(async () => plain((await chidi.page("/")).html), { timeout: 2_000 })
      .toContain("HP-1");

    await chidi.be("chidi");
    expect(await chidi.say("pause HP-1 because 8.2 % is real")).toMatchObject({ ok: true });
    await first.kill();
    const second = await start(env);

    expect(await posture(second.url)).toBe("paused");
    const started = await chidi.say("resume HP-1 because the eval was broken");
    expect(started.text).toContain("One more person must approve");
    expect(await chidi.say("resume HP-1 because I insist")).toMatchObject({ ok: false });
    expect(await posture(second.url)).toBe("paused");
    const erin = browserAt(second.url);
    await erin.be("erin");
    expect(await erin.say("resume HP-1 because I looked too")).toMatchObject({ ok: true });
    expect(await posture(second.url)).toBe("open");

    const dir = join(scratch(), "export");
    expect(await run(["log", "export", dir], env)).toMatchObject({ code: 0 });
    const verified = await run(["log", "verify", dir], env);
    expect(verified).toMatchObject({ code: 0, out: expect.stringMatching(/^OK/) });
    await everyChangedByteShows(dir);
    expect(await second.stop()).toBe(0);
  }, 180_000);

  test("of fifty webhooks in flight at kill -9, each one that was answered 202 is evaluated after the restart", async () => {
    const env = await environment(kind);
    const first = await start(env);
    const accepted: string[] = [];
    let enough = (): void => undefined;
    const some = new Promise<void>((resolve) => {
      enough = resolve;
    });

    const flying = Array.from({ length: 50 }, async (_, n) => {
      const sent = await send(first.url, jailbreak(0.06 + n / 1000), `msg_${n}`);
      if (sent.ok) accepted.push(sent.delivery);
      if (accepted.length >= 5) enough();
    });
    await some;
    await first.kill();
    await Promise.all(flying);
    const second = await start(env);
    await expect.poll(() => waiting(second.url), { timeout: 60_000, interval: 500 }).toBe(0);
    expect(await second.stop()).toBe(0);

    expect(accepted.length).toBeGreaterThanOrEqual(5);
    expect(await evaluated(env)).toEqual(expect.arrayContaining(accepted));
  }, 120_000);

  test("SIGTERM ends with 0 after a request that had begun got its answer, and what it stored is there; no chat that is not set up was loaded, and only the database's own driver", async () => {
    const loaded = listLoaded();
    const env = { ...(await environment(kind)), ...loaded.env };
    const first = await start(env);
    const body = "this is not JSON, and kept all the same";
    const request = await halfSent(Number(env["PORT"]), body);

    const stopped = first.stop();
    await refusing(first.url);
    const answer = await request.finish();

    expect(answer).toMatch(/^HTTP\/1\.1 202 [\s\S]*"duplicate":false/);
    expect(await stopped).toBe(0);
    expect(await evaluated(env)).toHaveLength(1);
    const driver = kind === "pglite" ? "@electric-sql/pglite" : "postgres";
    expect(loaded.packages()).toEqual([...ofTheServer, driver].sort());
  }, 180_000);
});

test("a second process on the same data directory is refused in words that name the first, and the first goes on", async () => {
  const env = await environment("pglite");
  const first = await start(env);

  const second = await run([], { ...env, PORT: String(await freePort()) });

  expect(second).toMatchObject({
    code: 2,
    err: expect.stringMatching(/in use by process \d+/),
  });
  expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
}, 180_000);

test("a policy that is wrong, not YAML or not there stops the start and says where", async () => {
  const policy = join(scratch(), "policy.yaml");
  const env = await environment("pglite");
  const startWith = (yaml: string) => {
    writeFileSync(policy, yaml);
    return run([], { ...env, HOLDPOINT_POLICY: policy });
  };
  const example = readFileSync("policy.example.yaml", "utf8");
  const lineOf = (text: string) => example.slice(0, example.indexOf(text)).split("\n").length;

  const wrong = await startWith(example.replace("decider: chidi", "decider: nobody"));
  const broken = await startWith("holdpoint: 1\npeople: {");
  const none = await run([], { ...env, HOLDPOINT_POLICY: "/nowhere" });

  expect(wrong.code).toBe(2);
  expect(wrong.err).toMatch(
    new RegExp(`^${policy}:${lineOf("decider: chidi")}:\\d+ error: .*nobody`, "m"),
  );
  expect(broken).toMatchObject({ code: 2, err: expect.stringMatching(/policy\.yaml:\d+:\d+ /) });
  expect(none).toMatchObject({ code: 2, err: expect.stringContaining("/nowhere cannot be read") });
}, 180_000);

test("in production a missing secret of a source stops the start, each one by name", async () => {
  const env = { ...(await environment("pglite")), NODE_ENV: "production" };

  const refused = await run([], env);

  expect(refused.code).toBe(2);
  expect(refused.err).toContain("ALERTMANAGER_TOKEN is missing or empty");
  expect(refused.err).toContain("INSPECT_WEBHOOK_SECRET is missing or empty");
  expect(refused.err).not.toContain("SIGNALS_WEBHOOK_SECRET");
}, 180_000);

async function posture(url: string): Promise<string> {
  const response = await fetch(`${url}/v1/deployments/assistant-prod`, { headers: asOperator });
  const { state } = Object(await response.json());
  return String(state);
}

const send = (url: string, body: object, id: string) =>
  signalSend({
    url,
    source: "signals",
    auth: "standardWebhooks",
    secret: signalSecret,
    body: Buffer.from(JSON.stringify(body)),
    contentType: "application/json",
    now: Date.now(),
    id,
  });

/** One byte of each entry, each newline, and what a lost end leaves. */
async function everyChangedByteShows(dir: string): Promise<void> {
  const path = join(dir, "entries.jsonl");
  const bytes = readFileSync(path);
  const ends = [...bytes.entries()].flatMap(([at, byte]) => (byte === 0x0a ? [at] : []));
  const verify = async (changed: Uint8Array) => {
    writeFileSync(path, changed);
    const said: string[] = [];
    const code = await logVerify([dir], { out: (line) => void said.push(line) });
    return { code, said: said[0] };
  };
  for (const [index, end] of ends.entries()) {
    const begin = (ends[index - 1] ?? -1) + 1;
    for (const at of [begin, Math.floor((begin + end) / 2), end]) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(await verify(changed), `byte ${at} of entry ${index}`).toMatchObject({
        code: 1,
        said: expect.stringContaining(`TAMPERED at entry ${index}:`),
      });
    }
  }
  const last = ends.length - 1;
  expect(await verify(bytes.subarray(0, (ends[last - 1] ?? 0) + 1))).toMatchObject({
    code: 1,
    said: expect.stringContaining(`TRUNCATED at entry ${last}:`),
  });
  const copy = `${dir}-copy`;
  cpSync(dir, copy, { recursive: true });
  const said = await run(["log", "verify", copy], {});
  expect(said).toMatchObject({ code: 1, out: expect.stringMatching(/^TRUNCATED/) });
  expect(await verify(bytes)).toMatchObject({ code: 0 });
}

async function waiting(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`, { headers: asOperator })).text();
  const [, count = "none"] = /^holdpoint_deliveries_waiting(?:\{[^}]*\})? (\d+)/m.exec(text) ?? [];
  return Number(count);
}

/** The deliveries whose meaning was worked out, asked of the database once nobody else has it. */
async function evaluated(env: Env): Promise<readonly string[]> {
  const url = env["DATABASE_URL"];
  const data = env["HOLDPOINT_DATA"] ?? "";
  const key =
    url === undefined
      ? loadLogKey({ origin: "localhost/holdpoint", dataDir: data })
      : loadLogKey({ origin: env["HOLDPOINT_ORIGIN"] ?? "", pemOrPath: pem });
  const place = url === undefined ? { dataDir: join(data, "database") } : { databaseUrl: url };
  const { store } = await openStore(place, key);
  try {
    expect((await store.backlog()).deliveries).toBe(0);
    const named = await store.signalsSince("assistant-prod", 0, 1_000);
    const unread = await store.signalsSince("", 0, 1_000);
    return [...named, ...unread].map(({ delivery }) => delivery);
  } finally {
    await store.close();
  }
}

/** Sends a webhook's head, waits until the server has read it, and keeps the body back. */
async function halfSent(port: number, body: string) {
  const id = "msg_half";
  const headers = await new Promise<Record<string, string>>((resolve) => {
    void import("standardwebhooks").then(({ Webhook }) => {
      const now = new Date();
      resolve({
        "webhook-id": id,
        "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
        "webhook-signature": new Webhook(signalSecret).sign(id, now, body),
      });
    });
  });
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  socket.setEncoding("utf8");
  const told = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (answer.includes(text)) resolve();
      };
      socket.on("data", look);
      socket.once("close", () => reject(new Error(`closed after ${answer}`)));
      look();
    });
  socket.on("data", (text) => {
    answer += text;
  });
  const lines = [
    "POST /webhooks/signals HTTP/1.1",
    `host: 127.0.0.1:${port}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    "expect: 100-continue",
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  await told("100 Continue");
  answer = "";
  return {
    finish: async (): Promise<string> => {
      socket.write(body);
      await told('"duplicate"');
      socket.destroy();
      return answer;
    },
  };
}

/** Resolves when the server takes no new connections. */
const refusing = (url: string): Promise<void> =>
  expect
    .poll(
      () =>
        fetch(`${url}/healthz`).then(
          () => "open",
          () => "closed",
        ),
      { timeout: 10_000 },
    )
    .toBe("closed");
