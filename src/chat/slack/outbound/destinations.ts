import type { WebClient } from "@slack/web-api";
import { type Clock, SendFault, type Store } from "../../../app/ports.ts";
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
import type { SlackAccount } from "../inbound/membership.ts";
import { idNow } from "../inbound/renumbered-accounts.ts";
import { askFaultOf, refusalOf } from "./api.ts";
import type { Directory } from "./directory.ts";
import { createSharedChannels } from "./shared-channels.ts";

export interface DestinationsParts {
  readonly api: WebClient;
  readonly directory: Pick<Directory, "again" | "lost">;
  readonly store: Pick<Store, "messageOf" | "conversation">;
  /** The console's address. */
  readonly publicUrl: string;
  readonly people: () => People;
  readonly channels: () => Policy["channels"];
  readonly clock: Clock;
  /** Whether cards may go to channels shared with another organization. */
  readonly sharedChannels: boolean;
  /** Tells the operator. */
  readonly tell: (sentence: string) => void;
}

/** Slack's codes for a channel in which we cannot post until somebody changes its settings. */
const closedChannel: ReadonlySet<string> = new Set([
  "channel_not_found",
  "not_in_channel",
  "is_archived",
  "restricted_action",
  "restricted_action_read_only_channel",
  "restricted_action_thread_only_channel",
]);

/** Whether a fault of Slack means that nothing can be posted or edited there. */
export function isBarred(fault: unknown): boolean {
  const refusal = fault instanceof SendFault ? refusalOf(fault.cause) : null;
  return refusal !== null && (closedChannel.has(refusal) || Object.hasOwn(nobodyThere, refusal));
}

/**
 * Slack's codes for a person who cannot be sent messages, and what each says about their account.
 */
const nobodyThere: Readonly<Record<string, Exclude<SlackAccount["is"], "member">>> = {
  user_disabled: "closed",
  is_inactive: "closed",
  user_is_deactivated: "closed",
  user_not_found: "unknown",
  users_not_found: "unknown",
  user_not_visible: "unknown",
  user_is_restricted: "guest",
  user_is_ultra_restricted: "guest",
  cannot_dm_bot: "bot",
  user_is_bot: "bot",
};

/**
 * Slack's code for a closed account: that of a person, or our own, which says nothing about the
 * person.
 */
const someoneInactive = "account_inactive";

/** Slack's codes for a conversation that does not exist: the cached one may be out of date. */
const noConversation: ReadonlySet<string> = new Set([
  "channel_not_found",
  "is_archived",
  "not_in_channel",
  "restricted_action",
]);

export function createDestinations(parts: DestinationsParts): Destinations {
  const { api, store, channels, sharedChannels, publicUrl, tell } = parts;
  const refuseShared = sharedChannels ? null : createRefusal(parts);
  const workspace = createWorkspaceAddress(api);
  const sent = createSentMessages({
    chat: "slack",
    separator: ":",
    store,
    channelNow: (channel) => idNow(store, channel),
  });

  const channelNow: Destinations["channelNow"] = async (key) => {
    const id = channels().get(key)?.slack;
    return id ? idNow(store, id) : null;
  };

  return {
    ...sent,
    channelNow,
    linkTo: async (escalation) => {
      const card = await sent.addressOf(`card:${escalation}`);
      const base = card && (await workspace());
      return card && base
        ? `${base}archives/${card.channel}/p${card.id.replace(".", "")}`
        : consoleLink(publicUrl, escalation);
    },
    inChannel: async (key, work) => {
      const id = await channelNow(key);
      if (id === null) throw noChannelId("slack", key, tell);
      try {
        await refuseShared?.(key, id);
        return await work(id);
      } catch (fault) {
        const refusal = fault instanceof SendFault ? refusalOf(fault.cause) : null;
        if (refusal === null || !closedChannel.has(refusal)) throw fault;
        const sentence = `Slack's channel of ${key} takes no messages (${refusal})`;
        tell(
          `${sentence}: people are asked directly until somebody unarchives it, invites the app or names another.`,
        );
        throw new ChannelUnavailable(sentence);
      }
    },
    withPerson: createWithPerson(parts),
  };
}

/** The URL of our workspace; "" = Slack does not say. */
function createWorkspaceAddress(api: WebClient): () => Promise<string> {
  let workspace: Promise<string> | null = null;
  return async () => {
    workspace ??= api.auth.test().then(({ url = "" }) => url);
    try {
      return await workspace;
    } catch {
      workspace = null;
      return "";
    }
  };
}

/** Opens conversations with one person each, and caches them until a message there fails. */
function createWithPerson(
  parts: Pick<DestinationsParts, "api" | "directory" | "people" | "tell">,
): Destinations["withPerson"] {
  const { api, directory, people, tell } = parts;
  const conversations = new Map<string, string>();

  const conversationWith = async (user: string): Promise<string> => {
    const known = conversations.get(user);
    if (known) return known;
    const id = (await api.conversations.open({ users: user })).channel?.id ?? "";
    conversations.set(user, id);
    return id;
  };

  /** The fault for a message that could not be sent to a person. */
  const faultFor = async (user: string, error: unknown): Promise<SendFault> => {
    const fault = error instanceof SendFault ? error : askFaultOf(error, "no");
    const refusal = refusalOf(error instanceof SendFault ? error.cause : error);
    if (refusal === null) return fault;
    conversations.delete(user);
    const is = await lostBy(directory, user, refusal);
    if (is === null || is === "member") return fault;
    directory.lost(user, is);
    tell(`Slack lets nobody write to ${user} (${refusal}). The doctor says whom it concerns.`);
    return unreachable(`Slack lets nobody write to them (${refusal})`);
  };

  return async (person, work, everybody = people()) => {
    const user = everybody.get(person)?.slack;
    if (!user) throw unreachable("the policy names no Slack account for them");
    try {
      return await work(await conversationWith(user));
    } catch (error) {
      throw await faultFor(user, error);
    }
  };
}

/** What an error code says about a person's account; null = nothing. */
async function lostBy(
  directory: DestinationsParts["directory"],
  user: string,
  refusal: string,
): Promise<SlackAccount["is"] | null> {
  const said = Object.hasOwn(nobodyThere, refusal) ? nobodyThere[refusal] : undefined;
  if (said) return said;
  if (refusal !== someoneInactive && !noConversation.has(refusal)) return null;
  // If our own token no longer works either, the closed account is ours.
  const told = (await directory.again(user))?.is ?? null;
  return refusal === someoneInactive && told === "member" ? "closed" : told;
}

/** Refuses channels shared with another organization, whose people could read the cards. */
function createRefusal(parts: Pick<DestinationsParts, "api" | "clock" | "tell">) {
  const isShared = createSharedChannels(parts);
  return async (key: string, channel: string): Promise<void> => {
    try {
      if (!(await isShared({ channel, shared: false }))) return;
    } catch (error) {
      if (refusalOf(error) !== "missing_scope") throw askFaultOf(error, "no");
      // The question must reach somebody, even if people outside can read it.
      return parts.tell(
        "Slack does not say whether channels are shared (missing_scope). Install the app again with manifest.json.",
      );
    }
    const sentence = `Slack's channel of ${key} is shared with another organization`;
    parts.tell(
      `${sentence}, so nothing is posted there: name another in the policy, or set SLACK_SHARED_CHANNELS=allow.`,
    );
    throw new ChannelUnavailable(sentence);
  };
}
