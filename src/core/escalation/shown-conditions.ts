import type { Instant } from "../ids.ts";
import type { Verdict } from "../policy/condition.ts";
import { severities } from "../policy/severity.ts";
import { isOfHalf, type ObservedSignal, type Signal, saysNothing } from "../signal.ts";
import type {
  ConditionReading,
  EscalationEvidence,
  ShownCondition,
  ShownConditions,
  Worst,
} from "../state/evidence.ts";
import type { EscalationState } from "../state/state.ts";
import { beginningOf } from "../text.ts";
import { isOlder, modelOf, saidAt } from "./condition-identity.ts";
import { severityOf, short } from "./signal-evidence.ts";

/** A signal, and the trigger's verdict on it. */
export interface Judged {
  readonly observed: ObservedSignal;
  readonly at: Instant;
  readonly verdict: Verdict;
  readonly limit: number | null;
  readonly worse: Signal["worse"];
  /** Whether the rule looks at the value: then it counts, however the run ended. */
  readonly isMeasured: boolean;
  /** Whether it ends the condition that it is about. */
  readonly ends: boolean;
}

/** So many conditions are kept apart, and so many runs known by name. */
const mostKept = 6;
const mostRuns = 20;
const longestSummary = 300;

const keyOf = (observed: ObservedSignal, name = observed.condition): string =>
  JSON.stringify([observed.signal.source, name, modelOf(observed)]);

/** The keys of what a signal is about; `run`: undefined where it is of no run. */
function keysIn(observed: ObservedSignal) {
  const { run } = observed;
  return { own: keyOf(observed), run: run === undefined ? undefined : keyOf(observed, run) };
}
type Keys = ReturnType<typeof keysIn>;

/** The shown conditions after one more signal; the same list if it changes nothing. */
export function shownAfter(shown: ShownConditions, judged: Judged): ShownConditions {
  if (judged.verdict.is === "quiet") return withWord(shown, judged);
  const key = keyOf(judged.observed);
  const known = shown.conditions.find(
    (condition) => condition.key === key || isNamesake(condition, judged),
  );
  const runs = runsWith(shown.runs, judged);
  const reading = readingOf(judged);
  const worst = worstOf(judged, reading);
  const last = shown.conditions[mostKept - 1];
  if (!known && last && order(worst, last.worst) >= 0) return { ...shown, runs };
  const next = known
    ? { ...worsened(known, judged, { worst, reading }), key }
    : conditionOf(key, judged, { worst, reading });
  const others = shown.conditions.filter((condition) => condition !== known);
  return { conditions: [...others, next].toSorted(worstFirst).slice(0, mostKept), runs };
}

/** When no signal arrived. */
export const nothingShown: ShownConditions = { conditions: [], runs: { counted: 0, last: [] } };

/**
 * What is shown of an escalation: what was kept, else what the log says of how it began and of the
 * worst since.
 */
export function shownOf(
  escalation: EscalationState,
  evidence: EscalationEvidence | undefined,
): ShownConditions {
  const { seen, severity, verdict, firing, openedAt: at } = escalation;
  if (evidence?.shown) return evidence.shown;
  if (!seen || escalation.others) return nothingShown;
  const said = { at, saidAt: null, status: seen.status, verdict: asVerdict(verdict) };
  const { source, kind, suite, scorer, score = "", metric, model = "" } = seen;
  const began = {
    ...said,
    limit: numberIn(seen.threshold),
    worse: worseIn(seen.worse),
    ...beganWith(escalation),
    stderr: numberIn(seen.stderr ?? ""),
    samples: samplesIn(seen.samples),
    summary: "",
    url: "",
    caveat: "",
    because: escalation.because,
    severity: severities.indexOf(severity),
  };
  const names = { source, kind, suite, scorer, score, metric, group: "", reducer: "", model };
  return {
    conditions: [{ ...names, key: "", worst: began, latest: began, ended: !firing }],
    runs: { counted: evidence?.signals ?? 0, last: [] },
  };
}

