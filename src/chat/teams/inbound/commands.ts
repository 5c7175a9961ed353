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
 * Lines that somebody typed: to the app directly, or with its mention in a channel, a thread or a
 * group chat.
 */

/** Does what a message asks for, as it stands now; under a card its escalation is meant. */
export async function onMessage(context: InboundContext, activity: Fields): Promise<void> {
  // A button of a client that knows no better comes as a message.
  if (at(activity, "value") != null) return onSubmit(context, activity);
  const heard = await hear(context, activity);
  if (heard === null) return;
  if (heard.line === "home" && context.actors.foreign(heard.sender) === null && heard.isPrivate)
    return context.reply(activity, await context.home(heard.sender));
  // Teams sends a message again when it was not answered in time: what was said stays done, and is
  // answered once.
  const answer = await answerOnce(context.store, heard, (line, key) =>
    answered(context, { ...heard, line, key }),
  );
  if (answer === null) return;
  const message = teamsAnswer(answer, heard);
  // Everybody reads a reply in a channel; who only spoke of us is told alone, where that can be.
  if (heard.line === "" && (await context.replyPrivately(activity, message))) return;
  await context.reply(activity, message);
}

/** What somebody said about us, and not to us, is no command. */
const answered = async (context: InboundContext, heard: TypedMessage): Promise<Reply> =>
  heard.line === "" ? refusal(common.mentionFirst) : context.ask(heard);

type TypedMessage = SaidInTeams & MessageLine;

/** Null where nobody speaks to us or of us, and where an app changed a message. */
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

/** What our name alone asks for. */
const bareIn = (activity: Fields): string => (isPersonal(activity) ? "home" : "help");

/**
 * How long after a message was written it was edited: its id is when, in ms. Where Teams says
 * neither, it is taken as just written.
 */
function editedAfter(activity: Fields): Millis {
  const id = textAt(activity, "id");
  const after = Date.parse(textAt(activity, "timestamp")) - Number(id);
  return /^\d{13}$/.test(id) && Number.isFinite(after) ? Math.max(0, after) : 0;
}

/**
 * How the policy calls somebody who was mentioned. Their name only says whom a line is about; it
 * gives nobody a right.
 */
const keyOf = ({ people }: InboundContext, account: string, name: string): string | null =>
  [...people().values()].find((person) =>
    account === "" ? person.name === name : person.teams?.toLowerCase() === account,
  )?.key ?? null;
