import { notifyOf } from "../../core/card/build-card.ts";
import { inOneSentence } from "../../core/card/lock-screen.ts";
import type { EscalationId, Millis } from "../../core/ids.ts";
import type { Pager } from "../../core/policy/model.ts";
import { escalationIn } from "../../core/state/situation.ts";
import type { EscalationState } from "../../core/state/state.ts";
import { notRung, ringsInVain } from "../../core/words/enforcement.ts";
import type { Journal } from "../journal.ts";
import type { PolicyCache } from "../policy-cache.ts";
import { type Claimed, Fault, type Outward, type PageBody, type Paging } from "../ports.ts";
import { recordedEscalation } from "../reads/newest-escalation.ts";
import { threadRows } from "./message-rows.ts";
import { pagesFor } from "./outbox-rows.ts";
import { deliverThrough, nothingToSend, type OutboxSenderParts } from "./outbox-sender.ts";

/** Sends outbox rows to pagers. A page is drawn when it is sent, from the newest state. */

export interface PageParts extends OutboxSenderParts {
  readonly journal: Journal;
  readonly rules: PolicyCache;
  readonly outward: Pick<Outward, "pace" | "page">;
}

/** Sends the rows that one pager may receive now. Returns in how many ms there is more, or null. */
export function deliverPages(parts: PageParts, pager: string): Promise<Millis | null> {
  return deliverThrough(parts, {
    name: pagesFor(pager),
    pace: parts.outward.pace,
    draw: (claimed) => drawn(parts, claimed),
  });
}

/** After this many failed attempts (about a minute) the thread says that nobody was paged. */
const inVain = 6;

async function drawn(
  parts: PageParts,
  { message, attempts }: Claimed,
): Promise<() => Promise<unknown>> {
  const { body } = message;
  if (body.kind !== "page") return nothingToSend;
  const pager = (await parts.journal.look([])).situation("").policy.wake.get(body.pager);
  const paging = await pagingOf(parts, body);
  if (!pager || !paging) return nothingToSend;
  return async () => {
    try {
      await parts.outward.page(pager, paging, attempts);
    } catch (fault) {
      const isOver = fault instanceof Fault && fault.retry === "never";
      const isSilence = attempts >= inVain && paging.action === "trigger";
      if (isOver || isSilence) await admit(parts, { pager, id: body.escalation, isOver });
      throw fault;
    }
  };
}

async function pagingOf(
  parts: PageParts,
  { escalation: id, passed }: PageBody,
): Promise<Paging | null> {
  const seen = await recordedEscalation(parts, id);
  if (!seen) return null;
  const { view, escalation } = seen;
  const { severity, deployment, trigger, openedAt } = escalation;
  return {
    escalation: id,
    severity,
    deployment,
    trigger,
    openedAt,
    action: actionFor(escalation, passed),
    summary: inOneSentence(view, { escalation }),
  };
}

function actionFor({ status, acknowledged }: EscalationState, passed: boolean): Paging["action"] {
  if (status !== "open") return "resolve";
  return acknowledged.length > 0 && !passed ? "acknowledge" : "trigger";
}

/**
 * Says once in the escalation's thread that paging failed, and mentions the people who are asked,
 * because no pager reaches them.
 */
async function admit(
  { store, journal }: PageParts,
  {
    pager,
    id,
    isOver,
  }: { readonly pager: Pager; readonly id: EscalationId; readonly isOver: boolean },
): Promise<void> {
  const key = `${isOver ? "not-rung" : "rings-in-vain"}:${pager.id}:${id}`;
  if (await store.receipt(key)) return;
  const escalation = await store.escalation(id);
  if (!escalation) return;
  const { deployment } = escalation;
  const line = isOver ? notRung(pager.id, id) : ringsInVain(pager.id, id);
  await journal.write({ key, surface: "webhook", deployments: [deployment] }, (work) => {
    const situation = work.situation(deployment);
    const live = escalationIn(situation.state, id) ?? escalation;
    const said = { key, to: notifyOf(situation, live), line };
    work.send(({ chats }) => threadRows(chats, live, said));
    return null;
  });
}
