import type { WebClient } from "@slack/web-api";
import { SendFault } from "../../../app/ports.ts";
import type { SlackMessage } from "../render/card.ts";
import { refusalOf, sendFaultOf } from "./api.ts";
import { createFindSentMessage, messageEvent } from "./find-sent-message.ts";
import type { MessageAddress, OutgoingMessage } from "./message.ts";

/** Posts and edits, each at most once, whatever Slack answers. */
export interface MessageSender {
  /** Posts, unless it is there already; answers where. */
  post(going: OutgoingMessage): Promise<MessageAddress>;
  /** Replaces a message; false where it is gone. */
  edit(
    place: MessageAddress,
    message: SlackMessage,
    simpler: readonly SlackMessage[],
  ): Promise<boolean>;
}

/** Nothing of ours is looked up, unfolded or linked by Slack. */
const asWritten = {
  parse: "none",
  link_names: false,
  unfurl_links: false,
  unfurl_media: false,
} as const;

/** Slack's words for a message that it does not take as it is. */
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

/** Slack's word for not taking a message as it is; throws every other fault on. */
function unreadableBy(error: unknown): string {
  const word = refusalOf(error);
  if (word === null || !unreadable.has(word)) throw error;
  return word;
}

/** How a simpler form of a message is told of. */
const nameOf = ({ blocks }: SlackMessage): string =>
  blocks.length > 0 ? "in a smaller form" : "as plain words";

/** `tell` reaches the operator. */
export function createMessageSender(
  api: WebClient,
  tell: (sentence: string) => void,
): MessageSender {
  const look = createFindSentMessage(api, tell);

  const send = async (
    { channel, thread, key }: OutgoingMessage,
    { text, blocks }: SlackMessage,
  ): Promise<MessageAddress> => {
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

  /**
   * Says the first that Slack takes. What it takes in no form is not tried again before there is
   * something else to say.
   */
  const inSomeForm = async <T>(
    what: string,
    forms: readonly SlackMessage[],
    say: (form: SlackMessage) => Promise<T>,
  ): Promise<T> => {
    let refusal = "";
    for (const [at, form] of forms.entries())
      try {
        const said = await say(form);
        if (at > 0)
          tell(
            `Slack does not take ${what} as it is (${refusal}): it was sent ${nameOf(form)}. Please report this.`,
          );
        return said;
      } catch (error) {
        refusal = unreadableBy(error);
      }
    tell(`Slack takes ${what} in no form (${refusal}). Please report this.`);
    const told = { retry: "never", arrived: "no" } as const;
    throw new SendFault(`Slack takes it in no form: ${refusal}`, told);
  };

  const post = async (going: OutgoingMessage): Promise<MessageAddress> => {
    if (going.doubtSince !== null) {
      const ts = await look(going);
      if (ts !== null) return { channel: going.channel, ts };
    }
    try {
      const forms = [going.message, ...going.simpler];
      return await inSomeForm(going.key, forms, (form) => send(going, form));
    } catch (error) {
      if (going.thread === null || !noThread.has(refusalOf(error) ?? "")) throw sendFaultOf(error);
    }
    // Read in the channel rather than by nobody; in doubt it is looked for there as well.
    return post({ ...going, thread: null });
  };

  return {
    post,
    edit: async ({ channel, ts }, message, simpler) => {
      try {
        await inSomeForm("an edit", [message, ...simpler], ({ text, blocks }) =>
          api.chat.update({ ...asWritten, channel, ts, text, blocks }),
        );
        return true;
      } catch (error) {
        if (gone.has(refusalOf(error) ?? "")) return false;
        throw sendFaultOf(error);
      }
    },
  };
}
