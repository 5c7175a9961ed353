import type { EntryKind } from "../log/entry.ts";
import { of, ofPolicies, reason } from "./shape-base.ts";
import * as is from "./shape-fields.ts";

/** The keys that an entry of each kind has, and the values that they may have. */

const waits = { takesEffect: is.optional(is.time), unless: is.optional(is.each(is.person)) };

const shapes: Readonly<Record<EntryKind, is.Check>> = {
  ...ofPolicies,
  "escalation.opened": of({
    escalation: is.escalationId,
    deployment: is.text,
    trigger: is.text,
    severity: is.severity,
    verdict: is.oneOf("fired", "indeterminate", "none"),
    because: is.text,
    seen: is.evidence,
    evidence: is.references,
    model: is.optional(is.text),
    reason: is.orNone(is.commitment),
    response: is.orNull(is.response),
    decider: is.orNone(is.person),
    acknowledgeBy: is.orNone(is.time),
    decideBy: is.orNone(is.time),
    answerBy: is.optional(is.orNone(is.time)),
    onCall: is.optional(is.onCall),
    channel: is.text,
    about: is.optional(is.having({ source: is.text, name: is.text })),
    named: is.optional(is.namedSignals),
  }),
  "escalation.updated": of({
    escalation: is.escalationId,
    firing: is.flag,
    verdict: is.oneOf("fired", "indeterminate"),
    worst: is.text,
    seen: is.evidence,
    severity: is.optional(is.severity),
    named: is.optional(is.namedSignals),
    names: is.optional(is.count),
    worse: is.optional(
      is.having({
        was: is.text,
        decision: is.oneOf("keep", "retest", "monitor"),
        acknowledgeBy: is.orNone(is.time),
        decideBy: is.orNone(is.time),
        answerBy: is.orNone(is.time),
      }),
    ),
  }),
  "escalation.acknowledged": of({ escalation: is.escalationId, reason }),
  "acknowledge.missed": of({ escalation: is.escalationId, due: is.time }),
  "authority.passed": of({
    escalation: is.escalationId,
    from: is.orNone(is.person),
    to: is.orNone(is.person),
    because: is.oneOf("time", "away", "unreachable"),
    decideBy: is.orNone(is.time),
  }),
  "escalation.moved": of({ escalation: is.escalationId, from: is.text, to: is.text }),
  "oncall.changed": of({
    deployment: is.text,
    escalation: is.orNone(is.escalationId),
    proposal: is.orNone(is.entryId),
    schedule: is.text,
    from: is.orNone(is.person),
    to: is.person,
    asked: is.each(is.oneOf("acknowledge", "decide", "confirm")),
    decider: is.orNone(is.person),
  }),
  "decision.proposed": of({
    deployment: is.text,
    escalation: is.orNone(is.escalationId),
    to: is.text,
    reason: is.orNone(is.commitment),
    authority: is.startRule,
    needs: is.count,
    expires: is.time,
    onCall: is.optional(is.onCall),
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
    because: is.oneOf(
      "time",
      "posture changed",
      "escalation opened",
      "authority withdrawn",
      "accounts changed",
      "disowned",
    ),
  }),
  "decision.made": of({
    decision: is.oneOf("narrow", "pause", "resume", "retest", "monitor", "keep"),
    deployment: is.text,
    escalation: is.orNone(is.escalationId),
    settles: is.each(is.escalationId),
    authority: is.authority,
    before: is.text,
    after: is.text,
    version: is.count,
    deviation: is.oneOf("none", "stricter", "weaker", "other", "unplanned"),
    reassessBy: is.time,
    reason: is.orNone(is.commitment),
    reasonToFollow: is.flag,
    people: is.each(is.person),
    byLink: is.optional(is.each(is.person)),
    agreed: is.optional(is.agreed),
    group: is.optional(
      is.having({ name: is.text, count: is.count, first: is.optional(is.entryId) }),
    ),
    undoes: is.orNone(is.entryId),
    reopens: is.optional(
      is.each(
        is.having({
          escalation: is.escalationId,
          acknowledgeBy: is.orNone(is.time),
          decideBy: is.orNone(is.time),
        }),
      ),
    ),
    breakGlass: is.flag,
    cause: is.oneOf(
      "",
      "nobody seen",
      "seen, not decided",
      "unreachable",
      "at once",
      "not reviewed",
    ),
    suite: is.text,
    by: is.orNone(is.person),
    due: is.orNone(is.time),
    monitor: is.text,
    evidence: is.references,
    moreEvidence: is.optional(is.count),
    model: is.optional(is.text),
  }),
  "decision.explained": of({ deployment: is.text, explains: is.entryId, reason: is.commitment }),
  "decision.denied": of({
    deployment: is.text,
    escalation: is.orNone(is.escalationId),
    asked: is.text,
    because: is.text,
    reason,
    line: is.optional(is.commitment),
  }),
  "reassessment.set": of({
    deployment: is.text,
    reassessBy: is.time,
    because: is.oneOf("asked", "change", "policy"),
    change: is.text,
    reason,
  }),
  "reassessment.reminded": of({
    deployment: is.text,
    reassessBy: is.time,
    due: is.time,
    to: is.orNone(is.person),
  }),
  "reassessment.overdue": of({
    deployment: is.text,
    reassessBy: is.time,
    due: is.time,
    step: is.count,
    to: is.orNone(is.person),
    insteadOf: is.orNone(is.person),
  }),
  "reassessment.warned": of({
    deployment: is.text,
    reassessBy: is.time,
    due: is.time,
    to: is.orNone(is.person),
    scope: is.text,
    takesEffect: is.time,
  }),
  "escalation.closed": of({
    escalation: is.escalationId,
    because: is.oneOf("quiet", "undone", "resumed", "confirmed", "matched"),
  }),
  "enforcement.reported": of({
    deployment: is.text,
    gateway: is.text,
    what: is.oneOf("told", "failed", "applied"),
    version: is.count,
  }),
  "rehearsal.answered": of({
    escalation: is.escalationId,
    asked: is.text,
    authority: is.orNone(is.startRule),
    reason: is.orNone(is.commitment),
  }),
  "retest.followed": of({
    deployment: is.text,
    escalation: is.orNone(is.escalationId),
    retest: is.entryId,
    suite: is.text,
    what: is.oneOf("complete", "incomplete", "errored", "reminded", "missed"),
    to: is.orNone(is.person),
    due: is.orNone(is.time),
    remind: is.orNone(is.time),
    run: is.orNull(is.having({ source: is.text, model: is.text })),
  }),
  "trigger.shadowed": of({
    deployment: is.text,
    trigger: is.text,
    verdict: is.oneOf("fired", "indeterminate"),
    source: is.text,
    signal: is.commitment,
  }),
  "signal.noted": of({
    deployment: is.text,
    what: is.oneOf("test", "over"),
    source: is.text,
    signal: is.commitment,
  }),
  "person.away": of({ person: is.person, until: is.time }),
  "session.issued": of({
    person: is.person,
    expires: is.time,
    signIn: is.optional(is.having({ account: is.signInAccount, issuer: is.text })),
  }),
  "session.used": of({ person: is.person, issued: is.entryId, expires: is.time }),
  "session.ended": of({
    person: is.person,
    issued: is.each(is.entryId),
    because: is.oneOf("logout", "disowned"),
  }),
  "identity.bound": of({
    bound: is.each(
      is.having({
        person: is.person,
        parts: is.each(is.having({ of: is.identityPart, value: is.commitment })),
      }),
    ),
  }),
  "identity.changed": of({
    person: is.person,
    what: is.oneOf("added", "removed", "changed"),
    changes: is.each(
      is.having({
        of: is.identityPart,
        before: is.orNone(is.commitment),
        after: is.orNone(is.commitment),
      }),
    ),
    deployments: is.each(is.text),
    rebind: is.optional(is.time),
  }),
  "identity.linked": of({
    person: is.person,
    chat: is.accountChat,
    account: is.commitment,
    rebind: is.optional(is.time),
  }),
  "identity.unlinked": of({
    person: is.person,
    chat: is.accountChat,
    because: is.oneOf("asked", "policy"),
  }),
  "redaction.asked": of({
    person: is.orNone(is.person),
    entry: is.orNone(is.entryId),
    reason: is.commitment,
    expires: is.time,
  }),
  "log.redacted": of({
    asked: is.entryId,
    person: is.orNone(is.person),
    entry: is.orNone(is.entryId),
    commitments: is.each(is.commitment),
    reason: is.commitment,
  }),
  "hold.placed": of({
    what: is.oneOf("everything", "person", "deployment", "escalation"),
    target: is.text,
    reason: is.commitment,
  }),
  "hold.lifted": of({ hold: is.entryId, reason: is.commitment }),
  "record.read": of({
    what: is.oneOf("question", "export"),
    question: is.commitment,
  }),
  "key.rotated": of({
    before: is.text,
    key: is.text,
    distrusted: is.optional(is.count),
    signed: is.text,
    proof: is.text,
    reason: is.commitment,
  }),
  "log.restored": of({
    size: is.count,
    root: is.digest,
    reason: is.commitment,
  }),
};

/** Whether this verifier knows what an entry of a kind means. */
export function isKnownKind(kind: string): kind is EntryKind {
  return Object.hasOwn(shapes, kind);
}

/** What is wrong with the keys or values of an entry of a known kind; null where nothing is. */
export function shapeObjection(kind: EntryKind, entry: object): string | null {
  const at = shapes[kind](entry);
  if (at === null) return null;
  const value = at
    .split(".")
    .reduce<unknown>(
      (part, step) =>
        typeof part === "object" && part !== null ? Reflect.get(part, step) : undefined,
      entry,
    );
  if (value === undefined) return `it has no “${at}”, which every ${kind} has`;
  return `its ${at} is ${JSON.stringify(value)}, which this format does not have`;
}
