import { setTimeout as pause } from "node:timers/promises";
import { type Fault, SendFault, type Store } from "../../../app/ports.ts";
import type { EscalationId, Millis, PersonId } from "../../../core/ids.ts";
import type { People } from "../../../core/people/person.ts";
import type { Policy } from "../../../core/policy/model.ts";
import { consoleLink } from "../../shared/links.ts";
import type { Bot } from "../bot.ts";
import { type Address, guid, readAddress } from "../inbound/activity.ts";
import type { Directory } from "./directory.ts";
import { refusalOf } from "./faults.ts";

/** Where Teams has a message. */
export interface MessageAddress {
  /** A channel, or the conversation with one person; never with a thread. */
  readonly conversation: string;
  readonly id: string;
}

/**
 * Where things are said in Teams: the policy's channels, conversations with one person, threads.
 */
export interface Destinations {
  /**
   * Does something in a channel of the policy. Where it is closed to us the operator hears of it,
   * and NowhereFault is thrown.
   */
  inChannel<T>(key: string, work: (conversation: string) => Promise<T>): Promise<T>;
  /**
   * Does something in the conversation with one person. Where they cannot be reached any more,
   * everybody hears of it.
   */
  withPerson<T>(
    person: PersonId,
    work: (conversation: string) => Promise<T>,
    everybody?: People,
  ): Promise<T>;
  /** The channel of the policy; null = it is not in Teams. */
  channelNow(key: string): string | null;
  /**
   * Waits a moment for a card that is on its way, so that what is said beside it can lead there.
   */
  cardSoon(escalation: EscalationId): Promise<void>;
  /** Where a card is looked at: in its channel, once it is there, else in the console. */
  linkTo(escalation: EscalationId): Promise<string>;
  /** How a conversation is spoken to. */
  addressOf(conversation: string): Promise<Address>;
  /** Where Teams has what was sent under a key; null = nowhere. */
  placeOf(key: string): Promise<MessageAddress | null>;
  /** The card of an escalation as the root of its thread; null = there is none, or will be none. */
  threadOf(escalation: EscalationId | "", attempts: number): Promise<MessageAddress | null>;
}

export interface DestinationsParts {
  readonly bot: Bot;
  readonly store: Pick<Store, "messageOf" | "conversation" | "newestConversation">;
  readonly directory: Pick<Directory, "again" | "lost">;
  /** The console's address. */
  readonly publicUrl: string;
  readonly people: () => People;
  readonly channels: () => Policy["channels"];
  /** Tells the operator what nobody in the chat can be told. */
  readonly tell: (sentence: string) => void;
}

/** A channel that nobody can speak in before somebody mends it. */
export class ChannelUnavailable extends SendFault {
  constructor(message: string, retryIn: Millis = 300_000) {
    super(message, { retry: "later", arrived: "no", retryIn });
    this.name = "NowhereFault";
  }
}

/** Teams' answers for a channel that the app is not in, that is gone, or where it may not write. */
function isClosed(fault: unknown): boolean {
  const refusal = refusalOf(fault);
  return refusal !== null && (refusal.status === 403 || refusal.status === 404);
}

/** Teams' words for somebody who has blocked the app: MessageWritesBlocked, BotBlockedByUser. */
const blocked = /block/i;

/** As long as somebody who is asked at night would not notice. */
const looks = 5;
const betweenLooks: Millis = 200;

/**
 * A message of a channel, as Teams' clients open it.
 * https://learn.microsoft.com/microsoftteams/platform/concepts/build-and-test/deep-link-teams
 */
function messageLink({ conversation, id }: MessageAddress, tenant: string): string {
  const query = tenant === "" ? "" : `?tenantId=${encodeURIComponent(tenant)}`;
  return `https://teams.microsoft.com/l/message/${encodeURIComponent(conversation)}/${encodeURIComponent(id)}${query}`;
}

/**
 * A line waits for its card so many attempts long (about a minute); a card from before Teams was
 * connected never comes.
 */
const patience = 5;

/**
 * How a conversation is spoken to: as it was last heard from, else as any other of the same bot,
 * since Teams has one address for a tenant.
 */
export function addressBook(store: DestinationsParts["store"]) {
  return async (conversation: string): Promise<Address> => {
    const kept =
      (await store.conversation("teams", conversation)) ??
      (await store.newestConversation("teams"));
    const address = readAddress(kept?.reference);
    if (address) return address;
    // Asking again costs nothing, and whoever has just installed the app waits for what comes.
    throw new ChannelUnavailable("Teams has not told yet where it is", 15_000);
  };
}

