import { isUnmatched } from "../../core/state/situation.ts";
import type { WantedConditions } from "../ports.ts";
import type { UnitOfWork } from "../unit-of-work.ts";

/**
 * These conditions in each escalation of a deployment that is not closed, as one asks the store for
 * what fires. Of what no trigger matched every occurrence is asked for: a trigger that matches now
 * takes over all of them.
 */
export function firingOf(
  work: Pick<UnitOfWork, "state">,
  {
    deployment,
    conditions,
    every,
  }: {
    readonly deployment: string;
    readonly conditions: readonly string[];
    readonly every: boolean;
  },
): WantedConditions["firing"] {
  return work.state(deployment).escalations.flatMap((escalation) =>
    [...new Set(conditions)].map((condition) => ({
      escalation: escalation.id,
      condition,
      every: every || isUnmatched(escalation),
    })),
  );
}
