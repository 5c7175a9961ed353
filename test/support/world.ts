import { mkdtempSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { onTestFinished } from "vitest";
import type { Random, Speaker } from "../../src/app/ports.ts";
import { signalSend } from "../../src/cli/signal-send.ts";
import {
  type RunningServer,
  type ServerParts,
  startServer,
} from "../../src/composition/start-server.ts";
import { type Config, readConfig } from "../../src/config.ts";
import type { Card } from "../../src/core/card/card.ts";
import { parseDuration } from "../../src/core/duration.ts";
import type { Instant } from "../../src/core/ids.ts";
import { plain } from "../../src/core/words/words.ts";
import {
  type Wishes as DatabaseWishes,
  type FreshStore,
  freshStore,
  type Kind,
} from "./databases.ts";
import { assertInvariants } from "./invariants.ts";
import { auditorToken, logKey, operatorToken, pem } from "./keys.ts";
import { browserAt, freePort, keepKnownKey } from "./process.ts";
import { seededRandom } from "./random.ts";
import type { Shown, World } from "./world-shape.ts";

export interface Wishes {
  readonly at?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly policy?: (yaml: string) => string;
  readonly wrap?: DatabaseWishes["wrap"];
  readonly inBackground?: DatabaseWishes["inBackground"];
  /**
   * PostgreSQL: four by default, since each connection plans every statement for itself. More
   * where a story is about many things at the same time.
   */
  readonly connections?: number;
  /** Teams' rate limits, timeout and address. */
  readonly teamsTimes?: ServerParts["teamsTimes"];
  /** How long who presses waits: null = as in production, where the story is about that. */
  readonly answerTimes?: ServerParts["answerTimes"];
  /** The schedules for endpoints and pagers. */
  readonly outward?: Partial<typeof hastyOutward>;
  /** The server's clock, made from the story's clock; by default the story's clock itself. */
  readonly clock?: (now: () => Instant) => Pick<ServerParts, "clock" | "clockWatch">;
  /** False where a story breaks the invariants on purpose. */
  readonly check?: boolean;
}

const silent = { info: () => {}, warn: () => {}, error: () => {} };

/**
 * Slack's pauses of seconds are milliseconds here. A call may take nearly as long as its lease: on
 * a busy machine a second is soon over.
 */
const hastySlack = {
  pace: { perLane: 1, laneMs: 20, editMs: 40, leaseMs: 5_000, doubtMs: 100, retryMs: 50 },
  timeout: 4_000,
};

/** The specification's two and a half days are milliseconds here. */
const hastyOutward = {
  schedule: [30, 30, 30],
  page: { first: 3_600_000, longest: 3_600_000 },
  timeout: 1_000,
  pace: { perLane: 1, laneMs: 0, editMs: 0, leaseMs: 5_000, doubtMs: 0, retryMs: 30 },
};

/** Production's limits are soon over on a busy machine. */
const patientAnswers = { call: 7_000, answer: 15_000, question: 30_000, receipt: 5_000 };

/** Monday 10:00 in London: Bob is on call, everybody is at work. */
const monday = "2026-11-23T10:00:00Z";

/** Opens a world; it closes itself when the test ends, after the invariants were checked. */
export async function openWorld(kind: Kind, wishes: Wishes = {}): Promise<World> {
  const example = await readFile("policy.example.yaml", "utf8");
  const data = mkdtempSync(join(tmpdir(), "holdpoint-world-"));
  keepKnownKey(data);
  const policyFile = join(data, "policy.yaml");
  const { writeFile } = await import("node:fs/promises");
  let yaml = wishes.policy ? wishes.policy(example) : example;
  await writeFile(policyFile, yaml);
  const secrets = {
    ALERTMANAGER_TOKEN: "alertmanager-token-for-tests-0123456789",
    INSPECT_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString("base64")}`,
    SIGNALS_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 8).toString("base64")}`,
  };
  const proofs = {
    alertmanager: { auth: "bearer", secret: secrets.ALERTMANAGER_TOKEN },
    inspect: { auth: "standardWebhooks", secret: secrets.INSPECT_WEBHOOK_SECRET },
    signals: { auth: "standardWebhooks", secret: secrets.SIGNALS_WEBHOOK_SECRET },
  } as const;
  const port = await freePort();
  const env = {
    HOST: "127.0.0.1",
    PORT: String(port),
    HOLDPOINT_DATA: data,
    HOLDPOINT_POLICY: policyFile,
    HOLDPOINT_ORIGIN: logKey.origin,
    HOLDPOINT_LOG_KEY: pem,
    HOLDPOINT_OPERATOR_TOKEN: operatorToken,
    HOLDPOINT_AUDITOR_TOKEN: auditorToken,
    ...secrets,
    ...wishes.env,
  };
  const read = readConfig(env);
  if (!read.ok) throw new Error(read.problems.join("\n"));
  let now = Date.parse(wishes.at ?? monday);
  const clock = { now: () => now };
  const clocks = wishes.clock?.(clock.now) ?? { clock, clockWatch: null };
  const random = seededRandom(42);
  let database = await freshStore(kind, {
    identity: { origin: logKey.origin, vkey: logKey.vkey },
    ...(wishes.wrap ? { wrap: wishes.wrap } : {}),
    ...(wishes.inBackground ? { inBackground: wishes.inBackground } : {}),
    connections: wishes.connections ?? 4,
  });

  const open = (config: Config = read.config, dice: Random = random): Promise<RunningServer> =>
    startServer({
      config,
      ...clocks,
      random: dice,
      log: silent,
      openStore: async () => ({ store: keptOpen(database.store), durability: "for tests" }),
      startTickScheduler: () => ({ stop: async () => {} }),
      slackTimes: hastySlack,
      teamsTimes: wishes.teamsTimes ?? null,
      answerTimes: wishes.answerTimes === undefined ? patientAnswers : wishes.answerTimes,
      outwardTimes: { ...hastyOutward, ...wishes.outward },
      begun: () => {},
    });
  let server = await open();
  const url = `http://127.0.0.1:${port}`;
  const browser = browserAt(url);

  /** How many entries there are, and how many rows wait to be evaluated or sent. */
  const written = async (): Promise<{ readonly size: unknown; readonly waiting: number }> => {
    const [[size, waiting] = []] = await database.query(
      `select (select size::int from holdpoint.log_head),
        (select count(*)::int from holdpoint.outbox where state = 'pending')
        + (select count(*)::int from holdpoint.deliveries where evaluated_at is null)`,
    );
    return { size, waiting: Number(waiting) };
  };

  /** A second time where the first one wrote an entry or left something waiting. */
  const settle = async (): Promise<void> => {
    const before = await written();
    await server.settle();
    const { size, waiting } = await written();
    if (size !== before.size || waiting > 0) await server.settle();
  };

  const speakerCalled = async (person: string): Promise<Speaker> => {
    if (person === "stranger") return { is: "stranger" };
    const everybody = await server.views.people();
    const found = everybody.find(
      ({ key, name }) => key === person || name.toLowerCase().startsWith(person),
    );
    if (!found) throw new Error(`the policy names nobody called ${person}`);
    return { is: "person", person: found.id, link: null };
  };

  const world: World = {
    kind,
    clock: {
      now: () => now,
      set: (at) => {
        now = Date.parse(at);
      },
      advance: async (by) => {
        now += parseDuration(by) ?? Number.NaN;
        await settle();
      },
    },
    server: () => server,
    database: () => database,
    send: async (source, body, id = random.id("msg_")) => {
      const isText = typeof body === "string" || body instanceof Uint8Array;
      const bytes = Buffer.from(isText ? body : JSON.stringify(body));
      const { auth, secret } = proofs[source];
      const sent = await signalSend({
        url,
        source,
        auth,
        secret,
        body: bytes,
        contentType: "application/json",
        now,
        id,
      });
      await settle();
      return sent;
    },
    say: async (person, line) => {
      const answer = await server.inbound.run({
        speaker: await speakerCalled(person),
        surface: "console",
        line,
        key: random.id("said_"),
        version: null,
        channel: null,
        escalation: null,
        private: true,
      });
      await settle();
      return { ok: answer.ok, text: [answer.text, ...answer.lines.map(plain)].join("\n") };
    },
    sayOnPage: async (person, line) => {
      await browser.be(person);
      const said = await browser.say(line);
      await settle();
      return said;
    },
    card: async (id) => {
      const rows = await server.store.messages("console", 500);
      const row = rows.find((row) => row.key === `card:${id}`);
      if (!row) throw new Error(`the console was told no card ${id}`);
      return shown(row.body as Card);
    },
    posture: async (deployment = "assistant-prod") => {
      const { body } = await world.get(`/v1/deployments/${deployment}`);
      return (body as { scope: string | null; state: string }).scope ?? "paused";
    },
    get: async (path) => {
      const response = await fetch(`${url}${path}`, {
        headers: { authorization: `Bearer ${operatorToken}` },
      });
      const text = await response.text();
      const isJson = response.headers.get("content-type")?.includes("json") ?? false;
      return { status: response.status, body: isJson ? JSON.parse(text) : null, text };
    },
    settle,
    restart: async () => {
      await server.close();
      database = await database.reopen();
      onTestFinished(finish); // hooks run last first: before the one that closes the new store
      server = await open();
    },
    twin: async (more = {}) => {
      const other = readConfig({ ...env, ...more, PORT: String(await freePort()) });
      if (!other.ok) throw new Error(other.problems.join("\n"));
      const second = await open(other.config, seededRandom(43));
      onTestFinished(() => second.close());
      return second;
    },
    adopt: async (change) => {
      const { body } = await world.get("/v1/policy");
      yaml = change(yaml);
      const headers = {
        authorization: `Bearer ${operatorToken}`,
        "if-match": `"${(body as { digest: string }).digest}"`,
        "content-type": "application/yaml",
      };
      const response = await fetch(`${url}/v1/policy`, { method: "POST", headers, body: yaml });
      await settle();
      return { status: response.status, body: await response.json() };
    },
    kinds: async () => (await server.store.entriesFrom(0, 10_000)).map(({ entry }) => entry.kind),
  };
  let finished = false;
  const finish = async (): Promise<void> => {
    if (finished) return;
    finished = true;
    try {
      await settle();
      if (wishes.check !== false) await assertInvariants(world);
    } finally {
      await server.close();
      await database.close();
    }
  };
  onTestFinished(finish);
  return world;
}

