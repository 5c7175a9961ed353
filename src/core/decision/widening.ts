import type { ScopeId } from "../ids.ts";
import type { Entry } from "../log/entry.ts";
import type { DecisionKind } from "../policy/model.ts";
import { levelOf } from "../policy/posture.ts";
import { deploymentOf, type Situation } from "../state/situation.ts";
import type { DeploymentState } from "../state/state.ts";

/** Whether a deployment may do more than before, or a resume of it has come further. */
export function isWider(situation: Situation, before: DeploymentState): boolean {
  const { posture, proposal } = situation.state;
  if (proposal !== null && proposal !== before.proposal) return true;
  const deployment = deploymentOf(situation);
  if (!posture || !before.posture || !deployment) return false;
  return levelOf(deployment, posture.scope) < levelOf(deployment, before.posture.scope);
}

/**
 * Whether an entry loosens by what it is, whatever the state before it says: any step of a resume,
 * taking a restriction back, people who keep a posture, and a policy that loosens.
 */
export function isLoosening(entry: Entry): boolean {
  switch (entry.kind) {
    case "policy.adopted":
      return entry.looser.length > 0;
    case "decision.proposed":
    case "decision.confirmed":
      return true;
    case "decision.made":
      return loosening.includes(entry.decision) || entry.undoes !== "";
    default:
      return false;
  }
}

const loosening: readonly DecisionKind[] = ["resume", "keep"];

/** Whether an entry narrows or pauses. */
export function isRestriction(entry: Entry): boolean {
  return entry.kind === "decision.made" && ["narrow", "pause"].includes(entry.decision);
}

/** Whether a deployment may do more than the log says, if the state it is in was changed. */
export function isWiderThan(situation: Situation, scopeByLog: ScopeId | null): boolean {
  const deployment = deploymentOf(situation);
  const { posture } = situation.state;
  if (!deployment || !posture || scopeByLog === null) return false;
  return levelOf(deployment, posture.scope) < levelOf(deployment, scopeByLog);
}
