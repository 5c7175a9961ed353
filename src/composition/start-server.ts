import { type AnswerTimes, answerTimes } from "../app/commands/command-parts.ts";
import {
  type Clock,
  Fault,
  type Inbound,
  type Random,
  type Store,
  type Views,
} from "../app/ports.ts";
import type { Config } from "../config.ts";
import type { LogKey, LogKeys } from "../core/log/checkpoint.ts";
import { type ClockDifference, clockDoubt } from "../core/true-clock.ts";
import { type DemoKey, keepDemoKey } from "../demo-key.ts";
import { createDisk, type Disk } from "../disk.ts";
import type { Log, ServerDeps } from "../http/ports.ts";
import { createServer } from "../http/server.ts";
import { loadLogKeys } from "../keys.ts";
import { keepLastSigned } from "../last-signed.ts";
import type { OutwardTimes } from "../notify/send.ts";
import { signInFor, slackFor, teamsFor } from "./configured-parts.ts";
import { buildParts, type Parts } from "./core-parts.ts";
import type { Dependencies } from "./dependencies.ts";
import { causesOf, createFaultLog, type FaultLog } from "./fault-log.ts";
import { adoptFirst, policySecrets, StartRefused } from "./first-policy.ts";
import { keepPolicies } from "./kept-policies.ts";
import { outwardFor, silentPagers } from "./notify-parts.ts";
import {
  consoleFor,
  healthFor,
  operatorFor,
  readsFor,
  reportsFor,
  sourcesFor,
} from "./server-parts.ts";
import type { SignInParts } from "./sign-in-parts.ts";
import type { SlackTimes } from "./slack-parts.ts";
import { doctorLines, revealed, roomLines, socketLine, startLines } from "./start-lines.ts";
import { startWork } from "./start-work.ts";
import type { TeamsTimes } from "./teams-parts.ts";
import { onceThere } from "./time-limits.ts";

/** The composition root: builds each part and connects them. */
export interface RunningServer {
  readonly url: string;
  /** The lines printed at the start: chats, address, durability, demo mode. */
  readonly lines: readonly string[];
  readonly store: Store;
  readonly inbound: Inbound;
  readonly views: Views;
  /** Runs what is due and everything that waits, and resolves when all of it is done. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

export interface ServerParts {
  readonly config: Config;
  readonly clock: Clock;
  /** Compares the clock at the start and at each tick; null = never. */
  readonly clockWatch: ClockWatch | null;
  readonly random: Random;
  readonly log: Log;
  /** Opens the database, which stores the log's name and key. */
  readonly openStore: (
    identity: Pick<LogKey, "origin" | "vkey"> & { readonly newer: readonly string[] },
  ) => Promise<{ readonly store: Store; readonly durability: string }>;
  /** Calls `tick` on schedule; answers how to stop. */
  readonly startTickScheduler: (tick: () => Promise<void>) => { stop(): Promise<void> };
  /** Gets the function that ends the server, before the first request can arrive. */
  readonly begun: (close: () => Promise<void>) => void;
  /** Slack's timeout and rate limits; null = production's. */
  readonly slackTimes: SlackTimes | null;
  /** Teams' timeout, rate limits and cloud; null = production's, and Microsoft's public cloud. */
  readonly teamsTimes: TeamsTimes | null;
  /** How long somebody waits for an answer; null = production's. */
  readonly answerTimes: AnswerTimes | null;
  /** Timeouts of endpoints and pagers; null = as the specification says. */
  readonly outwardTimes: OutwardTimes | null;
}

/** Compares the clock with others. */
export interface ClockWatch {
  check(store: Store): Promise<void>;
  /** The differences at the last comparison. */
  difference(): ClockDifference;
}

const openLogKeys = ({ logKey, nextLogKey, origin, dataDirectory: dataDir }: Config): LogKeys => {
  const given = logKey && { key: logKey.reveal(), next: nextLogKey?.reveal() ?? null };
  return loadLogKeys({ origin, given, dataDir });
};

