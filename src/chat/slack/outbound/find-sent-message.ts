import type { WebClient } from "@slack/web-api";
import type { Millis } from "../../../core/ids.ts";
import type { OutgoingMessage } from "../../shared/message-sender.ts";
import type { SlackMessage } from "../render/card.ts";
import { askFaultOf, refusalOf } from "./api.ts";

type Searched = OutgoingMessage<SlackMessage>;

/** The metadata of our messages: `event_payload.key` is the key of their outbox row. */
export const messageEvent = "holdpoint_message";

/**
 * Answers the `ts` of the message if Slack has it, null if it certainly has not; throws if that is
 * not known yet.
 */
export type FindSentMessage = (message: Searched) => Promise<string | null>;

/** Our clock and Slack's may differ. */
const skew: Millis = 60_000;

/** Enough for a busy channel; a page has 200 messages. */
const mostPages = 20;

/** Looks for messages that may have arrived. `tell` reaches the operator. */
export function createFindSentMessage(
  api: WebClient,
  tell: (sentence: string) => void,
): FindSentMessage {
  let self: Self | null = null;
  const ourselves = async (): Promise<Self> => {
    if (self) return self;
    const { bot_id: bot = "", user_id: user = "" } = await api.auth.test();
    self = { bot, user };
    return self;
  };

  return async (message) => {
    try {
      return await lookThrough(api, await ourselves(), message);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === "thread_not_found") return null;
      if (refusal !== "missing_scope")
        throw askFaultOf(error, "perhaps", "cannot look whether it has arrived");
      // A question asked twice is better than one that nobody receives.
      tell(
        "Slack does not let the app read its own channels (missing_scope), so a message may come twice. Install the app again with manifest.json.",
      );
      return null;
    }
  };
}

/** Our own app. A key in a message of another app proves nothing. */
interface Self {
  readonly bot: string;
  readonly user: string;
}

const isOurs = (
  { bot_id, user }: { readonly bot_id?: string; readonly user?: string },
  self: Self,
): boolean => (self.bot !== "" && bot_id === self.bot) || (self.user !== "" && user === self.user);

async function lookThrough(
  api: WebClient,
  self: Self,
  { key, channel, thread, doubtSince, replaces }: Searched,
): Promise<string | null> {
  const oldest = String(Math.max(0, (doubtSince ?? 0) - skew) / 1000);
  const about = { channel, oldest, inclusive: true, include_all_metadata: true, limit: 200 };
  for (let page = 0, cursor = ""; page < mostPages; page += 1) {
    const from = cursor === "" ? about : { ...about, cursor };
    const told = await (thread === null
      ? api.conversations.history(from)
      : api.conversations.replies({ ...from, ts: thread }));
    const found = told.messages?.find(
      (message) =>
        isOurs(message, self) && keyOf(message.metadata) === key && message.ts !== replaces?.id,
    );
    if (found?.ts) return found.ts;
    cursor = told.response_metadata?.next_cursor ?? "";
    if (cursor === "") return null;
  }
  return null;
}

function keyOf(metadata: unknown): unknown {
  const { event_type: type, event_payload: payload } = fieldsOf(metadata);
  return type === messageEvent ? fieldsOf(payload).key : null;
}

interface Fields {
  readonly event_type?: unknown;
  readonly event_payload?: unknown;
  readonly key?: unknown;
}

const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? value : {};
