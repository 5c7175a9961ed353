import type { Form } from "../../../core/card/card.ts";
import { type Press, pressOf } from "../../shared/button-payload.ts";
import { shortened } from "../../shared/text.ts";
import { limits } from "../render/size-budget.ts";

/**
 * What a press does. A button's `action_id` is one of these, `:` and a number, so that it is the
 * only one in its message.
 */
export const actionIds = {
  act: "hp:act",
  form: "hp:form",
  more: "hp:more",
  open: "hp:open",
} as const;

/** What a view is for, as its `callback_id`. */
export const viewIds = {
  form: "hp:view:form",
  fields: "hp:view:fields",
  notice: "hp:view:notice",
} as const;

/**
 * A press as a button's value or a view's private metadata, at most `most` characters. What is too
 * long gives way in this order: the reason filled in beforehand, the form's own words, a reason
 * within the line. The command itself is never cut, as half of it could be another deed: then the
 * value is empty, and there is no such button.
 */
export function encodePress(press: Press, most: number = limits.buttonValue): string {
  for (const shorter of shorterAndShorter(press)) {
    const value = json(shorter);
    if (value.length <= most) return value;
  }
  return "";
}

function* shorterAndShorter(press: Press): Generator<Press> {
  yield press;
  const { form } = press;
  if (form !== null) {
    for (const most of [1_500, 1_000, 600, 300, 150, 60, 0]) {
      yield { ...press, form: { ...form, reason: cut(form.reason, most) } };
    }
    for (const most of [150, 75, 24]) {
      const { title, submit, reasonRequired } = form;
      const words = { title: cut(title, 24), submit: cut(submit, most) };
      yield { ...press, form: { ...words, reasonRequired, reason: "" } };
    }
  }
  const found = /\sbecause\s/i.exec(press.line);
  if (found === null) return;
  const end = found.index + found[0].length;
  for (const most of [1_500, 1_000, 400, 100, 20]) {
    const line = press.line.slice(0, end) + cut(press.line.slice(end), most);
    yield { ...press, line, form: form && { ...form, ...shortWords(form), reason: "" } };
  }
}

const shortWords = ({ title, submit }: Form): Pick<Form, "title" | "submit"> => ({
  title: cut(title, 24),
  submit: cut(submit, 24),
});

const cut = (text: string, most: number): string => (most === 0 ? "" : shortened(text, most));

/** JSON without the three characters that Slack may hand back escaped. */
const json = ({ line, version, escalation, channel, form }: Press): string =>
  JSON.stringify([
    line,
    version,
    escalation,
    channel,
    ...(form === null ? [] : [form.title, form.reason, form.reasonRequired, form.submit]),
  ]).replace(
    /[&<>]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** Reads a press back; null for anything that `encodePress` did not write. */
export function decodePress(value: string): Press | null {
  const read = parsed(value);
  if (!Array.isArray(read) || (read.length !== 4 && read.length !== 8)) return null;
  return pressOf(read.slice(0, 4), read.length === 8 ? read.slice(4) : null);
}

function parsed(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return null;
  }
}
