import { isUnmatched } from "../core/situation.ts";
import type { Desk } from "./desk.ts";
import type { WantedConditions } from "./ports.ts";

/**
 * These conditions in each escalation of a deployment that is not closed, as one asks the store for what fires. Of what no
 * trigger matched every occurrence is asked for: a trigger that matches now takes over all of them.
 */
export const firingOf = (
  desk: Pick<Desk, "state">,
  deployment: string,
  conditions: readonly string[],
  { every }: { readonly every: boolean },
): WantedConditions["firing"] =>
  desk.state(deployment).escalations.flatMap((one) =>
    [...new Set(conditions)].map((condition) => ({
      escalation: one.id,
      condition,
      every: every || isUnmatched(one),
    })),
  );
