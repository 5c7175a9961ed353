import type { Answer } from "../../app/ports.ts";
import type { Millis } from "../../core/ids.ts";
import { inTime } from "../any/in-time.ts";
import { at, textAt } from "../any/reading.ts";
import { asksInForm, refusal, titleOf } from "../any/said.ts";
import { slackAnswer } from "./answer.ts";
import { sendFaultOf } from "./api.ts";
import type { SlackMessage } from "./card.ts";
import { behindMention, senderOfCommand, senderOfEvent, typedLine } from "./envelope.ts";
import { answerModal, type Room, type SaidInSlack } from "./room.ts";
import * as words from "./words.ts";

/** Slash commands, mentions and direct messages: lines that somebody typed. */

/** The commands that the app brings to Slack; every other is said behind the last. */
const own = ["/ack", "/narrow", "/pause", "/resume", "/decisions"];
const any = "/holdpoint";

/** Does a slash command. Answers what only its sender sees; null where a form was opened instead. */
export const onCommand = async (room: Room, body: unknown): Promise<SlackMessage | null> => {
  const command = textAt(body, "command");
  const said = saidByCommand(room, body, command);
  if (said === null) return drawn(refusal(words.notOurs(command)), nowhere(command));
  const asked = room.ask(said);
  if (!asksInForm.has(said.line.toLowerCase())) return drawn(await asked, said);
  const opening = openForm(room, textAt(body, "trigger_id"), said, asked);
  const answer = await asked;
  // The view is on its way; where Slack would not open it, the answer says the same, with a button.
  return (await inTime(opening, openingTakes)) === false ? drawn(answer, said) : null;
};

const openingTakes: Millis = 400;

const saidByCommand = (room: Room, body: unknown, command: string): SaidInSlack | null => {
  if (!own.includes(command) && command !== any) return null;
  const text = lineOf(room, textAt(body, "text"));
  const line = command === any ? text || "help" : `${command.slice(1)} ${text}`.trim();
  const sender = senderOfCommand(body);
  const channel = room.channelKey(textAt(body, "channel_id"));
  const key = `slack:${sender.team}:cmd:${textAt(body, "trigger_id")}`;
  return { sender, line, key, version: null, escalation: "", channel };
};

const lineOf = ({ people }: Room, text: string): string =>
  typedLine(
    text,
    (user) => [...people().values()].find(({ slack }) => slack === user)?.key ?? null,
  );

/** False where Slack would not open it. */
const openForm = async (
  room: Room,
  trigger: string,
  said: SaidInSlack,
  asked: Promise<Answer>,
): Promise<boolean> => {
  try {
    await room.open(trigger, titleOf(said.line), async () => answerModal(await asked, said));
    return true;
  } catch (fault) {
    room.report(sendFaultOf(fault), "slack form");
    return false;
  }
};

const drawn = (answer: Answer, said: Omit<SaidInSlack, "sender" | "key">): SlackMessage =>
  slackAnswer(answer, said);

const nowhere = (line: string) => ({ line, version: null, escalation: "", channel: "" }) as const;

/** Does what was said to the app in a channel or thread; under a card its escalation is meant. */
export const onMention = async (room: Room, body: unknown): Promise<void> => {
  const said = await saidByEvent(room, body, "mention");
  if (said === null) return;
  const { text, blocks } = drawn(await answerTo(room, said), said);
  if (!(await isFirst(room, said))) return;
  const thread = textAt(body, "event", "thread_ts");
  const { user, channel } = said.sender;
  await room.tell("slack mention", () =>
    room.api.chat.postEphemeral({
      ...{ channel, user, text, blocks: [...blocks] },
      ...(thread === "" ? {} : { thread_ts: thread }),
    }),
  );
};

/** What somebody said about us, and not to us, is no command. */
const answerTo = async (room: Room, said: SaidInSlack): Promise<Answer> =>
  said.line === "" ? refusal(words.mentionFirst) : room.ask(said);

/** Slack sends an event again when it was not answered in time: what was said stays done, and is answered once. */
const isFirst = (room: Room, { key }: SaidInSlack): Promise<boolean> =>
  room.store.firstSight(`${key}:answered`);

/** Does what was written to the app directly; the answer stays there. */
export const onDirectMessage = async (room: Room, body: unknown): Promise<void> => {
  if (textAt(body, "event", "channel_type") !== "im") return;
  const said = await saidByEvent(room, body, "im");
  if (said === null) return;
  const { text, blocks } = drawn(await answerTo(room, said), said);
  if (!(await isFirst(room, said))) return;
  const { channel } = said.sender;
  await room.tell("slack message", () =>
    room.api.chat.postMessage({
      ...{ channel, text, blocks: [...blocks], parse: "none", link_names: false },
      ...{ unfurl_links: false, unfurl_media: false },
    }),
  );
};

/** Null where nobody of flesh and blood said anything new: an app, an edit, a deletion. */
const saidByEvent = async (
  room: Room,
  body: unknown,
  kind: "mention" | "im",
): Promise<SaidInSlack | null> => {
  const sender = senderOfEvent(body);
  const isPlain = textAt(body, "event", "subtype") === "";
  if (sender.user === "" || !isPlain || at(body, "event", "bot_id") !== undefined) return null;
  const channel = textAt(body, "event", "channel");
  const thread = textAt(body, "event", "thread_ts");
  const above =
    thread === "" ? undefined : await room.store.messageAt("slack", `${channel}:${thread}`);
  const text = textAt(body, "event", "text");
  const us = textAt(body, "authorizations", 0, "user_id") || room.actors.ourUser();
  const behind = behindMention(text, us) ?? (kind === "im" ? text : null);
  return {
    sender,
    line: behind === null ? "" : lineOf(room, behind) || "help",
    key: `slack:${sender.team}:${kind}:${channel}:${textAt(body, "event", "ts")}:${sender.user}`,
    version: null,
    escalation: above?.escalation ?? "",
    channel: room.channelKey(channel) || (above?.channel ?? ""),
  };
};

/** Draws the App Home for whoever opened it. */
export const onHome = async (room: Room, body: unknown): Promise<void> => {
  if (textAt(body, "event", "tab") !== "home") return;
  await room.tell("slack home", () => room.drawHome(senderOfEvent(body)));
};
