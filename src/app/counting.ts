import type { Evidence } from "../core/state.ts";
import type { ConditionRow } from "./ports.ts";

/** How conditions add up to what an escalation's card says of its signals. */

/** The lower of two values, where there are any. */
export const least = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b);
/** The higher of two values, where there are any. */
export const most = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.max(a, b);

/** An escalation's evidence after one of its conditions changed. */
export const merged = (
  evidence: Evidence | undefined,
  row: ConditionRow,
  before: ConditionRow | undefined,
): Evidence => {
  const starts = row.firing && !before?.firing ? 1 : 0;
  const stops = !row.firing && before?.firing ? 1 : 0;
  const firingConditions = (evidence?.firingConditions ?? 0) + starts - stops;
  return {
    signals: (evidence?.signals ?? 0) + row.signals,
    firstAt: Math.min(evidence?.firstAt ?? row.firstAt, row.firstAt),
    lastAt: Math.max(evidence?.lastAt ?? row.lastAt, row.lastAt),
    firing: firingConditions > 0,
    firingConditions,
    lowest: least(evidence?.lowest ?? null, row.lowest),
    highest: most(evidence?.highest ?? null, row.highest),
    fired: (evidence?.fired ?? false) || row.verdict === "fired",
  };
};