/** As the log has it: the worst since, else of half a run between what its number lies. */
function beganWith({
  worst,
  worstOf,
  seen,
}: EscalationState): Pick<Worst, "value" | "bound" | "other"> {
  if (worst !== "") return { value: numberIn(worst), bound: worstOf?.bound ?? "" };
  const [atLeast, atMost] = [seen?.atLeast ?? "", seen?.atMost ?? ""].map(numberIn);
  return boundIn({ atLeast: atLeast ?? null, atMost: atMost ?? null }, null, worseIn(seen?.worse));
}

const asVerdict = (verdict: EscalationState["verdict"]): Verdict["is"] =>
  verdict === "indeterminate" ? "indeterminate" : "fired";
const numberIn = (text: string): number | null => (text === "" ? null : Number(text));
const worseIn = (text = ""): Signal["worse"] =>
  text === "higher" || text === "lower" ? text : "unknown";
function samplesIn(text: string): Signal["samples"] {
  const [completed, total] = text.split(" of ").map(Number);
  return text === "" || completed === undefined || total === undefined
    ? null
    : { completed, total };
}

/** Conditions that are only known from the log have no key. */
const isNamesake = (condition: ShownCondition, { observed: { signal } }: Judged): boolean =>
  condition.key === "" &&
  condition.source === short(signal.source) &&
  condition.suite === short(signal.suite) &&
  condition.scorer === short(signal.scorer) &&
  condition.metric === short(signal.metric) &&
  (condition.model === "" || condition.model === short(signal.model));

/**
 * A signal that opens nothing, about known conditions: an improvement, or a run without a result.
 */
function withWord(shown: ShownConditions, judged: Judged): ShownConditions {
  const named = keysIn(judged.observed);
  const meant = shown.conditions.filter((condition) => isAbout(judged, named, condition));
  if (meant.length === 0) return shown;
  const { ends } = judged;
  const latest = readingOf(judged);
  return {
    ...shown,
    conditions: shown.conditions.map((condition) =>
      meant.includes(condition) && !isBefore(judged, condition)
        ? { ...condition, latest, ended: ends || condition.ended }
        : condition,
    ),
  };
}

/**
 * Of the same name; or of the whole suite, where its run came to nothing, or gives numbers again
 * after one that did.
 */
function isAbout(judged: Judged, named: Keys, item: ShownCondition): boolean {
  const { observed, ends } = judged;
  const { signal } = observed;
  const isSame = item.key === named.own || isNamesake(item, judged);
  if (signal.kind !== "eval" || item.kind !== "eval") return isSame && ends;
  if (isSame) return signal.status === "ok" || saysNothing(signal.status);
  if (item.source !== signal.source) return false;
  if (ends) return item.key === named.run;
  const isOfSuite = item.suite === signal.suite && item.model === signal.model;
  return saysNothing(signal.status) && signal.metric === "" && isOfSuite;
}

const isBefore = ({ observed, at }: Judged, { latest, kind }: ShownCondition): boolean =>
  kind === "eval" && isOlder(saidAt(observed, at), latest.saidAt);

function readingOf(judged: Judged): ConditionReading {
  const { observed, at, verdict } = judged;
  const { value, status } = observed.signal;
  return {
    at,
    saidAt: saidAt(observed, at),
    status,
    ...(value === null || judged.isMeasured ? measuredIn(judged) : { value }),
    verdict: verdict.is,
  };
}

/** What is known of the value: of half a run what it proves, else what it measured so far. */
function measuredIn({
  observed: { signal },
  limit,
  worse,
  isMeasured,
}: Judged): Pick<Worst, "value" | "bound" | "other"> {
  const { value, status } = signal;
  if (!isMeasured && saysNothing(status)) return { value: null, bound: "" };
  if (!isOfHalf(signal)) return { value, bound: "" };
  const known = boundIn(signal, limit, worse);
  const isProven = known.value !== null && known.other == null;
  return value === null || isProven ? known : { value, bound: "" };
}

