import {
  type CommandContext,
  type Found,
  type ParsedCommand,
  type Refused,
  refused,
  type Target,
} from "../src/app/commands/command.ts";
import { findTarget } from "../src/app/commands/target.ts";
import type { DecisionFilter, EntryFilter, FileFormat, Recorded } from "../src/app/ports.ts";
import { readFilter } from "../src/app/reads/filters.ts";
import { textsOf } from "../src/app/reads/recorded-texts.ts";
import type { ViewContext } from "../src/core/card/view-context.ts";
import { plainWord } from "../src/core/command-line/phone-typing.ts";
import { nearestOnly, onlyWord } from "../src/core/filters.ts";
import type { Instant } from "../src/core/ids.ts";
import type { Refusal } from "../src/core/state/refusal.ts";
import { nextDay } from "../src/core/time.ts";
import { formats } from "./answer-file.ts";
import {
  type Clauses,
  type ClauseWord,
  clausesOf,
  dateOf,
  isNo,
  personNamed,
  twice,
} from "./clauses.ts";

/** A question about the record, as it is typed: filters in any order. */

export interface Question {
  readonly asked: Omit<DecisionFilter, "limit">;
  /** The zone in which its dates are meant, and times are told. */
  readonly zone: string;
  /** Set where the answer is wanted as a file. */
  readonly format: FileFormat | null;
}

const clauseWords: readonly ClauseWord[] = [
  "by",
  "decider",
  "kind",
  "trigger",
  "severity",
  "model",
  "on",
  "since",
  "from",
  "until",
  "to",
];

/** How "show more" says where the next page begins. */
export const paging = /^before:(\d+)$/;

/**
 * What the words ask for, or why that cannot be asked. `usage`: of the command they are said to.
 */
export async function readQuestion(
  context: CommandContext,
  said: ParsedCommand,
  usage: string,
): Promise<Question | Refused> {
  const clauses = withSynonyms(clausesOf(said.words, clauseWords));
  const target = await targetOf(context, said, clauses.loose.filter(isTarget));
  if (target && "refusal" in target) return target;
  const deployment = target?.deployment ?? "";
  const odd = target?.left[0] ?? twice(clauses);
  if (odd !== undefined)
    return refused({ refused: "usage", usage, problem: `“${odd}” is one too many.` }, deployment);
  const zone = zoneAsked(context, target);
  const people = peopleAsked(context, clauses);
  if (isNo(people)) return refused(people, deployment);
  const period = periodOf(clauses, { zone, now: context.now, usage });
  if (isNo(period)) return refused(period, deployment);
  const format = formatIn(clauses);
  return { zone, format, asked: { ...askedOf(clauses, target), ...people, ...period } };
}

/** The decisions that are asked for, or which word names nothing. */
export async function decisionFilter(
  context: CommandContext,
  asked: Question["asked"],
  usage: string,
): Promise<Omit<EntryFilter, "limit"> | Refused> {
  const people = context.rules.people();
  const read = await readFilter({ ...context, people }, asked);
  if ("filter" in read) return { kinds: ["decision.made"], ...read.filter };
  const problem = read.unfit.map(problemText).join(" ");
  return refused({ refused: "usage", usage, problem }, asked.deployment ?? "");
}

/** A view context with the texts of these entries. */
export async function withTexts(
  context: CommandContext,
  found: readonly Recorded[],
): Promise<ViewContext> {
  return { ...(await context.viewContext("")), texts: await textsOf(context.store, found) };
}

/** What the clauses name, besides people and times. */
function askedOf({ clauses, loose }: Clauses, target: Target | null) {
  const value = (word: ClauseWord) => clauses.get(word)?.[0] ?? null;
  const below = paging.exec(loose.at(-1) ?? "")?.[1];
  return {
    deployment: target?.escalation ? null : (target?.deployment ?? null),
    escalation: target?.escalation ?? null,
    kind: value("kind")?.toLowerCase() ?? null,
    trigger: value("trigger"),
    severity: value("severity")?.toLowerCase() ?? null,
    model: value("model"),
    only: [
      ...loose.flatMap((word) => onlyWord(plainWord(word)) ?? []),
      ...(isByPolicy(clauses) ? ["by-policy"] : []),
    ],
    below: below === undefined ? null : Number(below),
  };
}

