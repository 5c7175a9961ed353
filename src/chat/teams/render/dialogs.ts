import type { FormField, Reply } from "../../../app/ports.ts";
import type { Card, Line } from "../../../core/card/card.ts";
import { storable } from "../../../core/text.ts";
import type { ButtonContext, Press } from "../../shared/button-payload.ts";
import type { AnswerContext } from "../../shared/draw-answer.ts";
import { type Filled, lineOfForm } from "../../shared/form-line.ts";
import { at } from "../../shared/json-path.ts";
import { titleOf } from "../../shared/request-helpers.ts";
import type { SizeBudget } from "../../shared/size-budget.ts";
import { shortened, visible } from "../../shared/text.ts";
import * as common from "../../shared/words.ts";
import { pressData, readPress } from "../inbound/button-payload.ts";
import type { Action, AdaptiveCard, Element, Input, TaskInfo } from "./adaptive-card.ts";
import { answerElements } from "./answer.ts";
import { pressable, row, titleText } from "./buttons.ts";
import { fitted, limits } from "./size-budget.ts";
import { boldLine, cardOf, ourWords, textLine } from "./text.ts";
import * as words from "./words.ts";

export type { TaskInfo } from "./adaptive-card.ts";

const info = (title: string, height: TaskInfo["height"], card: AdaptiveCard): TaskInfo => ({
  title: titleText(title, limits.dialogTitle),
  height,
  width: "medium",
  card,
});

/**
 * The small form of a button: the deed in full, the reason filled in from the rule, a submit button
 * that names the deed. Two taps, no typing.
 */
export function formDialog(press: Press, told = "", read: readonly Line[] = []): TaskInfo {
  const { title, submit, reason, reasonRequired } = press.form ?? bare(press.line);
  const initial = shortened(visible(reason), limits.reasonText).trim();
  return info(
    title,
    read.length === 0 ? "small" : "medium",
    cardOf([
      ...toldLine(told),
      ...boldLine([{ untrusted: submit }], 300),
      ...read.flatMap((line) => textLine(line, longestRead, { spacing: "Small" })),
      {
        type: "Input.Text",
        id: "because",
        label: common.because,
        isMultiline: true,
        maxLength: limits.reasonText,
        ...needed(reasonRequired),
        ...(initial === "" ? {} : { value: initial }),
      },
      ourWords(common.goesOnRecord),
      ...row(submitButton(submit, { ...press, form: press.form && { ...press.form, reason: "" } })),
    ]),
  );
}

/** A reason as it is clipped for a form, with whose it is. */
const longestRead = 1_200;

const toldLine = (told: string): Element[] =>
  told === "" ? [] : textLine([told], 400, { style: { color: "Attention" } });

/**
 * What was submitted, once more, under the sentence why: nothing typed is lost, and it can be
 * pressed again. Of a form of several fields only their names and values came back, so that each is
 * a text now.
 */
export function againDialog(data: unknown, press: Press, told: string): TaskInfo {
  const filled = filledIn(data);
  const reason = filled.find(({ name }) => name === "because")?.value ?? "";
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
  const form = [...fields.map(fieldInput), ...row(submitButton(deed, press))];
  return info(deed, "medium", cardOf([...toldLine(told), ...form]));
}

const bare = (line: string) => ({
  title: common.say,
  submit: line,
  reason: "",
  reasonRequired: false,
});

const needed = (required: boolean) =>
  required ? { isRequired: true, errorMessage: words.needed } : {};

/** What a dialog sends when it is submitted: our press, and every input beside it. */
function submitButton(title: string, press: Press): Action[] {
  const data = pressData("act", press);
  return data === null
    ? []
    : [
        {
          type: "Action.Submit",
          title: titleText(title),
          style: "positive",
          data: { ...data, submitted: true },
        },
      ];
}

