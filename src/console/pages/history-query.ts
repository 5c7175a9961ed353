import type { DecisionFilter } from "../../app/ports.ts";
import { flagNames, onlyOf, unknownValue } from "../../core/filters.ts";
import type { Instant } from "../../core/ids.ts";

/** The history's question as its address asks it. The names are those of `/v1/decisions`. */

export const pageSize = 50;

const named = [
  "deployment",
  "person",
  "decider",
  "kind",
  "trigger",
  "escalation",
  "severity",
  "model",
  "since",
  "until",
  ...flagNames,
] as const;

/** What an address may name; "" where it does not. */
export type Given = Readonly<Record<(typeof named)[number], string>>;

/** The filters that are given, as an address has them. */
export const kept = (given: Given): readonly [string, string][] =>
  Object.entries(given).filter(([, value]) => value !== "");

/** The filters of the history; `problems` are those that cannot be read. */
export interface HistoryQuery {
  readonly filter: DecisionFilter;
  readonly given: Given;
  readonly problems: readonly string[];
}

/** The known parameters of the page's address; `answer` is set after a press. */
const asks: readonly string[] = [...named, "below", "answer"];

/**
 * Reads the filters of an address. A date without a time is the whole of that day in UTC, also as
 * `until`; an instant as `until` is exclusive.
 */
export function readAsked(query: URLSearchParams): HistoryQuery {
  const text = (name: string): string => (query.get(name) ?? "").trim().slice(0, 200);
  const given = Object.fromEntries(named.map((name) => [name, text(name)])) as Given;
  const since = instantOf(given.since);
  const until = endOf(given.until);
  const below = text("below");
  const flags = onlyOf((flag) => orNull(given[flag]));
  const problems = [
    ...namesWrong(query),
    ...flags.problems,
    ...(since === undefined ? [`From “${given.since}” is not a date`] : []),
    ...(until === undefined ? [`To “${given.until}” is not a date`] : []),
    ...(/^(?:[1-9]\d{0,14})?$/.test(below) ? [] : [`below: “${below}” is no number`]),
  ];
  const filter: DecisionFilter = {
    deployment: orNull(given.deployment),
    actor: orNull(given.person),
    decider: orNull(given.decider),
    kind: orNull(given.kind),
    trigger: orNull(given.trigger),
    escalation: orNull(given.escalation),
    severity: orNull(given.severity),
    model: orNull(given.model),
    only: flags.only,
    since: since ?? null,
    until: until ?? null,
    below: below === "" ? null : Number(below),
    limit: pageSize + 1,
  };
  return { filter, given, problems };
}

const orNull = (text: string): string | null => (text === "" ? null : text);

/** Names that are no filters, and those that are given more than once. */
function namesWrong(query: URLSearchParams): readonly string[] {
  const names = [...new Set(query.keys())];
  return [
    ...names
      .filter((name) => !asks.includes(name))
      .map((name) => unknownValue("filter", name, asks)),
    ...names
      .filter((name) => query.getAll(name).length > 1)
      .map((name) => `${name} is given twice`),
  ];
}

/** Null where nothing was given, undefined where it is not a date: 30 February is none. */
export function instantOf(text: string): Instant | null | undefined {
  if (text === "") return null;
  const match = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}))?$/.exec(text);
  const whole = match && `${match[1]}T${match[2] ?? "00:00"}:00`;
  const at = whole === null ? Number.NaN : Date.parse(`${whole}Z`);
  const isReal = !Number.isNaN(at) && new Date(at).toISOString().startsWith(String(whole));
  return isReal ? at : undefined;
}

const day = 86_400_000;

/** The last day is included. */
export function endOf(text: string): Instant | null | undefined {
  const at = instantOf(text);
  return at === null || at === undefined || text.includes("T") ? at : at + day;
}
