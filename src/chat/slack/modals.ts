import type { HomeView, InputBlock, InputBlockElement, KnownBlock, ModalView } from "@slack/types";
import type { Answer, FormField } from "../../app/ports.ts";
import type { Card, Line } from "../../core/card.ts";
import { storable } from "../../core/text.ts";
import { lineOfForm } from "../any/form-line.ts";
import type { Ground, Press } from "../any/press.ts";
import { nobody, shortened, shortenedAtWord, visible } from "../any/text.ts";
import * as common from "../any/words.ts";
import { type AnswerContext, answerBlocks } from "./answer.ts";
import { pressable, row } from "./buttons.ts";
import { fitted, limits, type Room } from "./limits.ts";
import { decodePress, encodePress, viewIds } from "./press.ts";
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
export const skeleton = (title: string): Modal =>
  modal(
    { id: viewIds.notice, title, close: common.close, submit: null, metadata: "" },
    richText([words.loading]),
  );

const richText = (line: Line, most: number = limits.sectionText): KnownBlock[] => {
  const elements = section(line, nobody, most);
  return richBlock(elements);
};

const heading = (line: Line): KnownBlock[] => {
  const elements = boldSection(line, 300);
  return richBlock(elements);
};

/**
 * The small form of a button: the deed in full, the reason filled in from the rule, a submit button that names the deed. Two taps, no
 * typing.
 */
export const formModal = (press: Press, told: readonly Line[] = []): Modal => {
  const { title, submit, reason, reasonRequired } = press.form ?? bare(press.line);
  const initial = shortened(visible(reason), limits.reasonText).trim();
  const metadata = encodePress({ ...press, form: press.form && { ...press.form, reason: "" } });
  return modal({ id: viewIds.form, title, close: common.cancel, submit, metadata }, [
    ...heading([submit]),
    ...told.flatMap((line) => richText(line)),
    input("reason", common.because, reasonRequired, {
      type: "plain_text_input",
      action_id: valueId,
      multiline: true,
      max_length: limits.reasonText,
      ...(initial === "" ? {} : { initial_value: initial }),
    }),
    ...richText([common.goesOnRecord]),
  ]);
};

const bare = (line: string) => ({
  title: common.say,
  submit: line,
  reason: "",
  reasonRequired: false,
});

const valueId = "value";

const input = (
  block: string,
  label: string,
  required: boolean,
  element: InputBlockElement,
): InputBlock => ({
  type: "input",
  block_id: block,
  label: plainElement(label, 150),
  optional: !required,
  element,
});

/** Asks for what a command still lacks. */
export const fieldsModal = (form: NonNullable<Answer["form"]>, context: Ground): Modal => {
  const deed = `${form.command.slice(0, 1).toUpperCase()}${form.command.slice(1)}`;
  const { version, escalation, channel } = context;
  const metadata = encodePress({ line: form.command, version, escalation, channel, form: null });
  const frame = { id: viewIds.fields, title: deed, close: common.cancel, submit: deed, metadata };
  return modal(frame, [
    ...heading([deed === "" ? common.say : deed]),
    ...form.fields.slice(0, 50).map(fieldInput),
  ]);
};

/** The order of fields is that of the line's words, and Slack promises no order of values: so the block's id counts. */
const fieldInput = (field: FormField, at: number): InputBlock => {
  const block = shortened(`field:${at}:${storable(field.name)}`, limits.callbackId);
  return input(block, field.label, field.required, fieldElement(field));
};

const fieldElement = (field: FormField): InputBlockElement => {
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
};

const textElement = ({ value }: FormField): InputBlockElement => {
  const initial = shortened(visible(value), limits.reasonText).trim();
  return {
    type: "plain_text_input",
    action_id: valueId,
    max_length: limits.reasonText,
    ...(initial === "" ? {} : { initial_value: initial }),
  };
};

/**
 * Slack refuses an option without a value, and "" is one of ours ("the next narrower"): values begin with `=`. Too many to choose from
 * are typed.
 */
const choiceElement = (field: FormField): InputBlockElement => {
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
};

/** An answer, where a modal is open. */
export const noticeModal = (title: string, answer: Answer, context: AnswerContext): Modal => {
  const { line, version, escalation, channel } = context;
  const metadata = encodePress({ line, version, escalation, channel, form: null });
  const frame = { id: viewIds.notice, title, close: common.close, submit: null, metadata };
  return fitted(limits.viewJson, (room) => modal(frame, answerBlocks(answer, context, room)));
};

const mostSections = 20;

/** What is behind More…: evidence, the written rule, who may do what; and the card's buttons once more. It mentions nobody. */
export const moreModal = (card: Card, channel: string): Modal => {
  const ground: Ground = { version: card.version, escalation: card.escalation, channel };
  const metadata = encodePress({ ...ground, line: card.escalation, form: null });
  const frame = { id: viewIds.notice, title: card.escalation, close: common.close, metadata };
  return fitted(limits.viewJson, (room) =>
    modal({ ...frame, submit: null }, [
      ...heading(card.title),
      ...card.more.slice(0, mostSections).flatMap((part) => moreSection(part, room)),
      ...card.buttons.flatMap((buttons, at) =>
        row(buttons.flatMap((one, i) => pressable(one, ground, at * 10 + i, room.value))),
      ),
    ]),
  );
};

const moreSection = (part: Card["more"][number], room: Room): KnownBlock[] => {
  const lines = part.lines.slice(0, room.items);
  const left = part.lines.length - lines.length;
  const all: readonly Line[] = [...lines, ...(left > 0 ? [[common.andMore(left)]] : [])];
  const elements = [
    ...boldSection([part.heading], 150),
    ...all.flatMap((line) => section(["• ", ...line], nobody, 2 * room.line)),
  ];
  return richBlock(elements);
};

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

/** The line a submitted form stands for, and the press that opened it; null where the metadata is not ours. */
export const readForm = (
  values: ViewValues,
  metadata: string,
): { readonly line: string; readonly press: Press } | null => {
  const press = decodePress(metadata);
  if (press === null) return null;
  return { line: lineOfForm(press.line, fieldsIn(values)), press };
};

const fieldsIn = (values: ViewValues) =>
  Object.entries(values)
    .map(([block, elements]) => {
      const [, at = "0", name = block] = /^field:(\d+):(.*)$/.exec(block) ?? [];
      const held = elements[valueId];
      const chosen = held?.selected_option?.value.replace(/^=/, "");
      return { at: Number(at), name, value: chosen ?? held?.selected_date ?? held?.value ?? "" };
    })
    .sort((one, other) => one.at - other.at);
