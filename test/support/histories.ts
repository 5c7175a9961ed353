import { restrict } from "../../src/core/decision/restrict.ts";
import { personId } from "../../src/core/ids.ts";
import { canonicalBytes } from "../../src/core/log/bytes.ts";
import { commit, digestOf } from "../../src/core/log/commitment.ts";
import type { Entry } from "../../src/core/log/entry.ts";
import type { Export } from "../../src/core/log/verify.ts";
import { canonicalPolicy, compilePolicy } from "../../src/core/policy/canonical.ts";
import type { Policy } from "../../src/core/policy/model.ts";
import { rfc3339 } from "../../src/core/time.ts";
import { readPolicyText } from "../../src/policy-file.ts";
import { exportOf, key } from "../core/log/support.ts";
import { type Edit, edited } from "../core/policy/example.ts";
import { days, hours, id, type Key, minutes, seenWith } from "./builders.ts";
import { Log, said } from "./core-log.ts";

/** Short honest logs under the example policy, and exports of them signed with the right key. */

export interface Written {
  readonly policy: Policy;
  readonly bytes: Uint8Array;
}

const salt = new Uint8Array(32).fill(7);

/** The example policy with changes, as an export holds it. */
export function writtenPolicy(...edits: readonly Edit[]): Written {
  return writtenText(edited(...edits));
}

export function writtenText(text: string): Written {
  const read = readPolicyText("p", text);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const canonical = canonicalPolicy(
    read.doc,
    (name) => personId(`p_${name}`),
    (text) => commit(salt, text),
  );
  const bytes = canonicalBytes(canonical);
  return { bytes, policy: { ...compilePolicy(canonical), digest: digestOf(bytes) } };
}

export const written = writtenPolicy();
/** Asks for two people besides who requests a resume. */
export const strict = writtenPolicy([
  "by: [erin, frank], people: 1",
  "by: [erin, frank, bob], people: 2",
]);
/** Lets one person more approve a resume. */
export const loose = writtenPolicy([
  "by: [erin, frank], people: 1",
  "by: [erin, frank, bob], people: 1",
]);

/** Has a group. */
export const grouped = writtenPolicy([
  "unmatched: {",
  "groups: { all: [assistant-prod] }\nunmatched: {",
]);

/** Its first trigger narrows by one scope at once, and then asks. */
const actsFirst = writtenPolicy(
  ["    severity: critical                    #", "    act: first\n    severity: critical #"],
  ["response: { narrow: no-tools }", "response: { narrow: next }"],
);

/** Its first trigger is Frank's to decide and to resume, and Bob's to confirm. */
const ruled = writtenPolicy([
  "    severity: critical                    #",
  "    authority: { restrict: { decider: frank }, widen: { decider: frank, confirm: { by: [bob] } } }\n    severity: critical #",
]);

/** Its first trigger has a response of several parts. */
const listed = writtenPolicy([
  "response: { narrow: no-tools }",
  "response: [{ retest: { suite: jailbreak-nightly, by: erin, within: 1d } }, { narrow: no-tools }, { monitor: refusals }]",
]);

export type Line = Record<string, unknown>;

/** The entries of a log as lines of an export. */
export function linesOf(log: Log): Line[] {
  return log.entries.map((entry: Entry) => ({ ...structuredClone(entry), origin: key.origin }));
}

/** An export of these lines: hashed, and signed with the right key. */
export function exportedAs(lines: readonly Line[], more: readonly Written[] = []): Export {
  const policies = [written, strict, loose, grouped, actsFirst, listed, ruled, ...more].map(
    ({ policy, bytes }) => [policy.digest, bytes] as const,
  );
  return { ...exportOf(lines), policies: new Map(policies), disclosures: new Uint8Array() };
}

const begin = (policy: Policy = written.policy): Log => new Log(policy);

