import type { Entry } from "./entry.ts";

/**
 * What an entry can be found by, besides the columns it has one of: `person:p_…`, `model:aurora-3`.
 * The database adds what follows from the escalations an entry is about: their trigger, severities
 * and models, and `is:undone` to a decision once it was taken back. Another key needs a migration
 * that gives it to older entries: the self-check misses it there (found-keys).
 */
export function foundBy(entry: Entry): readonly string[] {
  const keys = [
    ...keysOf("person", peopleIn(entry)),
    ...keysOf("decider", "people" in entry ? entry.people : []),
    ...keysOf("escalation", escalationsIn(entry)),
    ...keysOf("trigger", "trigger" in entry ? [entry.trigger] : []),
    ...keysOf("severity", "severity" in entry && entry.severity ? [entry.severity] : []),
    ...keysOf("model", modelsIn(entry)),
    ...keysOf("is", marksOf(entry)),
  ];
  return [...new Set(keys)];
}

const keysOf = (of: string, values: readonly string[]): readonly string[] =>
  values.filter((value) => value !== "").map((value) => `${of}:${value}`);

const peopleIn = (entry: Entry): readonly string[] => [
  entry.actor.type === "person" ? entry.actor.person : "",
  ...("people" in entry ? entry.people : []),
  ...("person" in entry && entry.person ? [entry.person] : []),
];

const escalationsIn = (entry: Entry): readonly string[] => [
  "escalation" in entry ? entry.escalation : "",
  ...("settles" in entry ? entry.settles : []),
];

/** Models by the policy, and those that senders named. */
export function modelsIn(entry: Entry): readonly string[] {
  const seen = "seen" in entry ? entry.seen?.model : undefined;
  const of = "of" in entry ? entry.of?.model : undefined;
  const run = "run" in entry ? entry.run?.model : undefined;
  const own = "model" in entry ? entry.model : undefined;
  const evidence = "evidence" in entry ? (entry.evidence ?? []).map(({ model }) => model) : [];
  return [own, seen, of, run, ...evidence].filter((model) => model !== undefined);
}

/** What is true of decisions that a question can ask for. */
export const entryMarks = [
  "deviation",
  "stricter",
  "weaker",
  "other",
  "unplanned",
  "by-policy",
  "breakglass",
  "undone",
] as const;

export type EntryMark = (typeof entryMarks)[number];

function marksOf(entry: Entry): readonly EntryMark[] {
  if (entry.kind !== "decision.made" || !("people" in entry)) return [];
  const deviation = entryMarks.find((mark) => mark === entry.deviation);
  return [
    ...(deviation ? (["deviation", deviation] as const) : []),
    ...(entry.people.length === 0 ? (["by-policy"] as const) : []),
    ...(entry.breakGlass ? (["breakglass"] as const) : []),
  ];
}
