import type { Commitment } from "../ids.ts";
import type { Entry } from "../log/entry.ts";
import { type KeptSignal, type Since, sinceThen } from "../reassessment/changes-since-decision.ts";
import { decisionOf } from "../state/fold-decision.ts";
import type { Situation } from "../state/situation.ts";
import type { Decided, DeploymentState } from "../state/state.ts";
import { timeOf } from "../time.ts";

/** What whoever is to agree to a resume should know: what came in after it was asked for. */

export interface Requested {
  readonly since: Since;
  /** What was decided after it, the first one first. */
  readonly decided: readonly Decided[];
}

/**
 * What became known after a resume was asked for; null where none waits. `entries`: of its
 * deployment, after it.
 */
export function requestedSince(
  situation: Situation,
  heard: readonly KeptSignal[],
  entries: readonly Entry[],
): Requested | null {
  const { proposal } = situation.state;
  if (!proposal) return null;
  return {
    since: sinceThen(situation, proposal.at, heard),
    decided: entries.flatMap((entry) =>
      entry.kind === "decision.made" ? [decisionOf(entry, timeOf(entry))] : [],
    ),
  };
}

/** The reasons given for a resume that waits. */
export function reasonsFor(proposal: DeploymentState["proposal"]): readonly Commitment[] {
  return proposal === null
    ? []
    : [proposal.reason, ...(proposal.agreed ?? []).map(({ reason }) => reason)].filter(
        (commitment) => commitment !== "",
      );
}
