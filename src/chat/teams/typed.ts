import type { Answer } from "../../app/ports.ts";
import type { Millis } from "../../core/ids.ts";
import { answerOnce, deedOf, type Spoken } from "../any/edited.ts";
import { at, textAt } from "../any/reading.ts";
import { refusal, shortKey } from "../any/said.ts";
import * as common from "../any/words.ts";
import { type Fields, isPersonal, senderOf, threadIn } from "./activity.ts";
import { teamsAnswer } from "./answer.ts";
import { onSubmit } from "./pressed.ts";
import type { Room, SaidInTeams } from "./room.ts";
import { spokenIn } from "./spoken.ts";

/** Lines that somebody typed: to the app directly, or with its mention in a channel, a thread or a group chat. */

/** Does what a message asks for, as it stands now; under a card its escalation is meant. */
export const onMessage = async (room: Room, activity: Fields): Promise<void> => {
  // A button of a client that knows no better comes as a message.
  if (at(activity, "value") != null) return onSubmit(room, activity);
  const heard = await hear(room, activity);
  if (heard === null) return;
  if (heard.line === "home" && room.actors.foreign(heard.sender) === null && heard.isPrivate)
    return room.reply(activity, await room.home(heard.sender));
  // Teams sends a message again when it was not answered in time: what was said stays done, and is answered once.
  const answer = await answerOnce(room.store, heard, (line, key) =>
    answered(room, { ...heard, line, key }),
  );
  if (answer === null) return;
  const message = teamsAnswer(answer, heard);
  // Everybody reads a reply in a channel; who only spoke of us is told alone, where that can be.
  if (heard.line === "" && (await room.whisper(activity, message))) return;
  await room.reply(activity, message);
};

/** What somebody said about us, and not to us, is no command. */
const answered = async (room: Room, heard: Heard): Promise<Answer> =>
  heard.line === "" ? refusal(common.mentionFirst) : room.ask(heard);

type Heard = SaidInTeams & Spoken;

/** Null where nobody speaks to us or of us, and where an app changed a message. */
const hear = async (room: Room, activity: Fields): Promise<Heard | null> => {
  const sender = senderOf(activity);
  const isEdit = textAt(activity, "type") === "messageUpdate";
  const { line, to } = spokenIn(activity, (account, name) => keyOf(room, account, name));
  if (to === "others" || (isEdit && sender.account === "")) return null;
  const { channel, root } = threadIn(sender.conversation);
  const above = root === "" ? undefined : await room.store.messageAt("teams", `${channel}|${root}`);
  const meant = to === "us" ? line || bareIn(activity) : "";
  const said = textAt(activity, "id") || shortKey(line);
  const place = `teams:${sender.conversation}:${said}`;
  return {
    ...{ sender, line: meant, edited: isEdit ? editedAfter(activity) : null },
    message: `${place}:${sender.account}`,
    key: `${place}:${deedOf(meant)}:${sender.account}`,
    version: null,
    escalation: above?.escalation ?? "",
    channel: room.channelKey(sender.conversation) || (above?.channel ?? ""),
    isPrivate: isPersonal(activity),
  };
};

/** What our name alone asks for. */
const bareIn = (activity: Fields): string => (isPersonal(activity) ? "home" : "help");

/** How long after a message was written it was edited: its id is when, in ms. Where Teams says neither, it is taken as just written. */
const editedAfter = (activity: Fields): Millis => {
  const id = textAt(activity, "id");
  const after = Date.parse(textAt(activity, "timestamp")) - Number(id);
  return /^\d{13}$/.test(id) && Number.isFinite(after) ? Math.max(0, after) : 0;
};

/** How the policy calls somebody who was mentioned. Their name only says whom a line is about; it gives nobody a right. */
const keyOf = ({ people }: Room, account: string, name: string): string | null =>
  [...people().values()].find((one) =>
    account === "" ? one.name === name : one.teams?.toLowerCase() === account,
  )?.key ?? null;
