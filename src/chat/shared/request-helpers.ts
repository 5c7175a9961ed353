import { createHash } from "node:crypto";
import { Fault, type Reply, SendFault } from "../../app/ports.ts";
import { parseLine } from "../../core/command-line/parse-line.ts";
import { unfilled } from "../../core/command-line/phone-typing.ts";
import type { EscalationId } from "../../core/ids.ts";
import { answers } from "../../core/words/answers.ts";
import * as words from "./words.ts";

/** Requests and answers, as far as all chats handle them alike. */

/** The context of a line that belongs to no channel and no escalation. */
export const nowhere = { line: "", version: null, escalation: "", channel: "" } as const;

/** A refusal by the chat's adapter itself, before any command runs. */
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

/** The command's name, as the title of a form. */
export function titleOf(line: string): string {
  const [name = ""] = line.trim().split(/\s+/);
  return name === "" ? words.product : name.slice(0, 1).toUpperCase() + name.slice(1);
}

/** The id of an escalation, if the text is one; else "". */
export function escalationIdIn(text: string): EscalationId | "" {
  const [, number = ""] = /^HP-([1-9]\d{0,14})$/.exec(text) ?? [];
  return number === "" ? "" : `HP-${Number(number)}`;
}

/** Commands that open a form when nothing follows their name. */
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
  "redact",
  "prove",
]);

/** Whether a line is such a command with nothing but a reason. */
export function opensForm(line: string): boolean {
  const { verb, words } = parseLine(line, (word) => asksInForm.has(word));
  return asksInForm.has(verb) && unfilled(words).length === 0;
}

/** Tells messages with different contents apart. */
export function fingerprint(message: unknown): string {
  return createHash("sha256").update(JSON.stringify(message)).digest("hex");
}

/** A line as part of a key; long lines are hashed, since an index entry has a maximum size. */
export function shortKey(line: string): string {
  return line.length <= 100 ? line : createHash("sha256").update(line).digest("hex");
}

/**
 * The answer for work that failed. Where the database could not be asked, nothing was done, and the
 * answer says so.
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