/**
 * The end that is on the good side, since it is certain; and the other one, where the limit lies
 * between them.
 */
function boundIn(
  { atLeast, atMost }: Pick<Signal, "atLeast" | "atMost">,
  limit: number | null,
  worse: Signal["worse"],
): Pick<Worst, "value" | "bound" | "other"> {
  const isLow = worse === "lower";
  const [near, far] = isLow ? [atMost, atLeast] : [atLeast, atMost];
  if (near === null) return { value: null, bound: "" };
  const bound = isLow ? "at most" : "at least";
  const isProven = limit !== null && (isLow ? near <= limit : near >= limit);
  return isProven || far === null ? { value: near, bound } : { value: near, bound, other: far };
}

function worstOf(judged: Judged, reading: ConditionReading): Worst {
  const { signal, caveat } = judged.observed;
  const { stderr, samples, url } = signal;
  return {
    ...reading,
    ...measuredIn(judged),
    limit: judged.limit,
    worse: judged.worse,
    stderr,
    samples,
    url,
    summary: beginningOf(signal.summary, longestSummary),
    caveat: beginningOf(caveat ?? "", longestSummary),
    because: judged.verdict.is === "indeterminate" ? judged.verdict.because : "",
    severity: severities.indexOf(severityOf(signal)),
  };
}

/** What one signal says of a condition. */
interface Said {
  readonly worst: Worst;
  readonly reading: ConditionReading;
}

function conditionOf(key: string, judged: Judged, { worst, reading }: Said): ShownCondition {
  const { source, kind, suite, scorer, score, metric, group, reducer, model } =
    judged.observed.signal;
  return {
    key,
    source,
    kind,
    suite,
    scorer,
    score,
    metric,
    group,
    reducer,
    model,
    worst,
    latest: reading,
    ended: false,
  };
}

function worsened(
  condition: ShownCondition,
  judged: Judged,
  { worst, reading }: Said,
): ShownCondition {
  const isLatest = !isBefore(judged, condition);
  return {
    ...condition,
    ...(order(worst, condition.worst) <= 0 ? { worst } : {}),
    ...(isLatest ? { latest: reading, ended: false } : {}),
  };
}

const worstFirst = (a: ShownCondition, b: ShownCondition): number => order(a.worst, b.worst);

/**
 * Negative where the first is worse: what a rule named before what it could not tell, what was
 * measured before what was not, then how far it is beyond its limit, then what its sender calls
 * more severe. Of equals the first comes first.
 */
const order = (a: Worst, b: Worst): number =>
  Number(a.verdict !== "fired") - Number(b.verdict !== "fired") ||
  Number(a.value === null) - Number(b.value === null) ||
  beyond(b, a) - beyond(a, b) ||
  b.severity - a.severity;

/**
 * How far a value is on the bad side of its limit, as a share of it where the other has a limit
 * too; 0 where nobody can tell.
 */
function beyond(worst: Worst, other: Worst): number {
  const { value, limit, worse } = worst;
  if (value === null || worse === "unknown") return 0;
  const sign = worse === "higher" ? 1 : -1;
  if (limit === null || other.limit === null) return other.worse === worse ? sign * value : 0;
  return (sign * (value - limit)) / (Math.abs(limit) || 1);
}

/**
 * A run tells several numbers: they name the same one, or come at the same time of the same suite.
 */
function runsWith(
  runs: ShownConditions["runs"],
  { observed, at }: Judged,
): ShownConditions["runs"] {
  const { signal, occurrence } = observed;
  if (signal.kind !== "eval") return runs;
  const run = JSON.stringify([signal.source, signal.suite, signal.model, occurrence ?? at]);
  if (runs.last.includes(run)) return runs;
  return { counted: runs.counted + 1, last: [run, ...runs.last].slice(0, mostRuns) };
}
