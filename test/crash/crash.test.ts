import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import type { Executor } from "../../db/executor.ts";
import { openPostgres } from "../../db/open-postgres.ts";
import { exportLog } from "../../src/cli/log-export.ts";
import { logVerify } from "../../src/cli/log-verify.ts";
import { signalSend } from "../../src/cli/signal-send.ts";
import { answers } from "../../src/core/words/answers.ts";
import { logKey, operatorToken, pem } from "../support/keys.ts";
import { binaries, startServer } from "../support/postgres-server.ts";
import { type Env, freePort, scratch } from "../support/process.ts";
import { numbersFrom } from "../support/random.ts";
import { signingSecret, slackPeople } from "../support/slack-people.ts";
import { type SlackServer, startSlackServer } from "../support/slack-server.ts";
import { slackToken } from "../support/slack-world.ts";
import { jailbreak } from "../support/world.ts";
import { startLoad } from "./load.ts";
import { type Replica, startReplica } from "./replica.ts";

/**
 * Two replicas on one PostgreSQL, under load, killed at random moments forty times and their
 * database five: what was answered for is there once. CONTRIBUTING.md says how to run it, and how
 * to repeat a run by its seed.
 */

// biome-ignore lint/style/noProcessEnv: to repeat a run
const seed = Number(process.env["HOLDPOINT_CRASH_SEED"] ?? 1);
const kills = 40;
const killsBetweenRestarts = 8;
const secret = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;

const environment = async (databaseUrl: string, slack: SlackServer): Promise<Env> => ({
  DATABASE_URL: databaseUrl,
  PORT: String(await freePort()),
  HOLDPOINT_DATA: join(scratch(), "data"),
  HOLDPOINT_OPERATOR_TOKEN: operatorToken,
  HOLDPOINT_ORIGIN: logKey.origin,
  HOLDPOINT_LOG_KEY: pem,
  SIGNALS_WEBHOOK_SECRET: secret,
  INSPECT_WEBHOOK_SECRET: secret,
  ALERTMANAGER_TOKEN: "alertmanager-token-for-tests-0123456789",
  LOG_LEVEL: "error",
  SLACK_BOT_TOKEN: slackToken,
  SLACK_SIGNING_SECRET: signingSecret,
  SLACK_API_URL: slack.apiUrl,
});

/**
 * Mostly evaluations of one deployment; every hundredth a finding about a deployment of its own,
 * which makes a card.
 */
const bodyOf = (id: string, nth: number): object =>
  nth % 100 === 99
    ? { id, kind: "finding", deployment: `system-${nth}`, summary: "odd answers" }
    : jailbreak(0.08, { id, suite: id });

/** Sends webhooks to both replicas in turn, to the other one when it is tried again. */
const sendTo = (replicas: readonly Replica[]) =>
  startLoad(
    80,
    (nth) => `load-${nth}`,
    async (id, nth, tries) => {
      const { url = "" } = replicas[(nth + tries) % replicas.length] ?? {};
      const sent = await signalSend({
        url,
        source: "signals",
        auth: "standardWebhooks",
        secret,
        body: Buffer.from(JSON.stringify(bodyOf(id, nth))),
        contentType: "application/json",
        now: Date.now(),
        id,
      });
      return sent.ok;
    },
  );

/**
 * Chidi pauses in Slack, each time for a reason of its own; what was not confirmed is sent again as
 * the same command.
 */
function pauseAt(replicas: readonly Replica[], slack: SlackServer) {
  const commands = new Map<string, { readonly form: Record<string, string> }>();
  const at = (index: number) =>
    slackPeople(slack, {
      url: () => replicas[index % replicas.length]?.url ?? "",
      now: () => Date.now(),
      settle: async () => {},
    });
  return startLoad(
    5_000,
    (nth) => `round ${nth}`,
    async (reason, nth, tries) => {
      const people = at(nth + tries);
      const line = `/pause assistant-prod because ${reason}`;
      const command = commands.get(reason) ?? people.bodies.command("chidi", line);
      commands.set(reason, command);
      try {
        const response = await people.post(command);
        return response.ok && isConfirmed(await response.text());
      } catch {
        return false;
      }
    },
  );
}

const isConfirmed = (told: string): boolean =>
  /paused/i.test(told) &&
  ![answers.notRecorded, answers.notConfirmed].some((words) => told.includes(words));

interface Found {
  readonly what: string;
  readonly answered: number;
  readonly lost: readonly string[];
  readonly twice: readonly string[];
}

/** How often each name stands in the answer. */
async function counts(execute: Executor, text: string): Promise<ReadonlyMap<string, number>> {
  const rows = await execute({ text, params: [] });
  return new Map(rows.map(([name, count]) => [String(name), Number(count)]));
}

/** What was answered for must be there; nothing may be there more than once. */
function compared(
  what: string,
  answered: Iterable<string>,
  there: ReadonlyMap<string, number>,
): Found {
  const wanted = [...answered];
  return {
    what,
    answered: wanted.length,
    lost: wanted.filter((name) => !there.has(name)),
    twice: [...there].filter(([, count]) => count > 1).map(([name]) => name),
  };
}

const deliveriesEvaluated = `
  select convert_from(body, 'UTF8')::jsonb->>'id', count(*)
  from holdpoint.deliveries where source = 'signals' and evaluated_at is not null group by 1`;
/** A signal's name is part of its condition, so that each is counted apart. */
const signalsCounted = `
  select substring(condition from 'load-[0-9]+'), sum(signals)
  from holdpoint.conditions where condition ~ 'load-[0-9]+' group by 1`;
