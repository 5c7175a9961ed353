import { setTimeout as pause } from "node:timers/promises";
import { SendFault, type Store } from "../../app/ports.ts";
import type { EscalationId, Millis, PersonId } from "../../core/ids.ts";
import type { AccountChat, People } from "../../core/people/person.ts";
import type { MessageAddress } from "./message-sender.ts";

/** Where a chat has its messages, by the keys under which they were sent. */
export interface SentMessages {
  /** Where the message of a key is; null = nowhere. */
  addressOf(key: string): Promise<MessageAddress | null>;
  /** An address as it is stored. */
  stored(address: MessageAddress): string;
  /**
   * Waits a moment for a card that is on its way, so that what is said beside it can lead there.
   */
  cardSoon(escalation: EscalationId): Promise<void>;
  /** The card of an escalation as the root of its thread; null = there is none, or will be none. */
  threadOf(escalation: EscalationId | "", attempts: number): Promise<MessageAddress | null>;
}

/** The places where a chat sends: the policy's channels, conversations with one person, threads. */
export interface Destinations extends SentMessages {
  /**
   * Does something in a channel of the policy. Where the channel cannot be used, tells the operator
   * and throws ChannelUnavailable.
   */
  inChannel<T>(key: string, work: (channel: string) => Promise<T>): Promise<T>;
  /**
   * Does something in the conversation with one person. If they can no longer be reached, the
   * directory learns it.
   */
  withPerson<T>(
    person: PersonId,
    work: (conversation: string) => Promise<T>,
    everybody?: People,
  ): Promise<T>;
  /** The platform's current id of a channel of the policy; null = it is not in this chat. */
  channelNow(key: string): Promise<string | null>;
  /** The link to a card: in its channel once it is there, else in the console. */
  linkTo(escalation: EscalationId): Promise<string>;
}

/** A channel in which nothing can be posted until somebody changes its settings or the policy. */
export class ChannelUnavailable extends SendFault {
  constructor(message: string, retryIn: Millis = 300_000) {
    super(message, { retry: "later", arrived: "no", retryIn });
    this.name = "ChannelUnavailable";
  }
}

/** The fault of a channel of the policy that has no id in this chat; the operator is told. */
export function noChannelId(
  chat: AccountChat,
  key: string,
  tell: (sentence: string) => void,
): ChannelUnavailable {
  const platform = chat === "slack" ? "Slack" : "Teams";
  const sentence = `The policy's channel ${key || "(none)"} has no ${platform} id, so nothing can be posted there`;
  tell(`${sentence}. Add channels.${key}.${chat}.`);
  return new ChannelUnavailable(sentence);
}

/** The fault of somebody who cannot be written to: trying again does not help. */
export function unreachable(sentence: string): SendFault {
  return new SendFault(sentence, { retry: "never", arrived: "no" });
}

/**
 * How often, and how long apart, a card is looked for before a message goes out without its link.
 */
const looks = 5;
const betweenLooks: Millis = 200;

/**
 * A line waits for its card for so many attempts (about a minute); a card from before the chat was
 * connected never comes.
 */
const patience = 5;

/** An address is stored as its channel, the separator and its id. */
export function createSentMessages({
  chat,
  separator,
  store,
  channelNow = async (channel) => channel,
}: {
  readonly chat: AccountChat;
  readonly separator: string;
  readonly store: Pick<Store, "messageOf">;
  /** The current id of a channel that is stored under an older one. */
  readonly channelNow?: (channel: string) => Promise<string>;
}): SentMessages {
  const addressOf: SentMessages["addressOf"] = async (key) => {
    const place = (await store.messageOf(chat, key))?.place ?? "";
    const [channel = "", id = ""] = place.split(separator);
    return id === "" ? null : { channel: await channelNow(channel), id };
  };
  return {
    addressOf,
    stored: ({ channel, id }) => `${channel}${separator}${id}`,
    cardSoon: async (escalation) => {
      const key = `card:${escalation}`;
      for (let look = 0; look < looks && (await addressOf(key)) === null; look += 1)
        await pause(betweenLooks);
    },
    threadOf: async (escalation, attempts) => {
      if (escalation === "") return null;
      const card = await addressOf(`card:${escalation}`);
      if (card || attempts > patience) return card;
      throw new SendFault("its card is not there yet", { retry: "later", arrived: "no" });
    },
  };
}
