import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import type { Executor } from "../../db/executor.ts";
import { openPostgres } from "../../db/open-postgres.ts";
import { storeOver } from "../../db/store.ts";
import type { Invocation, Reply } from "../../src/app/ports.ts";
import { signalSend } from "../../src/cli/signal-send.ts";
import { type RunningServer, startServer } from "../../src/composition/start-server.ts";
import { readConfig } from "../../src/config.ts";
import { logKey, operatorToken, pem } from "../support/keys.ts";
import { freePort } from "../support/process.ts";
import { seededRandom } from "../support/random.ts";
import { jailbreak, openWorld } from "../support/world.ts";
import type { World } from "../support/world-shape.ts";

const signalSecret = `whsec_${Buffer.alloc(32, 4).toString("base64")}`;
const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** Whole numbers below a bound, the same for the same seed. */
function dice(seed: number): (below: number) => number {
  const random = seededRandom(seed);
  return (below) => {
    const [a = 0, b = 0] = random.salt();
    return (a * 256 + b) % below;
  };
}

/** Lets others go first, a seeded number of times, before each statement. */
const jostled =
  (seed: number) =>
  (execute: Executor): Executor => {
    const roll = dice(seed);
    return async (query) => {
      for (let turns = roll(4); turns > 0; turns -= 1) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      return execute(query);
    };
  };

/** A second server over the same database, as another process would be. */
async function openSecond(world: World, seed: number): Promise<RunningServer> {
  const { url } = world.database();
  const read = readConfig({
    PORT: String(await freePort()),
    HOLDPOINT_DATA: mkdtempSync(join(tmpdir(), "holdpoint-replica-")),
    HOLDPOINT_POLICY: "policy.example.yaml",
    DATABASE_URL: url ?? "",
    HOLDPOINT_ORIGIN: logKey.origin,
    HOLDPOINT_LOG_KEY: pem,
    HOLDPOINT_OPERATOR_TOKEN: operatorToken,
    ALERTMANAGER_TOKEN: "alertmanager-token-for-tests-0123456789",
    INSPECT_WEBHOOK_SECRET: signalSecret,
    SIGNALS_WEBHOOK_SECRET: signalSecret,
  });
  if (!read.ok) throw new Error(read.problems.join("\n"));
  const connection = await openPostgres(url ?? "");
  const server = await startServer({
    config: read.config,
    clock: world.clock,
    random: seededRandom(seed),
    log: silent,
    openStore: async () => ({
      store: storeOver(jostled(seed)(connection.execute), connection.close),
      durability: "for tests",
    }),
    startTickScheduler: () => ({ stop: async () => {} }),
    slackTimes: null,
    teamsTimes: null,
    answerTimes: null,
    outwardTimes: null,
    begun: () => {},
    clockWatch: null,
  });
  onTestFinished(() => server.close());
  return server;
}

/** A line that somebody says on the console; `key` is one for one press. */
interface Press {
  readonly who: string;
  readonly line: string;
  readonly key: string;
}

async function openTwo(seed: number) {
  const world = await openWorld("postgres", {
    wrap: jostled(seed),
    connections: 10,
    env: { SIGNALS_WEBHOOK_SECRET: signalSecret },
  });
  const servers = [world.server(), await openSecond(world, seed + 1)] as const;
  const people = await world.server().views.people();
  const speaker = (key: string): Invocation["speaker"] => {
    const found = people.find((person) => person.key === key);
    if (!found) throw new Error(`nobody is called ${key}`);
    return { is: "person", person: found.id, link: null };
  };
  const press = (server: RunningServer, { who, line, key }: Press): Promise<Reply> =>
    server.inbound.run({
      speaker: speaker(who),
      surface: "console",
      line,
      key,
      version: null,
      channel: null,
      escalation: null,
      private: true,
    });
  const post = (server: RunningServer, id: string) =>
    signalSend({
      url: server.url,
      source: "signals",
      auth: "standardWebhooks",
      secret: signalSecret,
      body: Buffer.from(JSON.stringify(jailbreak(0.08, { id }))),
      contentType: "application/json",
      now: world.clock.now(),
      id,
    });
  const settle = async () => {
    for (const server of [...servers, ...servers]) await server.settle();
  };
  return { world, servers, press, post, settle };
}

const kinds = async (world: World, kind: string): Promise<number> =>
  (await world.kinds()).filter((name) => name === kind).length;

/** Decisions that people made. */
const decided = async (world: World): Promise<number> =>
  (await world.server().store.entriesFrom(0, 10_000)).filter(
    ({ entry }) => entry.kind === "decision.made" && entry.people.length > 0,
  ).length;

const lines = [
  ["chidi", "pause assistant-prod because it is real"],
  ["bob", "pause assistant-prod"],
  ["dana", "narrow assistant-prod because staff only"],
  ["erin", "pause assistant-prod for 2d because the vendor called"],
  ["chidi", "resume assistant-prod to full because the eval was broken"],
  ["frank", "resume assistant-prod to full because I looked too"],
  ["bob", "resume assistant-prod to full because I may not"],
] as const;

