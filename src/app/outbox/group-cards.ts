import type { Store } from "../ports.ts";
import { decidedWith } from "../reads/decided-together.ts";
import type { UnitOfWork } from "../unit-of-work.ts";

/**
 * The cards of a group stop say how many deployments are back: when one is resumed, those of the
 * others are drawn anew.
 */
export async function redrawOthers(
  store: Pick<Store, "entryById" | "entriesFrom" | "escalation">,
  work: UnitOfWork,
): Promise<void> {
  for (const first of work.left) {
    const [found] = await store.entryById([first]);
    if (found?.entry.kind !== "decision.made" || !found.entry.group) continue;
    const { count } = found.entry.group;
    for (const { deployment, escalation } of await decidedWith(store, { first, count })) {
      if (escalation === "" || work.deployments.includes(deployment)) continue;
      const card = await store.escalation(escalation);
      if (card) work.redraw(card.id, card.channel);
    }
  }
}
