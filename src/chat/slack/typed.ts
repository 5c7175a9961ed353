import type { Answer } from "../../app/ports.ts";
import type { Millis } from "../../core/ids.ts";
import { inTime } from "../any/in-time.ts";
import { textAt } from "../any/reading.ts";
import { opensForm, refusal, titleOf } from "../any/said.ts";
import { slackAnswer } from "./answer.ts";
import { sendFaultOf } from "./api.ts";
import type { SlackMessage } from "./card.ts";
import { senderOfCommand, typedLine } from "./envelope.ts";
import type { Tell } from "./pressed.ts";
import { answerModal, type Room, type SaidInSlack } from "./room.ts";
import * as words from "./words.ts";

/** Slash commands: lines that somebody typed. */

/** The commands that the app brings to Slack; every other is said behind the last. */
const own = ["/ack", "/narrow", "/pause", "/resume", "/decisions"];
const any = "/holdpoint";

/** Does a slash command. Answers what only its sender sees; null where a form was opened instead, or `tell` says it later. */
export const onCommand = async (
  room: Room,
  body: unknown,
  tell: Tell,
): Promise<SlackMessage | null> => {
  const command = textAt(body, "command");
  const said = await saidByCommand(room, body, command);
  if (said === null) return drawn(refusal(words.notOurs(command)), nowhere(command));
  const asked = room.ask(said);
  if (!opensForm(said.line)) return drawn(await asked, said);
  const opening = openForm(room, textAt(body, "trigger_id"), said, asked);
  const answer = await asked;
  // Where Slack would not open the view, the answer says the same, with a button: at once, or as soon as that is known.
  const opened = await inTime(opening, openingTakes);
  if (opened === null) void afterwards(opening, () => tell(drawn(answer, said), false));
  return opened === false ? drawn(answer, said) : null;
};

const afterwards = async (opening: Promise<boolean>, tell: () => Promise<void>): Promise<void> => {
  if (!(await opening)) await tell();
};

const openingTakes: Millis = 400;

const saidByCommand = async (
  room: Room,
  body: unknown,
  command: string,
): Promise<SaidInSlack | null> => {
  if (!own.includes(command) && command !== any) return null;
  const text = lineOf(room, textAt(body, "text"));
  const line = command === any ? text || "help" : `${command.slice(1)} ${text}`.trim();
  const sender = senderOfCommand(body);
  const channel = await room.channelKey(textAt(body, "channel_id"));
  const key = `slack:${sender.team}:cmd:${textAt(body, "trigger_id")}`;
  return { sender, line, key, version: null, escalation: "", channel };
};

/** A line as somebody typed it, people by how the policy calls them. */
export const lineOf = ({ people }: Room, text: string): string =>
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
