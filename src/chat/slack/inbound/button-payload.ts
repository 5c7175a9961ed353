import { type Press, pressOf, shorterPresses } from "../../shared/button-payload.ts";
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
 * A press as a button's value or a view's private metadata, at most `most` characters. The
 * value is empty where the command is too long to be carried, and then there is no such button.
 */
export function encodePress(press: Press, most: number = limits.buttonValue): string {
  for (const shorter of shorterPresses(press, wordLengths)) {
    const value = json(shorter);
    if (value.length <= most) return value;
  }
  return "";
}

/** Titles and labels of at most so many characters, the longest first. */
const wordLengths = [150, 75, 24].map((submit) => ({ title: 24, submit }));

/** JSON without the three characters that Slack may return escaped. */
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
