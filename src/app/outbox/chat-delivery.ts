import { directOf } from "../../core/card/direct-message.ts";
import type { ViewContext } from "../../core/card/view-context.ts";
import type { Millis, PersonId } from "../../core/ids.ts";
import { linkBehind, spokenBy } from "../../core/people/login-links.ts";
import { accountChats, type People, type Person } from "../../core/people/person.ts";
import type { Journal } from "../journal.ts";
import type { PolicyCache } from "../policy-cache.ts";
import type { Chat, Claimed, DailyDigest, Outgoing } from "../ports.ts";
import { newest, newestCard } from "../reads/newest-escalation.ts";
import { formerly } from "./outbox-rows.ts";
import { deliverThrough, nothingToSend, type OutboxSenderParts } from "./outbox-sender.ts";

/** Sends outbox rows to the chats. A message is drawn when it is sent, from the newest state. */

export interface DeliverParts extends OutboxSenderParts {
  readonly journal: Journal;
  readonly rules: PolicyCache;
  /**
   * A person's digest as of now; null = nothing is due any more. `date` (YYYY-MM-DD) is the
   * person's local day.
   */
  readonly dailyDigest: (person: PersonId, date: string) => Promise<DailyDigest | null>;
}

/** Sends the rows that one chat may receive now. Returns in how many ms there is more, or null. */
export function deliverWaiting(parts: DeliverParts, chat: Chat): Promise<Millis | null> {
  return deliverThrough(parts, {
    name: chat.name,
    pace: chat.pace,
    draw: (claimed) => drawn(parts, chat, claimed),
  });
}

/**
 * Prepares the sending of a row. A row with nothing left to say does nothing and counts as sent.
 */
async function drawn(
  parts: DeliverParts,
  chat: Chat,
  claimed: Claimed,
): Promise<() => Promise<void>> {
  const { journal, rules } = parts;
  const { message, doubtSince, attempts } = claimed;
  const { body } = message;
  // another process may have adopted a policy with new people
  if (body.kind !== "card") await journal.look([]);
  switch (body.kind) {
    case "card": {
      const card = await newestCard(parts, body.escalation);
      return async () => card && chat.showCard({ ...message, body, doubtSince, attempts }, card);
    }
    case "line":
      return () => chat.say({ ...message, body, doubtSince, attempts }, rules.people());
    case "direct": {
      if (!chat.direct) return nothingToSend;
      const now = await newsFor(parts, chat, body);
      const told = { ...message, body: { ...body, ...now }, doubtSince, attempts };
      return () => chat.directMessage(told, reachedAt(rules, body));
    }
    case "directs": {
      if (!chat.direct) return nothingToSend;
      const seen = await newest(parts, body.escalation);
      if (!seen) return nothingToSend;
      const { view, escalation } = seen;
      return () =>
        chat.amend(
          { ...message, body, doubtSince, attempts },
          (person) => directOf(heardIn(view, chat, person), escalation, person),
          rules.people(),
        );
    }
    case "digest":
      return digestTo(parts, { chat, claimed, body });
    case "notice":
    case "page":
    case "checkpoint":
      return nothingToSend; // never for a chat
  }
}

async function digestTo(
  { rules, dailyDigest }: DeliverParts,
  {
    chat,
    claimed: { message, doubtSince, attempts },
    body,
  }: {
    readonly chat: Chat;
    readonly claimed: Claimed;
    readonly body: Extract<Outgoing["body"], { readonly kind: "digest" }>;
  },
): Promise<() => Promise<void>> {
  if (!chat.direct) return nothingToSend;
  const digest = await dailyDigest(body.person, body.date);
  const person = rules.person(body.person);
  if (!digest || !person) return nothingToSend;
  return () => chat.digest({ ...message, body, doubtSince, attempts }, digest, person);
}

/** The new content of a direct message if its escalation was decided meanwhile; else empty. */
async function newsFor(
  parts: DeliverParts,
  chat: Chat,
  { escalation: id, person }: Direct,
): Promise<Partial<Direct>> {
  const seen = id === "" ? undefined : await newest(parts, id);
  if (!seen || seen.escalation.status === "open") return {};
  return directOf(heardIn(seen.view, chat, person), seen.escalation, person);
}

/**
 * The view for one person in a chat: the buttons depend on whether their account there was linked
 * in a session of a login link.
 */
function heardIn(view: ViewContext, { name }: Chat, person: PersonId): ViewContext {
  const chat = accountChats.find((accountChat) => accountChat === name);
  if (chat === undefined) return view;
  const link = linkBehind(view.situation.org, person, chat);
  return { ...view, situation: spokenBy(view.situation, link) };
}

type Direct = Extract<Outgoing["body"], { readonly kind: "direct" }>;

/** All people; the recipient with the accounts that the row names, which may be former ones. */
const reachedAt = (
  rules: PolicyCache,
  { person, accounts }: { readonly person: PersonId; readonly accounts?: Accounts },
): People =>
  accounts
    ? new Map([...rules.people(), [person, formerly(person, accounts, rules.person(person))]])
    : rules.people();

type Accounts = Pick<Person, "slack" | "teams">;