const decisionsMade = `
  select convert_from(t.text, 'UTF8'), count(*)
  from holdpoint.entries e
  join holdpoint.texts t on t.commitment = convert_from(e.bytes, 'UTF8')::jsonb->>'reason'
  where e.kind = 'decision.made' group by 1`;
const escalations = "select 'card:' || id, 1 from holdpoint.escalations";
const unfinished = `
  select (select count(*) from holdpoint.deliveries where evaluated_at is null)
       + (select count(*) from holdpoint.outbox where state = 'pending')`;

/** How often each message stands in Slack, by the key that it carries. */
function messagesIn(slack: SlackServer): ReadonlyMap<string, number> {
  const people = ["U0ANA00001", "U0BOB00001", "U0CHIDI001", "U0DANA0001", "U0ERIN0001"];
  const all = [
    ...slack.messagesIn("C0RISK0001"),
    ...[...people, "U0FRANK001"].flatMap((user) => slack.directs(user)),
  ];
  const there = new Map<string, number>();
  for (const { metadata } of all) {
    const key = metadata?.event_payload["key"];
    if (typeof key === "string") there.set(key, (there.get(key) ?? 0) + 1);
  }
  return there;
}

const tableOf = (done: ReadonlyMap<string, number>, found: readonly Found[]): string =>
  [
    "| what | number | lost | twice |",
    "|---|---|---|---|",
    ...[...done].map(([what, number]) => `| ${what} | ${number} | | |`),
    ...found.map(
      ({ what, answered, lost, twice }) =>
        `| ${what} | ${answered} | ${lost.length} | ${twice.length} |`,
    ),
  ].join("\n");

const say = (text: string): void => void process.stdout.write(`${text}\n`);

test("under forty kills of two replicas and five restarts of the database nothing that was answered for is lost, and nothing is there twice", async () => {
  const server = await startServer(binaries());
  if (!server) throw new Error("There is no PostgreSQL: nothing could be tried.");
  onTestFinished(() => server.stop());
  const slack = await startSlackServer(slackToken);
  const [item, other] = [
    startReplica(await environment(server.url, slack)),
    startReplica(await environment(server.url, slack)),
  ];
  const replicas = [item, other];
  await Promise.all(replicas.map((replica) => replica.ready()));
  const next = numbersFrom(seed);
  const roll = (below: number): number => Math.floor(next() * below);
  const began = Date.now();

  const webhooks = sendTo(replicas);
  const decisions = pauseAt(replicas, slack);
  let restarts = 0;
  for (let kill = 1; kill <= kills; kill += 1) {
    const victim = roll(2) === 0 ? item : other;
    await victim.ready(); // a replica that never came up shows nothing
    await after(roll(25) * 100);
    await victim.kill();
    if (kill % killsBetweenRestarts > 0) continue;
    restarts += 1;
    await server.restart();
  }
  await after(2_000); // the load outlives them
  await Promise.all([webhooks.stop(), decisions.stop()]);
  await Promise.all(replicas.map((replica) => replica.ready()));
  const loaded = Date.now() - began;
  const { execute, close } = await openPostgres(server.url);
  onTestFinished(close);
  const waiting = async () => Number((await execute({ text: unfinished, params: [] }))[0]?.[0]);
  // Leases of the dead end within a minute, and a channel takes a message a second.
  await expect.poll(waiting, { timeout: 200_000, interval: 1_000 }).toBe(0);

  const there = messagesIn(slack);
  const shown = new Map([...there].filter(([key]) => key.startsWith("card:")));
  const cards = await counts(execute, escalations);
  const counted = await counts(execute, signalsCounted);
  const evaluated = await counts(execute, deliveriesEvaluated);
  const made = await counts(execute, decisionsMade);
  const found = [
    compared("webhooks answered 2xx", webhooks.answered, evaluated),
    compared("their signals, counted", webhooks.answered, counted),
    compared("decisions confirmed in Slack", decisions.answered, made),
    compared("cards", cards.keys(), shown),
    compared("messages in Slack", there.keys(), there),
  ];
  const exported = join(scratch(), "export");
  await exportLog({ url: item.url, token: operatorToken }, exported);
  const said: string[] = [];
  const verified = await logVerify([exported, "--key", logKey.vkey], {
    out: (line) => void said.push(line),
  });
  const starts = item.starts() + other.starts();
  const done = new Map([
    ["kills of a replica", kills],
    ["immediate restarts of the database", restarts],
    ["starts of a replica", starts],
    ["seconds of load", Math.round(loaded / 1000)],
    ["webhooks sent again", webhooks.again()],
    ["commands sent again", decisions.again()],
  ]);
  say(`\nseed ${seed}\n\n${tableOf(done, found)}\n\nlog verify: ${said[0]}\n`);

  // A database that goes is no reason to leave.
  expect(replicas.map((replica) => replica.lastWords())).toEqual(["", ""]);
  expect(starts).toBe(kills + replicas.length);
  expect(found.flatMap(({ lost, twice }) => [...lost, ...twice])).toEqual([]);
  expect({ code: verified, said: said[0] }).toMatchObject({
    code: 0,
    said: expect.stringContaining("OK"),
  });
  expect(webhooks.answered).toEqual(webhooks.begun);
  expect(decisions.answered).toEqual(decisions.begun);
  expect(slack.problems).toEqual([]);
  await Promise.all(replicas.map((replica) => replica.stop()));
});
