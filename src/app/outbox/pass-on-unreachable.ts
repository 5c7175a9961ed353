import { passUnreached } from "../../core/escalation/passing-on.ts";
import type { Journal } from "../journal.ts";

/**
 * Passes on every question that waits for somebody whom no chat can reach. If several replicas do
 * this at once, only the first finds something to pass on.
 */
export async function passOnUnreached(journal: Journal): Promise<void> {
  const now = await journal.look([]);
  if (now.org.policy === "") return;
  const { policy } = now.situation("");
  const deployments = [...policy.deployments.keys()];
  const work = await journal.look(deployments);
  for (const id of deployments) {
    if (passUnreached(work.situation(id)).length === 0) continue;
    await journal.write({ key: null, surface: "tick", deployments: [id] }, (writing) => {
      writing.add(`deployment:${id}`, passUnreached(writing.situation(id)));
    });
  }
}
