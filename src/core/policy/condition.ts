import { Environment, type ParseResult } from "@marcbachmann/cel-js";
import { closest } from "../did-you-mean.ts";
import type { Signal } from "../signal.ts";
import {
  asksForBounds,
  asksForValue,
  asksForVariable,
  refusedIn,
  warningsIn,
} from "./cel/condition-checks.ts";
import { celLimits, engineError, missing, missingKey, tooLarge } from "./cel/errors.ts";
import type { Node } from "./cel/tree.ts";
import { unfit, unnamed, unreadable } from "./check/common-mistakes.ts";
import { type Facts, factFields, noFacts, signalFields, spoken } from "./condition-facts.ts";
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
  readonly evaluate: (signal: Signal, partial?: boolean, facts?: Facts) => Verdict;
  /**
   * What a signal's value is held against; null where the condition says nothing of it, or of both
   * sides.
   */
  readonly measureOf: (signal: Signal, facts?: Facts) => Measure | null;
  /** Whether the condition looks at the value at all. */
  readonly isOfValue: boolean;
  /**
   * Whether a signal is one that the condition is about: it holds, or would hold with another
   * value, or after other signals.
   */
  readonly isAbout: (signal: Signal, facts: Facts) => boolean;
  /** The numbers that it compares the value with. */
  readonly numbers: readonly number[];
  /** The variables that it asks besides the signal. */
  readonly asks: readonly string[];
  /** Things that are legal but likely mistakes, as sentences. */
  readonly warnings: readonly string[];
}

/** A condition that cannot be used, each reason as a sentence. */
export interface BadCondition {
  readonly problems: readonly string[];
}

const environment = Object.entries(factFields).reduce(
  (made, [name, schema]) => made.registerVariable({ name, schema }),
  new Environment({ limits: celLimits }).registerVariable({ name: "signal", schema: signalFields }),
);

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
  const evaluate: Condition["evaluate"] = (signal, partial = false, facts = noFacts) =>
    partial && isOfWholeRuns
      ? { is: "quiet", because: "the condition is about whole runs" }
      : ask(parsed, spoken(signal, facts), () => figures(signal));
  return {
    evaluate,
    measureOf: measureOf(evaluate, limitsIn(ast)),
    isOfValue: asksForValue(ast),
    isAbout: isAbout(evaluate, {
      isOfValue: asksForValue(ast),
      isOfEarlier: earlier.some((name) => asksForVariable(ast, name)),
    }),
    numbers: numbersIn(ast),
    asks: Object.keys(factFields).filter((name) => asksForVariable(ast, name)),
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
  (signal, facts) => {
    const held = limitsOf(signal).filter(({ isBeyond }) => isBeyond);
    if (held.length > 0 && evaluate(signal, false, facts).is === "fired") return nearestOf(held);
    const firesAt = (value: number): boolean =>
      evaluate(withValue(signal, value), false, facts).is === "fired";
    const next = limitsOf(withValue(signal, 0)).find((limit) => firesAt(beyond(limit)));
    if (next) return { limit: next.limit, worse: next.worse };
    const [higher, lower] = [firesAt(1e300), firesAt(-1e300)];
    return higher === lower ? null : { limit: null, worse: higher ? "higher" : "lower" };
  };

const earlier = ["before", "over", "spread"] as const;

/** Figures beyond any limit, and near none. */
const extremes = [1e300, -1e300, 1, 0, 1e-9, -1e-9];

const isAbout =
  (
    evaluate: Condition["evaluate"],
    asks: { readonly isOfValue: boolean; readonly isOfEarlier: boolean },
  ): Condition["isAbout"] =>
  (signal, facts) => {
    const signals = [
      signal,
      ...(asks.isOfValue ? extremes.map((value) => withValue(signal, value)) : []),
    ];
    const all = [
      facts,
      ...(asks.isOfEarlier ? extremes.map((value) => withEarlier(facts, value)) : []),
    ];
    return signals.some((one) => all.some((known) => evaluate(one, false, known).is === "fired"));
  };

const many = 1e6;

const withEarlier = (facts: Facts, value: number): Facts => ({
  ...facts,
  before: value,
  over: { value, count: many },
  spread: { value, variants: many },
});

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
    ...Object.keys(signalFields.samples).map((name) => `samples.${name}`),
  ];
  const close = closest(key, names);
  const meant = close === undefined ? "." : `; did you mean ${close}?`;
  return `a signal has no field “${key}”${meant} Allowed: ${names.join(", ")}.`;
}

/**
 * Three-valued: an error or a missing field is indeterminate, never false. What earlier signals
 * would be compared with is not missing where there are none: that part does not hold.
 */
function ask(
  parsed: ParseResult,
  said: Readonly<Record<string, unknown>>,
  figures: () => string,
): Verdict {
  try {
    const result: unknown = parsed(said);
    if (result === true) return { is: "fired", because: figures() || "the condition holds" };
    if (result === false) return { is: "quiet", because: "the condition does not hold" };
    return { is: "indeterminate", because: "the condition gave no answer" };
  } catch (error) {
    const because = missing(error);
    return /^(?:before|over|spread)\./.test(because)
      ? { is: "quiet", because: "there is nothing to compare with yet" }
      : { is: "indeterminate", because };
  }
}
