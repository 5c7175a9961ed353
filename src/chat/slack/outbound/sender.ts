import type { WebClient } from "@slack/web-api";
import { createMessageSender, type MessageSender } from "../../shared/message-sender.ts";
import type { SlackMessage } from "../render/card.ts";
import { refusalOf, sendFaultOf } from "./api.ts";
import { createFindSentMessage, messageEvent } from "./find-sent-message.ts";

/** Slack looks up, unfolds and links nothing in our messages. */
const asWritten = {
  parse: "none",
  link_names: false,
  unfurl_links: false,
  unfurl_media: false,
} as const;

/** Slack's codes for a message that it does not take as it is. */
const badForm: ReadonlySet<string> = new Set([
  "invalid_blocks",
  "invalid_blocks_format",
  "msg_blocks_too_long",
  "msg_too_long",
  "markdown_text_conflict",
]);

/** Slack's codes for a message that can no longer be edited. */
const editOver: ReadonlySet<string> = new Set([
  "message_not_found",
  "cant_update_message",
  "edit_window_closed",
]);

/** Slack's codes for a thread that takes no replies, or that was deleted with its card. */
const noThread: ReadonlySet<string> = new Set([
  "thread_not_found",
  "invalid_thread_ts",
  "thread_locked",
  "cannot_reply_to_message",
  "restricted_action_thread_locked",
  "restricted_action_non_threadable_channel",
]);

/** Posts and edits in Slack, each message once. `tell` reaches the operator. */
export function createSlackSender(
  api: WebClient,
  tell: (sentence: string) => void,
): MessageSender<SlackMessage> {
  const find = createFindSentMessage(api, tell);
  return createMessageSender<SlackMessage>({
    platform: "Slack",
    tell,
    post: async ({ channel, thread, key }, { text, blocks }) => {
      const { ts = "" } = await api.chat.postMessage({
        ...asWritten,
        channel,
        text,
        ...(blocks.length > 0 ? { blocks } : {}),
        ...(thread === null ? {} : { thread_ts: thread }),
        metadata: { event_type: messageEvent, event_payload: { key } },
      });
      return ts;
    },
    update: ({ channel, id }, { text, blocks }) =>
      api.chat.update({ ...asWritten, channel, ts: id, text, blocks }),
    repost: async (message, send) => {
      const id = await find(message);
      return id === null ? send(false) : { channel: message.channel, id, isEarlier: true };
    },
    badForm: (error) => {
      const code = refusalOf(error);
      return code !== null && badForm.has(code) ? code : null;
    },
    isThreadGone: (error) => noThread.has(refusalOf(error) ?? ""),
    isEditOver: (error) => editOver.has(refusalOf(error) ?? ""),
    faultOf: sendFaultOf,
  });
}
