import {
  type Clock,
  Fault,
  type Inbound,
  type Random,
  type Reply,
  type Store,
  type Views,
} from "../../../app/ports.ts";
import type { Instant } from "../../../core/ids.ts";
import type { Policy } from "../../../core/policy/model.ts";
import type { ButtonContext } from "../../shared/button-payload.ts";
import { refusal } from "../../shared/request-helpers.ts";
import type { Bot } from "../bot.ts";
import type { TeamsMessage } from "../render/card.ts";
import { homeCard } from "../render/home.ts";
import {
  type Address,
  addressIn,
  type Fields,
  type Sender,
  senderOf,
  threadIn,
} from "./activity.ts";
import { type ActorParts, type Actors, createActors } from "./actor.ts";

/** What the inbound side needs of the application. */
export interface InboundParts extends ActorParts {
  readonly bot: Bot;
  readonly inbound: Inbound;
  readonly views: Views;
  readonly store: Pick<
    Store,
    | ("messageAt" | "messageOf" | "saveMessage" | "firstSight" | "ping")
    | ("conversation" | "saveConversation")
  >;
  readonly clock: Clock;
  readonly random: Pick<Random, "id">;
  readonly channels: () => Policy["channels"];
  /** The policy's key of the channel a deployment belongs to. */
  readonly channelOf: (deployment: string) => string;
  readonly publicUrl: string;
  /** Logs a fault and answers the reference that a person may be shown. */
  readonly report: (fault: unknown, what: string) => string;
}

/** A command that was typed, pressed or submitted. */
export interface SaidInTeams extends ButtonContext {
  readonly sender: Sender;
  readonly line: string;
  /** The idempotency key. */
  readonly key: string;
  /** Whether only this person reads the answer. */
  readonly isPrivate: boolean;
}

/** What the request handlers share. */
export interface InboundContext extends InboundParts {
  readonly actors: Actors;
  /** Runs the command; what it changes is committed before the answer. */
  ask(said: SaidInTeams): Promise<Reply>;
  /**
   * Answers in the conversation; what it tells is already committed. A failure takes nothing back
   * and is logged without the text.
   */
  reply(activity: Fields, message: TeamsMessage): Promise<void>;
  /** Answers one person privately; returns whether Teams accepted it. */
  replyPrivately(activity: Fields, message: TeamsMessage): Promise<boolean>;
  /** One person's home. */
  home(sender: Sender): Promise<TeamsMessage>;
  /** Stores the conversation's address if it has changed. */
  remember(activity: Fields): Promise<void>;
  /** The policy's key of a Teams conversation; "" = none of the policy's. */
  channelKey(conversation: string): string;
}

/** How long a stored address is not written again. */
const freshFor = 3_600_000;
const mostRemembered = 10_000;

export function createInboundContext(parts: InboundParts): InboundContext {
  const { bot, views, inbound, clock, channels, channelOf, publicUrl, report, store } = parts;
  const actors = createActors(parts);
  const remembered = new Map<string, { readonly what: string; readonly at: Instant }>();

  const tell = async (what: string, send: () => Promise<unknown>): Promise<boolean> => {
    try {
      await send();
      return true;
    } catch (fault) {
      report(new Error(fault instanceof Error ? fault.message : String(fault)), what);
      return false;
    }
  };

  const keep = async (id: string, address: Address): Promise<void> => {
    const what = JSON.stringify(address);
    const before = remembered.get(id);
    const now = clock.now();
    if (before?.what === what && Math.abs(now - before.at) < freshFor) return;
    await store.saveConversation("teams", { id, reference: address, at: now });
    if (remembered.size >= mostRemembered) remembered.clear();
    remembered.set(id, { what, at: now });
  };

  return {
    ...parts,
    actors,
    ask: async ({ sender, line, key, version, escalation, channel, isPrivate }) => {
      const refused = await actors.refusal(sender, line);
      if (refused !== null) return refusal(refused);
      return inbound.run({
        speaker: { is: "account", account: { chat: "teams", id: sender.account } },
        surface: "teams",
        line,
        key,
        version,
        private: isPrivate,
        channel: channel === "" ? null : channel,
        escalation: escalation === "" ? null : escalation,
      });
    },
    reply: async (activity, message) => {
      await tell("teams answer", () =>
        bot.post(addressIn(activity), senderOf(activity).conversation, message),
      );
    },
    replyPrivately: (activity, message) =>
      tell("teams answer", async () => {
        const address = addressIn(activity);
        const { id, account } = senderOf(activity);
        const conversation = await bot.conversationWith(address, id === "" ? account : id);
        await bot.post(address, conversation, message);
      }),
    home: async (sender) => {
      // reads the people again: they may have linked this account a moment ago
      await views.people();
      const person = actors.person(sender);
      const shown = person === null ? null : await views.forPerson(person.id, "teams");
      return homeCard(shown, { channelOf, now: clock.now(), publicUrl });
    },
    remember: async (activity) => {
      const { channel } = threadIn(senderOf(activity).conversation);
      if (channel !== "")
        await tell("teams conversation", () => keep(channel, addressIn(activity)));
    },
    channelKey: (conversation) => {
      const { channel } = threadIn(conversation);
      return [...channels().values()].find(({ teams }) => teams === channel)?.id ?? "";
    },
  };
}

/**
 * The inbound context while the database does not answer: nothing is recorded, and every answer
 * says so.
 */
export function closedContext(context: InboundContext): InboundContext {
  return {
    ...context,
    ask: async ({ key, line }) => context.inbound.unasked(key, line),
    home: away,
    views: { ...context.views, card: away },
    store: {
      messageAt: nothing,
      messageOf: nothing,
      conversation: nothing,
      firstSight: async () => true,
      saveMessage: away,
      saveConversation: away,
      ping: away,
    },
    remember: nothing,
  };
}

const nothing = async (): Promise<undefined> => undefined;

async function away(): Promise<never> {
  throw new Fault("the database does not answer", "later");
}
