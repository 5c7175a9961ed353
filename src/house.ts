import { createHash, createHmac, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { commands } from "../commands/index.ts";
import { openStore } from "../db/open.ts";
import { type Adoption, adopt } from "./app/adopt.ts";
import { createReads, createViews } from "./app/audit.ts";
import { createInbound } from "./app/decide.ts";
import { deliverWaiting } from "./app/deliver.ts";
import { evaluateWaiting } from "./app/evaluate.ts";
import { createIntake } from "./app/intake.ts";
import { createJournal } from "./app/journal.ts";
import {
  type Chat,
  type Clock,
  Fault,
  type Inbound,
  type Random,
  type Store,
  type Views,
} from "./app/ports.ts";
import { createRecord } from "./app/record.ts";
import { createRules } from "./app/rules.ts";
import { createSessions } from "./app/sessions.ts";
import { tick } from "./app/tick.ts";
import { createWorker } from "./app/worker.ts";
import { type Config, Secret, sourceSecretProblems } from "./config.ts";
import { consoleChat } from "./console/chat.ts";
import { registerConsole } from "./console/index.ts";
import type { LogKey } from "./core/log/checkpoint.ts";
import { nearest } from "./core/nearest.ts";
import { rfc3339 } from "./core/time.ts";
import { makeUpDemoSecrets } from "./demo-secrets.ts";
import type { DemoGuard, Log, ServerDeps } from "./http/ports.ts";
import { createServer } from "./http/server.ts";
import { loadLogKey } from "./keys.ts";
import { problemLine, readPolicyText } from "./policy-file.ts";
import { authenticate } from "./sources/authenticate.ts";
import { parseDelivery } from "./sources/index.ts";

/** The composition root: builds each part and hands each its neighbours. */
export interface House {
  readonly url: string;
  /** What a start prints: chats, address, durability, demo mode. */
  readonly lines: readonly string[];
  readonly store: Store;
  readonly inbound: Inbound;
  readonly views: Views;
  /** Does what is due and everything that waits, and resolves when all of it is done. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** A start that is refused, in lines for the operator. */
export class Refused extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "Refused";
    this.problems = problems;
  }
}

export interface HouseParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Rings the bell for ticks; answers how to stop. */
  readonly startBell: (ring: () => Promise<void>) => { stop(): Promise<void> };
}

/** Random values from the operating system. */
export const systemRandom: Random = {
  id: (prefix) =>
    prefix +
    [...randomBytes(20)].map((byte) => "abcdefghijklmnopqrstuvwxyz234567"[byte % 32]).join(""),
  salt: () => new Uint8Array(randomBytes(32)),
};

const budget = 1_500;