const formatIn = ({ loose }: Clauses): FileFormat | null =>
  loose.map((word) => formats.get(plainWord(word))).find((format) => format !== undefined) ?? null;

const isTarget = (word: string): boolean =>
  !paging.test(word) && onlyWord(plainWord(word)) === undefined && !formats.has(plainWord(word));

/** “from” is “since”, and “to” is “until”. */
function withSynonyms({ loose, clauses }: Clauses): Clauses {
  const merged = new Map(clauses);
  for (const [word, meant] of [
    ["from", "since"],
    ["to", "until"],
  ] as const) {
    const all = [...(clauses.get(meant) ?? []), ...(clauses.get(word) ?? [])];
    merged.delete(word);
    if (all.length > 0) merged.set(meant, all);
  }
  return { loose, clauses: merged };
}

/**
 * What is asked about: also a deployment that no policy has any more, as long as the record knows
 * it.
 */
async function targetOf(
  context: CommandContext,
  said: ParsedCommand,
  words: readonly string[],
): Promise<Found | Refused | null> {
  if (words.length === 0) return null;
  const target = await findTarget(context, said, words);
  if (!("refusal" in target) || target.refusal.refused !== "unknown-deployment") return target;
  const [word = "", ...left] = words;
  const deployment = plainWord(word);
  const [recorded] = await context.store.entries({ deployment, limit: 1 });
  if (recorded) return { deployment, escalation: null, left };
  const near = nearestOnly(deployment);
  const { refusal } = target;
  return near === undefined
    ? target
    : refused({ ...refusal, nearest: [near, ...refusal.nearest.slice(0, 2)] });
}

/** The deployment's own zone, else that of the first in the policy. */
function zoneAsked({ policy }: CommandContext, target: Target | null): string {
  const { deployments } = policy;
  const deployment = target ? deployments.get(target.deployment) : [...deployments.values()][0];
  return deployment?.hours.timezone ?? "UTC";
}

const isByPolicy = (clauses: Clauses["clauses"]): boolean =>
  plainWord(clauses.get("by")?.[0] ?? "") === "policy";

/** “by policy” asks for what nobody decided. */
function peopleAsked(
  { rules }: CommandContext,
  { clauses }: Clauses,
): Pick<DecisionFilter, "actor" | "decider"> | Refusal {
  const named = (text: string | undefined) =>
    text === undefined ? null : personNamed(text, rules.people());
  const actor = isByPolicy(clauses) ? null : named(clauses.get("by")?.[0]);
  if (isNo(actor)) return actor;
  const decider = named(clauses.get("decider")?.[0]);
  return isNo(decider) ? decider : { actor, decider };
}

/** From when until when is asked for: a day is from its time to the next day. */
function periodOf(
  { clauses }: Clauses,
  { zone, now, usage }: { readonly zone: string; readonly now: Instant; readonly usage: string },
): Pick<DecisionFilter, "since" | "until"> | Refusal {
  const time = (word: ClauseWord) => dateOf(clauses.get(word)?.[0], zone, now);
  const [on, since, until] = [time("on"), time("since"), time("until")];
  if (isNo(on)) return on;
  if (isNo(since)) return since;
  if (isNo(until)) return until;
  const no = (problem: string): Refusal => ({ refused: "usage", usage, problem });
  if (on !== null && (since ?? until) !== null) return no("Say on a day, or since and until.");
  const [from, to] = on === null ? [since, until] : [on, nextDay(on, zone)];
  if (from !== null && to !== null && from >= to) return no("Nothing is between since and until.");
  return { since: from, until: to };
}

/** A problem of a filter as a sentence. */
function problemText(problem: string): string {
  return problem.startsWith("no ")
    ? `There is ${problem}.`
    : `${problem.slice(0, 1).toUpperCase()}${problem.slice(1)}.`;
}
