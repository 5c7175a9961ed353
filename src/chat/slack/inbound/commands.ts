import type { Reply } from "../../../app/ports.ts";
import type { Millis } from "../../../core/ids.ts";
import { textAt } from "../../shared/json-path.ts";
import { opensForm, refusal, titleOf } from "../../shared/request-helpers.ts";
import { inTimeOrNull } from "../../shared/timeout.ts";
import { sendFaultOf } from "../outbound/api.ts";
import { slackAnswer } from "../render/answer.ts";
import type { SlackMessage } from "../render/card.ts";
import * as words from "../render/words.ts";
import { senderOfCommand, unescapedText } from "./envelope.ts";
import { answerModal, type InboundContext, type SaidInSlack } from "./inbound-context.ts";
import type { Tell } from "./interactions.ts";

/** Slash commands. */

/** The app's own slash commands; every other command is typed after /holdpoint. */
const own = ["/ack", "/narrow", "/pause", "/resume", "/decisions"];
const any = "/holdpoint";

/**
 * Runs a slash command. Answers what only its sender sees; null where a form was opened instead, or
 * `tell` sends the answer later.
 */
export async function onCommand(
  context: InboundContext,
  body: unknown,
  tell: Tell,
): Promise<SlackMessage | null> {
  const command = textAt(body, "command");
  const said = await saidByCommand(context, body, command);
  if (said === null) return drawn(refusal(words.notOurs(command)), nowhere(command));
  const asked = context.ask(said);
  if (!opensForm(said.line)) return drawn(await asked, said);
  const opening = openForm(context, { trigger: textAt(body, "trigger_id"), said, asked });
  const answer = await asked;
  // If Slack does not open the view, the answer says the same, with a button: at once, or as soon
  // as that is known.
  const opened = await inTimeOrNull(opening, openingTakes);
  if (opened === null) void afterwards(opening, () => tell(drawn(answer, said), false));
  return opened === false ? drawn(answer, said) : null;
}

async function afterwards(opening: Promise<boolean>, tell: () => Promise<void>): Promise<void> {
  if (!(await opening)) await tell();
}

const openingTakes: Millis = 400;

async function saidByCommand(
  context: InboundContext,
  body: unknown,
  command: string,
): Promise<SaidInSlack | null> {
  if (!own.includes(command) && command !== any) return null;
  const text = lineOf(context, textAt(body, "text"));
  const line = command === any ? text || "help" : `${command.slice(1)} ${text}`.trim();
  const sender = senderOfCommand(body);
  const channel = await context.channelKey(textAt(body, "channel_id"));
  const key = `slack:${sender.team}:cmd:${textAt(body, "trigger_id")}`;
  return { sender, line, key, version: null, escalation: "", channel };
}

/** A typed line, with people named as the policy names them. */
export function lineOf({ people }: InboundContext, text: string): string {
  return unescapedText(
    text,
    (user) => [...people().values()].find(({ slack }) => slack === user)?.key ?? null,
  );
}

/** False where Slack did not open it. */
async function openForm(
  context: InboundContext,
  {
    trigger,
    said,
    asked,
  }: { readonly trigger: string; readonly said: SaidInSlack; readonly asked: Promise<Reply> },
): Promise<boolean> {
  try {
    await context.open(trigger, titleOf(said.line), async () => answerModal(await asked, said));
    return true;
  } catch (fault) {
    context.report(sendFaultOf(fault), "slack form");
    return false;
  }
}

const drawn = (answer: Reply, said: Omit<SaidInSlack, "sender" | "key">): SlackMessage =>
  slackAnswer(answer, said);

const nowhere = (line: string) => ({ line, version: null, escalation: "", channel: "" }) as const;
