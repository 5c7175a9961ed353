import type { Signal, SignalStatus } from "../core/signal.ts";
import { type Figure, isCount, type Run, rounded } from "./eval-run.ts";
import { type Fields, fieldsOf, isFields, numberOf, own, textOf } from "./fields.ts";
import { epochsOf } from "./inspect-ending.ts";

/** One entry of `results.scores[].metrics`. A scorer that gives a dictionary appears as several scores. */
export interface Metric {
  readonly scorer: string;
  readonly score: string;
  readonly name: string;
  readonly sent: unknown;
  /** The score's standard error as sent; undefined where there is none. */
  readonly stderr: unknown;
  readonly apart: string;
  /** Why the score says less than the run: samples that this scorer could not score; null where it scored all. */
  readonly unscored: Signal["samples"];
}

/** The metrics of a log, in its order. A score's `stderr` belongs to the metrics beside it. */
export const metricsOf = (log: Fields): readonly Metric[] => {
  const least = fewestScores(log, fieldsOf(own(log, "results")));
  const told = new Map<string, number>();
  return scoresOf(log)
    .filter(isFields)
    .flatMap((score) => metricsIn(score, least, told));
};

const scoresOf = (log: Fields): readonly unknown[] => {
  const scores = own(fieldsOf(own(log, "results")), "scores");
  return Array.isArray(scores) ? scores : [];
};

/** How many scores of a log are none, or have no metrics: what they measured is not known. */
export const unreadableScores = (log: Fields): number =>
  scoresOf(log).filter((score) => !isFields(score) || !isFields(own(score, "metrics"))).length;

const metricsIn = (score: Fields, least: number, told: Map<string, number>): readonly Metric[] => {
  const metrics = fieldsOf(own(score, "metrics"));
  const names = Object.keys(metrics).filter((name) => name !== "__proto__");
  const shown = names.length > 1 ? names.filter((name) => name !== "stderr") : names;
  return shown.map((name) => ({
    scorer: textOf(own(score, "scorer")),
    score: textOf(own(score, "name")),
    name: textOf(name),
    sent: measuredOf(own(metrics, name)),
    stderr: name === "stderr" ? undefined : measuredOf(own(metrics, "stderr")),
    apart: apartFrom(told, score, name),
    unscored: unscoredOf(score, least),
  }));
};

/** A metric is an object with a value; some writers put the number itself. Null is how NaN is often written. */
const measuredOf = (metric: unknown): unknown =>
  isFields(metric) ? (own(metric, "value") ?? null) : metric;

/** Two reducers give the same scorer, score and metric twice: a quiet one must not speak for the other. */
const apartFrom = (told: Map<string, number>, score: Fields, name: string): string => {
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
};

/** How many scores a scorer must have given: one a sample, once the epochs are reduced. */
const fewestScores = (log: Fields, results: Fields): number => {
  const total = own(results, "total_samples");
  return isCount(total) ? total / epochsOf(fieldsOf(own(fieldsOf(own(log, "eval")), "config"))) : 0;
};

/** Scores that are NaN are dropped before a metric is computed, and only counted here: the metric is then one of fewer samples. */
const unscoredOf = (score: Fields, least: number): Signal["samples"] => {
  const scored = own(score, "scored_samples");
  const unscored = own(score, "unscored_samples");
  if (!isCount(scored)) return null;
  const without = isCount(unscored) ? unscored : 0;
  const total = Math.max(scored + without, Math.ceil(least));
  return scored < total ? { completed: scored, total } : null;
};

/** A metric as a figure of its run; only one over every sample, and finite, is a value. */
export const figureOf = (run: Run, metric: Metric): Figure => {
  const { scorer, score, name, apart } = metric;
  const value = numberOf(metric.sent).number;
  const stderr = numberOf(metric.stderr).number;
  const wrong = wrongWith(metric);
  const subject = [...new Set([scorer, score])].filter((part) => part !== "");
  const what = `${run.suite}: ${[...subject, name].join(" ")}`;
  return {
    scorer,
    score,
    metric: name,
    apart,
    value: wrong ? null : value,
    stderr: wrong ? null : stderr,
    threshold: null,
    worse: "unknown",
    status: wrong?.status ?? "ok",
    samples: metric.unscored ?? run.ending.samples,
    summary: wrong
      ? `${what} ${wrong.because}.`
      : `${what} is ${numbers(value, stderr)} over ${run.ending.samples?.total} samples.`,
    caveat: null,
  };
};

interface Wrong {
  readonly status: SignalStatus;
  readonly because: string;
}

const wrongWith = ({ sent, stderr, unscored }: Metric): Wrong | null => {
  if (numberOf(sent).number === null) return { status: "errored", because: "is not a number" };
  if (stderr !== undefined && numberOf(stderr).number === null) {
    return { status: "errored", because: "has a standard error that is not a number" };
  }
  if (!unscored) return null;
  const { completed, total } = unscored;
  return { status: "incomplete", because: `has scores for only ${completed} of ${total} samples` };
};

const numbers = (value: number | null, stderr: number | null): string =>
  [value, stderr].flatMap((number) => (number === null ? [] : [rounded(number)])).join(" ± ");
