import type { Signal, SignalStatus } from "../core/signal.ts";
import {
  type Bounds,
  type EvalFigure,
  type EvalRun,
  isCount,
  noBounds,
  rounded,
} from "./eval-run.ts";
import { type Fields, fieldsOf, isFields, numberOf, own, textOf } from "./fields.ts";
import { epochsOf, type SuiteSize } from "./inspect-ending.ts";
import { boundsOver } from "./missing-samples.ts";

/**
 * One entry of `results.scores[].metrics`. A scorer that returns a dictionary has several scores.
 */
export interface Metric {
  readonly scorer: string;
  readonly score: string;
  /** What was computed. For `grouped(mean())`, whose entries are named after the groups: `mean`. */
  readonly name: string;
  /** The name in the log. */
  readonly named: string;
  /** The group of samples; "" if the metric is not grouped. */
  readonly group: string;
  readonly reducer: string;
  readonly sent: unknown;
  /** The score's standard error as sent; undefined where there is none. */
  readonly stderr: unknown;
  readonly apart: string;
  /** Set if this scorer left samples of the run unscored: the counts of its own; else null. */
  readonly unscored: Signal["samples"];
  /** Samples with a score, after the epochs are reduced; null if the log does not say. */
  readonly scored: number | null;
}

/** The metrics of a log, in its order. A score's `stderr` applies to its other metrics. */
export function metricsOf(log: Fields): readonly Metric[] {
  const least = fewestScores(log, fieldsOf(own(log, "results")));
  const told = new Map<string, number>();
  return scoresOf(log)
    .filter(isFields)
    .flatMap((score) => metricsIn(score, least, told));
}

function scoresOf(log: Fields): readonly unknown[] {
  const scores = own(fieldsOf(own(log, "results")), "scores");
  return Array.isArray(scores) ? scores : [];
}

/** The number of scores that are not objects, or have no metrics. */
export function unreadableScores(log: Fields): number {
  return scoresOf(log).filter((score) => !isFields(score) || !isFields(own(score, "metrics")))
    .length;
}

function metricsIn(score: Fields, least: number, told: Map<string, number>): readonly Metric[] {
  const metrics = fieldsOf(own(score, "metrics"));
  const names = Object.keys(metrics).filter((name) => name !== "__proto__");
  const shown = names.length > 1 ? names.filter((name) => name !== "stderr") : names;
  const scored = own(score, "scored_samples");
  return shown.map((name) => {
    const computed = groupedName(own(metrics, name));
    // Beside groups, the standard error is that of all samples and belongs to no group.
    const hasOwnError = name === "stderr" || computed !== null;
    return {
      scorer: textOf(own(score, "scorer")),
      score: textOf(own(score, "name")),
      name: computed ?? textOf(name),
      named: textOf(name),
      group: computed === null ? "" : textOf(name),
      reducer: textOf(own(score, "reducer")),
      sent: measuredOf(own(metrics, name)),
      stderr: hasOwnError ? undefined : measuredOf(own(metrics, "stderr")),
      apart: apartFrom(told, score, name),
      unscored: unscoredOf(score, least),
      scored: isCount(scored) ? scored : null,
    };
  });
}

/**
 * What the entry of a `grouped` metric is computed by (`params.metric.name`); null for other
 * metrics.
 */
