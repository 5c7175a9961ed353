import { buildCard } from "../../core/card/build-card.ts";
import type { Card } from "../../core/card/card.ts";
import type { ViewContext } from "../../core/card/view-context.ts";
import type { EscalationId } from "../../core/ids.ts";
import type { EscalationState } from "../../core/state/state.ts";
import type { Journal } from "../journal.ts";
import type { PolicyCache } from "../policy-cache.ts";
import type { Store } from "../ports.ts";
import { togetherNow } from "./decided-together.ts";
import { withRecords } from "./recorded-texts.ts";

/** An escalation as it stands now, for everything that is drawn when it is sent or shown. */

interface NewestParts {
  readonly store: Store;
  readonly journal: Journal;
  readonly rules: PolicyCache;
}

interface SeenEscalation {
  readonly view: ViewContext;
  readonly escalation: EscalationState;
}

/** The escalation and its texts; of a closed one without what was counted for it. */
export async function recordedEscalation(
  { store, journal, rules }: NewestParts,
  id: EscalationId,
): Promise<SeenEscalation | undefined> {
  const escalation = await store.escalation(id);
  if (!escalation) return undefined;
  const work = await journal.look([escalation.deployment]);
  await rules.load([work.org.policy, escalation.policy]);
  const view = await withRecords(store, {
    work,
    deployment: escalation.deployment,
    closed: escalation,
  });
  const live = view.situation.state.escalations.find((escalation) => escalation.id === id);
  return { view, escalation: live ?? escalation };
}

/** The escalation, and everything there is to say of it. */
export async function newest(
  parts: NewestParts,
  id: EscalationId,
): Promise<SeenEscalation | undefined> {
  const seen = await recordedEscalation(parts, id);
  if (!seen) return undefined;
  const { view, escalation } = seen;
  const evidence = view.situation.evidence.has(id)
    ? view.situation.evidence
    : await parts.store.evidenceOf([id]);
  const together = await togetherNow(parts, escalation.decided);
  return { view: { ...view, together, situation: { ...view.situation, evidence } }, escalation };
}

/** The card as it stands now, whatever it said when its row was written. */
export async function newestCard(parts: NewestParts, id: EscalationId): Promise<Card | undefined> {
  const seen = await newest(parts, id);
  return seen && buildCard(seen.view, seen.escalation);
}
