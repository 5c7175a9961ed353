import type { Reply } from "../../../app/ports.ts";
import type { Millis } from "../../../core/ids.ts";
import { answerOnce, deedOf, type MessageLine } from "../../shared/edited.ts";
import { at, textAt } from "../../shared/json-path.ts";
import { refusal } from "../../shared/request-helpers.ts";
import * as common from "../../shared/words.ts";
import { slackAnswer } from "../render/answer.ts";
import type { SlackMessage } from "../render/card.ts";
import { lineOf } from "./commands.ts";
import { behindMention, ourselvesIn, senderOfEvent } from "./envelope.ts";
import type { InboundContext, SaidInSlack } from "./inbound-context.ts";

/**
 * Commands in messages: sent to the app directly, or with its mention in a channel, a thread or a
 * group conversation.
 */

/**
 * Runs a command given by a mention in a channel or thread; below a card, its escalation is meant.
 */
export async function onMention(context: InboundContext, body: unknown): Promise<void> {
  const heard = await hear(context, body, "mention");
  const message = heard && (await answerTo(context, heard));
  if (!message) return;
  const { user, channel } = heard.sender;
  const { text, blocks } = message;
  await context.tell("slack mention", () =>
    context.api.chat.postEphemeral({
      channel,
      user,
      text,
      blocks: [...blocks],
      ...(heard.thread === "" ? {} : { thread_ts: heard.thread }),
    }),
  );
}

/** Runs a command sent to the app directly; the answer stays in that conversation. */
export async function onDirectMessage(context: InboundContext, body: unknown): Promise<void> {
  if (!/^(?:im|app_home)$/.test(textAt(body, "event", "channel_type"))) return;
  const heard = await hear(context, body, "im");
  const message = heard && (await answerTo(context, heard));
  if (!message) return;
  const { channel } = heard.sender;
  const { text, blocks } = message;
  await context.tell("slack message", () =>
    context.api.chat.postMessage({
      channel,
      text,
      blocks: [...blocks],
      parse: "none",
      link_names: false,
      unfurl_links: false,
      unfurl_media: false,
    }),
  );
}

type TypedMessage = SaidInSlack & MessageLine & { readonly thread: string };

/**
 * Slack repeats an event that was not acknowledged in time: the command is run once and answered
 * once.
 */
async function answerTo(
  context: InboundContext,
  heard: TypedMessage,
): Promise<SlackMessage | null> {
  const answer = await answerOnce(context.store, heard, (line, key) =>
    answered(context, { ...heard, line, key }),
  );
  return answer && slackAnswer(answer, heard);
}

/** A message that mentions us but is not addressed to us is no command. */
const answered = async (context: InboundContext, heard: TypedMessage): Promise<Reply> =>
  heard.line === "" ? refusal(common.mentionFirst) : context.ask(heard);

/**
 * The current version of a message: where the event has it, and its text before an edit; null = no
 * person wrote it.
 */
interface Message {
  readonly path: readonly string[];
  readonly before: string | null;
}

/**
 * Kinds of messages that people write: a file with text, a reply also shown in the channel, `/me`.
 * All others are Slack's own notices. https://docs.slack.dev/reference/events/message
 */
const spoken: ReadonlySet<string> = new Set(["", "file_share", "thread_broadcast", "me_message"]);

function messageIn(body: unknown): Message | null {
  const isEdit = textAt(body, "event", "subtype") === "message_changed";
  const path = isEdit ? ["event", "message"] : ["event"];
  if (!spoken.has(textAt(body, ...path, "subtype"))) return null;
  if (textAt(body, ...path, "user") === "" || textAt(body, ...path, "bot_id") !== "") return null;
  return { path, before: isEdit ? textAt(body, "event", "previous_message", "text") : null };
}

/**
 * Null where no person said anything: an app, a notice, or an edit that does not change the text
 * (Slack unfurls a link).
 */
async function hear(
  context: InboundContext,
  body: unknown,
  kind: "mention" | "im",
): Promise<TypedMessage | null> {
  const message = messageIn(body);
  if (message === null) return null;
  const { path, before } = message;
  const text = textAt(body, ...path, "text");
  if (before === text) return null;
  const sender = senderOfEvent(body, path);
  const { user, channel } = sender;
  const ts = textAt(body, ...path, "ts");
  const thread = textAt(body, ...path, "thread_ts");
  const above =
    thread === "" ? undefined : await context.store.messageAt("slack", `${channel}:${thread}`);
  const line = lineIn(context, { text, kind, us: ourselvesIn(body) || context.actors.ourUser() });
  const place = `slack:${sender.team}:${kind}:${channel}:${ts}`;
  return {
    sender,
    line,
    thread,
    edited: editedAfter(body, path),
    message: `${place}:${user}`,
    key: `${place}:${deedOf(line)}:${user}`,
    version: null,
    escalation: above?.escalation ?? "",
    channel: (await context.channelKey(channel)) || (above?.channel ?? ""),
  };
}

/** The line that is addressed to us; "" = the text only mentions us. */
function lineIn(
  context: InboundContext,
  {
    text,
    kind,
    us,
  }: { readonly text: string; readonly kind: "mention" | "im"; readonly us: string },
): string {
  const behind = behindMention(text, us) ?? (kind === "im" ? text : null);
  return behind === null ? "" : lineOf(context, behind) || "help";
}

function editedAfter(body: unknown, path: readonly string[]): Millis | null {
  if (at(body, ...path, "edited") === undefined) return null;
  const after = Number(textAt(body, ...path, "edited", "ts")) - Number(textAt(body, ...path, "ts"));
  return Number.isFinite(after) ? after * 1_000 : 0;
}

/** Draws the App Home for whoever opened it. */
export async function onHome(context: InboundContext, body: unknown): Promise<void> {
  if (textAt(body, "event", "tab") !== "home") return;
  await context.tell("slack home", () => context.drawHome(senderOfEvent(body)));
}
