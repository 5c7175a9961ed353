import { referenceTo } from "../../core/escalation/signal-evidence.ts";
import { newSince } from "../../core/reassessment/changes-since-decision.ts";
import type { DeploymentState } from "../../core/state/state.ts";
import type { Store } from "../ports.ts";
import type { RestedOn } from "../unit-of-work-parts.ts";

/** So many references in one entry: it has room for no more. */
const mostReferences = 20;

/** What came in about a deployment since its last decision: what the next one rests on. */
export async function evidenceSince(
  store: Pick<Store, "receivedSince">,
  state: DeploymentState,
): Promise<RestedOn> {
  const from = newSince(state);
  if (from === null) return { evidence: [], more: 0 };
  const { newest, count } = await store.receivedSince(state.id, from, mostReferences);
  return {
    evidence: newest.map(({ observed, ...origin }) => referenceTo(observed, origin)),
    more: count - newest.length,
  };
}
