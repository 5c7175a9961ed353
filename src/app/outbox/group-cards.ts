import type { EscalationId } from "../../core/ids.ts";
import type { Store } from "../ports.ts";
import { decidedWith } from "../reads/decided-together.ts";
import type { UnitOfWork } from "../unit-of-work.ts";

/**
 * The cards of a group stop say how many deployments are back: when one is resumed, those of the
 * others are drawn anew.
 */
export async function redrawOthers(store: Asked, work: UnitOfWork): Promise<void> {
  for (const first of work.left)
    for (const { deployment, escalation } of await decidedWith(store, first))
      if (!work.deployments.includes(deployment)) await redraw(store, work, escalation);
}

type Asked = Pick<Store, "entryById" | "entriesFrom" | "escalation">;

async function redraw(store: Asked, work: UnitOfWork, id: EscalationId | ""): Promise<void> {
  const card = id === "" ? undefined : await store.escalation(id);
  if (card) work.redraw(card.id, card.channel);
}
