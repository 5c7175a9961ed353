import { clipped, type Line, line, type Part, plural } from "./line.ts";

/** What is said of what was seen: figures, runs, alerts. Part of the words of words.ts. */

/** At most three significant digits: nobody reads more of a number in a hurry. */
const digits = (value: number): string => String(Number(value.toPrecision(3)));

/** How units that have a name are said; ratios and counts are plain numbers. */
const said: ReadonlyMap<string, string> = new Map([
  ["ratio", ""],
  ["count", ""],
  ["seconds", "s"],
]);

/** "0.082"; "8.2 %" where values are shares of one; "120 ms"; "$12.5". */
export function amount(value: number, unit = ""): string {
  if (unit === "percent") return `${digits(value * 100)} %`;
  if (unit === "usd") return `${value < 0 ? "-" : ""}$${digits(Math.abs(value))}`;
  const sign = said.get(unit) ?? unit;
  return sign === "" ? digits(value) : `${digits(value)} ${sign}`;
}

/**
 * In which unit such values are said beside such limits. What is called percent is a share of one:
 * a limit above one is in percent already, and of a value that is no share of its limit's kind the
 * plain numbers are said, for nobody knows which is meant.
 */
export function unitFor(
  unit: string,
  values: readonly (number | null | undefined)[],
  limits: readonly (number | null)[],
): string {
  if (unit !== "percent") return unit;
  const isShare = (value: number | null | undefined) => value == null || Math.abs(value) <= 1;
  if (!limits.every(isShare)) return "%";
  if (values.every(isShare)) return unit;
  return limits.every((limit) => limit === null) ? "%" : "";
}

/** The same of a number that came as text; "" stays nothing. */
export function amountOf(text: string, unit = ""): string {
  return text === "" ? "" : amount(Number(text), unit);
}

/**
 * A value, or of half a run what it is at least or at most; `other`: the other end, where neither
 * of them tells enough.
 */
export interface Measured {
  readonly value: number;
  readonly bound?: "" | "at least" | "at most" | undefined;
  readonly other?: number | null;
}

/**
 * What was measured against its limit: "8.2 % (limit 5 %)". Where both read alike and are not, it
 * says so.
 */
export function figures(measured: Measured, limit: number | null, unit = ""): string {
  const is = measuredAs(measured, unit);
  if (limit === null) return is;
  const most = amount(limit, unit);
  return `${is === most ? nearly(measured.value, limit) : ""}${is} (limit ${most})`;
}

/** "8.2 %"; of half a run "at least 7 %", or "between 1 % and 41 %" */
export function measuredAs({ value, bound = "", other = null }: Measured, unit = ""): string {
  const is = amount(value, unit);
  if (bound === "") return is;
  if (other === null) return `${bound} ${is}`;
  const [low, high] = [Math.min(value, other), Math.max(value, other)];
  return `between ${amount(low, unit)} and ${amount(high, unit)}`;
}

function nearly(value: number, limit: number): string {
  if (value === limit) return "";
  return value > limit ? "just over " : "just under ";
}

/** " and 2 more: suite-b 7 %, suite-c 6 %" */
export function andMore(count: number, named: readonly Line[]): Line {
  if (count <= 0) return [];
  const list = named.flatMap((line, at) => [...(at === 0 ? [": "] : [", "]), ...line]);
  const rest = named.length > 0 && named.length < count ? ", …" : "";
  return [` and ${count} more`, ...list, rest].filter((part) => part !== "");
}

/** A run that gave no number is said so: it is not a passing one. */
export function noResult(what: Part, status: string, samples: string): Line {
  const counted = samples === "" ? "" : ` (${samples} samples)`;
  switch (status) {
    case "incomplete":
      return isAll(samples)
        ? line`${what}: no result, the run is incomplete`
        : line`${what}: no result, only ${samples} samples`;
    case "errored":
      return line`${what} failed${counted}: no result`;
    case "no_data":
      return line`${what} gave no data: no result`;
    default:
      return line`${what}: ${status.replace("_", " ")}`;
  }
}

/** “100 of 100”, or no count at all: it is not for lack of samples that a run is incomplete. */
function isAll(samples: string): boolean {
  const [completed, total] = samples.split(" of ");
  return samples === "" || completed === total;
}

export function cannotTell(what: Part, because: Part): Line {
  return line`Cannot tell: ${what} (${because})`;
}

/** "± 1.9 %" */
export function give(stderr: number, unit: string): string {
  return `± ${amount(stderr, unit)}`;
}

/** "200 samples", "112 of 200 samples" */
export function counted({ completed, total }: { completed: number; total: number }): string {
  return completed === total
    ? plural(total, "sample")
    : `${completed} of ${plural(total, "sample")}`;
}

