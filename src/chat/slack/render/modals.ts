import type { HomeView, InputBlock, InputBlockElement, KnownBlock, ModalView } from "@slack/types";
import type { FormField, Reply } from "../../../app/ports.ts";
import type { Card, Line } from "../../../core/card/card.ts";
import { storable } from "../../../core/text.ts";
import type { ButtonContext, Press } from "../../shared/button-payload.ts";
import type { AnswerContext } from "../../shared/draw-answer.ts";
import { lineOfForm } from "../../shared/form-line.ts";
import type { SizeBudget } from "../../shared/size-budget.ts";
import { nobody, shortened, shortenedAtWord, visible } from "../../shared/text.ts";
import * as common from "../../shared/words.ts";
import { decodePress, encodePress, viewIds } from "../inbound/button-payload.ts";
import { answerBlocks } from "./answer.ts";
import { pressable, row } from "./buttons.ts";
import { fitted, limits } from "./size-budget.ts";
import { boldSection, plainElement, richBlock, section } from "./text.ts";
import * as words from "./words.ts";

/** A modal whose blocks are all known to us. */
export type Modal = Omit<ModalView, "blocks"> & { blocks: KnownBlock[] };
/** An App Home whose blocks are all known to us. */
export type Home = Omit<HomeView, "blocks"> & { blocks: KnownBlock[] };

interface Frame {
  readonly id: (typeof viewIds)[keyof typeof viewIds];
  readonly title: string;
  readonly close: string;
  readonly submit: string | null;
  readonly metadata: string;
}

const modal = ({ id, title, close, submit, metadata }: Frame, blocks: KnownBlock[]): Modal => ({
  type: "modal",
  callback_id: id,
  title: plainElement(title, limits.modalTitle),
  close: plainElement(close, limits.modalTitle),
  ...(submit === null
    ? {}
    : {
        submit: plainElement(
          shortenedAtWord(visible(submit).trim(), limits.modalTitle),
          limits.modalTitle,
        ),
      }),
  private_metadata: metadata,
  blocks,
});

/** What is opened at once, as a trigger lives for 3 s; the real view replaces it. */
export function skeleton(title: string): Modal {
  return modal(
    { id: viewIds.notice, title, close: common.close, submit: null, metadata: "" },
    richText([words.loading]),
  );
}

function richText(line: Line, most: number = limits.sectionText): KnownBlock[] {
  const elements = section(line, nobody, most);
  return richBlock(elements);
}

function heading(line: Line): KnownBlock[] {
  const elements = boldSection(line, 300);
  return richBlock(elements);
}

/**
 * The small form of a button: the deed in full, the reason filled in from the rule, a submit button
 * that names the deed. Two taps, no typing.
 */
export function formModal(press: Press, told: readonly Line[] = []): Modal {
  const { title, submit, reason, reasonRequired } = press.form ?? bare(press.line);
  const initial = shortened(visible(reason), limits.reasonText).trim();
  const metadata = encodePress({ ...press, form: press.form && { ...press.form, reason: "" } });
  return modal({ id: viewIds.form, title, close: common.cancel, submit, metadata }, [
    ...heading([submit]),
    ...told.flatMap((line) => richText(line)),
    input("reason", {
      label: common.because,
      required: reasonRequired,
      element: {
        type: "plain_text_input",
        action_id: valueId,
        multiline: true,
        max_length: limits.reasonText,
        ...(initial === "" ? {} : { initial_value: initial }),
      },
    }),
    ...richText([common.goesOnRecord]),
  ]);
}

const bare = (line: string) => ({
  title: common.say,
  submit: line,
  reason: "",
  reasonRequired: false,
});

const valueId = "value";

const input = (
  block: string,
  {
    label,
    required,
    element,
  }: { readonly label: string; readonly required: boolean; readonly element: InputBlockElement },
): InputBlock => ({
  type: "input",
  block_id: block,
  label: plainElement(label, 150),
  optional: !required,
  element,
});

/** Asks for what a command still lacks. */
export function fieldsModal(form: NonNullable<Reply["form"]>, context: ButtonContext): Modal {
  const deed = `${form.command.slice(0, 1).toUpperCase()}${form.command.slice(1)}`;
  const { version, escalation, channel } = context;
  const metadata = encodePress({ line: form.command, version, escalation, channel, form: null });
  const frame = { id: viewIds.fields, title: deed, close: common.cancel, submit: deed, metadata };
  return modal(frame, [
    ...heading([deed === "" ? common.say : deed]),
    ...form.fields.slice(0, 50).map(fieldInput),
  ]);
}

/**
 * The order of fields is that of the line's words, and Slack promises no order of values: so the
 * block's id counts.
 */
