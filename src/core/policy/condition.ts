import { Environment, type ParseResult } from "@marcbachmann/cel-js";
import { closest } from "../did-you-mean.ts";
import { boundsOf, type Signal } from "../signal.ts";
import { asksForBounds, asksForValue, refusedIn, warningsIn } from "./cel/condition-checks.ts";
import { celLimits, engineError, missing, missingKey, tooLarge } from "./cel/errors.ts";
import type { Node } from "./cel/tree.ts";
import { unfit, unnamed, unreadable } from "./check/common-mistakes.ts";
import { figuresOf, type Limit, limitsIn, numbersIn } from "./condition-reason.ts";

/**
 * What a condition says of a signal. `because` is a short English reason: the missing field, the
 * error, or the comparison that held.
 */
export type Verdict =
  | { readonly is: "fired"; readonly because: string }
  | { readonly is: "quiet"; readonly because: string }
  | { readonly is: "indeterminate"; readonly because: string };

/**
 * What a value is held against, as far as that can be told, and on which side of it a value is bad.
 */
export interface Measure {
  readonly limit: number | null;
  readonly worse: "higher" | "lower";
}

/** A condition checked against the typed signal, ready to be asked. */
export interface Condition {
  /**
   * A number of a run that is not whole (`partial`) is quiet to a condition that does not ask for
   * its bounds.
   */
  readonly evaluate: (signal: Signal, partial?: boolean) => Verdict;
  /**
   * What a signal's value is held against; null where the condition says nothing of it, or of both
   * sides.
   */
  readonly measureOf: (signal: Signal) => Measure | null;
  /** Whether the condition looks at the value at all. */
  readonly isOfValue: boolean;
  /** The numbers that it compares the value with. */
  readonly numbers: readonly number[];
  /** Things that are legal but likely mistakes, as sentences. */
  readonly warnings: readonly string[];
}

/** A condition that cannot be used, each reason as a sentence. */
export interface BadCondition {
  readonly problems: readonly string[];
}

const samples = { completed: "double", total: "double" };

/**
 * The fields conditions see, with their CEL types. Every number is a double; a null one is a field
 * that is not there.
 */
const signalFields = {
  id: "string",
  source: "string",
  kind: "string",
  status: "string",
  deployment: "string",
  model: "string",
  severity: "string",
  summary: "string",
  url: "string",
  occurredAt: "string",
  startedAt: "string",
  labels: "map<string, string>",
  metric: "string",
  value: "double",
  threshold: "double",
  worse: "string",
  suite: "string",
  scorer: "string",
  score: "string",
  stderr: "double",
  samples,
  change: "string",
  reducer: "string",
  group: "string",
  atLeast: "double",
  atMost: "double",
} satisfies Record<keyof Signal, string | typeof samples>;

const environment = new Environment({ limits: celLimits }).registerVariable({
  name: "signal",
  schema: signalFields,
});

/** Compiles a condition, or says what is wrong with it. */
export function compileCondition(source: string): Condition | BadCondition {
  const parsed = parse(source);
  if ("problems" in parsed) return parsed;
  const ast: Node = parsed.ast;
  const refused = refusedIn(ast);
  if (refused.length > 0) return { problems: refused };
  const { error, type } = environment.check(source);
  if (error) return { problems: [inOurWords(error)] };
  if (type !== "bool") return { problems: [`the condition gives ${type}, not true or false.`] };
  const figures = figuresOf(ast);
  const isOfWholeRuns = !asksForBounds(ast);
  const evaluate: Condition["evaluate"] = (signal, partial = false) =>
    partial && isOfWholeRuns
      ? { is: "quiet", because: "the condition is about whole runs" }
      : ask(parsed, signal, figures);
  return {
    evaluate,
    measureOf: measureOf(evaluate, limitsIn(ast)),
    isOfValue: asksForValue(ast),
    numbers: numbersIn(ast),
    warnings: warningsIn(ast),
  };
}

/**
 * By the comparisons that hold; of a signal that is quiet by those beyond which it would not be.
 * Some rules say their limit by arithmetic, or by what does not hold: then the rule is asked about
 * other values, and only the direction is known.
 */
