import { randomBytes } from "node:crypto";
import type { EntryId, EscalationId } from "../src/core/ids.ts";
import { entryBytes } from "../src/core/log/bytes.ts";
import { commit } from "../src/core/log/commitment.ts";
import type { Entry } from "../src/core/log/entry.ts";

/** The bench's log. */
export const origin = "bench.example.org/log";

const salt = new Uint8Array(32).fill(9);
const reason = commit(salt, "a reason");
const began = Date.UTC(2026, 10, 23);

interface Written {
  readonly entry: Entry;
  readonly bytes: Uint8Array;
}

/**
 * An entry like most of a real log, about 600 bytes, with its bytes; each a second after the one
 * before.
 */
export function sampleEntry(n: number): Written {
  const entry: Entry = {
    v: 1,
    origin,
    at: new Date(began + n * 1_000).toISOString(),
    id: `e_${randomBytes(10).toString("hex")}` as EntryId,
    subject: "deployment:assistant-prod",
    actor: { type: "policy" },
    surface: "webhook",
    policy: "0".repeat(64),
    kind: "escalation.updated",
    escalation: `HP-${(n % 500) + 1}` as EscalationId,
    firing: true,
    verdict: "fired",
    worst: "0.082",
    seen: {
      source: "signals",
      kind: "eval",
      status: "ok",
      metric: "mean",
      value: "0.082",
      threshold: "0.05",
      worse: "higher",
      suite: "jailbreak-nightly",
      scorer: "attack_success",
      samples: "600 of 600",
      signal: reason,
    },
  };
  return { entry, bytes: entryBytes(entry) };
}

/**
 * Entries of a long log: decisions of each deployment in turn, what gateways report of them, and as
 * many of other kinds.
 */
export function manyPostures(
  deployments: readonly string[],
  from: number,
  count: number,
): readonly Written[] {
  return Array.from({ length: count }, (_, more) => {
    const n = from + more;
    const { entry: sample } = sampleEntry(0);
    const deployment = deployments[Math.floor(n / 4) % deployments.length] ?? "";
    const { v, actor, policy } = sample;
    const at = new Date(Date.now()).toISOString();
    const subject = `deployment:${deployment}` as const;
    const id = `e_${randomBytes(10).toString("hex")}` as EntryId;
    const base = { v, origin, at, id, subject, actor, surface: "webhook" as const, policy };
    const version = 2 + Math.floor(n / 4 / deployments.length);
    const entry = ([decided, applied, told][n % 4]?.(base, deployment, version) ?? {
      ...sample,
      ...base,
    }) as Entry;
    return { entry, bytes: entryBytes(entry) };
  });
}

/** Readings of an auditor, from which no state follows: the server signs a log of them. */
export function manyReadings(count: number): readonly Written[] {
  const { v, policy } = sampleEntry(0).entry;
  return Array.from({ length: count }, () => {
    const entry: Entry = {
      v,
      origin,
      at: new Date().toISOString(),
      id: `e_${randomBytes(10).toString("hex")}` as EntryId,
      subject: "org",
      actor: { type: "auditor" },
      surface: "console",
      policy,
      kind: "record.read",
      what: "question",
      question: reason,
    };
    return { entry, bytes: entryBytes(entry) };
  });
}

const decided = (base: object, deployment: string, version: number): object => ({
  ...base,
  kind: "decision.made",
  decision: "narrow",
  deployment,
  escalation: "",
  settles: [],
  authority: "restrict",
  before: version % 2 === 0 ? "full" : "no-tools",
  after: version % 2 === 0 ? "no-tools" : "full",
  version,
  deviation: "none",
  reassessBy: new Date(began).toISOString(),
  reason,
  reasonToFollow: false,
  people: [],
  undoes: "",
  breakGlass: false,
  cause: "",
  suite: "",
  by: "",
  due: "",
  monitor: "",
});

const applied = (base: object, deployment: string, version: number): object => ({
  ...base,
  kind: "enforcement.reported",
  deployment,
  gateway: `gateway-${version % 3}`,
  what: "applied",
  version,
});

const told = (base: object, deployment: string, version: number): object => ({
  ...applied(base, deployment, version),
  what: "told",
});
