import type { Reply } from "../../../app/ports.ts";
import { isUnsure } from "../../../core/card/not-recorded.ts";
import type { Press } from "../../shared/button-payload.ts";
import { at, textAt } from "../../shared/json-path.ts";
import { escalationIn, nowhere, refusal, shortKey } from "../../shared/request-helpers.ts";
import { toldBefore } from "../../shared/told-before.ts";
import type { ActivityResponse } from "../bot.ts";
import { settleCopies } from "../outbound/duplicate-cards.ts";
import { teamsAnswer } from "../render/answer.ts";
import {
  againDialog,
  answerDialog,
  formDialog,
  moreDialog,
  readDialog,
  type TaskInfo,
} from "../render/dialogs.ts";
import * as words from "../render/words.ts";
import { type Fields, isPersonal, senderOf } from "./activity.ts";
import { readPress } from "./button-payload.ts";
import type { InboundContext, SaidInTeams } from "./inbound-context.ts";

/** Buttons and dialogs: typed lines that nobody had to type. */

/** Does what a button stands for (Action.Execute); only who pressed sees the answer. */
export async function onExecute(
  context: InboundContext,
  activity: Fields,
): Promise<ActivityResponse> {
  const pressed = readPress(at(activity, "value", "action", "data"));
  if (pressed === null) return shownInPassing(words.oldButton);
  const said = saidBy(activity, pressed.press);
  const answer = await done(context, activity, said);
  if (answer.choices.length === 0) return shownInPassing(answer.text);
  // What is said in passing has no buttons: the next steps come directly.
  const isTold = await context.replyPrivately(activity, teamsAnswer(answer, said));
  return shownInPassing(isTold ? `${answer.text} ${words.nextSteps}` : answer.text);
}

/**
 * A sentence that only who pressed sees.
 * https://learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model
 */
export function shownInPassing(text: string): ActivityResponse {
  return {
    status: 200,
    body: { statusCode: 200, type: "application/vnd.microsoft.activity.message", value: text },
  };
}

/**
 * Opens the dialog that a button asks for (task/fetch). Nothing is done by looking at a form;
 * submitting it asks again.
 */
export async function onFetch(
  context: InboundContext,
  activity: Fields,
): Promise<ActivityResponse> {
  return dialogOf(await dialogFor(context, activity, at(activity, "value", "data")));
}

/** Does what a dialog stands for (task/submit); what comes of it is shown in its place. */
export async function onTask(context: InboundContext, activity: Fields): Promise<ActivityResponse> {
  const data = at(activity, "value", "data");
  const read = readDialog(data);
  if (read === null) return dialogOf(await dialogFor(context, activity, data));
  const said = saidBy(activity, read.press, read.line);
  const answer = await done(context, activity, said);
  return dialogOf(
    isUnsure(answer) ? againDialog(data, read.press, answer.text) : answerDialog(answer, said),
  );
}

/** Has it done; a card that stands twice is known by the press. */
async function done(context: InboundContext, activity: Fields, said: SaidInTeams): Promise<Reply> {
  const answer = await context.ask(said);
  if (!isUnsure(answer)) await settleCopies(context, activity, said.escalation);
  return answer;
}

/** A dialog as an answer. */
export function dialogOf(value: TaskInfo): ActivityResponse {
  return {
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
  };
}

/** What a press shows in a dialog: its form, what is behind More…, or what came of it. */
async function dialogFor(
  context: InboundContext,
  activity: Fields,
  data: unknown,
): Promise<TaskInfo> {
  const pressed = readPress(data);
  const refused = context.actors.foreign(senderOf(activity));
  if (pressed === null) return answerDialog(refusal(words.oldButton), nowhere);
  if (refused !== null) return answerDialog(refusal(refused), nowhere);
  const { kind, press } = pressed;
  switch (kind) {
    case "form":
      return formDialog(
        press,
        "",
        await toldBefore(context.views, press, readerOf(context, activity)),
      );
    case "more":
      return more(context, press);
    case "open":
    case "act": {
      const said = saidBy(activity, press);
      const answer = await (kind === "act" ? done(context, activity, said) : context.ask(said));
      return answerDialog(answer, said);
    }
  }
}

const readerOf = (context: InboundContext, activity: Fields) =>
  context.actors.person(senderOf(activity))?.id ?? null;

async function more({ views }: InboundContext, { line, channel }: Press): Promise<TaskInfo> {
  const id = escalationIn(line);
  const card = id === "" ? undefined : await views.card(id);
  return card
    ? moreDialog(card, channel)
    : answerDialog(refusal(words.noCard(line)), { ...nowhere, line, channel });
}

/**
 * A client without dialogs sends a message with what the button carried: what would stand in the
 * dialog is answered as a card.
 */
export async function onSubmit(context: InboundContext, activity: Fields): Promise<void> {
  const data = at(activity, "value");
  const read = readDialog(data);
  if (read !== null) {
    const said = saidBy(activity, read.press, read.line);
    const answer = await done(context, activity, said);
    return context.reply(activity, teamsAnswer(answer, said));
  }
  const { title, card } = await dialogFor(context, activity, data);
  return context.reply(activity, { summary: title, card });
}

function saidBy(activity: Fields, press: Press, line: string = press.line): SaidInTeams {
  const sender = senderOf(activity);
  const { version, escalation, channel } = press;
  const place = `${sender.conversation}:${textAt(activity, "replyToId")}`;
  return {
    sender,
    line,
    version,
    escalation,
    channel,
    key: `teams:${place}:${sender.account}:${shortKey(line)}:${version ?? ""}`,
    isPrivate: textAt(activity, "type") === "invoke" || isPersonal(activity),
  };
}
