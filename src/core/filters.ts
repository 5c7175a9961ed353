import { nearestNames } from "./did-you-mean.ts";
import type { PersonId } from "./ids.ts";
import type { EntryKind } from "./log/entry.ts";
import type { People } from "./people/person.ts";
import type { DecisionKind, Policy } from "./policy/model.ts";

/**
 * What a question about the record may name. A value that nothing is called is refused with the
 * nearest: an empty answer would say that nothing happened.
 */

const decisionWords: Readonly<Record<DecisionKind, true>> = {
  narrow: true,
  pause: true,
  resume: true,
  retest: true,
  monitor: true,
  keep: true,
};

const entryWords: Readonly<Record<EntryKind, true>> = {
  "policy.adopted": true,
  "escalation.opened": true,
  "escalation.updated": true,
  "escalation.acknowledged": true,
  "escalation.closed": true,
  "escalation.moved": true,
  "acknowledge.missed": true,
  "authority.passed": true,
  "oncall.changed": true,
  "decision.proposed": true,
  "decision.confirmed": true,
  "decision.lapsed": true,
  "decision.made": true,
  "decision.denied": true,
  "decision.explained": true,
  "enforcement.reported": true,
  "retest.followed": true,
  "rehearsal.answered": true,
  "signal.noted": true,
  "person.away": true,
  "reassessment.set": true,
  "reassessment.reminded": true,
  "reassessment.overdue": true,
  "session.issued": true,
  "session.used": true,
  "session.ended": true,
  "identity.bound": true,
  "identity.changed": true,
  "identity.linked": true,
  "identity.unlinked": true,
};

/** Kinds that can be asked for: decisions by their word, everything else by its kind of entry. */
const kinds: readonly string[] = [...Object.keys(decisionWords), ...Object.keys(entryWords)];

/** "no kind “pase”; nearest: pause, …" */
export function unknownValue(what: string, value: string, names: readonly string[]): string {
  const near = nearestNames(value, names);
  return `no ${what} “${value}”${near.length > 0 ? `; nearest: ${near.join(", ")}` : ""}`;
}

/** Why a kind cannot be asked for, null where it can. */
export function kindProblem(kind: string): string | null {
  return kinds.includes(kind) ? null : unknownValue("kind", kind, kinds);
}

/** Which entries a kind stands for. */
export function kindFilter(kind: string): {
  readonly kinds: readonly string[];
  readonly decision?: string;
} {
  return Object.hasOwn(entryWords, kind)
    ? { kinds: [kind] }
    : { kinds: ["decision.made"], decision: kind };
}

/** Whoever a policy has ever named, by key, random id or full name. */
export function personAsked(asked: string, people: People): PersonId | undefined {
  const wanted = asked.toLowerCase();
  return [...people.values()].find(
    ({ id, key, name }) =>
      id === asked || key.toLowerCase() === wanted || name.toLowerCase() === wanted,
  )?.id;
}

/** Names of escalations nobody wrote a rule for. */
export const ownTriggers: readonly string[] = [
  "unmatched",
  "by-hand",
  "raised",
  "rehearsal",
  "unconfirmed",
];

/** The triggers a policy can have opened something by. */
export function triggersOf({ triggers }: Pick<Policy, "triggers">): readonly string[] {
  return [...triggers.keys(), ...ownTriggers];
}
