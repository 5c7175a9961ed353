import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { commands } from "../../commands/index.ts";
import { adopt } from "../app/commands/adopt-policy.ts";
import { reportApplied, reportAsked } from "../app/commands/gateway-reports.ts";
import { recordRestore } from "../app/commands/record-restore.ts";
import { startRehearsal } from "../app/commands/rehearsals.ts";
import { rotateKey } from "../app/commands/rotate-key.ts";
import { understood } from "../app/intake/explain-delivery.ts";
import type { Clock, DoctorFinding, Random } from "../app/ports.ts";
import { backtest } from "../app/reads/backtest.ts";
import { coverage } from "../app/reads/coverage.ts";
import { actorFor } from "../app/reads/readable.ts";
import type { Doubts } from "../app/self-check/doubts.ts";
import type { Config } from "../config.ts";
import { registerConsole } from "../console/index.ts";
import type { DemoAnswer } from "../console/ports.ts";
import { nearestNames } from "../core/did-you-mean.ts";
import type { LogKey } from "../core/log/checkpoint.ts";
import { ownSource } from "../core/policy/expectation.ts";
import type { Source } from "../core/policy/model.ts";
import type { PolicyDoc } from "../core/policy/schema/policy-schema.ts";
import { authOf } from "../core/policy/source-auth.ts";
import { storable } from "../core/text.ts";
import { rfc3339 } from "../core/time.ts";
import type { DemoKey } from "../demo-key.ts";
import type { Disk } from "../disk.ts";
import type { DemoGuard, ServerDeps } from "../http/ports.ts";
import { problemLine, readPolicyText } from "../policy-file.ts";
import { secretProblems, sourceSecretProblems } from "../secret-problems.ts";
import { checking } from "../sources/authenticate.ts";
import type { Parts } from "./core-parts.ts";
import { secretsNeeded } from "./notify-parts.ts";
import type { SignInParts } from "./sign-in-parts.ts";
import { readerWaits, timely } from "./time-limits.ts";

/** The parts of the application that the server's routes need. */

/** The sources of the policy in force, and the check of their senders. */
export function sourcesFor(parts: Parts, secretFor: Config["secretFor"]): ServerDeps["sources"] {
  return {
    // An old policy may still have a source with Holdpoint's own name: nobody may send for it.
    find: (name) => (name === ownSource ? undefined : parts.rules.current()?.sources.get(name)),
    checking: (source, headers, now) =>
      checking(source, { secretFor: (reference) => secretFor(reference)?.reveal(), headers, now }),
    unmapped: (delivery) => {
      const policy = parts.rules.current();
      return policy ? parts.observe(policy, delivery).unmapped : null;
    },
    understood: (delivery) => {
      const policy = parts.rules.current();
      return policy ? understood(parts.observe, policy, delivery) : {};
    },
  };
}

