import type { Card } from "../core/card.ts";
import { cardOf } from "../core/card-of.ts";
import type { EscalationId, Millis, PersonId } from "../core/ids.ts";
import { withRecords } from "./decide.ts";
import type { Journal } from "./journal.ts";
import { deliverThrough, nothing, type OutletParts } from "./outlet.ts";
import type { Chat, Claimed, Digest } from "./ports.ts";
import type { Rules } from "./rules.ts";

/** What chats are told, drawn when it is sent. */

export interface DeliverParts extends OutletParts {
  readonly journal: Journal;
  readonly rules: Rules;
  /** A person's digest as it stands now; null = nothing to say any more. `date` is the person's local day. */
  readonly digestOf: (person: PersonId, date: string) => Promise<Digest | null>;
}

/** Delivers what may be said to one chat now; answers in how many ms there is more, or null. */
export const deliverWaiting = (parts: DeliverParts, chat: Chat): Promise<Millis | null> =>
  deliverThrough(parts, {
    name: chat.name,
    pace: chat.pace,
    draw: (claimed) => drawn(parts, chat, claimed),
  });

/** What there is to do for a row, drawn from what is true now. A row with nothing left to say is done. */
const drawn = async (
  parts: DeliverParts,
  chat: Chat,
  { message, doubtSince, attempts }: Claimed,
): Promise<() => Promise<void>> => {
  const { journal, rules, digestOf } = parts;
  const { body } = message;
  if (body.kind !== "card") await journal.look([]); // another process may have adopted a policy with new people
  switch (body.kind) {
    case "card": {
      const card = await newestCard(parts, body.escalation);
      return async () => card && chat.showCard({ ...message, body, doubtSince, attempts }, card);
    }
    case "line":
      return () => chat.say({ ...message, body, doubtSince, attempts }, rules.people());
    case "direct":
      if (!chat.direct) return nothing;
      return () => chat.whisper({ ...message, body, doubtSince, attempts }, rules.people());
    case "digest": {
      if (!chat.direct) return nothing;
      const digest = await digestOf(body.person, body.date);
      const person = rules.person(body.person);
      if (!digest || !person) return nothing;
      return () => chat.digest({ ...message, body, doubtSince, attempts }, digest, person);
    }
    case "notice":
    case "page":
      return nothing; // never for a chat
  }
};

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
