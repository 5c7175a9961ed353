import type { Card } from "../core/card.ts";
import { cardOf } from "../core/card-of.ts";
import { directOf } from "../core/direct-of.ts";
import type { EscalationId, Millis, PersonId } from "../core/ids.ts";
import { linkBehind, spokenBy } from "../core/login-links.ts";
import { accountChats, type People, type Person } from "../core/people.ts";
import type { EscalationState } from "../core/state.ts";
import type { Telling } from "../core/telling.ts";
import type { Journal } from "./journal.ts";
import { deliverThrough, nothing, type OutletParts } from "./outlet.ts";
import type { Chat, Claimed, Digest, Outgoing } from "./ports.ts";
import { withRecords } from "./records.ts";
import type { Rules } from "./rules.ts";
import { formerly } from "./told-rows.ts";

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
  claimed: Claimed,
): Promise<() => Promise<void>> => {
  const { journal, rules } = parts;
  const { message, doubtSince, attempts } = claimed;
  const { body } = message;
  if (body.kind !== "card") await journal.look([]); // another process may have adopted a policy with new people
  switch (body.kind) {
    case "card": {
      const card = await newestCard(parts, body.escalation);
      return async () => card && chat.showCard({ ...message, body, doubtSince, attempts }, card);
    }
    case "line":
      return () => chat.say({ ...message, body, doubtSince, attempts }, rules.people());
    case "direct": {
      if (!chat.direct) return nothing;
      const now = await newsFor(parts, chat, body);
      const told = { ...message, body: { ...body, ...now }, doubtSince, attempts };
      return () => chat.whisper(told, reachedAt(rules, body));
    }
    case "directs": {
      if (!chat.direct) return nothing;
      const seen = await newest(parts, body.escalation);
      if (!seen) return nothing;
      const { telling, escalation } = seen;
      return () =>
        chat.amend(
          { ...message, body, doubtSince, attempts },
          (person) => directOf(heardIn(telling, chat, person), escalation, person),
          rules.people(),
        );
    }
    case "digest":
      return digestTo(parts, chat, claimed, body);
    case "notice":
    case "page":
      return nothing; // never for a chat
  }
};

/** The day's digest to one person, if there is still something to say. */
const digestTo = async (
  { rules, digestOf }: DeliverParts,
  chat: Chat,
  { message, doubtSince, attempts }: Claimed,
  body: Extract<Outgoing["body"], { readonly kind: "digest" }>,
): Promise<() => Promise<void>> => {
  if (!chat.direct) return nothing;
  const digest = await digestOf(body.person, body.date);
  const person = rules.person(body.person);
  if (!digest || !person) return nothing;
  return () => chat.digest({ ...message, body, doubtSince, attempts }, digest, person);
};

/** What somebody was to be told, where it is decided meanwhile: then they are told that. */
const newsFor = async (
  parts: DeliverParts,
  chat: Chat,
  { escalation: id, person }: Direct,
): Promise<Partial<Direct>> => {
  const seen = id === "" ? undefined : await newest(parts, id);
  if (!seen || seen.escalation.status === "open") return {};
  return directOf(heardIn(seen.telling, chat, person), seen.escalation, person);
};

/** What somebody is offered in a chat depends on what their account there rests on. */
const heardIn = (telling: Telling, { name }: Chat, person: PersonId): Telling => {
  const chat = accountChats.find((one) => one === name);
  if (chat === undefined) return telling;
  const link = linkBehind(telling.situation.org, person, chat);
  return { ...telling, situation: spokenBy(telling.situation, link) };
};

type Direct = Extract<Outgoing["body"], { readonly kind: "direct" }>;

/** Everybody, and whoever is spoken to where they were reached before. */
const reachedAt = (
  rules: Rules,
  { person, accounts }: { readonly person: PersonId; readonly accounts?: Accounts },
): People =>
  accounts
    ? new Map([...rules.people(), [person, formerly(person, accounts, rules.person(person))]])
    : rules.people();

type Accounts = Pick<Person, "slack" | "teams">;

/** The card as it stands now, whatever it said when the row was written. */
export const newestCard = async (
  parts: NewestParts,
  id: EscalationId,
): Promise<Card | undefined> => {
  const seen = await newest(parts, id);
  return seen && cardOf(seen.telling, seen.escalation);
};

type NewestParts = Pick<DeliverParts, "store" | "journal" | "rules">;

/** An escalation as it stands now, and everything there is to say of it. */
export const newest = async (
  { store, journal, rules }: NewestParts,
  id: EscalationId,
): Promise<{ readonly telling: Telling; readonly escalation: EscalationState } | undefined> => {
  const escalation = await store.escalation(id);
  if (!escalation) return undefined;
  const desk = await journal.look([escalation.deployment]);
  await rules.load([desk.org.policy, escalation.policy]);
  const telling = await withRecords(store, desk, escalation.deployment, escalation);
  const evidence = telling.situation.evidence.has(id)
    ? telling.situation.evidence
    : await store.evidenceOf([id]);
  const live = telling.situation.state.escalations.find((one) => one.id === id);
  return {
    telling: { ...telling, situation: { ...telling.situation, evidence } },
    escalation: live ?? escalation,
  };
};
