import type { Policy } from "../policy/model.ts";
import type { Signal } from "../signal.ts";

/**
 * A signal's value as the rules of its deployment hold it: against what, which side is bad, and in
 * which unit it is said.
 */
export interface MeasuredAgainst {
  readonly limit: number | null;
  readonly worse: Signal["worse"];
  readonly unit: string;
}

/** By the first rule that says anything of such a value, else by what its sender says. */
export function measuredAgainst(
  policy: Policy,
  deployment: string,
  signal: Signal,
): MeasuredAgainst {
  for (const trigger of policy.triggers.values()) {
    const measure = trigger.deployments.includes(deployment) ? trigger.measureOf(signal) : null;
    if (measure)
      return { ...measure, limit: measure.limit ?? signal.threshold, unit: trigger.unit };
  }
  return { limit: signal.threshold, worse: signal.worse, unit: "" };
}