const measureOf =
  (
    evaluate: Condition["evaluate"],
    limitsOf: ReturnType<typeof limitsIn>,
  ): Condition["measureOf"] =>
  (signal) => {
    const held = limitsOf(signal).filter(({ isBeyond }) => isBeyond);
    if (held.length > 0 && evaluate(signal).is === "fired") return nearestOf(held);
    const firesAt = (value: number): boolean => evaluate(withValue(signal, value)).is === "fired";
    const next = limitsOf(withValue(signal, 0)).find((limit) => firesAt(beyond(limit)));
    if (next) return { limit: next.limit, worse: next.worse };
    const [higher, lower] = [firesAt(1e300), firesAt(-1e300)];
    return higher === lower ? null : { limit: null, worse: higher ? "higher" : "lower" };
  };

/** The same with another value, and of half a run with bounds that leave no other. */
function withValue(signal: Signal, value: number): Signal {
  const isHalf = signal.atLeast !== null || signal.atMost !== null;
  return isHalf ? { ...signal, value, atLeast: value, atMost: value } : { ...signal, value };
}

/** The limit that is passed first; null where they point both ways. */
function nearestOf(limits: readonly Limit[]): Limit | null {
  const [first] = limits;
  if (!first || limits.some(({ worse }) => worse !== first.worse)) return null;
  const sizes = limits.map(({ limit }) => limit);
  const limit = Math[first.worse === "higher" ? "min" : "max"](...sizes);
  return { limit, worse: first.worse };
}

function beyond({ limit, worse }: Limit): number {
  const step = Math.abs(limit) * 1e-6 || 1e-9;
  return worse === "higher" ? limit + step : limit - step;
}

function parse(source: string): ParseResult | BadCondition {
  try {
    return environment.parse(source);
  } catch (error) {
    const large = tooLarge(error);
    if (large) return { problems: [`the condition ${large}`] };
    return { problems: unreadable(source, engineError(error).range?.start ?? 0, "condition") };
  }
}

function inOurWords(error: unknown): string {
  const { summary, range } = engineError(error);
  const where = range ? `, at character ${range.start + 1} of the condition` : "";
  const key = missingKey(error);
  if (key !== undefined) return noSuchField(key);
  if (/\bint\b/.test(summary) && /\bdouble\b/.test(summary)) {
    return `${summary}${where}: the numbers of a signal are doubles; write 2.0, not 2.`;
  }
  if (/\bnull\b/.test(summary)) {
    return `${summary}${where}: a missing number is no value to compare with; write has(signal.…).`;
  }
  const [, variable] = /^Unknown variable: (\S+)$/.exec(summary) ?? [];
  if (variable !== undefined) return unnamed(variable, Object.keys(signalFields));
  return `${unfit(summary) ?? summary}${where}.`;
}

function noSuchField(key: string): string {
  const names = [
    ...Object.keys(signalFields),
    ...Object.keys(samples).map((name) => `samples.${name}`),
  ];
  const close = closest(key, names);
  const meant = close === undefined ? "." : `; did you mean ${close}?`;
  return `a signal has no field “${key}”${meant} Allowed: ${names.join(", ")}.`;
}

/** Three-valued: an error or a missing field is indeterminate, never false. */
function ask(parsed: ParseResult, signal: Signal, figures: (signal: Signal) => string): Verdict {
  try {
    const result: unknown = parsed({ signal: spoken(signal) });
    if (result === true) return { is: "fired", because: figures(signal) || "the condition holds" };
    if (result === false) return { is: "quiet", because: "the condition does not hold" };
    return { is: "indeterminate", because: "the condition gave no answer" };
  } catch (error) {
    return { is: "indeterminate", because: missing(error) };
  }
}

/** The last signal, with its fields as CEL sees them: every trigger is asked about it in a row. */
let last: { readonly signal: Signal; readonly fields: Record<string, unknown> } | null = null;

function spoken(signal: Signal): Record<string, unknown> {
  if (last?.signal !== signal) last = { signal, fields: fieldsSaid(signal) };
  return last.fields;
}

const finite = (number: number | null | undefined): number | undefined =>
  typeof number === "number" && Number.isFinite(number) ? number : undefined;

/**
 * CEL sees only what was said: a null number is a field that is not there, and so is a number that
 * is none.
 */
function fieldsSaid(signal: Signal): Record<string, unknown> {
  const { atLeast, atMost } = boundsOf(signal);
  const { value, threshold, stderr, samples } = signal;
  return {
    ...signal,
    value: finite(value),
    threshold: finite(threshold),
    stderr: finite(stderr),
    atLeast: finite(atLeast),
    atMost: finite(atMost),
    samples: samples ?? undefined,
    // A Map: the engine asks an object for its constructor, which is a name that a label may have.
    labels: new Map(Object.entries(signal.labels)),
  };
}