/**
 * How many times a start is repeated when the database goes away during it; each time it waits for
 * the database.
 */
const mostStarts = 5;

/**
 * Opens everything, adopts the first policy, and listens. Throws `Refused` with every reason
 * against a start.
 */
export async function startServer(parts: ServerParts): Promise<RunningServer> {
  const keys = openLogKeys(parts.config);
  const [key, ...newer] = keys.all();
  if (key === undefined) throw new StartRefused(["There is no key for the log."]);
  const identity = { ...key, newer: newer.map(({ vkey }) => vkey) };
  for (let starts = 1; ; starts += 1) {
    const { store, durability } = await parts.openStore(identity);
    try {
      await parts.clockWatch?.check(store);
      return await wire(parts, { key, keys, store, durability });
    } catch (error) {
      await store.close();
      if (!(error instanceof Fault) || error.retry === "never" || starts === mostStarts)
        throw error;
      parts.log.error({ what: "database", error: causesOf(error) }, "the start begins again");
    }
  }
}

interface KeysOf {
  readonly key: LogKey;
  readonly keys: LogKeys;
}

async function wire(
  serverParts: ServerParts,
  { key, keys, store, durability }: KeysOf & { readonly store: Store; readonly durability: string },
): Promise<RunningServer> {
  const { config, clock, log, startTickScheduler, begun, outwardTimes } = serverParts;
  const faults = createFaultLog(serverParts);
  const dependencies = await dependenciesFor(serverParts, { key, keys, store, faultLog: faults });
  const disk = config.databaseUrl === null ? createDisk(config.dataDirectory) : null;
  const parts = buildParts(dependencies);
  noteClock(serverParts, parts);
  await adoptFirst(parts, config);
  const { policy } = (await parts.journal.look([])).situation("");
  const secretFor = policySecrets(config, policy);
  const { origin } = key;
  const outward = outwardFor({ config, clock, origin, secretFor, times: outwardTimes });
  const work = startWork(dependencies, parts, outward);
  const tick = async (): Promise<void> => {
    await serverParts.clockWatch?.check(store);
    noteClock(serverParts, parts);
    await work.tick();
  };
  const demoKey = config.demo.allowed ? keepDemoKey(config.dataDirectory) : null;
  const signIn = await signInFor(config, { clock, parts, report: dependencies.report });
  const wired = { dependencies, parts, work, disk, demoKey, secretFor, signIn };
  const server = await createServer(depsFor(serverParts, wired));
  const ends: (() => Promise<void>)[] = [];
  const opening = async (): Promise<number> => {
    const listening = await server.listen();
    const disconnect = await connected(parts);
    if (disconnect) ends.push(disconnect);
    const scheduledTick = watched(store, log, tick);
    ends.push(startTickScheduler(scheduledTick).stop);
    // From here on the database may go away and come back: what this tick missed, the next one
    // does.
    await scheduledTick().catch((fault: unknown) => dependencies.report(fault, "tick"));
    return listening;
  };
  const opened = Promise.resolve().then(opening);
  const close = async (): Promise<void> => {
    await opened.catch(() => undefined);
    for (const end of ends.reverse()) await end();
    await server.close();
    parts.selfCheck.stop();
    await work.stop();
    await store.close();
    faults.close();
  };
  begun(close);
  const listening = await opened;
  const { host } = config;
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${listening}`;
  return {
    url,
    lines: [
      ...startLines(config, { url, demoKey, durability, chats: parts.chats }),
      ...(parts.slack && config.slack?.appToken ? [socketLine] : []),
      ...silentPagers(policy, secretFor),
      ...(await roomLines(disk)),
      ...(await doctorLines(parts)),
    ],
    store,
    inbound: parts.inbound,
    views: parts.views,
    settle: async () => {
      // A failed tick leaves the workers running, so the caller waits for them too.
      await tick().finally(work.idle);
    },
    close,
  };
}

/** Says whether anything may be dated. */
function noteClock({ clockWatch }: ServerParts, { doubts }: Parts): void {
  doubts.found("clock", clockWatch && clockDoubt(clockWatch.difference()));
}

async function dependenciesFor(
  serverParts: ServerParts,
  {
    key,
    keys,
    store,
    faultLog: { report },
  }: KeysOf & { readonly store: Store; readonly faultLog: FaultLog },
): Promise<Dependencies> {
  const { config, clock, random, log, slackTimes, teamsTimes } = serverParts;
  const waits = serverParts.answerTimes ?? answerTimes;
  const needs = { store, clock, random, report, answerTimes: waits };
  const slack = await slackFor(config, {
    ...needs,
    tell: operatorAlert(log, "slack"),
    times: slackTimes,
  });
  const teams = await teamsFor(config, {
    ...needs,
    tell: operatorAlert(log, "teams"),
    times: teamsTimes,
  });
  const lastSigned = keepLastSigned(config.dataDirectory, key.origin);
  const keptPolicies = keepPolicies(config.dataDirectory);
  const { publicUrl, keep } = config;
  return { ...needs, publicUrl, key, keys, lastSigned, keptPolicies, keep, slack, teams };
}

/** The parts that are built before the server listens. */
interface WiredParts {
  readonly dependencies: Dependencies;
  readonly parts: Parts;
  readonly work: ReturnType<typeof startWork>;
  readonly disk: Disk | null;
  readonly demoKey: DemoKey | null;
  readonly secretFor: Config["secretFor"];
  readonly signIn: SignInParts | null;
}

function depsFor(
  { config, clock, clockWatch, random, log }: ServerParts,
  { dependencies, parts, work, disk, demoKey, secretFor, signIn }: WiredParts,
): ServerDeps {
  const { host, port, publicUrl } = config;
  const { key, report } = dependencies;
  const once = <T extends object>(port: T): T =>
    onceThere(port, parts.store.ping, dependencies.answerTimes.call);
  return {
    host,
    port,
    publicUrl,
    clock,
    random,
    log,
    demo: demoKey,
    tokens: revealed(config.tokens),
    intake: work.intake,
    sources: sourcesFor(parts, secretFor),
    ...readsFor(parts),
    reports: once(reportsFor(parts)),
    subscribe: parts.journal.onCommit,
    operator: once(operatorFor(parts, config, { secretFor, disk, signIn })),
    health: healthFor(parts, {
      clock,
      tickAge: work.tickAge,
      clockDifference: () => clockWatch?.difference() ?? null,
      disk,
      unkept: dependencies.lastSigned.unkept,
    }),
    register: (app, guard) => {
      consoleFor(parts, { config, demoKey, key, clock, random, report, signIn })(app, guard);
      for (const platform of parts.platforms) platform.register(app, parts);
    },
  };
}

/** Tells the operator. */
const operatorAlert =
  (log: Log, what: string) =>
  (sentence: string): void =>
    log.error({ what }, sentence);

/**
 * Runs the tick while the database answers. That it went away, and that it came back, is logged
 * once each; the server goes on.
 */
function watched(store: Store, log: Log, tick: () => Promise<void>) {
  let isAway = false;
  return async (): Promise<void> => {
    try {
      await store.ping();
    } catch (fault) {
      if (!isAway) log.error({ what: "database", error: causesOf(fault) }, wentAway);
      isAway = true;
      return;
    }
    if (isAway) log.info({ what: "database" }, "the database answers again");
    isAway = false;
    await tick();
  };
}

const wentAway =
  "the database does not answer: nothing is recorded, everybody is told so, and it is asked again until it answers";

/** Starts Socket Mode if it is configured; a token that Slack does not accept ends the start. */
async function connected(parts: Parts): Promise<(() => Promise<void>) | null> {
  try {
    return (await parts.slack?.connect(parts)) ?? null;
  } catch (error) {
    throw new StartRefused([
      `SLACK_APP_TOKEN: Slack does not open a socket with it (${causesOf(error)}).`,
    ]);
  }
}
