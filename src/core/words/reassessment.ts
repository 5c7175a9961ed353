import { type Line, line, listed, type Part, plural } from "./line.ts";

/**
 * The words of asking again: reminders, digests, and what is new since. Part of the words of
 * words.ts.
 */

/** What came in since somebody decided, as parts of one sentence. */
export const since = {
  nothing: "nothing new",
  atLeast: "at least ",
  evals: (
    count: number,
    last: { readonly value: string; readonly limit: string } | null,
  ): string => {
    const runs = plural(count, "complete eval");
    if (last === null) return runs;
    const limit = last.limit === "" ? "" : ` (limit ${last.limit})`;
    return `${runs}, ${count > 1 ? "the last " : ""}${last.value}${limit}`;
  },
  lastEval: (days: number): string => `last full eval ${plural(days, "day")} old`,
  withoutResult: (count: number): string => `${plural(count, "eval")} without a result`,
  stillFiring: "alerts still firing",
  stopped: (at: Part): Line => line`alerts stopped ${at}`,
  changed: (what: Part): Line => line`${what} reported`,
  findings: (count: number): string => plural(count, "finding"),
  reports: (count: number): string => plural(count, "report"),
  opened: (id: string): string => `${id} opened`,
  sentence: (news: readonly Line[]): Line =>
    line`Since then: ${news.flatMap((line, at) => (at === 0 ? line : ["; ", ...line]))}.`,
};

/** One deployment whose review is due, and what is new. */
interface DueItem {
  readonly name: Part;
  readonly when: Line;
  readonly standing: Line;
  readonly more: readonly Line[];
}

/** What somebody is to look at again, in their home and in their digest. */
export const due = {
  standing: (posture: string, at: Part, by: Line | null): Line =>
    by ? line`${posture} since ${at} ${by}` : line`${posture} since ${at}`,
  byPeople: (people: readonly Line[]): Line => line`by ${listed(people)}`,
  byRule: "automatically, by policy",
  afterwards: (what: Line): Line => line`. ${what}`,
  by: (when: Part): Line => line`review due ${when}`,
  overdue: (when: Part): Line => line`review overdue since ${when}`,
  item: ({ name, when, standing, more }: DueItem): Line =>
    line`${name}: ${when}. ${capital(standing)}.${sentences(more)}`,
  standIn: (absent: Line): Line => line`${absent}; you stand in.`,
};

/** What somebody is asked again about; `due` is when it is, or was, to be reviewed. */
interface Review {
  readonly name: string;
  readonly posture: Line;
  readonly due: Part;
  readonly who: Line;
  readonly more: readonly Line[];
}

/**
 * Sentences that ask somebody again. `more` stands at the end: what is new, and when the next
 * reminder comes.
 */
export const asking = {
  reminder: ({ name, posture, due, who, more }: Review): Line =>
    line`${who}: ${name} is ${posture}. Review due ${due}.${sentences(more)}`,
  overdue: ({ name, posture, due, who, more }: Review): Line =>
    line`Review overdue since ${due}: ${name}, ${posture}. ${who}.${sentences(more)}`,
  nobody: "Nobody the policy names can answer",
  decides: (who: Part): Line => line`${who} decides`,
  instead: (absent: Line, who: Part): Line => line`${absent}: ${who} decides`,
  standsIn: (who: Part, absent: Line): Line => line`${who} (${absent})`,
  alone: (absent: Line): Line => line`${absent}, and nobody who stands in can answer`,
  away: (who: Part, until: Part): Line => line`${who} is away until ${until}`,
  unreachable: (who: Part): Line => line`${who} cannot be reached`,
  warned: ({ name, posture, due, who, more }: Review): Line =>
    line`Review overdue since ${due}: ${name}, ${posture}.${sentences(more)} ${who}.`,
  follows: (scope: string, at: Part): Line =>
    line`By policy it will be ${scope} from ${at} unless somebody decides before.`,
  next: (at: Part): Line => line`Next reminder ${at}.`,
};

const sentences = (more: readonly Line[]): Line => more.flatMap((line) => [" ", ...line]);

/** The head of a day's digest: how many, by when, and how many of them are late. */
export const digest = {
  today: (when: string): string => `${when} today`,
  title: (
    name: string,
    {
      count,
      by,
      several,
      overdue,
    }: Record<"count" | "overdue", number> & {
      readonly by: string;
      readonly several: boolean;
    },
  ): Line => {
    const reviews = plural(count, "review");
    if (by === "") return line`${name}, ${reviews} overdue`;
    const late = overdue === 0 ? "" : `, ${overdue} of them overdue`;
    return line`${name}, ${reviews} due${several ? ", the first" : ""} by ${by}${late}`;
  },
};

const capital = ([first, ...rest]: Line): Line =>
  typeof first === "string"
    ? [`${first.charAt(0).toUpperCase()}${first.slice(1)}`, ...rest]
    : [...(first === undefined ? [] : [first]), ...rest];

/** What an owner is told of somebody whom a chat cannot reach. */
export const accounts = {
  because: {
    closed: "whose account is closed",
    guest: "whose account is a guest's, and guests do not decide",
    bot: "whose account is a bot's, and bots do not decide",
    unknown: "whose account is not known here",
    "no-account": "for whom the policy gives no account",
  },
  roles: {
    decide: "decide",
    standIn: "stand in",
    confirm: "approve a resume",
    other: "acknowledge or may stop it",
  },
  named: (deployment: string, roles: readonly string[]): Line =>
    line`${{ untrusted: deployment }}, where they ${listed(roles)}`,
  report: (who: Part, because: string, named: readonly Line[]): Line =>
    line`The policy names ${who}, ${because}: nobody can ask them here. It concerns ${listed(named, "and")}. Until then the next in line is asked. Correct their account in the policy, or name somebody else.`,
};
