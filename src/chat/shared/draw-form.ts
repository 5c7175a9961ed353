import type { FormField, Reply } from "../../app/ports.ts";
import type { Form, Line } from "../../core/card/card.ts";
import { type Block, line, note, title } from "./blocks.ts";
import type { Press } from "./button-payload.ts";
import { type FormInput, inputOf, textOf } from "./form-input.ts";
import * as words from "./words.ts";

const mostFields = 50;

/**
 * The form of a button: the command in full, what to read before it, and the reason filled in from
 * the rule. Two taps, no typing.
 */
export function drawForm({ submit, reason, reasonRequired }: Form, told: readonly Line[]): Block[] {
  const input: FormInput = {
    at: null,
    name: "because",
    label: words.because,
    required: reasonRequired,
    control: "text",
    value: textOf(reason),
    options: [],
  };
  return [
    title("whole", [{ untrusted: submit }], 300),
    ...told.map((read) => line(read, 1_200, true)),
    { kind: "input", input },
    note(words.goesOnRecord),
  ];
}

/** The form that a press opens. */
export function formOf({ form, line: said }: Press): Form {
  return form ?? { title: words.say, submit: said, reason: "", reasonRequired: false };
}

/** Asks for the fields that a command lacks. */
export function drawFields({ command, fields }: NonNullable<Reply["form"]>): Block[] {
  return [
    title("whole", [{ untrusted: deedOf(command) || words.say }], 300),
    ...drawInputs(fields),
  ];
}

/** A command, with a capital at its beginning. */
export function deedOf(command: string): string {
  return command.slice(0, 1).toUpperCase() + command.slice(1);
}

export function drawInputs(fields: readonly FormField[]): Block[] {
  return fields
    .slice(0, mostFields)
    .map((field, at): Block => ({ kind: "input", input: inputOf(field, at) }));
}
