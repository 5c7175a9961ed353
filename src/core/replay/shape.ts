import { z } from "zod";
import type { EntryKind } from "../log/entry.ts";
import * as is from "./shape-fields.ts";

/** The keys that an entry of each kind has, and the values that they may have. */

const base = z.looseObject({
  at: is.time,
  clock: z.optional(is.time),
  id: is.entryId,
  subject: z.string().regex(/^(?:org$|deployment:)/, "neither org nor a deployment"),
  actor: is.actor,
  surface: is.surface,
  link: z.optional(is.entryId),
  policy: is.text,
});

const of = <T extends z.ZodRawShape>(keys: T) => base.extend(keys);
const reason = z.optional(is.commitment);
const waits = { takesEffect: z.optional(is.time), unless: z.optional(z.array(is.person)) };

const shapes: Readonly<Record<EntryKind, z.ZodType>> = {
  "policy.adopted": of({
    digest: is.text,
    before: is.text,
    looser: z.array(z.looseObject({ deployment: is.text, what: is.text })),
    started: z.array(
      z.looseObject({ deployment: is.text, scope: is.text, reassessBy: is.timeOrNone }),
    ),
    person: z.optional(is.person),
    reason,
    confirmer: z.optional(is.person),
  }),
  "escalation.opened": of({
    escalation: is.escalationId,
    deployment: is.text,
    trigger: is.text,
    severity: is.severity,
    verdict: z.enum(["fired", "indeterminate", "none"]),
    because: is.text,
    seen: is.evidence,
    evidence: is.references,
    model: z.optional(is.text),
    reason: is.commitmentOrNone,
    response: z.nullable(is.response),
    decider: is.personOrNone,
    acknowledgeBy: is.timeOrNone,
    decideBy: is.timeOrNone,
    answerBy: z.optional(is.timeOrNone),
    onCall: z.optional(is.onCall),
    channel: is.text,
    about: z.optional(z.looseObject({ source: is.text, name: is.text })),
    named: z.optional(is.namedSignals),
  }),
  "escalation.updated": of({
    escalation: is.escalationId,
    firing: z.boolean(),
    verdict: z.enum(["fired", "indeterminate"]),
    worst: is.text,
    seen: is.evidence,
    severity: z.optional(is.severity),
    named: z.optional(is.namedSignals),
    names: z.optional(is.count),
  }),
  "escalation.acknowledged": of({ escalation: is.escalationId, reason }),
  "acknowledge.missed": of({ escalation: is.escalationId, due: is.time }),
  "authority.passed": of({
    escalation: is.escalationId,
    from: is.personOrNone,
    to: is.personOrNone,
    because: z.enum(["time", "away", "unreachable"]),
    decideBy: is.timeOrNone,
  }),
  "escalation.moved": of({ escalation: is.escalationId, from: is.text, to: is.text }),
  "oncall.changed": of({
    deployment: is.text,
    escalation: is.escalationOrNone,
    proposal: z.union([z.literal(""), is.entryId]),
    schedule: is.text,
    from: is.personOrNone,
    to: is.person,
    asked: z.array(z.enum(["acknowledge", "decide", "confirm"])),
    decider: is.personOrNone,
  }),
  "decision.proposed": of({
    deployment: is.text,
    escalation: is.escalationOrNone,
    to: is.text,
    reason: is.commitmentOrNone,
    authority: is.startRule,
    needs: is.count,
    expires: is.time,
    onCall: z.optional(is.onCall),
    ...waits,
  }),
  "decision.confirmed": of({
    deployment: is.text,
    proposal: is.entryId,
    needs: is.count,
    reason,
    ...waits,
  }),
  "decision.lapsed": of({
    deployment: is.text,
    proposal: is.entryId,
    because: z.enum([
      "time",
      "posture changed",
      "escalation opened",
      "authority withdrawn",
      "accounts changed",
      "disowned",
    ]),
  }),
  "decision.made": of({
    decision: z.enum(["narrow", "pause", "resume", "retest", "monitor", "keep"]),
    deployment: is.text,
    escalation: is.escalationOrNone,
    settles: z.array(is.escalationId),
    authority: is.authority,
    before: is.text,
    after: is.text,
    version: is.count,
    deviation: z.enum(["none", "stricter", "weaker", "other", "unplanned"]),
    reassessBy: is.time,
    reason: is.commitmentOrNone,
    reasonToFollow: z.boolean(),
    people: z.array(is.person),
    byLink: z.optional(z.array(is.person)),
    agreed: z.optional(is.agreed),
    undoes: z.union([z.literal(""), is.entryId]),
    reopens: z.optional(
      z.array(
        z.looseObject({
          escalation: is.escalationId,
          acknowledgeBy: is.timeOrNone,
          decideBy: is.timeOrNone,
        }),
      ),
    ),
    breakGlass: z.boolean(),
    cause: z.enum(["", "nobody seen", "seen, not decided", "unreachable"]),
    suite: is.text,
    by: is.personOrNone,
    due: is.timeOrNone,
    monitor: is.text,
    evidence: is.references,
    moreEvidence: z.optional(is.count),
    model: z.optional(is.text),
  }),
  "decision.explained": of({ deployment: is.text, explains: is.entryId, reason: is.commitment }),
  "decision.denied": of({
    deployment: is.text,
    escalation: is.escalationOrNone,
    asked: is.text,
    because: is.text,
    reason,
    line: z.optional(is.commitment),
  }),
  "reassessment.set": of({
    deployment: is.text,
    reassessBy: is.time,
    because: z.enum(["asked", "change", "policy"]),
    change: is.text,
    reason,
  }),
  "reassessment.reminded": of({
    deployment: is.text,
    reassessBy: is.time,
    due: is.time,
    to: is.personOrNone,
  }),
  "reassessment.overdue": of({
    deployment: is.text,
    reassessBy: is.time,
    due: is.time,
    step: is.count,
    to: is.personOrNone,
    insteadOf: is.personOrNone,
  }),
  "escalation.closed": of({
    escalation: is.escalationId,
    because: z.enum(["quiet", "undone", "resumed", "confirmed", "matched"]),
  }),
  "enforcement.reported": of({
    deployment: is.text,
    gateway: is.text,
    what: z.enum(["told", "failed", "applied"]),
    version: is.count,
  }),
  "rehearsal.answered": of({
    escalation: is.escalationId,
    asked: is.text,
    authority: z.union([z.literal(""), is.startRule]),
    reason: is.commitmentOrNone,
  }),
  "retest.followed": of({
    deployment: is.text,
    escalation: is.escalationOrNone,
    retest: is.entryId,
    suite: is.text,
    what: z.enum(["complete", "incomplete", "errored", "reminded", "missed"]),
    to: is.personOrNone,
    due: is.timeOrNone,
    remind: is.timeOrNone,
    run: z.nullable(z.looseObject({ source: is.text, model: is.text })),
  }),
  "signal.noted": of({
    deployment: is.text,
    what: z.enum(["test", "over"]),
    source: is.text,
    signal: is.commitment,
  }),
  "person.away": of({ person: is.person, until: is.time }),
  "session.issued": of({ person: is.person, expires: is.time }),
  "session.used": of({ person: is.person, issued: is.entryId, expires: is.time }),
  "session.ended": of({
    person: is.person,
    issued: z.array(is.entryId),
    because: z.enum(["logout", "disowned"]),
  }),
  "identity.bound": of({
    bound: z.array(
      z.looseObject({
        person: is.person,
        parts: z.array(z.looseObject({ of: is.identityPart, value: is.commitment })),
      }),
    ),
  }),
  "identity.changed": of({
    person: is.person,
    what: z.enum(["added", "removed", "changed"]),
    changes: z.array(
      z.looseObject({
        of: is.identityPart,
        before: is.commitmentOrNone,
        after: is.commitmentOrNone,
      }),
    ),
    deployments: z.array(is.text),
    rebind: z.optional(is.time),
  }),
  "identity.linked": of({
    person: is.person,
    chat: is.accountChat,
    account: is.commitment,
    rebind: z.optional(is.time),
  }),
  "identity.unlinked": of({
    person: is.person,
    chat: is.accountChat,
    because: z.enum(["asked", "policy"]),
  }),
  "redaction.asked": of({
    person: is.personOrNone,
    entry: z.union([z.literal(""), is.entryId]),
    reason: is.commitment,
    expires: is.time,
  }),
  "log.redacted": of({
    asked: is.entryId,
    person: is.personOrNone,
    entry: z.union([z.literal(""), is.entryId]),
    commitments: z.array(is.commitment),
    reason: is.commitment,
  }),
  "log.restored": of({
    size: is.count,
    root: z.string().regex(/^[0-9a-f]{64}$/, "no hash"),
    reason: is.commitment,
  }),
};

/** Whether this verifier knows what an entry of a kind means. */
export function isKnownKind(kind: string): kind is EntryKind {
  return Object.hasOwn(shapes, kind);
}

/** What is wrong with the keys or values of an entry of a known kind; null where nothing is. */
export function shapeObjection(kind: EntryKind, entry: object): string | null {
  const read = shapes[kind].safeParse(entry);
  if (read.success) return null;
  const [issue] = read.error.issues;
  const key = issue?.path.join(".") ?? "";
  const value: unknown = issue?.path.reduce<unknown>(
    (part, step) =>
      typeof part === "object" && part !== null ? Reflect.get(part, step) : undefined,
    entry,
  );
  if (value === undefined) return `it has no “${key}”, which every ${kind} has`;
  return `its ${key} is ${JSON.stringify(value)}, which this format does not have`;
}
