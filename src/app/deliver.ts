import type { Card } from "../core/card.ts";
import { cardOf } from "../core/card-of.ts";
import type { EscalationId, Millis, PersonId } from "../core/ids.ts";
import { withRecords } from "./decide.ts";
import type { Journal } from "./journal.ts";
import {
  type Chat,
  type Claimed,
  type Digest,
  Fault,
  type Pace,
  type SendFailure,
  SendFault,
  type Store,
} from "./ports.ts";
import type { Rules } from "./rules.ts";

/**
 * Sends what was committed. A row is claimed, sent once, and settled; whoever dies in between leaves it to be claimed again, with
 * the doubt whether it arrived.
 */

export interface DeliverParts {
  readonly store: Store;
  readonly journal: Journal;
  readonly rules: Rules;
  /** A person's digest as it stands now; null = nothing to say any more. `date` is the person's local day. */
  readonly digestOf: (person: PersonId, date: string) => Promise<Digest | null>;
  readonly log: (fault: unknown, key: string) => void;
}

/** Channels that are spoken to at the same time. */
const lanesAtOnce = 8;

const claimedAtOnce = 50;

/**
 * Delivers what may be said to one chat now; answers in how many ms there is more, or null. A batch is no larger than what is sent
 * at once, so that no lease runs out in a queue.
 */
export const deliverWaiting = async (parts: DeliverParts, chat: Chat): Promise<Millis | null> => {
  const { store } = parts;
  const limit = Math.min(claimedAtOnce, lanesAtOnce * chat.pace.perLane);
  for (;;) {
    const claimed = await store.claimOutbox(chat.name, limit, chat.pace);
    const sent = await sendLanes(parts, chat, claimed);
    // Nothing gets through: going on here would only wear out the patience of whoever is being asked.
    if (sent === 0) return store.nextOutbox(chat.name, chat.pace);
  }
};

/** Sends the rows of a lane one after another, and lanes side by side; answers how many rows got through. */
const sendLanes = async (
  parts: DeliverParts,
  chat: Chat,
  claimed: readonly Claimed[],
): Promise<number> => {
  const lanes = new Map<string, Claimed[]>();
  for (const one of claimed)
    lanes.set(one.message.lane, [...(lanes.get(one.message.lane) ?? []), one]);
  const waiting = [...lanes.values()];
  let sent = 0;
  const speak = async (): Promise<void> => {
    for (let lane = waiting.shift(); lane; lane = waiting.shift())
      for (const one of lane) sent += (await send(parts, chat, one)) ? 1 : 0;
  };
  // Every lane ends before this does, whatever happens in another: nothing goes on behind the worker's back.
  const ended = await Promise.allSettled(Array.from({ length: lanesAtOnce }, speak));
  for (const one of ended) if (one.status === "rejected") throw one.reason;
  return sent;
};

/** Answers whether it got through. */
const send = async (parts: DeliverParts, chat: Chat, claimed: Claimed): Promise<boolean> => {
  const { store, log } = parts;
  const { message, id, fence } = claimed;
  let begun = false;
  try {
    const say = await drawn(parts, chat, claimed);
    begun = true;
    await say();
    await store.sent(id, fence);
    return true;
  } catch (fault) {
    log(fault, message.key);
    await store.failed(id, fence, failureOf(fault, { begun, claimed, pace: chat.pace }));
    return false;
  }
};

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
  }
};

const nothing = async (): Promise<void> => undefined;

/** What is known of a failure: only a chat can say that a message certainly did not arrive, unless it was never asked. */
const failureOf = (
  fault: unknown,
  {
    begun,
    claimed,
    pace,
  }: { readonly begun: boolean; readonly claimed: Claimed; readonly pace: Pace },
): SendFailure => {
  const told = fault instanceof SendFault ? fault : null;
  const usual = Math.min(60_000, pace.retryMs * 2 ** Math.min(claimed.attempts - 1, 10));
  const wait = told?.arrived === "perhaps" ? Math.max(usual, pace.doubtMs) : usual;
  const never = fault instanceof Fault && fault.retry === "never";
  return {
    retryIn: never ? null : (told?.retryIn ?? wait),
    doubt: told ? told.arrived === "perhaps" : begun,
    holdLane: told?.holdLane ?? null,
    error: fault instanceof Error ? fault.message : String(fault),
  };
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