/** Whether an answer says that a decision was recorded. */
const saysDecided = ({ ok, text }: Reply): boolean =>
  ok && !text.includes("One more person must approve");

describe.skipIf(inject("postgresTemplate") === null)("two servers on one PostgreSQL", () => {
  test("two hundred times presses, ticks and webhooks cross each other: one decision for each intended one, no signal lost or counted twice, no reminder twice", async () => {
    const { world, servers, press, post, settle } = await openTwo(7);
    const roll = dice(11);
    const server = (): RunningServer => servers[roll(2) === 0 ? 0 : 1];
    let intended = 0;
    let signals = 0;

    for (let round = 0; round < 200; round += 1) {
      const [who, line] = lines[roll(lines.length)] ?? lines[0];
      const key = `round ${round}`;
      const hours = roll(20) === 0 ? 30 : 0;
      world.clock.set(new Date(world.clock.now() + (hours * 60 + roll(15)) * 60_000).toISOString());
      const webhooks = Array.from({ length: roll(3) }, (_, n) => `${round}-${n}`);
      const work = [
        () => press(servers[0], { who, line, key }),
        () => press(servers[1], { who, line, key }),
        ...webhooks.map((id) => () => post(server(), id)),
        ...webhooks.slice(0, 1).map((id) => () => post(server(), id)),
        () => servers[0].settle(),
        () => servers[1].settle(),
      ].sort(() => roll(2) - 0.5);
      await Promise.all(work.map((item) => item()));
      await settle();

      const [first, second] = [
        await press(servers[0], { who, line, key }),
        await press(servers[1], { who, line, key }),
      ];
      expect(first.text, key).not.toMatch(/^NOT /);
      expect(second.text, key).toBe(first.text);
      intended += saysDecided(first) ? 1 : 0;
      signals += webhooks.length;
    }
    await settle();

    expect(await decided(world)).toBe(intended);
    expect(intended).toBeGreaterThan(20);
    const { query } = world.database();
    expect(await query("select sum(signals)::int from holdpoint.conditions")).toEqual([[signals]]);
    expect(await kinds(world, "reassessment.reminded")).toBeGreaterThan(0);
    expect(await world.server().store.backlog()).toMatchObject({ deliveries: 0, outbox: 0 });
  }, 180_000);

  test("two people who decide at the same moment in two servers are both heard, one after the other", async () => {
    const { world, servers, press, post, settle } = await openTwo(21);
    await post(servers[0], "first");
    await settle();

    const [narrowed, paused] = await Promise.all([
      press(servers[0], { who: "chidi", line: "narrow HP-1 because the plan says so", key: "one" }),
      press(servers[1], { who: "erin", line: "pause HP-1 because I want it off", key: "two" }),
    ]);
    await settle();

    expect([narrowed.ok, paused.ok]).toEqual([true, true]);
    expect(await world.posture()).toBe("paused");
    expect(await decided(world)).toBe(2);
  });

  test("a resume that both confirmers press at once in two servers is one resume", async () => {
    const { world, servers, press, post, settle } = await openTwo(33);
    await post(servers[0], "first");
    await settle();
    await press(servers[0], { who: "chidi", line: "pause HP-1 because it is real", key: "pause" });
    await press(servers[1], {
      who: "chidi",
      line: "resume HP-1 because the eval was broken",
      key: "start",
    });

    await Promise.all([
      press(servers[0], { who: "erin", line: "resume HP-1 because I looked too", key: "erin" }),
      press(servers[1], { who: "frank", line: "resume HP-1 because so did I", key: "frank" }),
    ]);
    await settle();

    expect(await world.posture()).toBe("full");
    expect(await decided(world)).toBe(2);
  });

  test("a deadline that both servers find at once is answered once by the written rule", async () => {
    const { world, servers, post, settle } = await openTwo(45);
    await post(servers[1], "first");
    await settle();
    world.clock.set("2026-11-23T10:31:00Z");

    await Promise.all([...servers, ...servers, ...servers].map((server) => server.settle()));
    await settle();

    expect(await world.posture()).toBe("no-tools");
    expect(await kinds(world, "decision.made")).toBe(1);
    expect(await kinds(world, "acknowledge.missed")).toBe(1);
  });

  test("a policy that one server adopts binds the other's next answer", async () => {
    const { world, servers, press } = await openTwo(57);
    expect(
      (
        await press(servers[1], {
          who: "ana",
          line: "pause assistant-prod because x",
          key: "before",
        })
      ).ok,
    ).toBe(false);

    const adopted = await world.adopt((yaml) =>
      yaml.replace(
        "alsoMay: [schedule:model-oncall, dana]",
        "alsoMay: [schedule:model-oncall, dana, ana]",
      ),
    );

    expect(adopted.status).toBe(200);
    expect(
      (
        await press(servers[1], {
          who: "ana",
          line: "pause assistant-prod because x",
          key: "after",
        })
      ).ok,
    ).toBe(true);
  });
});