/** Rejects when a person has waited long enough; the work itself goes on. */
const within = async <T>(work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer from the database within 1.5 s")), budget);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};

const openLogKey = (config: Config): LogKey =>
  loadLogKey(
    config.logKey
      ? { origin: config.origin, pemOrPath: config.logKey.reveal() }
      : { origin: config.origin, dataDir: config.dataDirectory },
  );

/** Opens everything, adopts the first policy, and listens. Throws {@link Refused} with every reason not to. */
export const openHouse = async (parts: HouseParts): Promise<House> => {
  const { config, clock, random, log } = parts;
  const key = openLogKey(config);
  const where = config.databaseUrl
    ? { databaseUrl: config.databaseUrl.reveal() }
    : { dataDir: join(config.dataDirectory, "database") };
  const { store, durability } = await openStore(where, { origin: key.origin, vkey: key.vkey });
  try {
    return await furnish(parts, store, key, durability);
  } catch (error) {
    await store.close();
    throw error;
  }

  async function furnish(
    _: HouseParts,
    opened: Store,
    logKey: LogKey,
    words: string,
  ): Promise<House> {
    const rules = createRules(opened);
    const chats: readonly Chat[] = [consoleChat(opened, clock)];
    const journal = createJournal({
      store: opened,
      clock,
      random,
      rules,
      origin: logKey.origin,
      chats,
    });
    const report = (fault: unknown, what: string): string => {
      const reference = random.id("x_").slice(0, 8);
      log.error(
        { reference, what, error: fault instanceof Error ? fault.message : String(fault) },
        "fault",
      );
      return reference;
    };
    await adoptFirst({ config, store: opened, rules, journal, random });
    const secrets = sourceSecrets(
      config,
      (await journal.look([])).situation("").policy.sources.values(),
    );
    const parse = parseDelivery;
    const evaluation = createWorker(
      () => evaluateWaiting({ store: opened, journal, rules, parse }),
      (fault) => void report(fault, "evaluate"),
    );
    const record = createRecord(opened, logKey);
    const signing = createSigning(record.sign, (fault) => void report(fault, "checkpoint"));
    const deliveries = chats.map((chat) =>
      createWorker(
        () =>
          deliverWaiting(
            {
              store: opened,
              journal,
              rules,
              clock,
              log: (fault, what) => void report(fault, what),
            },
            chat,
          ),
        (fault) => void report(fault, chat.name),
      ),
    );
    const wakeAll = (): void => {
      for (const worker of deliveries) worker.wake();
      signing.wake();
    };
    journal.onCommit(wakeAll);
    const listeners = new Set<() => void>();
    const told = (): void => {
      for (const listener of listeners) listener();
    };
    journal.onCommit(told);
    const stored = createIntake(opened);
    const intake = {
      accept: async (delivery: Parameters<typeof stored.accept>[0]) => {
        const answer = await stored.accept(delivery);
        evaluation.wake();
        return answer;
      },
      idle: stored.idle,
    };
    const inbound = createInbound({ store: opened, journal, rules, commands, within, log: report });
    const views = createViews({ store: opened, journal, rules });
    const sessions = createSessions({ store: opened, journal, clock, random });
    let ticked: number | null = null;
    const ring = async (): Promise<void> => {
      await tick({ store: opened, journal, clock, log: (fault, what) => void report(fault, what) });
      ticked = clock.now();
      evaluation.wake();
      wakeAll();
      await evaluation.idle();
    };
    const deps: ServerDeps = {
      host: config.host,
      port: config.port,
      publicUrl: config.publicUrl,
      demo: config.demo.allowed,
      tokens: revealed(config.tokens),
      clock,
      random,
      log,
      intake,
      sources: {
        find: (name) => rules.current()?.sources.get(name),
        authenticate: (source, headers, rawBody, now) =>
          authenticate(source, (reference) => secrets(reference)?.reveal(), headers, rawBody, now),
        unmapped: (source, delivery) => {
          const context = {
            source: source.id,
            receivedAt: delivery.receivedAt,
            contentType: delivery.contentType,
            deployment: source.deployment,
            map: source.map,
            labels: source.labels,
          };
          const parsed = parse(source.type, delivery.body, context);
          return "unmapped" in parsed ? parsed.unmapped : null;
        },
      },
      reads: createReads({ store: opened, journal, rules }),
      record,
      operator: {
        policy: async () => {
          const { org } = await journal.look([]);
          return org.policy === ""
            ? null
            : { digest: org.policy, adoptedAt: rfc3339(org.adoptedAt) };
        },
        adopt: async (yaml, current) => {
          const read = readPolicyText("policy", yaml);
          if (!read.ok) return { is: "invalid", problems: read.problems.map(problemLine) };
          const done = await adopt(
            { store: opened, journal, rules, random },
            { doc: read.doc, yaml, current, actor: { type: "operator" }, surface: "http" },
          );
          return done.is === "unfit" ? { is: "invalid", problems: done.problems } : done;
        },
        loginLink: async (name) => {
          await journal.look([]);
          const people = [...rules.people().values()];
          const wanted = name.toLowerCase();
          const found = people.find(
            ({ key: id, name: full }) => id === wanted || full.toLowerCase() === wanted,
          );
          if (!found)
            return {
              unknown: true,
              nearest: nearest(
                name,
                people.map(({ key: id }) => id),
              ),
            };
          const { token, expires } = await sessions.issue(found.id);
          return { url: `${config.publicUrl}/login/${token}`, expires: rfc3339(expires) };
        },
      },
      health: {
        ping: () => opened.ping(),
        headSize: async () => (await opened.head()).size,
        backlog: () => opened.backlog(),
        tickAge: () => (ticked === null ? null : clock.now() - ticked),
        chats: () => chats.map(({ name }) => ({ name, problem: null })),
      },
      register: (app: FastifyInstance, guard: DemoGuard) =>
        registerConsole(app, {
          views,
          inbound,
          clock,
          random,
          sessions,
          demoMode: config.demo.allowed,
          demo: (request: FastifyRequest) => {
            const because = guard(guarded(request));
            return because === null
              ? { allowed: true as const }
              : { allowed: false as const, because };
          },
          mayRead: (authorization) =>
            [config.tokens.auditor, config.tokens.operator].some(
              (one) => one !== null && sameSecret(authorization ?? "", `Bearer ${one.reveal()}`),
            ),
          publicUrl: config.publicUrl,
          secret: formSecret(logKey),
          commandList: commands.map(({ name, usage, summary }) => ({ name, usage, summary })),
          changes: {
            subscribe: (listener) => {
              listeners.add(listener);
              return () => listeners.delete(listener);
            },
          },
          failed: (error) => report(error, "console"),
        }),
    };
    const server = await createServer(deps);
    const port = await server.listen();
    const bell = parts.startBell(ring);
    evaluation.wake();
    wakeAll();
    const url = `http://${config.host.includes(":") ? `[${config.host}]` : config.host}:${port}`;
    const idle = async (): Promise<void> => {
      await evaluation.idle();
      await Promise.all(deliveries.map((worker) => worker.idle()));
      await signing.idle();
    };
    return {
      url,
      lines: startLines(config, url, words, chats),
      store: opened,
      inbound,
      views,
      settle: async () => {
        await ring();
        await idle();
        told();
      },
      close: async () => {
        await bell.stop();
        await server.close();
        await idle();
        await opened.close();
      },
    };
  }
};

const revealed = ({ operator, auditor, gateway }: Config["tokens"]): ServerDeps["tokens"] => ({
  operator: operator?.reveal() ?? null,
  auditor: auditor?.reveal() ?? null,
  gateway: gateway?.reveal() ?? null,
});

const guarded = ({ headers, raw }: FastifyRequest): Parameters<DemoGuard>[0] => ({
  headers,
  socket: raw.socket,
});

const sameSecret = (a: string, b: string): boolean =>
  createHash("sha256").update(a).digest().equals(createHash("sha256").update(b).digest());

/** Forms outlive the process: their secret is derived from the log's key, which all replicas share. */
const formSecret = (key: LogKey): Uint8Array =>
  createHmac("sha256", key.sign(new TextEncoder().encode("holdpoint console forms"))).digest();

/** Signs at most once a second: the first change at once, later ones together. */
const createSigning = (sign: () => Promise<unknown>, failed: (fault: unknown) => void) =>
  createWorker(async () => {
    await sign();
    await new Promise((resolve) => setTimeout(resolve, 1_000).unref());
  }, failed);

interface First {
  readonly config: Config;
  readonly store: Store;
  readonly rules: ReturnType<typeof createRules>;
  readonly journal: ReturnType<typeof createJournal>;
  readonly random: Random;
}

/** The file is adopted when the log is empty, or at each start if so configured; otherwise what was adopted stays in force. */
const adoptFirst = async (first: First): Promise<void> => {
  const { config, journal } = first;
  const { org } = await journal.look([]);
  if (org.policy !== "" && !config.adoptAtStart) return;
  const yaml = readFile(config.policyFile);
  const read = readPolicyText(config.policyFile, yaml);
  if (!read.ok) throw new Refused(read.problems.map(problemLine));
  const done: Adoption = await adopt(first, {
    doc: read.doc,
    yaml,
    current: null,
    actor: { type: "operator" },
    surface: "start",
  });
  if (done.is === "unfit") throw new Refused(done.problems);
};

const readFile = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new Fault(`HOLDPOINT_POLICY: ${path} cannot be read`, "never", { cause });
  }
};

