import type { Answer } from "../../app/ports.ts";
import type { Millis } from "../../core/ids.ts";
import { answerOnce, deedOf, type Spoken } from "../any/edited.ts";
import { at, textAt } from "../any/reading.ts";
import { refusal } from "../any/said.ts";
import * as common from "../any/words.ts";
import { slackAnswer } from "./answer.ts";
import type { SlackMessage } from "./card.ts";
import { behindMention, ourselvesIn, senderOfEvent } from "./envelope.ts";
import type { Room, SaidInSlack } from "./room.ts";
import { lineOf } from "./typed.ts";

/** What people write in messages: to the app directly, or with its mention in a channel, a thread or a conversation of several. */

/** Does what was said to the app in a channel or thread; under a card its escalation is meant. */
export const onMention = async (room: Room, body: unknown): Promise<void> => {
  const heard = await hear(room, body, "mention");
  const message = heard && (await answerTo(room, heard));
  if (!message) return;
  const { user, channel } = heard.sender;
  const { text, blocks } = message;
  await room.tell("slack mention", () =>
    room.api.chat.postEphemeral({
      ...{ channel, user, text, blocks: [...blocks] },
      ...(heard.thread === "" ? {} : { thread_ts: heard.thread }),
    }),
  );
};

/** Does what was written to the app directly; the answer stays there. */
export const onDirectMessage = async (room: Room, body: unknown): Promise<void> => {
  if (!/^(?:im|app_home)$/.test(textAt(body, "event", "channel_type"))) return;
  const heard = await hear(room, body, "im");
  const message = heard && (await answerTo(room, heard));
  if (!message) return;
  const { channel } = heard.sender;
  const { text, blocks } = message;
  await room.tell("slack message", () =>
    room.api.chat.postMessage({
      ...{ channel, text, blocks: [...blocks], parse: "none", link_names: false },
      ...{ unfurl_links: false, unfurl_media: false },
    }),
  );
};

type Heard = SaidInSlack & Spoken & { readonly thread: string };

/** Slack sends an event again when it was not answered in time: what was said stays done, and is answered once. */
const answerTo = async (room: Room, heard: Heard): Promise<SlackMessage | null> => {
  const answer = await answerOnce(room.store, heard, (line, key) =>
    answered(room, { ...heard, line, key }),
  );
  return answer && slackAnswer(answer, heard);
};

/** What somebody said about us, and not to us, is no command. */
const answered = async (room: Room, heard: Heard): Promise<Answer> =>
  heard.line === "" ? refusal(common.mentionFirst) : room.ask(heard);

/** A message as it stands now: where in the event it is, and what it said before an edit; null = nobody of flesh and blood said anything. */
interface Message {
  readonly path: readonly string[];
  readonly before: string | null;
}

/**
 * Kinds of message in which somebody speaks: a file with words, a reply shown in the channel too, `/me`. All others are Slack's own
 * notices. https://docs.slack.dev/reference/events/message
 */
const spoken: ReadonlySet<string> = new Set(["", "file_share", "thread_broadcast", "me_message"]);

const messageIn = (body: unknown): Message | null => {
  const isEdit = textAt(body, "event", "subtype") === "message_changed";
  const path = isEdit ? ["event", "message"] : ["event"];
  if (!spoken.has(textAt(body, ...path, "subtype"))) return null;
  if (textAt(body, ...path, "user") === "" || textAt(body, ...path, "bot_id") !== "") return null;
  return { path, before: isEdit ? textAt(body, "event", "previous_message", "text") : null };
};

/** Null where nothing was said: an app, a notice, an edit that is no edit of words (Slack unfolds a link). */
const hear = async (room: Room, body: unknown, kind: "mention" | "im"): Promise<Heard | null> => {
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
    thread === "" ? undefined : await room.store.messageAt("slack", `${channel}:${thread}`);
  const line = lineIn(room, text, kind, ourselvesIn(body) || room.actors.ourUser());
  const place = `slack:${sender.team}:${kind}:${channel}:${ts}`;
  return {
    ...{ sender, line, thread, edited: editedAfter(body, path), message: `${place}:${user}` },
    key: `${place}:${deedOf(line)}:${user}`,
    version: null,
    escalation: above?.escalation ?? "",
    channel: (await room.channelKey(channel)) || (above?.channel ?? ""),
  };
};

/** The line that is meant for us; "" = the text only speaks of us. */
const lineIn = (room: Room, text: string, kind: "mention" | "im", us: string): string => {
  const behind = behindMention(text, us) ?? (kind === "im" ? text : null);
  return behind === null ? "" : lineOf(room, behind) || "help";
};

const editedAfter = (body: unknown, path: readonly string[]): Millis | null => {
  if (at(body, ...path, "edited") === undefined) return null;
  const after = Number(textAt(body, ...path, "edited", "ts")) - Number(textAt(body, ...path, "ts"));
  return Number.isFinite(after) ? after * 1_000 : 0;
};

/** Draws the App Home for whoever opened it. */
export const onHome = async (room: Room, body: unknown): Promise<void> => {
  if (textAt(body, "event", "tab") !== "home") return;
  await room.tell("slack home", () => room.drawHome(senderOfEvent(body)));
};