function groupedName(metric: unknown): string | null {
  const fields = fieldsOf(metric);
  if (own(fields, "group") !== "grouped") return null;
  const inner = own(fieldsOf(own(fields, "params")), "metric");
  const name = textOf(own(fieldsOf(inner), "name")).replace(/^inspect_ai\//, "");
  return name === "" ? null : name;
}

/**
 * The value of a metric: an object with `value`, or the number itself. NaN is often written as
 * null.
 */
const measuredOf = (metric: unknown): unknown =>
  isFields(metric) ? (own(metric, "value") ?? null) : metric;

/**
 * Distinguishes metrics with the same scorer, score and name, which several reducers produce:
 * otherwise a good number of one would end the escalation of the other.
 */
function apartFrom(told: Map<string, number>, score: Fields, name: string): string {
  const reducer = textOf(own(score, "reducer"));
  const key = JSON.stringify([
    textOf(own(score, "scorer")),
    textOf(own(score, "name")),
    name,
    reducer,
  ]);
  const before = told.get(key) ?? 0;
  told.set(key, before + 1);
  return before === 0 ? reducer : `${reducer}#${before + 1}`;
}

/**
 * The number of scores that a complete scorer gives: one per sample, after the epochs are reduced.
 */
function fewestScores(log: Fields, results: Fields): number {
  const total = own(results, "total_samples");
  return isCount(total) ? total / epochsOf(fieldsOf(own(fieldsOf(own(log, "eval")), "config"))) : 0;
}

/**
 * Inspect leaves NaN scores out of a metric and only counts them here; the metric then covers fewer
 * samples.
 */
function unscoredOf(score: Fields, least: number): Signal["samples"] {
  const scored = own(score, "scored_samples");
  const unscored = own(score, "unscored_samples");
  if (!isCount(scored)) return null;
  const without = isCount(unscored) ? unscored : 0;
  const total = Math.max(scored + without, Math.ceil(least));
  return scored < total ? { completed: scored, total } : null;
}

/** A metric as a number of its run. It has a value only if it is finite and covers every sample. */
export function figureOf(run: EvalRun, size: SuiteSize | null, metric: Metric): EvalFigure {
  const value = numberOf(metric.sent).number;
  const stderr = numberOf(metric.stderr).number;
  const wrong = wrongWith(metric);
  const bounds = wrong?.status === "incomplete" ? boundsOf(size, metric) : noBounds;
  const what = whatOf(run, metric);
  return {
    ...namesOf(metric),
    ...bounds,
    value: wrong ? null : value,
    stderr: wrong ? null : stderr,
    threshold: null,
    worse: "unknown",
    status: wrong?.status ?? "ok",
    samples: metric.unscored ?? run.ending.samples,
    summary: wrong
      ? `${what} ${wrong.because}${between(bounds)}.`
      : `${what} is ${numbers(value, stderr)} over ${run.ending.samples?.total} samples.`,
    caveat: bounds === noBounds ? null : scale,
  };
}

/**
 * The bounds of the metrics of an incomplete run over all samples. Metrics without known bounds are
 * left out.
 */
export function partialFigures(
  run: EvalRun,
  size: SuiteSize | null,
  metrics: readonly Metric[],
): readonly EvalFigure[] {
  return metrics.flatMap((metric) => {
    const bounds = boundsOf(size, metric);
    if (bounds === noBounds || !size || metric.scored === null) return [];
    const samples = { completed: metric.scored, total: size.samples };
    const value = rounded(numberOf(metric.sent).number ?? 0);
    const over = `${samples.completed} of ${samples.total} samples`;
    return [
      {
        ...namesOf(metric),
        ...bounds,
        value: null,
        stderr: null,
        threshold: null,
        worse: "unknown",
        status: "incomplete",
        samples,
        summary: `${whatOf(run, metric)} is ${value} over ${over}${between(bounds)}.`,
        caveat: scale,
      },
    ];
  });
}

const scale = "Its bounds take it that each sample scores between 0 and 1.";

const between = ({ atLeast, atMost }: Bounds): string =>
  atLeast === null || atMost === null
    ? ""
    : `, and between ${rounded(atLeast)} and ${rounded(atMost)} over all`;

const namesOf = ({ scorer, score, name, named, group, reducer, apart }: Metric) => ({
  scorer,
  score,
  metric: name,
  named,
  group,
  reducer,
  apart,
});

function whatOf(run: EvalRun, { scorer, score, name, group, reducer }: Metric): string {
  const subject = [...new Set([scorer, score])].filter((part) => part !== "");
  const of = [group === "" ? "" : `of ${group}`, reducer === "" ? "" : `(${reducer})`];
  return `${run.suite}: ${[...subject, name, ...of.filter((part) => part !== "")].join(" ")}`;
}

/** Metrics that are the mean of the samples' scores. */
const means = ["accuracy", "mean"];

function boundsOf(size: SuiteSize | null, { name, group, sent, scored, unscored }: Metric): Bounds {
  const value = numberOf(sent).number;
  const isMean = means.includes(name) && group === "";
  if (!size || !isMean || value === null || scored === null) return noBounds;
  // The log does not say which epoch of which sample a scorer left out.
  if (size.epochs > 1 && unscored) return noBounds;
  const unsettled = size.epochs > 1 ? size.missing : 0;
  return boundsOver({ value, scored, total: size.samples, unsettled });
}

interface Wrong {
  readonly status: SignalStatus;
  readonly because: string;
}

function wrongWith({ sent, stderr, unscored }: Metric): Wrong | null {
  if (numberOf(sent).number === null) return { status: "errored", because: "is not a number" };
  if (stderr !== undefined && numberOf(stderr).number === null) {
    return { status: "errored", because: "has a standard error that is not a number" };
  }
  if (!unscored) return null;
  const { completed, total } = unscored;
  return { status: "incomplete", because: `has scores for only ${completed} of ${total} samples` };
}

const numbers = (value: number | null, stderr: number | null): string =>
  [value, stderr].flatMap((number) => (number === null ? [] : [rounded(number)])).join(" ± ");