export function createDestinations(parts: DestinationsParts): Destinations {
  const { store, channels, publicUrl, tell } = parts;
  const addressOf = addressBook(store);

  const channelId = (key: string): string => {
    const id = channels().get(key)?.teams;
    if (id) return id;
    const sentence = `The policy's channel ${key || "(none)"} has no Teams id, so nothing can be posted there`;
    tell(`${sentence}. Add channels.${key}.teams.`);
    throw new ChannelUnavailable(sentence);
  };

  const placeOf: Destinations["placeOf"] = async (key) => {
    const [conversation = "", id = ""] =
      (await store.messageOf("teams", key))?.place.split("|") ?? [];
    return id === "" ? null : { conversation, id };
  };

  const channelNow: Destinations["channelNow"] = (key) => channels().get(key)?.teams ?? null;

  return {
    placeOf,
    addressOf,
    channelNow,
    cardSoon: async (escalation) => {
      for (let look = 0; look < looks && (await placeOf(`card:${escalation}`)) === null; look += 1)
        await pause(betweenLooks);
    },
    linkTo: async (escalation) => {
      const card = await placeOf(`card:${escalation}`);
      if (card === null) return consoleLink(publicUrl, escalation);
      const { tenant } = await addressOf(card.conversation);
      return messageLink(card, tenant);
    },
    inChannel: async (key, work) => {
      try {
        return await work(channelId(key));
      } catch (fault) {
        if (fault instanceof ChannelUnavailable) {
          tell(
            `${fault.message}. Install the app in the team of ${key}: it speaks once it was spoken to.`,
          );
          throw fault;
        }
        if (!isClosed(fault)) throw fault;
        const { status, code } = answerIn(fault);
        const sentence = `Teams' channel of ${key} takes no messages (${status} ${code})`;
        tell(
          `${sentence}: people are asked directly until somebody installs the app there or names another.`,
        );
        throw new ChannelUnavailable(sentence);
      }
    },
    withPerson: createWithPerson(parts, addressOf),
    threadOf: async (escalation, attempts) => {
      if (escalation === "") return null;
      const card = await placeOf(`card:${escalation}`);
      if (card || attempts > patience) return card;
      throw new SendFault("its card is not there yet", { retry: "later", arrived: "no" });
    },
  };
}

/** Conversations with one person each are kept until Teams has them no more. */
function createWithPerson(
  { bot, people, channels, directory, tell }: DestinationsParts,
  addressOf: Destinations["addressOf"],
): Destinations["withPerson"] {
  const conversations = new Map<string, string>();

  const conversationWith = async (user: string): Promise<string> => {
    const known = conversations.get(user);
    if (known) return known;
    // No conversation in particular: that of any channel speaks for the tenant.
    const id = await bot.conversationWith(await addressOf(""), user);
    conversations.set(user, id);
    return id;
  };

  /**
   * Whether somebody is gone, or wants to hear nothing from us. Who has not added the app for
   * themselves is neither: they are mentioned in the channel.
   */
  const isLost = async (user: string, code: string): Promise<boolean> => {
    if (blocked.test(code)) return true;
    const channel = [...channels().values()].find(({ teams }) => teams !== null)?.teams;
    return channel ? (await directory.again(user, channel))?.is === "unknown" : false;
  };

  /** What a failure to write to somebody comes to. */
  const faultFor = async (
    fault: unknown,
    { person, user, isKept }: DirectRecipient,
  ): Promise<unknown> => {
    if (!isClosed(fault) || fault instanceof ChannelUnavailable) return fault;
    conversations.delete(user);
    const { status, code } = answerIn(fault);
    // A conversation of before may be gone although they are there.
    if (isKept && status === 404)
      return new SendFault(`Teams has this conversation no more (${code})`, {
        retry: "later",
        arrived: "no",
        retryIn: 1_000,
        cause: fault,
      });
    const isGone = await isLost(user, code);
    if (isGone) directory.lost(user);
    tell(
      `Teams lets nobody write to ${people().get(person)?.key ?? "somebody"} (${code}): ${isGone ? "whoever is next is asked in their place." : "they have to add the app for themselves."}`,
    );
    return never("Teams lets nobody write to them");
  };

  return async (person, work, everybody = people()) => {
    const user = guid(everybody.get(person)?.teams ?? "");
    if (user === "") throw never("the policy names no Teams account for them");
    const isKept = conversations.has(user);
    try {
      return await work(await conversationWith(user));
    } catch (fault) {
      throw await faultFor(fault, { person, user, isKept });
    }
  };
}

/** Somebody who was to be written to. */
interface DirectRecipient {
  readonly person: PersonId;
  readonly user: string;
  /** Whether the conversation with them was known before. */
  readonly isKept: boolean;
}

const answerIn = (fault: unknown): NonNullable<ReturnType<typeof refusalOf>> =>
  refusalOf(fault) ?? { status: 0, code: "" };

const never = (sentence: string): Fault =>
  new SendFault(sentence, { retry: "never", arrived: "no" });