function fieldInput(field: FormField, at: number): InputBlock {
  const block = shortened(`field:${at}:${storable(field.name)}`, limits.callbackId);
  return input(block, {
    label: field.label,
    required: field.required,
    element: fieldElement(field),
  });
}

function fieldElement(field: FormField): InputBlockElement {
  switch (field.kind) {
    case "choice":
      return choiceElement(field);
    case "date":
      return {
        type: "datepicker",
        action_id: valueId,
        ...(/^\d{4}-\d\d-\d\d$/.test(field.value) ? { initial_date: field.value } : {}),
      };
    case "text":
      return textElement(field);
  }
}

function textElement({ value }: FormField): InputBlockElement {
  const initial = shortened(visible(value), limits.reasonText).trim();
  return {
    type: "plain_text_input",
    action_id: valueId,
    max_length: limits.reasonText,
    ...(initial === "" ? {} : { initial_value: initial }),
  };
}

/**
 * Slack refuses an option without a value, and "" is one of ours ("the next narrower"): values
 * begin with `=`. Too many to choose from are typed.
 */
function choiceElement(field: FormField): InputBlockElement {
  const options = field.options
    .filter(({ value }) => value.length < limits.optionValue && value === storable(value))
    .map(({ value, label }) => ({
      text: plainElement(label, limits.optionText),
      value: `=${value}`,
    }));
  if (options.length === 0 || options.length > limits.options) return textElement(field);
  const chosen = options.find(({ value }) => value === `=${field.value}`);
  return {
    type: "static_select",
    action_id: valueId,
    options,
    ...(chosen === undefined ? {} : { initial_option: chosen }),
  };
}

/** An answer, where a modal is open. */
export function noticeModal(title: string, answer: Reply, context: AnswerContext): Modal {
  const { line, version, escalation, channel } = context;
  const metadata = encodePress({ line, version, escalation, channel, form: null });
  const frame = { id: viewIds.notice, title, close: common.close, submit: null, metadata };
  return fitted(limits.viewJson, (budget) => modal(frame, answerBlocks(answer, context, budget)));
}

const mostSections = 20;

/**
 * What is behind More…: evidence, the written rule, who may do what; and the card's buttons once
 * more. It mentions nobody.
 */
export function moreModal(card: Card, channel: string): Modal {
  const buttonContext: ButtonContext = {
    version: card.version,
    escalation: card.escalation,
    channel,
  };
  const metadata = encodePress({ ...buttonContext, line: card.escalation, form: null });
  const frame = { id: viewIds.notice, title: card.escalation, close: common.close, metadata };
  return fitted(limits.viewJson, (budget) =>
    modal({ ...frame, submit: null }, [
      ...heading(card.title),
      ...card.more.slice(0, mostSections).flatMap((part) => moreSection(part, budget)),
      ...card.buttons.flatMap((buttons, at) =>
        row(
          buttons.flatMap((button, i) =>
            pressable(button, { buttonContext, at: at * 10 + i, room: budget.press }),
          ),
        ),
      ),
    ]),
  );
}

function moreSection(part: Card["more"][number], budget: SizeBudget): KnownBlock[] {
  const lines = part.lines.slice(0, budget.items);
  const left = part.lines.length - lines.length;
  const all: readonly Line[] = [...lines, ...(left > 0 ? [[common.andMore(left)]] : [])];
  const elements = [
    ...boldSection([part.heading], 150),
    ...all.flatMap((line) => section(["• ", ...line], nobody, 2 * budget.line)),
  ];
  return richBlock(elements);
}

/** What a view's fields hold when it is submitted, as far as ours go. */
export type ViewValues = Readonly<
  Record<
    string,
    Readonly<
      Record<
        string,
        {
          readonly value?: string | null | undefined;
          readonly selected_date?: string | null | undefined;
          readonly selected_option?: { readonly value: string } | null | undefined;
        }
      >
    >
  >
>;

/**
 * The line a submitted form stands for, and the press that opened it; null where the metadata is
 * not ours.
 */
export function readForm(
  values: ViewValues,
  metadata: string,
): { readonly line: string; readonly press: Press } | null {
  const press = decodePress(metadata);
  if (press === null) return null;
  return { line: lineOfForm(press.line, fieldsIn(values)), press };
}

const fieldsIn = (values: ViewValues) =>
  Object.entries(values)
    .map(([block, elements]) => {
      const [, at = "0", name = block] = /^field:(\d+):(.*)$/.exec(block) ?? [];
      const held = elements[valueId];
      const chosen = held?.selected_option?.value.replace(/^=/, "");
      return { at: Number(at), name, value: chosen ?? held?.selected_date ?? held?.value ?? "" };
    })
    .sort((item, other) => item.at - other.at);
