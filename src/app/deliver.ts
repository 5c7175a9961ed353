import type { Card } from "../core/card.ts";
import { cardOf } from "../core/card-of.ts";
import type { EscalationId } from "../core/ids.ts";
import { withRecords } from "./decide.ts";
import type { Journal } from "./journal.ts";
import { type Chat, type Claimed, type Clock, Fault, type Outgoing, type Store } from "./ports.ts";
import type { Rules } from "./rules.ts";

/** Sends what was committed. A row is claimed, sent once, and settled; whoever dies in between leaves it to be claimed again. */

export interface DeliverParts {
  readonly store: Store;
  readonly journal: Journal;
  readonly rules: Rules;
  readonly clock: Clock;
  readonly log: (fault: unknown, key: string) => void;
}

const atOnce = 50;
const leaseMs = 30_000;

/** Delivers everything waiting for one chat. */
export const deliverWaiting = async (parts: DeliverParts, chat: Chat): Promise<number> => {
  let total = 0;
  for (;;) {
    const claimed = await parts.store.claimOutbox(chat.name, atOnce, leaseMs);
    if (claimed.length === 0) return total;
    let sent = 0;
    for (const one of claimed) sent += (await send(parts, chat, one)) ? 1 : 0;
    total += claimed.length;
    // Nothing gets through: the next wake-up tries again. Going on here would spin while the database's clock is ahead of ours.
    if (sent === 0) return total;
  }
};

/** Answers whether it got through. */
const send = async (parts: DeliverParts, chat: Chat, claimed: Claimed): Promise<boolean> => {
  const { store, clock, log, rules } = parts;
  const { message, id, fence } = claimed;
  try {
    if (isCard(message)) {
      const card = await newestCard(parts, message.body.escalation);
      if (card) await chat.showCard(message, card);
    } else if (isLine(message)) await chat.say(message, rules.people());
    await store.sent(id, fence);
    return true;
  } catch (fault) {
    log(fault, message.key);
    const never = fault instanceof Fault && fault.retry === "never";
    const wait = Math.min(60_000, 1_000 * 2 ** Math.min(claimed.attempts, 6));
    await store.failed(
      id,
      fence,
      never ? null : clock.now() + wait,
      fault instanceof Error ? fault.message : String(fault),
    );
    return false;
  }
};

type CardMessage = Outgoing & { readonly body: { readonly kind: "card" } };
type LineMessage = Outgoing & { readonly body: { readonly kind: "line" } };

const isCard = (message: Outgoing): message is CardMessage => message.body.kind === "card";
const isLine = (message: Outgoing): message is LineMessage => message.body.kind === "line";

/** The card as it stands now, whatever it said when the row was written. */
export const newestCard = async (
  { store, journal, rules }: Pick<DeliverParts, "store" | "journal" | "rules">,
  id: EscalationId,
): Promise<Card | undefined> => {
  const escalation = await store.escalation(id);
  if (!escalation) return undefined;
  const desk = await journal.look([escalation.deployment]);
  await rules.load([desk.org.policy, escalation.policy]);
  const telling = await withRecords(store, desk, escalation.deployment, escalation);
  const evidence = telling.situation.evidence.has(id)
    ? telling.situation.evidence
    : await store.evidenceOf([id]);
  const live = telling.situation.state.escalations.find((one) => one.id === id);
  return cardOf({ ...telling, situation: { ...telling.situation, evidence } }, live ?? escalation);
};