/** What an operator may do over HTTP. */
export function operatorFor(
  parts: Parts,
  { publicUrl, demo }: Pick<Config, "publicUrl" | "demo">,
  {
    secretFor,
    disk,
    signIn,
  }: Pick<Config, "secretFor"> & {
    readonly disk: Disk | null;
    readonly signIn: SignInParts | null;
  },
): ServerDeps["operator"] {
  return {
    policy: async () => {
      const { org } = await parts.journal.look([]);
      return org.policy === "" ? null : { digest: org.policy, adoptedAt: rfc3339(org.adoptedAt) };
    },
    adopt: async (yaml, current, said) => {
      const read = readPolicyText("policy", yaml);
      if (!read.ok) return { is: "invalid", problems: read.problems.map(problemLine) };
      const unset = [
        ...sourceSecretProblems(sourcesOf(read.doc), secretFor),
        ...secretProblems(secretsNeeded(toldBy(read.doc), demo.allowed), secretFor),
      ];
      if (unset.length > 0) return { is: "invalid", problems: unset };
      const actor = { type: "operator" as const };
      return adopt(parts, { doc: read.doc, yaml, current, actor, surface: "http", said });
    },
    loginLink: async (name) => {
      const people = await parts.views.people();
      const wanted = name.toLowerCase();
      const found = people.find(
        (person) => person.key === wanted || person.name.toLowerCase() === wanted,
      );
      if (!found) {
        const keys = people.map((person) => person.key);
        return { unknown: true, nearest: nearestNames(name, keys) };
      }
      const { token, expires } = await parts.sessions.issue(found.id);
      return { url: `${publicUrl}/login/${token}`, expires: rfc3339(expires) };
    },
    backtest: async (yaml, days) => {
      const read = readPolicyText("policy", yaml);
      return read.ok
        ? backtest(parts, read.doc, days)
        : { problems: read.problems.map(problemLine) };
    },
    coverage: () => coverage(parts),
    rehearse: (deployment) => startRehearsal(parts, deployment),
    restored: (because) => recordRestore(parts, storable(because)),
    rotateKey: (because, distrusted) =>
      rotateKey(parts, { because: storable(because), distrusted }),
    doctor: async () => {
      const [here, ...chats] = await Promise.all([
        disk?.examine() ?? [],
        signIn?.examine() ?? [],
        ...parts.platforms.map((platform) => platform.examine()),
      ]);
      return [...doubtFindings(parts.doubts), ...here, ...chats.flat()];
    },
  };
}

/** The data of the read routes, each within a time limit. */
export function readsFor(parts: Parts): Pick<ServerDeps, "reads" | "record" | "ask" | "noteRead"> {
  const { reads, record, random } = parts;
  return {
    reads: timely(reads, readerWaits),
    record: timely(record, readerWaits),
    ask: (role, line) =>
      parts.inbound.run({
        speaker: { is: "reader", role },
        surface: "http",
        line: storable(line),
        key: random.id("ask_"),
        version: null,
        channel: null,
        escalation: null,
        private: true,
        asksOnly: true,
      }),
    noteRead: (role, what, question) =>
      parts.noteRead({
        actor: { type: role },
        surface: "http",
        what,
        question: storable(question),
      }),
  };
}

const doubtFindings = (doubts: Doubts): readonly DoctorFinding[] =>
  doubts.all().map(({ sentence }) => ({ is: "wrong", what: sentence, fix: "" }));

/** The sources of a policy that is not yet in force, for the check of its secrets. */
const sourcesOf = ({ sources }: PolicyDoc): readonly Pick<Source, "id" | "auth">[] =>
  Object.entries(sources).map(([id, source]) => ({ id, auth: authOf(source) }));

/** Reports of gateways. */
export function reportsFor({ journal }: Parts): ServerDeps["reports"] {
  return {
    applied: (report) => reportApplied(journal, report),
    asked: (report) => reportAsked(journal, report),
  };
}

/** The endpoints and pagers of a policy, for the check of its secrets. */
const toldBy = ({
  notify = {},
  wake = {},
  audit = {},
}: PolicyDoc): Parameters<typeof secretsNeeded>[0] => ({
  notify: new Map(
    Object.entries(notify).map(([id, { secret }]) => [id, { secrets: [secret].flat() }]),
  ),
  audit: new Map(
    Object.entries(audit).map(([id, { secret = [] }]) => [id, { secrets: [secret].flat() }]),
  ),
  wake: new Map(Object.entries(wake)),
});

interface HealthDependencies {
  readonly clock: Clock;
  readonly tickAge: () => number | null;
  readonly clockDifference: ServerDeps["health"]["clock"];
  /** Null where a database server keeps the data. */
  readonly disk: Disk | null;
  readonly unkept: () => string | null;
}