/** What honest logs tell; each is a test of its own that it is accepted. */
export const histories = {
  /** A pause, requested to be resumed and approved. */
  resumed: () => {
    const log = begin();
    log.fire("jailbreak-rate");
    said(log, "bob", "ack HP-1");
    said(log, "chidi", "pause HP-1");
    log.wait(minutes(10));
    said(log, "chidi", "resume HP-1 to full");
    log.wait(minutes(5));
    said(log, "frank", "resume HP-1");
    return log;
  },
  /** A resume that two people approve. */
  twoSeconds: () => {
    const log = begin(strict.policy);
    said(log, "chidi", "pause");
    log.wait(minutes(10));
    said(log, "chidi", "resume to full");
    said(log, "erin", "resume");
    log.wait(minutes(5));
    said(log, "frank", "resume");
    return log;
  },
  /** Kept at 6 %, asked again at 9.1 %, and then nobody answers. */
  askedAgain: () => {
    const log = begin();
    log.fire("jailbreak-rate", { seen: seenWith({ value: "0.06" }) });
    said(log, "chidi", "keep HP-1 because the filter is being rolled out");
    log.wait(minutes(10));
    log.fire("jailbreak-rate", { seen: seenWith({ value: "0.091" }) });
    log.wait(minutes(1));
    said(log, "bob", "ack HP-1");
    log.wait(minutes(40));
    return log;
  },
  /** Paused under a trigger's own rules, and resumed by those when it is closed. */
  ruled: () => {
    const log = begin(ruled.policy);
    log.fire("jailbreak-rate");
    said(log, "bob", "pause HP-1");
    log.wait(hours(2));
    said(log, "frank", "resume to full");
    log.wait(minutes(5));
    said(log, "bob", "resume");
    return log;
  },
  /** Nobody answers: each part of the response follows by policy. */
  listed: () => {
    const log = begin(listed.policy);
    log.fire("jailbreak-rate");
    log.wait(minutes(10));
    log.wait(minutes(20));
    return log;
  },
  /** Acts first, by one scope, and then nobody answers. */
  first: () => {
    const log = begin(actsFirst.policy);
    log.fire("jailbreak-rate");
    log.wait(minutes(10));
    log.wait(minutes(20));
    return log;
  },
  /** Nobody answers: the response follows by policy. */
  unanswered: () => {
    const log = begin();
    log.fire("jailbreak-rate");
    log.wait(minutes(10));
    log.wait(minutes(20));
    return log;
  },
  /** Nobody answers: the deputy is named, and then the response follows. */
  passed: () => {
    const log = begin();
    log.fire("refusal-collapse");
    log.wait(minutes(20));
    log.wait(minutes(20));
    return log;
  },
  /** A mistaken pause is taken back. */
  undone: () => {
    const log = begin();
    log.fire("jailbreak-rate");
    log.wait(minutes(2));
    said(log, "bob", "pause HP-1");
    log.wait(minutes(3));
    said(log, "bob", "undo HP-1");
    return log;
  },
  /** Narrowed twice, kept, and resumed by break-glass. */
  breakGlass: () => {
    const log = begin();
    said(log, "dana", "narrow to no-tools");
    log.wait(minutes(1));
    said(log, "bob", "narrow to staff");
    said(log, "chidi", "keep");
    log.wait(minutes(1));
    said(log, "frank", "breakglass resume to full");
    return log;
  },
  /** Whoever decides is away: the deputy is named at once and requests the resume. */
  away: () => {
    const log = begin();
    log.away("chidi", log.now + days(2));
    log.fire("jailbreak-rate");
    said(log, "erin", "narrow HP-1");
    said(log, "erin", "retest HP-1");
    log.wait(minutes(9));
    said(log, "erin", "resume HP-1 to full");
    said(log, "frank", "resume HP-1");
    return log;
  },
  /** A resume waits and ends by a pause; the reviews come round. */
  overtaken: () => {
    const log = begin();
    said(log, "chidi", "narrow to staff");
    said(log, "chidi", "resume to full");
    said(log, "dana", "pause");
    log.wait(hours(2));
    log.wait(days(3));
    return log;
  },
  /** A request that nobody approves in time. */
  lapsed: () => {
    const log = begin();
    said(log, "chidi", "pause");
    said(log, "chidi", "resume to full");
    log.wait(hours(25));
    return log;
  },
  /** Somebody acts by a login link of the operator. */
  byLink: () => {
    const log = begin();
    said(log, "chidi", "pause");
    const expires = rfc3339(log.now + minutes(10));
    const [issued] = log.add([
      {
        actor: { type: "operator" },
        body: { kind: "session.issued", person: id("chidi"), expires },
      },
    ]);
    const link = issued?.id ?? "";
    const used = { kind: "session.used", person: id("chidi"), issued: link } as const;
    log.add([
      {
        actor: { type: "person", person: id("chidi") },
        body: { ...used, expires: rfc3339(log.now + hours(1)) },
      },
    ]);
    log.link = link;
    said(log, "chidi", "resume to full");
    log.link = null;
    said(log, "frank", "resume");
    return log;
  },
  /** What people are known by is recorded, and the account of one of them changes. */
  rebound: () => {
    const log = begin();
    const operator = { type: "operator" } as const;
    const part = (key: Key) => ({ of: "slack" as const, value: log.text(`slack of ${key}`) });
    const of = (key: Key) => ({ person: id(key), parts: [part(key)] });
    const bound = [of("chidi"), of("erin"), of("frank")];
    log.add([{ actor: operator, body: { kind: "identity.bound", bound } }]);
    said(log, "chidi", "pause");
    const before = bound[0]?.parts[0]?.value ?? "";
    const change = { of: "slack", before, after: log.text("another") } as const;
    const changed = { kind: "identity.changed", person: id("chidi"), what: "changed" } as const;
    const rebind = rfc3339(log.now + days(1));
    const more = { changes: [change], deployments: ["assistant-prod"], rebind };
    log.add([{ actor: operator, body: { ...changed, ...more } }]);
    said(log, "chidi", "resume to full");
    said(log, "frank", "resume");
    return log;
  },
  /** Everything that runs a model is paused by one line, then one of a group is narrowed. */
  together: () => {
    const log = begin(grouped.policy);
    const stop = { to: null, version: null, breakGlass: false, escalation: null, askAgainIn: null };
    const asked = { ...stop, actor: id("dana"), reason: log.text("it lies") };
    const group = { name: "group:all", count: 1 };
    log.decide((situation) => restrict(situation, { ...asked, do: "narrow", group }));
    const model = { name: "model:aurora-3", count: 1, first: "e_another" };
    log.decide((situation) => restrict(situation, { ...asked, do: "pause", group: model }));
    said(log, "chidi", "resume to full");
    said(log, "frank", "resume");
    return log;
  },
  /** A second policy is adopted. */
  adopted: () => {
    const log = begin();
    said(log, "dana", "narrow to staff");
    log.adopt(loose.policy);
    said(log, "chidi", "resume to full");
    said(log, "frank", "resume");
    return log;
  },
} as const satisfies Readonly<Record<string, () => Log>>;

export type History = keyof typeof histories;
