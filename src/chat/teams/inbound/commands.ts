import type { Reply } from "../../../app/ports.ts";
import type { Millis } from "../../../core/ids.ts";
import { answerOnce, deedOf, type MessageLine } from "../../shared/edited.ts";
import { at, textAt } from "../../shared/json-path.ts";
import { refusal, shortKey } from "../../shared/request-helpers.ts";
import * as common from "../../shared/words.ts";
import { teamsAnswer } from "../render/answer.ts";
import { type Fields, isPersonal, senderOf, threadIn } from "./activity.ts";
import type { InboundContext, SaidInTeams } from "./inbound-context.ts";
import { onSubmit } from "./interactions.ts";
import { spokenIn } from "./message-text.ts";

/**
 * Commands in messages: sent to the app directly, or with its mention in a channel, a thread or a
 * group chat.
 */

/** Runs the command in the current version of a message; below a card, its escalation is meant. */
export async function onMessage(context: InboundContext, activity: Fields): Promise<void> {
  // Clients without Action.Execute send a press as a message.
  if (at(activity, "value") != null) return onSubmit(context, activity);
  const heard = await hear(context, activity);
  if (heard === null) return;
  if (heard.line === "home" && context.actors.foreign(heard.sender) === null && heard.isPrivate)
    return context.reply(activity, await context.home(heard.sender));
  // Teams repeats a message that was not answered in time: the command is run once and answered
  // once.
  const answer = await answerOnce(context.store, heard, (line, key) =>
    answered(context, { ...heard, line, key }),
  );
  if (answer === null) return;
  const message = teamsAnswer(answer, heard);
  // Everybody reads a reply in a channel, so the author of a message that only mentions us is told
  // privately if possible.
  if (heard.line === "" && (await context.replyPrivately(activity, message))) return;
  await context.reply(activity, message);
}

/** A message that mentions us but is not addressed to us is no command. */
const answered = async (context: InboundContext, heard: TypedMessage): Promise<Reply> =>
  heard.line === "" ? refusal(common.mentionFirst) : context.ask(heard);

type TypedMessage = SaidInTeams & MessageLine;

/** Null where a message does not mention us, and where an app edited it. */
async function hear(context: InboundContext, activity: Fields): Promise<TypedMessage | null> {
  const sender = senderOf(activity);
  const isEdit = textAt(activity, "type") === "messageUpdate";
  const { line, to } = spokenIn(activity, (account, name) => keyOf(context, account, name));
  if (to === "others" || (isEdit && sender.account === "")) return null;
  const { channel, root } = threadIn(sender.conversation);
  const above =
    root === "" ? undefined : await context.store.messageAt("teams", `${channel}|${root}`);
  const meant = to === "us" ? line || bareIn(activity) : "";
  const said = textAt(activity, "id") || shortKey(line);
  const place = `teams:${sender.conversation}:${said}`;
  return {
    sender,
    line: meant,
    edited: isEdit ? editedAfter(activity) : null,
    message: `${place}:${sender.account}`,
    key: `${place}:${deedOf(meant)}:${sender.account}`,
    version: null,
    escalation: above?.escalation ?? "",
    channel: context.channelKey(sender.conversation) || (above?.channel ?? ""),
    isPrivate: isPersonal(activity),
  };
}

/** The command for a mention without text. */
const bareIn = (activity: Fields): string => (isPersonal(activity) ? "home" : "help");

/**
 * How long after a message was written it was edited: its id is the time of writing in ms. Where
 * Teams says neither, it counts as just written.
 */
function editedAfter(activity: Fields): Millis {
  const id = textAt(activity, "id");
  const after = Date.parse(textAt(activity, "timestamp")) - Number(id);
  return /^\d{13}$/.test(id) && Number.isFinite(after) ? Math.max(0, after) : 0;
}

/**
 * The policy's name for a mentioned person. A name only says whom a line is about; it gives no
 * rights.
 */
const keyOf = ({ people }: InboundContext, account: string, name: string): string | null =>
  [...people().values()].find((person) =>
    account === "" ? person.name === name : person.teams?.toLowerCase() === account,
  )?.key ?? null;
