import { createHash } from "node:crypto";
import { type Answer, Fault, SendFault } from "../../app/ports.ts";
import type { EscalationId } from "../../core/ids.ts";
import { typedLine } from "../../core/typed-line.ts";
import { unfilled } from "../../core/typed-words.ts";
import { answers } from "../../core/words.ts";
import * as words from "./words.ts";

/** What was said and answered, as every chat sees it. */

/** What is said nowhere in particular. */
export const nowhere = { line: "", version: null, escalation: "", channel: "" } as const;

/** A refusal of a chat's room itself, before any command is asked. */
export const refusal = (text: string): Answer => ({
  ok: false,
  text,
  choices: [],
  lines: [],
  next: null,
  file: null,
  form: null,
});

/** The command's own name, as a form's title. */
export const titleOf = (line: string): string => {
  const [name = ""] = line.trim().split(/\s+/);
  return name === "" ? words.product : name.slice(0, 1).toUpperCase() + name.slice(1);
};

/** An escalation as it stands in a line or a value. */
export const escalationIn = (text: string): EscalationId | "" => {
  const [, number = ""] = /^HP-([1-9]\d{0,14})$/.exec(text) ?? [];
  return number === "" ? "" : `HP-${Number(number)}`;
};

/** Said without anything behind it, these ask for what they need. */
export const asksInForm: ReadonlySet<string> = new Set([
  ...["narrow", "pause", "resume", "retest", "monitor", "keep", "raise", "rehearse", "away"],
  ...["reassess", "who", "undo", "reason", "breakglass", "prove"],
]);

/** Whether a line is such a command and nothing more than a reason for it. */
export const opensForm = (line: string): boolean => {
  const { verb, words } = typedLine(line, (name) => asksInForm.has(name));
  return asksInForm.has(verb) && unfilled(words).length === 0;
};

/** What tells one message from another that says something else. */
export const fingerprint = (message: unknown): string =>
  createHash("sha256").update(JSON.stringify(message)).digest("hex");

/** A line as part of a key: a key is indexed, and an index takes no more than so much. */
export const shortKey = (line: string): string =>
  line.length <= 100 ? line : createHash("sha256").update(line).digest("hex");

/** The sentence for work that failed: where the database could not be asked nothing was done, and that is said as ever. */
export const failedWords = (
  fault: unknown,
  reference: string,
  otherwise: (reference: string) => string,
): string =>
  fault instanceof Fault && !(fault instanceof SendFault)
    ? `${answers.notRecorded} (${reference})`
    : otherwise(reference);