/** Asks for what a command still lacks. */
function fieldsDialog(form: NonNullable<Reply["form"]>, buttonContext: ButtonContext): TaskInfo {
  const deed = titleOf(form.command);
  const { version, escalation, channel } = buttonContext;
  const press = { line: form.command, version, escalation, channel, form: null };
  return info(
    deed,
    "medium",
    cardOf([
      ...boldLine([{ untrusted: deed }], 300),
      ...form.fields.slice(0, 20).map(fieldInput),
      ...row(submitButton(deed, press)),
    ]),
  );
}

/**
 * The order of fields is that of the line's words, and nobody promises an order of inputs: so the
 * id counts.
 */
function fieldInput(field: FormField, position: number): Input {
  const parts = {
    id: shortened(`field:${position}:${storable(field.name)}`, 200),
    label: titleText(field.label, limits.choiceText),
    ...needed(field.required),
  };
  const text = shortened(visible(field.value), limits.reasonText).trim();
  const choices = field.options
    .filter(({ value }) => value.length < limits.choiceText && value === storable(value))
    .map(({ value, label }) => ({
      title: titleText(label, limits.choiceText),
      value: `=${value}`,
    }));
  // Too many to choose from are typed. "" is a value of ours ("the next narrower"): values begin
  // with "=".
  if (field.kind === "choice" && choices.length > 0 && choices.length <= limits.choices)
    return { ...parts, type: "Input.ChoiceSet", choices, ...chosenIn(choices, field.value) };
  if (field.kind === "date") return { ...parts, ...dateIn(field.value), type: "Input.Date" };
  const initial = text === "" ? {} : { value: text };
  return { ...parts, ...initial, type: "Input.Text", maxLength: limits.reasonText };
}

/** Nothing is chosen for anybody. */
const chosenIn = (choices: readonly { readonly value: string }[], value: string) =>
  choices.some((choice) => choice.value === `=${value}`) ? { value: `=${value}` } : {};

const dateIn = (value: string) => (/^\d{4}-\d\d-\d\d$/.test(value) ? { value } : {});

/** An answer in a dialog: the form it asks for, or what it says. */
export function answerDialog(answer: Reply, context: AnswerContext): TaskInfo {
  if (answer.form !== null) return fieldsDialog(answer.form, context);
  const card = fitted((budget) => cardOf(answerElements(answer, context, budget)));
  return info(titleOf(context.line), "medium", card);
}

const mostSections = 20;

/**
 * What is behind More…: evidence, the written rule, who may do what; and the card's buttons once
 * more. It mentions nobody.
 */
export function moreDialog(card: Card, channel: string): TaskInfo {
  const buttonContext: ButtonContext = {
    version: card.version,
    escalation: card.escalation,
    channel,
  };
  const drawn = fitted((budget) =>
    cardOf([
      ...boldLine(card.title, budget.line),
      ...card.more.slice(0, mostSections).flatMap((part) => moreSection(part, budget)),
      ...card.buttons.flatMap((buttons) =>
        row(buttons.flatMap((button) => pressable(button, buttonContext, budget.press))),
      ),
    ]),
  );
  return info(card.escalation, "large", drawn);
}

function moreSection(part: Card["more"][number], budget: SizeBudget): Element[] {
  const lines = part.lines.slice(0, budget.items);
  const left = part.lines.length - lines.length;
  return [
    ...textLine([{ untrusted: part.heading }], 150, {
      style: { weight: "Bolder" },
      spacing: "Medium",
    }),
    ...lines.flatMap((line): Element[] => textLine(["• ", ...line], 2 * budget.line)),
    ...(left > 0 ? [ourWords(common.andMore(left))] : []),
  ];
}

/**
 * The line that a submitted dialog stands for, and the press that opened it; null for anything
 * else.
 */
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
      if (id === "because") return [{ position: Number.MAX_SAFE_INTEGER, name: id, value }];
      return name === undefined
        ? []
        : [{ position: Number(position), name, value: value.replace(/^=/, "") }];
    })
    .sort((item, other) => item.position - other.position);
