import type { Form } from "../../core/card/card.ts";
import type { EscalationId } from "../../core/ids.ts";

/** What a button stands on: carried along with its command. */
export interface ButtonContext {
  readonly version: number | null;
  readonly escalation: EscalationId | "";
  /** The policy's key of the channel. */
  readonly channel: string;
}

/**
 * What a button or a form carries from us to us. Who presses never stands in it: that comes from
 * the signed envelope alone.
 */
export interface Press extends ButtonContext {
  /** The typed command it stands for, without the reason. */
  readonly line: string;
  /** The form it opens; null = acts at once. */
  readonly form: Form | null;
}

/**
 * Checks what came back as a press: values of any shape, `form` null or four of them. Null for
 * anything that we did not write.
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
