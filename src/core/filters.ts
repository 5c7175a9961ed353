import { closest, nearestNames } from "./did-you-mean.ts";
import { given } from "./given.ts";
import type { PersonId } from "./ids.ts";
import type { EntryKind } from "./log/entry.ts";
import { type EntryMark, entryMarks } from "./log/found-by.ts";
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
  "policy.proposed": true,
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
  "trigger.shadowed": true,
  "person.away": true,
  "reassessment.set": true,
  "reassessment.reminded": true,
  "reassessment.overdue": true,
  "reassessment.warned": true,
  "session.issued": true,
  "session.used": true,
  "session.ended": true,
  "identity.bound": true,
  "identity.changed": true,
  "identity.linked": true,
  "identity.unlinked": true,
  "log.restored": true,
  "key.rotated": true,
  "redaction.asked": true,
  "log.redacted": true,
  "hold.placed": true,
  "hold.lifted": true,
  "record.read": true,
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
function kindFilter(kind: string): {
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

/** The models of the policy's deployments. */
export function modelsOf({ deployments }: Pick<Policy, "deployments">): readonly string[] {
  return [...deployments.values()].map(({ model }) => model).filter((model) => model !== "");
}

/** Words that ask for a part of the record: refused attempts, overdue reviews, and marks. */
const onlyWords = ["denied", "overdue", ...entryMarks] as const;
type OnlyWord = (typeof onlyWords)[number];

const otherSpellings: ReadonlyMap<string, OnlyWord> = new Map([
  ["break-glass", "breakglass"],
  ["bypolicy", "by-policy"],
  ["refused", "denied"],
  ["deviations", "deviation"],
]);

/** The word as it is called here; undefined where it asks for nothing. */
export function onlyWord(word: string): OnlyWord | undefined {
  return onlyWords.find((known) => known === word) ?? otherSpellings.get(word);
}

/** The word that was probably meant; undefined where none is near. */
export function nearestOnly(word: string): string | undefined {
  return closest(word, [...onlyWords, ...otherSpellings.keys()]);
}

/** What is asked of entries by a kind and such words together. */
interface OnlyFilter {
  readonly kinds?: readonly string[];
  readonly decision?: string;
  readonly marks?: readonly EntryMark[];
}

/** What a kind and such words ask for together, or why nothing is all of it. */
export function onlyFilter(
  kind: string | null,
  only: readonly string[],
): OnlyFilter | { readonly problem: string } {
  const unknown = only.find((word) => onlyWord(word) === undefined);
  if (unknown !== undefined) return { problem: unknownValue("filter", unknown, onlyWords) };
  const asked = new Set(only.map(onlyWord).filter((word) => word !== undefined));
  const marks = entryMarks.filter((mark) => asked.has(mark));
  const ofKind = kind === null ? null : kindFilter(kind);
  const kinds = new Set([
    ...[...asked].map((word) => kindOfOnly[word] ?? "decision.made"),
    ...(ofKind?.kinds ?? []),
  ]);
  const deviations = marks.filter((mark) => waysToDeviate.has(mark));
  if (kinds.size > 1 || deviations.length > 1)
    return { problem: `nothing is ${atOnce([...asked], kind)} at once` };
  return given({
    kinds: kinds.size === 0 ? null : [...kinds],
    decision: ofKind?.decision,
    marks: marks.length === 0 ? null : marks,
  });
}

/** One decision deviates in one way. */
const waysToDeviate: ReadonlySet<EntryMark> = new Set(["stricter", "weaker", "other", "unplanned"]);

const kindOfOnly: Readonly<Partial<Record<OnlyWord, EntryKind>>> = {
  denied: "decision.denied",
  overdue: "reassessment.overdue",
};

const atOnce = (words: readonly string[], kind: string | null): string =>
  [...words, ...(kind === null ? [] : [`of kind ${kind}`])].join(" and ");

/** Filters that are there or not; a deviation may say which. */
const flags = ["denied", "deviation", "by-policy", "breakglass", "undone", "overdue"] as const;
export type Flag = (typeof flags)[number];
export const flagNames: readonly Flag[] = flags;

/** The kinds of deviation that `deviation=` may name. */
export const deviationWords: readonly string[] = [...waysToDeviate];

/** The words that the flags of an address ask for. `saidOf` answers null where one is not given. */
export function onlyOf(saidOf: (flag: Flag) => string | null): {
  readonly only: readonly string[];
  readonly problems: readonly string[];
} {
  const said = flags.flatMap((flag) => {
    const value = saidOf(flag);
    return value === null ? [] : [{ flag, value }];
  });
  const isDeviation = ({ flag, value }: { readonly flag: Flag; readonly value: string }) =>
    flag === "deviation" && deviationWords.includes(value);
  const problems = said
    .filter((asked) => !["true", "1"].includes(asked.value) && !isDeviation(asked))
    .map(({ flag, value }) =>
      flag === "deviation"
        ? unknownValue("deviation", value, ["true", ...deviationWords])
        : `${flag} must be true, and is “${value}”`,
    );
  return {
    only: said.map((asked) => (isDeviation(asked) ? asked.value : asked.flag)),
    problems,
  };
}