const opens: Readonly<Record<string, string>> = { eval: "Open the run", alert: "Open the alert" };

/**
 * Where it can be read in full. The host is shown: the words alone would not say where one is
 * taken.
 */
export function opened(kind: string, url: string, host: string): Line {
  return [{ untrusted: opens[kind] ?? "Open the source", url }, " (", { untrusted: host }, ")"];
}

/** Further parts of a written response: "asks Erin Sato for a re-test of jailbreak-nightly". */
export const further = {
  retest: (suite: string, by: string): string =>
    `asks ${by === "" ? "" : `${by} `}for a re-test${suite === "" ? "" : ` of ${suite}`}`,
  monitor: (what: string): string => `asks for monitoring${what === "" ? "" : ` of ${what}`}`,
};

/** The runbook of a rule, on the first screen of its card. */
export function runbook(url: string, host: string): Line {
  return [{ untrusted: "Open the runbook", url }, " (", { untrusted: host }, ")"];
}

const answeredWith: Readonly<Record<string, string>> = {
  keep: "Kept",
  monitor: "Monitoring was asked for",
  retest: "A re-test was asked for",
};

/** "Kept at 6 %, now 9.1 %" */
export function worsened(decision: string, was: string, is: string): Line {
  return line`${answeredWith[decision] ?? "Answered"} at ${was}, now ${is}`;
}

export const between = " · ";

/** Sentences about one thing, as one line. */
export function together(sentences: readonly Line[]): Line {
  return sentences.flatMap((sentence, at) => (at === 0 ? sentence : [". ", ...sentence]));
}

const things: Readonly<Record<string, string>> = {
  eval: "run",
  alert: "alert",
  finding: "finding",
  report: "report",
  change: "change",
};

/** "1 run, 22:03"; "1 alert since 22:03", which goes on until it is said to be over */
export function heard(kind: string, count: number, since: Part): Line {
  const what = plural(count, things[kind] ?? "signal");
  const isOver = count === 1 && kind !== "alert" && kind in things;
  return [what, isOver ? ", " : " since ", since];
}

/** Of deliveries that could not be read. */
export function deliveries(count: number, since: Part): Line {
  return count === 1
    ? ["1 delivery, ", since]
    : [`${plural(count, "delivery", "deliveries")} since `, since];
}

/** What the senders of alerts say by now. `at`: when the last of them said that it is over. */
export function firing(isFiring: boolean, at: Part | null): Line {
  if (isFiring) return [", still firing"];
  return at === null ? [", not firing any more"] : [", resolved ", at];
}

/** Where a value stands to its limit. */
export function standing(
  { value, bound = "", other = null }: Measured,
  limit: number | null,
  worse: "higher" | "lower" | "unknown",
): string {
  if (limit === null || worse === "unknown" || other !== null) return "";
  if (value === limit) return bound === "" ? ", at the limit" : "";
  const [above, below] = worse === "higher" ? ["over", "under"] : ["above", "below"];
  return `, ${value > limit ? above : below} the limit`;
}

/** "Latest 2.1 % at 22:44, under the limit" */
export function latest(value: string, at: Part, standing: string): Line {
  return [`Latest ${value} at `, at, standing];
}
/** After a run that gave no number. */
export function complete(at: Part): Line {
  return ["A complete run arrived ", at];
}
export function latestWithout(at: Part, status: string): Line {
  return ["Latest: no result at ", at, ` (${noResultBecause[status] ?? status})`];
}
const noResultBecause: Readonly<Record<string, string>> = {
  incomplete: "the run is incomplete",
  errored: "the run failed",
  no_data: "no data",
  ok: "no number",
};
export function worst(value: string): Line {
  return [`Worst ${value}`];
}

/** The same of one condition among several. */
export function ofOne(name: Part, said: readonly Line[]): Line {
  return line`${name}: ${listedBy(said)}`;
}

const listedBy = (said: readonly Line[]): Line =>
  said.flatMap((line, at) => (at === 0 ? lower(line) : ["; ", ...lower(line)]));

const lower = ([first = "", ...rest]: Line): Line =>
  typeof first === "string"
    ? [`${first.charAt(0).toLowerCase()}${first.slice(1)}`, ...rest]
    : [first, ...rest];

export function quoted(text: string): Line {
  return ["“", { untrusted: text }, "”"];
}
export function caveat(text: string): Line {
  return ["⚠ ", { untrusted: text }];
}

/** As much of somebody's words as a card has room for. */
export function shortly(text: string): string {
  return clipped(text.trim(), 160);
}
