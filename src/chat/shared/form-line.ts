import type { Reply } from "../../app/ports.ts";

/**
 * The words of a command that a field can fill, as on the console; every other field is a word of
 * its own, in the form's order.
 */
const clauses: readonly string[] = ["to", "for", "by", "on", "since", "until", "kind"];
const reasons: readonly string[] = ["because", "reason"];

/** One field as it was filled in, in the form's order. */
export interface Filled {
  readonly name: string;
  readonly value: string;
}

/**
 * The line a submitted form stands for, as somebody would have typed it. The reason comes last and
 * after `because`, so nothing in it is read as a clause.
 */
export function lineOfForm(line: string, filled: readonly Filled[]): string {
  const fields = filled
    .map(({ name, value }) => ({ name, value: oneLine(value) }))
    .filter(({ value }) => value !== "");
  const said = fields.filter(({ name }) => !clauses.includes(name) && !reasons.includes(name));
  const named = fields.filter(({ name }) => clauses.includes(name));
  const reason = fields.find(({ name }) => reasons.includes(name))?.value ?? "";
  return [
    line,
    ...said.map(({ value }) => value),
    ...named.map(({ name, value }) => `${name} ${value}`),
    ...(reason === "" ? [] : [`because ${reason}`]),
  ].join(" ");
}

/** The line that asks for a form again, with the reason that is filled in there. */
export function lineToFill({ command, fields }: NonNullable<Reply["form"]>): string {
  const reason = fields.find(({ name }) => reasons.includes(name))?.value ?? "";
  return reason === "" ? command : `${command} because ${reason}`;
}

const oneLine = (text: string): string => text.replace(/\s+/gu, " ").trim();
