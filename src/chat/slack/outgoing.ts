import type { WebClient } from "@slack/web-api";
import type { Instant } from "../../core/ids.ts";
import { refusalOf, sendFaultOf } from "./api.ts";
import type { SlackMessage } from "./card.ts";
import { createLook, messageEvent } from "./reconcile.ts";

/** Where Slack has a message. */
export interface Place {
  readonly channel: string;
  readonly ts: string;
}

/** A message on its way. */
export interface Going {
  /** The outbox row's key; it travels with the message, so that it can be recognised. */
  readonly key: string;
  readonly channel: string;
  /** The message whose thread it belongs to; null = none. */
  readonly thread: string | null;
  /** An earlier attempt may have arrived since then. */
  readonly doubtSince: Instant | null;
  readonly message: SlackMessage;
  /** Said where Slack takes no blocks. */
  readonly plain: SlackMessage;
  /** The message of the same key that it comes instead of, and that it must not be mistaken for. */
  readonly instead?: Place | null;
}

/** Posts and edits, each at most once, whatever Slack answers. */
export interface Outgoings {
  /** Posts, unless it is there already; answers where. */
  post(going: Going): Promise<Place>;
  /** Replaces a message; false where it is gone. */
  edit(place: Place, message: SlackMessage, plain: SlackMessage): Promise<boolean>;
}

/** Nothing of ours is looked up, unfolded or linked by Slack. */
const asWritten = {
  parse: "none",
  link_names: false,
  unfurl_links: false,
  unfurl_media: false,
} as const;

/** Slack's words for blocks that it does not take. */
const unreadable: ReadonlySet<string> = new Set([
  "invalid_blocks",
  "invalid_blocks_format",
  "msg_blocks_too_long",
  "msg_too_long",
  "markdown_text_conflict",
]);

/** Slack's words for a message that cannot be edited any more. */
const gone: ReadonlySet<string> = new Set([
  "message_not_found",
  "cant_update_message",
  "edit_window_closed",
]);

/** Slack's words for a thread that takes no replies, or that went with its card. */
const noThread: ReadonlySet<string> = new Set([
  "thread_not_found",
  "invalid_thread_ts",
  "thread_locked",
  "cannot_reply_to_message",
  "restricted_action_thread_locked",
  "restricted_action_non_threadable_channel",
]);

/** `tell` reaches the operator. */
export const createOutgoings = (api: WebClient, tell: (sentence: string) => void): Outgoings => {
  const look = createLook(api, tell);

  const send = async ({ channel, thread, key, message }: Going): Promise<Place> => {
    const { text, blocks } = message;
    const { ts = "" } = await api.chat.postMessage({
      ...asWritten,
      channel,
      text,
      ...(blocks.length > 0 ? { blocks } : {}),
      ...(thread === null ? {} : { thread_ts: thread }),
      metadata: { event_type: messageEvent, event_payload: { key } },
    });
    return { channel, ts };
  };

  const inPlainWords = async <T>(what: string, first: () => Promise<T>, then: () => Promise<T>) => {
    try {
      return await first();
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === null || !unreadable.has(refusal)) throw error;
      tell(
        `Slack does not take the blocks of ${what} (${refusal}): it was sent as plain words. Please report this.`,
      );
      return then();
    }
  };

  const post = async (going: Going): Promise<Place> => {
    if (going.doubtSince !== null) {
      const ts = await look(going);
      if (ts !== null) return { channel: going.channel, ts };
    }
    try {
      const { plain } = going;
      return await inPlainWords(
        going.key,
        () => send(going),
        () => send({ ...going, message: plain }),
      );
    } catch (error) {
      if (going.thread === null || !noThread.has(refusalOf(error) ?? "")) throw sendFaultOf(error);
    }
    // Read in the channel rather than by nobody; in doubt it is looked for there as well.
    return post({ ...going, thread: null });
  };

  return {
    post,
    edit: async ({ channel, ts }, message, plain) => {
      const update = ({ text, blocks }: SlackMessage) =>
        api.chat.update({ ...asWritten, channel, ts, text, blocks });
      try {
        await inPlainWords(
          "an edited card",
          () => update(message),
          () => update(plain),
        );
        return true;
      } catch (error) {
        if (gone.has(refusalOf(error) ?? "")) return false;
        throw sendFaultOf(error);
      }
    },
  };
};