const keptOpen = (store: FreshStore["store"]): FreshStore["store"] =>
  new Proxy(store, {
    get: (target, name) => (name === "close" ? async () => {} : Reflect.get(target, name)),
  });

function shown(card: Card): Shown {
  const lines = card.lines.map(plain);
  const title = plain(card.title);
  return {
    card,
    title,
    lines,
    text: [title, ...lines].join("\n"),
    buttons: card.buttons.flat().map(({ label }) => label),
  };
}

/** An eval signal that the rule jailbreak-rate names. */
export function jailbreak(value = 0.082, more: object = {}): object {
  return {
    kind: "eval",
    status: "ok",
    deployment: "assistant-prod",
    model: "aurora-3",
    suite: "jailbreak-suite",
    scorer: "attack_success",
    metric: "mean",
    value,
    threshold: 0.05,
    worse: "higher",
    samples: { completed: 200, total: 200 },
    ...more,
  };
}

/**
 * Settles until nothing waits to be sent: what failed is tried again after a moment, by the
 * database's clock.
 */
export async function everythingIsSaid(world: Pick<World, "settle" | "server">): Promise<void> {
  for (let look = 0; look < 100; look += 1) {
    await world.settle();
    if ((await world.server().store.backlog()).outbox === 0) return;
    await after(100);
  }
  throw new Error("something is still to be said");
}

/** An Alertmanager notification of RefusalRateCollapse. */
export function collapse(
  status: "firing" | "resolved" = "firing",
  startsAt = "2026-11-23T09:58:00Z",
  fingerprint = "aaaabbbbccccdddd",
): object {
  return {
    version: "4",
    status,
    receiver: "holdpoint",
    truncatedAlerts: 0,
    alerts: [
      {
        status,
        labels: {
          alertname: "RefusalRateCollapse",
          deployment: "assistant-api",
          severity: "high",
          model: "aurora-3",
        },
        annotations: { summary: "Refusals fell to 12 %", value: "0.12", threshold: "0.6" },
        startsAt,
        endsAt: status === "resolved" ? "2026-11-23T11:00:00Z" : "0001-01-01T00:00:00Z",
        generatorURL: "",
        fingerprint,
      },
    ],
  };
}
