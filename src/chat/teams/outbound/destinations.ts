import { SendFault, type Store } from "../../../app/ports.ts";
import type { PersonId } from "../../../core/ids.ts";
import type { People } from "../../../core/people/person.ts";
import type { Policy } from "../../../core/policy/model.ts";
import {
  ChannelUnavailable,
  createSentMessages,
  type Destinations,
  noChannelId,
  unreachable,
} from "../../shared/destinations.ts";
import { consoleLink } from "../../shared/links.ts";
import type { MessageAddress } from "../../shared/message-sender.ts";
import type { Bot } from "../bot.ts";
import { type Address, guid, readAddress } from "../inbound/activity.ts";
import type { Directory } from "./directory.ts";
import { refusalOf } from "./faults.ts";

export interface TeamsDestinations extends Destinations {
  /** How a conversation is spoken to. */
  conversationAddress(conversation: string): Promise<Address>;
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

/** Teams' answers for a channel that the app is not in, that is gone, or where it may not write. */
function isClosed(fault: unknown): boolean {
  const refusal = refusalOf(fault);
  return refusal !== null && (refusal.status === 403 || refusal.status === 404);
}

/** Teams' words for somebody who has blocked the app: MessageWritesBlocked, BotBlockedByUser. */
const blocked = /block/i;

/**
 * A message of a channel, as Teams' clients open it.
 * https://learn.microsoft.com/microsoftteams/platform/concepts/build-and-test/deep-link-teams
 */
function messageLink({ channel, id }: MessageAddress, tenant: string): string {
  const query = tenant === "" ? "" : `?tenantId=${encodeURIComponent(tenant)}`;
  return `https://teams.microsoft.com/l/message/${encodeURIComponent(channel)}/${encodeURIComponent(id)}${query}`;
}

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

export function createDestinations(parts: DestinationsParts): TeamsDestinations {
  const { store, channels, publicUrl, tell } = parts;
  const conversationAddress = addressBook(store);
  const sent = createSentMessages({ chat: "teams", separator: "|", store });
  const channelNow: Destinations["channelNow"] = async (key) => channels().get(key)?.teams ?? null;

  return {
    ...sent,
    conversationAddress,
    channelNow,
    linkTo: async (escalation) => {
      const card = await sent.addressOf(`card:${escalation}`);
      if (card === null) return consoleLink(publicUrl, escalation);
      const { tenant } = await conversationAddress(card.channel);
      return messageLink(card, tenant);
    },
    inChannel: async (key, work) => {
      const channel = await channelNow(key);
      if (channel === null) throw noChannelId("teams", key, tell);
      try {
        return await work(channel);
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
    withPerson: createWithPerson(parts, conversationAddress),
  };
}

/** Conversations with one person each are kept until Teams has them no more. */
function createWithPerson(
  { bot, people, channels, directory, tell }: DestinationsParts,
  addressOf: TeamsDestinations["conversationAddress"],
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
    return unreachable("Teams lets nobody write to them");
  };

  return async (person, work, everybody = people()) => {
    const user = guid(everybody.get(person)?.teams ?? "");
    if (user === "") throw unreachable("the policy names no Teams account for them");
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
