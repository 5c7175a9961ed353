import type { SourceContext } from "../core/policy/source-context.ts";
import {
  blankSignal,
  type ObservedSignal,
  type Signal,
  type SignalStatus,
} from "../core/signal.ts";
import { nameOf, textOf } from "./fields.ts";

/**
 * How a run of an eval ended: whether its numbers are numbers of the suite, and if not, why, as the
 * end of a sentence.
 */
export interface Ending {
  readonly status: Extract<SignalStatus, "ok" | "incomplete" | "errored" | "no_data">;
  readonly because: string;
  readonly samples: Signal["samples"];
}

/** What every signal of one run has in common. */
export interface Run {
  readonly suite: string;
  /** Which run: "" where the log does not say. */
  readonly id: string;
  readonly model: string;
  readonly deployment: string;
  readonly occurredAt: string;
  readonly startedAt: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ending: Ending;
}

/**
 * Between what a number lies whatever the samples that are missing would add; null where that is
 * not known.
 */
export type Bounds = Pick<Signal, "atLeast" | "atMost">;

export const noBounds: Bounds = { atLeast: null, atMost: null };

/** One number of a run, and what is to be said of it beside the run. */
export interface EvalFigure extends Bounds {
  readonly scorer: string;
  readonly score: string;
  readonly metric: string;
  readonly reducer: string;
  readonly group: string;
  /** The metric's name in its condition: of a group the group's, as the log has it. */
  readonly named: string;
  /** Tells apart what has the same three names, e.g. the reducer; "" otherwise. */
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

/** The one signal of a run that gave no number of its suite. */
export function runObserved(run: Run, context: SourceContext, summary: string): ObservedSignal {
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

/** One number of a run that ended well. */
export function figureObserved(
  run: Run,
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

/** One number of a run that did not: between what it lies, beside the run's own signal. */
export function partialObserved(
  run: Run,
  context: SourceContext,
  figure: EvalFigure,
): ObservedSignal {
  return {
    ...figureObserved(run, context, figure),
    partial: true,
  };
}

/** What a run as a whole is known by: the names of a number, with none of them said. */
const conditionOf = ({ suite }: Run): string => nameOf(`${suite}///`);

const occurrenceOf = ({ id }: Run): string | null => (id === "" ? null : nameOf(id));

const signalOf = (
  run: Run,
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

/** Whether a value counts things. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** A number as people read it in a sentence; the signal keeps all its digits. */
export function rounded(number: number): string {
  return String(Number(number.toPrecision(3)));
}
