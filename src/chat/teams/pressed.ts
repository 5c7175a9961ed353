import type { Answer } from "../../app/ports.ts";
import { isUnsure } from "../../core/unsure.ts";
import type { Press } from "../any/press.ts";
import { at, textAt } from "../any/reading.ts";
import { escalationIn, nowhere, refusal, shortKey } from "../any/said.ts";
import { toldBefore } from "../any/told-before.ts";
import { type Fields, isPersonal, senderOf } from "./activity.ts";
import { teamsAnswer } from "./answer.ts";
import type { Reply } from "./bot.ts";
import { settleCopies } from "./copies.ts";
import {
  againDialog,
  answerDialog,
  formDialog,
  moreDialog,
  readDialog,
  type TaskInfo,
} from "./dialogs.ts";
import { readPress } from "./press.ts";
import type { Room, SaidInTeams } from "./room.ts";
import * as words from "./words.ts";

/** Buttons and dialogs: typed lines that nobody had to type. */

/** Does what a button stands for (Action.Execute); only who pressed sees the answer. */
export const onExecute = async (room: Room, activity: Fields): Promise<Reply> => {
  const pressed = readPress(at(activity, "value", "action", "data"));
  if (pressed === null) return shownInPassing(words.oldButton);
  const said = saidBy(activity, pressed.press);
  const answer = await done(room, activity, said);
  if (answer.choices.length === 0) return shownInPassing(answer.text);
  // What is said in passing has no buttons: the next steps come directly.
  const isTold = await room.whisper(activity, teamsAnswer(answer, said));
  return shownInPassing(isTold ? `${answer.text} ${words.nextSteps}` : answer.text);
};

/** A sentence that only who pressed sees. https://learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model */
export const shownInPassing = (text: string): Reply => ({
  status: 200,
  body: { statusCode: 200, type: "application/vnd.microsoft.activity.message", value: text },
});

/** Opens the dialog that a button asks for (task/fetch). Nothing is done by looking at a form; submitting it asks again. */
export const onFetch = async (room: Room, activity: Fields): Promise<Reply> =>
  dialogOf(await dialogFor(room, activity, at(activity, "value", "data")));

/** Does what a dialog stands for (task/submit); what comes of it is shown in its place. */
export const onTask = async (room: Room, activity: Fields): Promise<Reply> => {
  const data = at(activity, "value", "data");
  const read = readDialog(data);
  if (read === null) return dialogOf(await dialogFor(room, activity, data));
  const said = saidBy(activity, read.press, read.line);
  const answer = await done(room, activity, said);
  return dialogOf(
    isUnsure(answer) ? againDialog(data, read.press, answer.text) : answerDialog(answer, said),
  );
};

/** Has it done; a card that stands twice is known by the press. */
const done = async (room: Room, activity: Fields, said: SaidInTeams): Promise<Answer> => {
  const answer = await room.ask(said);
  if (!isUnsure(answer)) await settleCopies(room, activity, said.escalation);
  return answer;
};

/** A dialog as an answer. */
export const dialogOf = (value: TaskInfo): Reply => ({
  status: 200,
  body: {
    task: {
      type: "continue",
      value: {
        title: value.title,
        height: value.height,
        width: value.width,
        card: { contentType: "application/vnd.microsoft.card.adaptive", content: value.card },
      },
    },
  },
});

/** What a press shows in a dialog: its form, what is behind More…, or what came of it. */
const dialogFor = async (room: Room, activity: Fields, data: unknown): Promise<TaskInfo> => {
  const pressed = readPress(data);
  const refused = room.actors.foreign(senderOf(activity));
  if (pressed === null) return answerDialog(refusal(words.oldButton), nowhere);
  if (refused !== null) return answerDialog(refusal(refused), nowhere);
  const { kind, press } = pressed;
  switch (kind) {
    case "form":
      return formDialog(press, "", await toldBefore(room.views, press, readerOf(room, activity)));
    case "more":
      return more(room, press);
    case "open":
    case "act": {
      const said = saidBy(activity, press);
      const answer = await (kind === "act" ? done(room, activity, said) : room.ask(said));
      return answerDialog(answer, said);
    }
  }
};

const readerOf = (room: Room, activity: Fields) =>
  room.actors.person(senderOf(activity))?.id ?? null;

const more = async ({ views }: Room, { line, channel }: Press): Promise<TaskInfo> => {
  const id = escalationIn(line);
  const card = id === "" ? undefined : await views.card(id);
  return card
    ? moreDialog(card, channel)
    : answerDialog(refusal(words.noCard(line)), { ...nowhere, line, channel });
};

/** A client without dialogs sends a message with what the button carried: what would stand in the dialog is answered as a card. */
export const onSubmit = async (room: Room, activity: Fields): Promise<void> => {
  const data = at(activity, "value");
  const read = readDialog(data);
  if (read !== null) {
    const said = saidBy(activity, read.press, read.line);
    const answer = await done(room, activity, said);
    return room.reply(activity, teamsAnswer(answer, said));
  }
  const { title, card } = await dialogFor(room, activity, data);
  return room.reply(activity, { summary: title, card });
};

const saidBy = (activity: Fields, press: Press, line: string = press.line): SaidInTeams => {
  const sender = senderOf(activity);
  const { version, escalation, channel } = press;
  const place = `${sender.conversation}:${textAt(activity, "replyToId")}`;
  return {
    ...{ sender, line, version, escalation, channel },
    key: `teams:${place}:${sender.account}:${shortKey(line)}:${version ?? ""}`,
    isPrivate: textAt(activity, "type") === "invoke" || isPersonal(activity),
  };
};