/** Secrets from the environment; in demo mode the missing ones are made up. Outside it, each missing or short one stops the start. */
const sourceSecrets = (
  config: Config,
  sources: Iterable<
    Parameters<typeof sourceSecretProblems>[0] extends Iterable<infer S> ? S : never
  >,
): Config["secretFor"] => {
  const all = [...sources];
  const madeUp = config.demo.allowed
    ? makeUpDemoSecrets(
        config.dataDirectory,
        all,
        (reference) => config.secretFor(reference) !== undefined,
      )
    : new Map<string, string>();
  const secretFor: Config["secretFor"] = (reference) => {
    const made = madeUp.get(reference);
    return config.secretFor(reference) ?? (made === undefined ? undefined : new Secret(made));
  };
  const problems = sourceSecretProblems(all, secretFor);
  if (problems.length > 0) throw new Refused(problems);
  return secretFor;
};

const startLines = (
  config: Config,
  url: string,
  durability: string,
  chats: readonly Chat[],
): readonly string[] => [
  ...chats.map(({ name }) => `Chat: ${name}`),
  `Console: ${config.port === 0 ? url : config.publicUrl}`,
  `Database: ${durability}`,
  config.demo.allowed
    ? `Demo mode: anybody on this machine may choose who to be. Made-up source secrets are in ${config.dataDirectory}/demo-secrets.json.`
    : `Demo mode is off: ${config.demo.because.join(", ")}.`,
];
