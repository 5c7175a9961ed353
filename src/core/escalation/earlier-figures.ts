import type { Facts } from "../policy/condition-facts.ts";
import type { Figure, Memory } from "../policy/memory.ts";

/** What a rule compares a value with: figures of earlier signals, newest first. */

export function beforeIn({ compare }: Memory, values: readonly number[]): number | null {
  if (!compare) return null;
  return compare.to === "figure" ? figureOf(compare.figure, values) : (values[0] ?? null);
}

export function overIn(figure: Figure, all: readonly (number | null)[]): Facts["over"] {
  const values = all.filter((value) => value !== null);
  const value = figureOf(figure, values);
  return value === null ? null : { value, count: values.length };
}

/** One variant alone has no distance to another. */
export function spreadIn(all: readonly (number | null)[]): Facts["spread"] {
  const values = all.filter((value) => value !== null);
  return values.length < 2
    ? null
    : { value: Math.max(...values) - Math.min(...values), variants: values.length };
}

const shares: Readonly<Record<string, number>> = { median: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 };

/** A figure of values; percentiles by the nearest rank, the median between the middle two. */
export function figureOf(figure: Figure, values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const [first] = sorted;
  const last = sorted.at(-1);
  if (first === undefined || last === undefined) return null;
  if (figure === "min") return first;
  if (figure === "max") return last;
  if (figure === "mean") return sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const middle = sorted.length / 2;
  if (figure === "median" && Number.isInteger(middle))
    return ((sorted[middle - 1] ?? first) + (sorted[middle] ?? first)) / 2;
  return sorted[Math.ceil((shares[figure] ?? 1) * sorted.length) - 1] ?? last;
}
