import type { Answer } from "../../app/ports.ts";
import { slackAnswer } from "./answer.ts";
import type { SlackMessage } from "./card.ts";
import { at, senderOfCommand, senderOfEvent, textAt, typedLine } from "./envelope.ts";
import { answerModal, type Room, refusal, type SaidInSlack, titleOf } from "./room.ts";
import * as words from "./words.ts";

/** Slash commands, mentions and direct messages: lines that somebody typed. */

/** The commands that the app brings to Slack; every other is said behind the last. */
const own = ["/ack", "/narrow", "/pause", "/resume", "/decisions"];
const any = "/holdpoint";

/** Said without anything behind it, these ask for what they need. */
const asksInForm: ReadonlySet<string> = new Set([
  ...["narrow", "pause", "resume", "retest", "monitor", "keep", "raise", "away", "reassess", "who"],
]);

/** Does a slash command. Answers what only its sender sees; null where a form was opened instead. */
export const onCommand = async (room: Room, body: unknown): Promise<SlackMessage | null> => {
  const command = textAt(body, "command");
  const said = await saidByCommand(room, body, command);
  if (said === null) return drawn(refusal(words.notOurs(command)), nowhere(command));
  const trigger = textAt(body, "trigger_id");
  if (asksInForm.has(said.line.toLowerCase()) && (await openForm(room, trigger, said))) return null;
  return drawn(await room.ask(said), said);
};

const saidByCommand = async (
  room: Room,
  body: unknown,
  command: string,
): Promise<SaidInSlack | null> => {
  if (!own.includes(command) && command !== any) return null;
  const text = await lineOf(room, textAt(body, "text"));
  const line = command === any ? text || "help" : `${command.slice(1)} ${text}`.trim();
  const sender = senderOfCommand(body);
  const channel = room.channelKey(textAt(body, "channel_id"));
  const key = `slack:${sender.team}:cmd:${textAt(body, "trigger_id")}`;
  return { sender, line, key, version: null, escalation: "", channel };
};

const lineOf = async (room: Room, text: string): Promise<string> => {
  const people = await room.views.people();
  return typedLine(text, (user) => people.find(({ slack }) => slack === user)?.key ?? null);
};

/** False where Slack would not open it: then the answer says the same, with a button. */
const openForm = async (room: Room, trigger: string, said: SaidInSlack): Promise<boolean> => {
  try {
    await room.open(trigger, titleOf(said.line), async () =>
      answerModal(await room.ask(said), said),
    );
    return true;
  } catch (fault) {
    room.report(fault, "slack form");
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
  const { text, blocks } = drawn(await room.ask(said), said);
  const thread = textAt(body, "event", "thread_ts");
  const user = said.sender.user;
  await room.api.chat.postEphemeral({
    ...{ channel: textAt(body, "event", "channel"), user, text, blocks: [...blocks] },
    ...(thread === "" ? {} : { thread_ts: thread }),
  });
};

/** Does what was written to the app directly; the answer stays there. */
export const onDirectMessage = async (room: Room, body: unknown): Promise<void> => {
  if (textAt(body, "event", "channel_type") !== "im") return;
  const said = await saidByEvent(room, body, "im");
  if (said === null) return;
  const answer = await room.ask(said);
  // Slack sends an event again when it was not answered in time; what was said stays done, and is said once.
  if (!(await room.store.firstSight(`${said.key}:answered`))) return;
  const { text, blocks } = drawn(answer, said);
  const channel = textAt(body, "event", "channel");
  await room.api.chat.postMessage({
    ...{ channel, text, blocks: [...blocks], parse: "none", link_names: false },
    ...{ unfurl_links: false, unfurl_media: false },
  });
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
  const text = textAt(body, "event", "text").replace(/^\s*<@[^>]*>[\s:,]*/, "");
  return {
    sender,
    line: (await lineOf(room, text)) || "help",
    key: `slack:${sender.team}:${kind}:${channel}:${textAt(body, "event", "ts")}:${sender.user}`,
    version: null,
    escalation: above?.escalation ?? "",
    channel: room.channelKey(channel) || (above?.channel ?? ""),
  };
};

/** Draws the App Home for whoever opened it. */
export const onHome = async (room: Room, body: unknown): Promise<void> => {
  if (textAt(body, "event", "tab") !== "home") return;
  await room.drawHome(senderOfEvent(body));
};
