import type { FormField, Reply } from "../../../app/ports.ts";
import type { Card, Line } from "../../../core/card/card.ts";
import type { ButtonContext, Press } from "../../shared/button-payload.ts";
import type { AnswerContext } from "../../shared/draw-answer.ts";
import { drawMore } from "../../shared/draw-card.ts";
import { drawFields, drawForm, drawInputs, formOf } from "../../shared/draw-form.ts";
import { type Filled, lineOfForm } from "../../shared/form-line.ts";
import { at } from "../../shared/json-path.ts";
import { titleOf } from "../../shared/request-helpers.ts";
import { pressData, readPress } from "../inbound/button-payload.ts";
import type { ActionSet, AdaptiveCard, Element, TaskInfo } from "./adaptive-card.ts";
import { answerElements } from "./answer.ts";
import { buttonRow, titleText } from "./buttons.ts";
import { teamsElements } from "./elements.ts";
import { reasonId } from "./input.ts";
import { fitted, limits } from "./size-budget.ts";
import { cardOf, textLine } from "./text.ts";

export type { TaskInfo } from "./adaptive-card.ts";

const info = (title: string, height: TaskInfo["height"], card: AdaptiveCard): TaskInfo => ({
  title: titleText(title, limits.dialogTitle),
  height,
  width: "medium",
  card,
});

/** The form of a button; its submit button names the command. */
export function formDialog(press: Press, told = "", read: readonly Line[] = []): TaskInfo {
  const form = formOf(press);
  return info(
    form.title,
    read.length === 0 ? "small" : "medium",
    cardOf([
      ...toldLine(told),
      ...teamsElements(drawForm(form, read)),
      ...submitRow(form.submit, {
        ...press,
        form: press.form && { ...press.form, reason: "" },
      }),
    ]),
  );
}

const toldLine = (told: string): Element[] =>
  told === "" ? [] : textLine([told], 400, { style: { color: "Attention" } });

/**
 * The submitted form again, below the reason why: nothing typed is lost, and it can be submitted
 * again. Of a form with several fields only names and values came back, so each is a text field
 * now.
 */
export function againDialog(data: unknown, press: Press, told: string): TaskInfo {
  const filled = filledIn(data);
  const reason = filled.find(({ name }) => name === reasonId)?.value ?? "";
  if (press.form !== null) return formDialog({ ...press, form: { ...press.form, reason } }, told);
  const deed = titleOf(press.line);
  const fields = filled.map(
    ({ name, value }): FormField => ({
      name,
      label: name,
      value,
      kind: "text",
      required: false,
      options: [],
    }),
  );
  const form = [...toldLine(told), ...teamsElements(drawInputs(fields))];
  return info(deed, "medium", cardOf([...form, ...submitRow(deed, press)]));
}

/** The submit button of a dialog: it sends our press and every input. */
function submitRow(title: string, press: Press): ActionSet[] {
  const data = pressData("act", press);
  return data === null
    ? []
    : buttonRow([
        {
          type: "Action.Submit",
          title: titleText(title),
          style: "positive",
          data: { ...data, submitted: true },
        },
      ]);
}

/** Asks for the fields that a command lacks. */
function fieldsDialog(form: NonNullable<Reply["form"]>, buttonContext: ButtonContext): TaskInfo {
  const deed = titleOf(form.command);
  const { version, escalation, channel } = buttonContext;
  const press = { line: form.command, version, escalation, channel, form: null };
  return info(
    deed,
    "medium",
    cardOf([...teamsElements(drawFields(form)), ...submitRow(deed, press)]),
  );
}

/** An answer in a dialog: the form it asks for, or what it says. */
export function answerDialog(answer: Reply, context: AnswerContext): TaskInfo {
  if (answer.form !== null) return fieldsDialog(answer.form, context);
  const card = fitted((budget) => cardOf(answerElements(answer, context, budget)));
  return info(titleOf(context.line), "medium", card);
}

/** What More… shows. */
export function moreDialog(card: Card, channel: string): TaskInfo {
  const drawn = fitted((budget) => cardOf(teamsElements(drawMore(card, channel, budget))));
  return info(card.escalation, "large", drawn);
}

/** The command line of a submitted dialog, and the press that opened it; null for anything else. */
export function readDialog(data: unknown): { readonly line: string; readonly press: Press } | null {
  const read = at(data, "submitted") === true ? readPress(data) : null;
  return read && { line: lineOfForm(read.press.line, filledIn(data)), press: read.press };
}

const filledIn = (data: unknown): readonly Filled[] =>
  Object.keys(typeof data === "object" && data !== null ? data : {})
    .slice(0, 50)
    .flatMap((id) => {
      const [, position, name] = /^field:(\d+):(.*)$/.exec(id) ?? [];
      const value = at(data, id);
      if (typeof value !== "string") return [];
      if (id === reasonId) return [{ position: Number.MAX_SAFE_INTEGER, name: id, value }];
      return name === undefined
        ? []
        : [{ position: Number(position), name, value: value.replace(/^=/, "") }];
    })
    .sort((item, other) => item.position - other.position);
