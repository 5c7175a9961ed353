import type { WebClient } from "@slack/web-api";
import { type Clock, SendFault, type Store } from "../../app/ports.ts";
import type { EscalationId, PersonId } from "../../core/ids.ts";
import type { People } from "../../core/people.ts";
import type { Policy } from "../../core/policy/model.ts";
import { askFaultOf, refusalOf } from "./api.ts";
import type { Place } from "./outgoing.ts";
import { createSharing } from "./sharing.ts";

/** Where things are said in Slack: the policy's channels, conversations with one person, threads. */
export interface Where {
  /** Does something in a channel of the policy. Where it is closed to us the operator hears of it, and NowhereFault is thrown. */
  inChannel<T>(key: string, work: (id: string) => Promise<T>): Promise<T>;
  /** The conversation with one person. */
  conversationWith(person: PersonId): Promise<string>;
  /** Where Slack has what was sent under a key; null = nowhere. */
  placeOf(key: string): Promise<Place | null>;
  /** The card of an escalation as the root of its thread; null = there is none, or will be none. */
  threadOf(escalation: EscalationId | "", attempts: number): Promise<Place | null>;
}

export interface WhereParts {
  readonly api: WebClient;
  readonly store: Pick<Store, "messageOf">;
  readonly people: () => People;
  readonly channels: () => Policy["channels"];
  readonly clock: Clock;
  /** Whether cards may go to channels shared with another organisation. */
  readonly sharedChannels: boolean;
  /** Tells the operator what nobody in the chat can be told. */
  readonly tell: (sentence: string) => void;
}

/** A channel that nobody can speak in before somebody mends it. */
export class NowhereFault extends SendFault {
  constructor(message: string) {
    super(message, { retry: "later", arrived: "no", retryIn: 300_000 });
    this.name = "NowhereFault";
  }
}

/** Slack's words for a channel that cannot be spoken in, until somebody mends it. */
const closedChannel: ReadonlySet<string> = new Set([
  "channel_not_found",
  "not_in_channel",
  "is_archived",
  "restricted_action",
  "restricted_action_read_only_channel",
  "restricted_action_thread_only_channel",
]);

/** Slack's words for somebody who cannot be written to. */
const nobodyThere: ReadonlySet<string> = new Set([
  "user_not_found",
  "users_not_found",
  "user_disabled",
  "user_not_visible",
  "cannot_dm_bot",
]);

/** A line waits for its card so many attempts long (about a minute); a card from before Slack was connected never comes. */
const patience = 5;

export const createWhere = (parts: WhereParts): Where => {
  const { api, store, people, channels, sharedChannels, tell } = parts;
  const refuseShared = sharedChannels ? null : createRefusal(parts);
  const conversations = new Map<string, string>();

  const channelId = (key: string): string => {
    const id = channels().get(key)?.slack;
    if (id) return id;
    const sentence = `The policy's channel ${key || "(none)"} has no Slack id, so nothing can be posted there`;
    tell(`${sentence}. Add channels.${key}.slack.`);
    throw new NowhereFault(sentence);
  };

  const placeOf: Where["placeOf"] = async (key) => {
    const [channel = "", ts = ""] = ((await store.messageOf("slack", key))?.place ?? "").split(":");
    return ts === "" ? null : { channel, ts };
  };

  return {
    placeOf,
    inChannel: async (key, work) => {
      try {
        const id = channelId(key);
        await refuseShared?.(key, id);
        return await work(id);
      } catch (fault) {
        const refusal = fault instanceof SendFault ? refusalOf(fault.cause) : null;
        if (refusal === null || !closedChannel.has(refusal)) throw fault;
        const sentence = `Slack's channel of ${key} takes no messages (${refusal})`;
        tell(
          `${sentence}: people are asked directly until somebody unarchives it, invites the app or names another.`,
        );
        throw new NowhereFault(sentence);
      }
    },
    conversationWith: async (person) => {
      const user = people().get(person)?.slack;
      if (!user) throw never("the policy names no Slack account for them");
      const known = conversations.get(user);
      if (known) return known;
      try {
        const id = (await api.conversations.open({ users: user })).channel?.id ?? "";
        conversations.set(user, id);
        return id;
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal === null || !nobodyThere.has(refusal)) throw askFaultOf(error, "no");
        tell(`Slack lets nobody write to ${user} (${refusal}). The doctor says whom it concerns.`);
        throw never(`Slack lets nobody write to them (${refusal})`);
      }
    },
    threadOf: async (escalation, attempts) => {
      if (escalation === "") return null;
      const card = await placeOf(`card:${escalation}`);
      if (card || attempts > patience) return card;
      throw new SendFault("its card is not there yet", { retry: "later", arrived: "no" });
    },
  };
};

/** Strangers would read what is posted in a channel of two organisations. */
const createRefusal = (parts: Pick<WhereParts, "api" | "clock" | "tell">) => {
  const isShared = createSharing(parts);
  return async (key: string, channel: string): Promise<void> => {
    try {
      if (!(await isShared({ channel, shared: false }))) return;
    } catch (error) {
      if (refusalOf(error) !== "missing_scope") throw askFaultOf(error, "no");
      // Not to be asked at all is worse than to be read by somebody else.
      return parts.tell(
        "Slack does not say whether channels are shared (missing_scope). Install the app again with manifest.json.",
      );
    }
    const sentence = `Slack's channel of ${key} is shared with another organisation`;
    parts.tell(
      `${sentence}, so nothing is posted there: name another in the policy, or set SLACK_SHARED_CHANNELS=allow.`,
    );
    throw new NowhereFault(sentence);
  };
};

const never = (sentence: string): SendFault =>
  new SendFault(sentence, { retry: "never", arrived: "no" });
