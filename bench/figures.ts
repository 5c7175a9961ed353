/** One thing that was measured, and what it is held against. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: Unit;
  /**
   * Measured in the same run on the same machine; null where there is nothing simpler that does the
   * same.
   */
  readonly baseline: { readonly what: string; readonly value: number } | null;
  readonly goal: Goal | null;
  /** What a reader has to know to read the number rightly; "" = nothing. */
  readonly note: string;
}

export type Unit = "/s" | "ms" | "s" | "MB" | "B" | "bodies";

/** `ratio`: the figure against its baseline, where more is better for rates and less for times. */
export interface Goal {
  readonly of: "value" | "ratio";
  readonly is: "at least" | "at most";
  readonly limit: number;
}

/** A named measurement and its figures, in the order of the table. */
export interface Measured {
  readonly name: string;
  readonly figures: readonly Figure[];
}

/** The figure divided by its baseline; null where it has none. */
export function ratioOf({ value, baseline }: Figure): number | null {
  return baseline === null || baseline.value === 0 ? null : value / baseline.value;
}

/** Whether the goal is met; null where there is none. */
export function isMet(figure: Figure): boolean | null {
  const { goal, value } = figure;
  if (goal === null) return null;
  const judged = goal.of === "value" ? value : (ratioOf(figure) ?? Number.NaN);
  return goal.is === "at least" ? judged >= goal.limit : judged <= goal.limit;
}

/** A figure without a baseline, goal or note, and whatever is said differently. */
export function figure(
  what: string,
  {
    value,
    unit,
    more = {},
  }: {
    readonly value: number;
    readonly unit: Unit;
    readonly more?: Partial<Pick<Figure, "baseline" | "goal" | "note">> | undefined;
  },
): Figure {
  return { what, value, unit, baseline: null, goal: null, note: "", ...more };
}

export function atLeast(limit: number, of: Goal["of"] = "value"): Goal {
  return {
    of,
    is: "at least",
    limit,
  };
}

export function atMost(limit: number, of: Goal["of"] = "value"): Goal {
  return {
    of,
    is: "at most",
    limit,
  };
}

/** The value that `part` (0 to 1) of all values do not exceed: nearest rank. NaN of nothing. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}

/** The middle one: one slow round does not move it. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}
