import type { Form } from "../../core/card/card.ts";
import type { EscalationId } from "../../core/ids.ts";
import { shortened } from "./text.ts";

/** The context of a button, which its command carries along. */
export interface ButtonContext {
  readonly version: number | null;
  readonly escalation: EscalationId | "";
  /** The policy's key of the channel. */
  readonly channel: string;
}

/**
 * What a button or a form sends back to us. It never says who pressed: that comes only from the
 * signed envelope.
 */
export interface Press extends ButtonContext {
  /** The typed command it stands for, without the reason. */
  readonly line: string;
  /** The form it opens; null = acts at once. */
  readonly form: Form | null;
}

/**
 * A press as it is, and then shorter and shorter, until it fits into a button. It is shortened in
 * this order: the reason filled in beforehand, the form's title and label (to each of `lengths`),
 * the reason within the line. The command itself is never cut: half of it could be another command.
 */
export function* shorterPresses(
  press: Press,
  lengths: readonly { readonly title: number; readonly submit: number }[],
): Generator<Press> {
  yield press;
  let { form } = press;
  if (form !== null) {
    for (const most of [1_500, 1_000, 600, 300, 150, 60, 0])
      yield { ...press, form: { ...form, reason: cut(form.reason, most) } };
    const { title, submit } = form;
    for (const most of lengths) {
      const words = { title: cut(title, most.title), submit: cut(submit, most.submit) };
      form = { ...form, ...words, reason: "" };
      yield { ...press, form };
    }
  }
  const found = /\sbecause\s/i.exec(press.line);
  if (found === null) return;
  const end = found.index + found[0].length;
  for (const most of [1_500, 1_000, 400, 100, 20])
    yield { ...press, line: press.line.slice(0, end) + cut(press.line.slice(end), most), form };
}

const cut = (text: string, most: number): string => (most === 0 ? "" : shortened(text, most));

/**
 * Checks what came back as a press: values of any shape; `form` is null or has four values. Null
 * for anything that we did not write.
 */
export function pressOf(
  [line, version, escalation, channel]: readonly unknown[],
  form: readonly unknown[] | null,
): Press | null {
  const read = form === null ? null : formOf(form);
  if (typeof line !== "string" || line === "" || typeof channel !== "string") return null;
  if (version !== null && !isCount(version)) return null;
  if (!isEscalation(escalation) || read === undefined) return null;
  return { line, version, escalation, channel, form: read };
}

const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

const isEscalation = (value: unknown): value is EscalationId | "" =>
  typeof value === "string" && /^(?:HP-[1-9]\d{0,14})?$/.test(value);

function formOf([title, reason, reasonRequired, submit]: readonly unknown[]): Form | undefined {
  const isText = (item: unknown): item is string => typeof item === "string";
  if (!isText(title) || !isText(reason) || !isText(submit)) return undefined;
  if (typeof reasonRequired !== "boolean") return undefined;
  return { title, reason, reasonRequired, submit };
}