/** The data of /readyz and /metrics. */
export function healthFor(
  parts: Parts,
  { clock, tickAge, clockDifference, disk, unkept }: HealthDependencies,
): ServerDeps["health"] {
  return {
    ping: () => parts.store.ping(),
    hasRoom: () => parts.store.hasRoom(),
    headSize: async () => (await parts.store.head()).size,
    backlog: async () => {
      const backlog = await parts.store.backlog();
      const now = clock.now();
      const ages = new Map(
        [...backlog.unread].map(([source, at]) => [source, Math.max(0, now - at)]),
      );
      const known = [...(parts.rules.current()?.sources.keys() ?? []), ownSource];
      const others = [...ages].flatMap(([source, age]) => (known.includes(source) ? [] : age));
      const unread = new Map(known.map((source) => [source, ages.get(source) ?? 0]));
      return { ...backlog, unread: unread.set("other", Math.max(0, ...others)) };
    },
    tickAge,
    clock: clockDifference,
    inDoubt: () => parts.doubts.all().map(({ sentence }) => sentence),
    signing: () => unkept(),
    disk: async () => (await disk?.look()) ?? null,
    chats: () =>
      parts.chats.map(({ name }) => {
        const platform = parts.platforms.find(({ chat }) => chat.name === name);
        return { name, problem: platform?.problem() ?? null, note: platform?.note() ?? null };
      }),
  };
}

export interface ConsoleDependencies {
  readonly config: Config;
  readonly demoKey: DemoKey | null;
  readonly key: LogKey;
  readonly clock: Clock;
  readonly random: Random;
  readonly report: (fault: unknown, what: string) => string;
  readonly signIn: SignInParts | null;
}

/** Registers the console's routes. */
export function consoleFor(
  parts: Parts,
  { config, demoKey, key, clock, random, report, signIn }: ConsoleDependencies,
): ServerDeps["register"] {
  return (app, guard) =>
    registerConsole(app, {
      viewsFor: async (actor) => timely(await parts.views.readBy(actor), readerWaits),
      people: timely(parts.views, readerWaits).people,
      inbound: parts.inbound,
      noteExport: (viewer, address) =>
        parts.noteRead({
          actor: actorFor(viewer),
          surface: "console",
          what: "export",
          question: storable(address),
        }),
      sessions: timely(parts.sessions, readerWaits),
      signIn: signIn?.signIn ?? null,
      clock,
      random,
      demo: demoKey && { ...demoKey, admits: (request) => demoAnswer(guard, request) },
      readerOf: (authorization) => readerOf(config, authorization ?? ""),
      publicUrl: config.publicUrl,
      secret: formSecret(key),
      commandList: commands.map(({ name, usage, summary }) => ({ name, usage, summary })),
      inDoubt: () => parts.doubts.first()?.sentence ?? null,
      changes: {
        subscribe: (listener) => {
          const stops = [parts.journal.onCommit(listener), parts.doubts.onChange(listener)];
          return () => {
            for (const stop of stops) stop();
          };
        },
      },
      failed: (error) => report(error, "console"),
    });
}

function demoAnswer(guard: DemoGuard, { headers, raw }: FastifyRequest): DemoAnswer {
  const refusal = guard({ headers, socket: raw.socket });
  if (refusal === null) return { is: "open" };
  return { is: refusal.is === "no-key" ? "no-key" : "elsewhere", because: refusal.because };
}

const hash = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Whose token with read access an Authorization header has. */
function readerOf({ tokens }: Config, authorization: string): "auditor" | "operator" | null {
  const has = (token: Config["tokens"]["auditor"]): boolean =>
    token !== null && timingSafeEqual(hash(authorization), hash(`Bearer ${token.reveal()}`));
  if (has(tokens.auditor)) return "auditor";
  return has(tokens.operator) ? "operator" : null;
}

/**
 * Forms outlive the process, so their secret is derived from the log's key, which all replicas
 * share.
 */
const formSecret = (key: LogKey): Uint8Array =>
  createHmac("sha256", key.sign(new TextEncoder().encode("holdpoint console forms"))).digest();
