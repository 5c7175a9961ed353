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
  /** The address for messages to a conversation. */
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
  /** Tells the operator. */
  readonly tell: (sentence: string) => void;
}

/**
 * Whether Teams refused a channel: the app is not in it, it is gone, or the app may not write
 * there.
 */
function isClosed(fault: unknown): boolean {
  const refusal = refusalOf(fault);
  return refusal !== null && (refusal.status === 403 || refusal.status === 404);
}

/** Teams' codes for a person who has blocked the app: MessageWritesBlocked, BotBlockedByUser. */
const blocked = /block/i;

/**
 * The link that opens a channel's message in Teams.
 * https://learn.microsoft.com/microsoftteams/platform/concepts/build-and-test/deep-link-teams
 */
function messageLink({ channel, id }: MessageAddress, tenant: string): string {
  const query = tenant === "" ? "" : `?tenantId=${encodeURIComponent(tenant)}`;
  return `https://teams.microsoft.com/l/message/${encodeURIComponent(channel)}/${encodeURIComponent(id)}${query}`;
}

/**
 * The address for messages to a conversation: the last known one, else that of any other
 * conversation of the bot, since Teams has one service URL for a tenant.
 */
export function addressBook(store: DestinationsParts["store"]) {
  return async (conversation: string): Promise<Address> => {
    const kept =
      (await store.conversation("teams", conversation)) ??
      (await store.newestConversation("teams"));
    const address = readAddress(kept?.reference);
    if (address) return address;
    // A short pause: whoever has just installed the app waits for the first message.
    throw new ChannelUnavailable("Teams has not sent its service address yet", 15_000);
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

/** Opens conversations with one person each, and caches them until Teams no longer has them. */
function createWithPerson(
  { bot, people, channels, directory, tell }: DestinationsParts,
  addressOf: TeamsDestinations["conversationAddress"],
): Destinations["withPerson"] {
  const conversations = new Map<string, string>();

  const conversationWith = async (user: string): Promise<string> => {
    const known = conversations.get(user);
    if (known) return known;
    // "": the address of any channel is valid for the tenant.
    const id = await bot.conversationWith(await addressOf(""), user);
    conversations.set(user, id);
    return id;
  };

  /**
   * Whether a person has left, or has blocked the app. Who has not added the app for themselves is
   * neither: they are mentioned in the channel.
   */
  const isLost = async (user: string, code: string): Promise<boolean> => {
    if (blocked.test(code)) return true;
    const channel = [...channels().values()].find(({ teams }) => teams !== null)?.teams;
    return channel ? (await directory.again(user, channel))?.is === "unknown" : false;
  };

  /** The fault for a message that could not be sent to a person. */
  const faultFor = async (
    fault: unknown,
    { person, user, isKept }: DirectRecipient,
  ): Promise<unknown> => {
    if (!isClosed(fault) || fault instanceof ChannelUnavailable) return fault;
    conversations.delete(user);
    const { status, code } = answerIn(fault);
    // A cached conversation may be gone although the person is still there.
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

/** The receiver of a direct message. */
interface DirectRecipient {
  readonly person: PersonId;
  readonly user: string;
  /** Whether the conversation with them was known before. */
  readonly isKept: boolean;
}

const answerIn = (fault: unknown): NonNullable<ReturnType<typeof refusalOf>> =>
  refusalOf(fault) ?? { status: 0, code: "" };
