import type { SourceContext } from "../core/policy/source-context.ts";
import {
  blankSignal,
  type ObservedSignal,
  type Signal,
  type SignalStatus,
} from "../core/signal.ts";
import { nameOf, textOf } from "./fields.ts";

/**
 * How an eval run ended. Unless it is `ok`, its numbers are not results of the suite; `because`
 * says why, as the end of a sentence.
 */
export interface Ending {
  readonly status: Extract<SignalStatus, "ok" | "incomplete" | "errored" | "no_data">;
  readonly because: string;
  readonly samples: Signal["samples"];
}

/** What all signals of one run have in common. */
export interface EvalRun {
  readonly suite: string;
  /** The run's id; "" if the log has none. */
  readonly id: string;
  readonly model: string;
  readonly deployment: string;
  readonly occurredAt: string;
  readonly startedAt: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ending: Ending;
}

/** The bounds of a number, whatever the missing samples would score; null = unknown. */
export type Bounds = Pick<Signal, "atLeast" | "atMost">;

export const noBounds: Bounds = { atLeast: null, atMost: null };

/** One number of a run, with what only this number has. */
export interface EvalFigure extends Bounds {
  readonly scorer: string;
  readonly score: string;
  readonly metric: string;
  readonly reducer: string;
  readonly group: string;
  /** The metric's name in its condition; for a grouped metric the group's name, as in the log. */
  readonly named: string;
  /** Distinguishes numbers with the same scorer, score and metric, e.g. by the reducer; else "". */
  readonly apart: string;
  readonly value: number | null;
  readonly stderr: number | null;
  readonly threshold: number | null;
  readonly worse: Signal["worse"];
  readonly status: SignalStatus;
  readonly samples: Signal["samples"];
  readonly summary: string;
  readonly caveat: string | null;
}

/** The signal for a run as a whole, which gave no result of its suite. */
export function runObserved(run: EvalRun, context: SourceContext, summary: string): ObservedSignal {
  return {
    signal: signalOf(run, context, {
      status: run.ending.status,
      samples: run.ending.samples,
      summary,
    }),
    condition: conditionOf(run),
    occurrence: occurrenceOf(run),
    caveat: null,
  };
}

/** The signal for one number of a run that is `ok`. */
export function figureObserved(
  run: EvalRun,
  context: SourceContext,
  figure: EvalFigure,
): ObservedSignal {
  const { apart, named, caveat, ...measured } = figure;
  const { scorer, score } = measured;
  const names = [run.suite, scorer, score, named, ...(apart === "" ? [] : [apart])];
  return {
    signal: signalOf(run, context, measured),
    condition: nameOf(names.join("/")),
    occurrence: occurrenceOf(run),
    caveat,
    run: conditionOf(run),
  };
}

/**
 * The signal with the bounds of one number of a run that is not `ok`, in addition to the run's own.
 */
export function partialObserved(
  run: EvalRun,
  context: SourceContext,
  figure: EvalFigure,
): ObservedSignal {
  return {
    ...figureObserved(run, context, figure),
    partial: true,
  };
}

/** The condition of a run as a whole: like that of a number, with empty names. */
const conditionOf = ({ suite }: EvalRun): string => nameOf(`${suite}///`);

const occurrenceOf = ({ id }: EvalRun): string | null => (id === "" ? null : nameOf(id));

const signalOf = (
  run: EvalRun,
  { source }: SourceContext,
  said: Partial<Signal> & Pick<Signal, "status">,
): Signal =>
  blankSignal({
    id: textOf(run.id),
    source,
    kind: "eval",
    deployment: run.deployment,
    model: run.model,
    occurredAt: run.occurredAt,
    startedAt: run.startedAt,
    labels: run.labels,
    suite: run.suite,
    ...said,
  });

/** Whether a value is a whole number from 0 that is represented exactly. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** A number for a sentence, with three digits; the signal keeps all digits. */
export function rounded(number: number): string {
  return String(Number(number.toPrecision(3)));
}
