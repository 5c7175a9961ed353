import type { Reply } from "../../../app/ports.ts";
import { isUnsure } from "../../../core/card/not-recorded.ts";
import type { Press } from "../../shared/button-payload.ts";
import { at, textAt } from "../../shared/json-path.ts";
import { escalationIdIn, nowhere, refusal, shortKey } from "../../shared/request-helpers.ts";
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

/** Buttons and dialogs: each runs the command line that it stands for. */

/** Runs the command of a button (Action.Execute); only the person who pressed sees the answer. */
export async function onExecute(
  context: InboundContext,
  activity: Fields,
): Promise<ActivityResponse> {
  const pressed = readPress(at(activity, "value", "action", "data"));
  if (pressed === null) return shownBriefly(words.oldButton);
  const said = saidBy(activity, pressed.press);
  const answer = await done(context, activity, said);
  if (answer.choices.length === 0) return shownBriefly(answer.text);
  // This kind of answer has no buttons, so the next steps are sent directly.
  const isTold = await context.replyPrivately(activity, teamsAnswer(answer, said));
  return shownBriefly(isTold ? `${answer.text} ${words.nextSteps}` : answer.text);
}

/**
 * A sentence that only the person who pressed sees.
 * https://learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model
 */
export function shownBriefly(text: string): ActivityResponse {
  return {
    status: 200,
    body: { statusCode: 200, type: "application/vnd.microsoft.activity.message", value: text },
  };
}

/**
 * Opens a button's dialog (task/fetch). Opening it changes nothing; submitting it is checked again.
 */
export async function onFetch(
  context: InboundContext,
  activity: Fields,
): Promise<ActivityResponse> {
  return dialogOf(await dialogFor(context, activity, at(activity, "value", "data")));
}

/** Runs the command of a dialog (task/submit); the result replaces the dialog. */
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

/** Runs the command; the press also shows where a duplicate card is. */
async function done(context: InboundContext, activity: Fields, said: SaidInTeams): Promise<Reply> {
  const answer = await context.ask(said);
  if (!isUnsure(answer)) await settleCopies(context, activity, said.escalation);
  return answer;
}

/** An answer that opens a dialog. */
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

/** The dialog for a press: its form, More…, or the result. */
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
  const id = escalationIdIn(line);
  const card = id === "" ? undefined : await views.card(id);
  return card
    ? moreDialog(card, channel)
    : answerDialog(refusal(words.noCard(line)), { ...nowhere, line, channel });
}

/**
 * A client without dialogs sends the button's data as a message; the contents of the dialog are
 * answered as a card.
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
