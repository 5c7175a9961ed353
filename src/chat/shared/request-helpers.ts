import { createHash } from "node:crypto";
import { Fault, type Reply, SendFault } from "../../app/ports.ts";
import { typedLine } from "../../core/command-line/parse-line.ts";
import { unfilled } from "../../core/command-line/phone-typing.ts";
import type { EscalationId } from "../../core/ids.ts";
import { answers } from "../../core/words/answers.ts";
import * as words from "./words.ts";

/** What was said and answered, as every chat sees it. */

/** What is said nowhere in particular. */
export const nowhere = { line: "", version: null, escalation: "", channel: "" } as const;

/** A refusal of a chat's adapter itself, before any command is asked. */
export function refusal(text: string): Reply {
  return {
    ok: false,
    text,
    choices: [],
    lines: [],
    next: null,
    file: null,
    form: null,
  };
}

/** The command's own name, as a form's title. */
export function titleOf(line: string): string {
  const [name = ""] = line.trim().split(/\s+/);
  return name === "" ? words.product : name.slice(0, 1).toUpperCase() + name.slice(1);
}

/** An escalation as it stands in a line or a value. */
export function escalationIn(text: string): EscalationId | "" {
  const [, number = ""] = /^HP-([1-9]\d{0,14})$/.exec(text) ?? [];
  return number === "" ? "" : `HP-${Number(number)}`;
}

/** Said without anything behind it, these ask for what they need. */
export const asksInForm: ReadonlySet<string> = new Set([
  "narrow",
  "pause",
  "resume",
  "retest",
  "monitor",
  "keep",
  "raise",
  "rehearse",
  "away",
  "reassess",
  "who",
  "undo",
  "reason",
  "breakglass",
  "prove",
]);

/** Whether a line is such a command and nothing more than a reason for it. */
export function opensForm(line: string): boolean {
  const { verb, words } = typedLine(line, (word) => asksInForm.has(word));
  return asksInForm.has(verb) && unfilled(words).length === 0;
}

/** What tells one message from another that says something else. */
export function fingerprint(message: unknown): string {
  return createHash("sha256").update(JSON.stringify(message)).digest("hex");
}

/** A line as part of a key: a key is indexed, and an index takes no more than so much. */
export function shortKey(line: string): string {
  return line.length <= 100 ? line : createHash("sha256").update(line).digest("hex");
}

/**
 * The sentence for work that failed: where the database could not be asked nothing was done, and
 * that is said as ever.
 */
export function failedWords(
  fault: unknown,
  reference: string,
  otherwise: (reference: string) => string,
): string {
  return fault instanceof Fault && !(fault instanceof SendFault)
    ? `${answers.notRecorded} (${reference})`
    : otherwise(reference);
}
