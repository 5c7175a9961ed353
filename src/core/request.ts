import { decisionOf } from "./fold-decision.ts";
import type { Commitment } from "./ids.ts";
import type { Entry } from "./log/entry.ts";
import { type Heard, type Since, sinceThen } from "./since.ts";
import type { Situation } from "./situation.ts";
import type { Decided, DeploymentState } from "./state.ts";
import { timeOf } from "./time.ts";

/** What whoever is to agree to a resume should know: what came in after it was asked for. */

export interface Requested {
  readonly since: Since;
  /** What was decided after it, the first one first. */
  readonly decided: readonly Decided[];
}

/** What became known after a resume was asked for; null where none waits. `entries`: of its deployment, after it. */
export const requestedSince = (
  situation: Situation,
  heard: readonly Heard[],
  entries: readonly Entry[],
): Requested | null => {
  const { proposal } = situation.state;
  if (!proposal) return null;
  return {
    since: sinceThen(situation, proposal.at, heard),
    decided: entries.flatMap((entry) =>
      entry.kind === "decision.made" ? [decisionOf(entry, timeOf(entry))] : [],
    ),
  };
};

/** The reasons given for a resume that waits. */
export const reasonsFor = (proposal: DeploymentState["proposal"]): readonly Commitment[] =>
  proposal === null
    ? []
    : [proposal.reason, ...(proposal.agreed ?? []).map(({ reason }) => reason)].filter(
        (one) => one !== "",
      );
