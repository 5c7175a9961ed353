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
