import { notifyOf } from "../core/card-of.ts";
import type { EscalationId, Millis } from "../core/ids.ts";
import { inOneSentence } from "../core/lock-screen.ts";
import type { Pager } from "../core/policy/model.ts";
import { escalationIn } from "../core/situation.ts";
import type { EscalationState } from "../core/state.ts";
import { notRung, ringsInVain } from "../core/words-enforcement.ts";
import type { Journal } from "./journal.ts";
import { deliverThrough, nothing, type OutletParts } from "./outlet.ts";
import { type Claimed, Fault, type Outward, type PageBody, type Paging } from "./ports.ts";
import { withRecords } from "./records.ts";
import type { Rules } from "./rules.ts";
import { pagesFor } from "./told-rows.ts";

/** What pagers are to ring for, drawn from the newest state when it is sent. */

export interface PageParts extends OutletParts {
  readonly journal: Journal;
  readonly rules: Rules;
  readonly outward: Pick<Outward, "pace" | "ring">;
}

/** Rings one pager for what waits; answers in how many ms there is more, or null. */
export const deliverPages = (parts: PageParts, pager: string): Promise<Millis | null> =>
  deliverThrough(parts, {
    name: pagesFor(pager),
    pace: parts.outward.pace,
    draw: (claimed) => drawn(parts, claimed),
  });

/** So many attempts in vain, about a minute, and people are told that nobody rings. */
const inVain = 6;

const drawn = async (
  parts: PageParts,
  { message, attempts }: Claimed,
): Promise<() => Promise<unknown>> => {
  const { body } = message;
  if (body.kind !== "page") return nothing;
  const pager = (await parts.journal.look([])).situation("").policy.wake.get(body.pager);
  const paging = await pagingOf(parts, body);
  if (!pager || !paging) return nothing;
  return async () => {
    try {
      await parts.outward.ring(pager, paging, attempts);
    } catch (fault) {
      const isOver = fault instanceof Fault && fault.retry === "never";
      const isSilence = attempts >= inVain && paging.action === "trigger";
      if (isOver || isSilence) await admit(parts, pager, body.escalation, isOver);
      throw fault;
    }
  };
};

const pagingOf = async (
  { store, journal, rules }: PageParts,
  { escalation: id, passed }: PageBody,
): Promise<Paging | null> => {
  const escalation = await store.escalation(id);
  if (!escalation) return null;
  const desk = await journal.look([escalation.deployment]);
  await rules.load([desk.org.policy, escalation.policy]);
  const telling = await withRecords(store, desk, escalation.deployment, escalation);
  const live = telling.situation.state.escalations.find((one) => one.id === id) ?? escalation;
  const { severity, deployment, trigger, openedAt } = live;
  return {
    ...{ escalation: id, severity, deployment, trigger, openedAt },
    action: actionFor(live, passed),
    summary: inOneSentence(telling, live),
  };
};

const actionFor = (
  { status, acknowledged }: EscalationState,
  passed: boolean,
): Paging["action"] => {
  if (status !== "open") return "resolve";
  return acknowledged.length > 0 && !passed ? "acknowledge" : "trigger";
};

/** Said in the thread of the card, once each, to whoever the page was for: nobody else wakes them. */
const admit = async (
  { store, journal }: PageParts,
  pager: Pager,
  id: EscalationId,
  isOver: boolean,
): Promise<void> => {
  const key = `${isOver ? "not-rung" : "rings-in-vain"}:${pager.id}:${id}`;
  if (await store.receipt(key)) return;
  const escalation = await store.escalation(id);
  if (!escalation) return;
  const { deployment } = escalation;
  const line = isOver ? notRung(pager.id, id) : ringsInVain(pager.id, id);
  await journal.write({ key, surface: "webhook", deployments: [deployment] }, (desk) => {
    const situation = desk.situation(deployment);
    const live = escalationIn(situation.state, id) ?? escalation;
    desk.tellThread(live, { key, to: notifyOf(situation, live), line });
    return null;
  });
};
