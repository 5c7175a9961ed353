import type { Reply, Store } from "../../app/ports.ts";
import { onlyTells } from "../../core/card/next-step-buttons.ts";
import { parseLine, splitAtReason } from "../../core/command-line/parse-line.ts";
import type { Millis } from "../../core/ids.ts";
import { at, textAt } from "./json-path.ts";
import { fingerprint, refusal } from "./request-helpers.ts";
import { shortened } from "./text.ts";
import * as words from "./words.ts";

/**
 * Messages can be edited, and chats send the edited message. A corrected command counts as a new
 * command, once. An edit that leaves the command as it was, or goes back to an earlier one, does
 * nothing a second time, and the answer says so.
 */

/** The current line of a message. */
export interface MessageLine {
  /** Identifies the message and its author, independent of its text. */
  readonly message: string;
  /** The same for every wording of one command in one message, so that the command is run once. */
  readonly key: string;
  readonly line: string;
  /**
   * How long after the message was written it was edited to these words; null = they are its first.
   */
  readonly edited: Millis | null;
}

/**
 * Tells the commands of a message apart: the line without its reason, spacing, capitals and
 * punctuation.
 */
export function deedOf(line: string): string {
  const bare = splitAtReason(line)
    .head.toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ");
  return fingerprint(bare.trim()).slice(0, 16);
}

/**
 * An edit that comes later than this is not taken as a command: the author may only be tidying up.
 */
export const stillMeant: Millis = 30 * 60_000;

type Kept = Pick<Store, "firstSight" | "conversation" | "saveConversation">;

/** Runs a line; a repeated key changes nothing. */
type Ask = (line: string, key: string) => Promise<Reply>;

/** The answer for the author, given once; null = it was given before. */
export async function answerOnce(
  store: Kept,
  spoken: MessageLine,
  ask: Ask,
): Promise<Reply | null> {
  if (spoken.edited !== null) return answerToEdit(store, { spoken, edited: spoken.edited, ask });
  const answer = await ask(spoken.line, spoken.key);
  const isFirst = await store.firstSight(`${spoken.key}:answered`);
  await isNew(store, spoken);
  return isFirst ? answer : null;
}

/** Whether a wording was never answered. */
const isNew = (store: Kept, { key, line }: MessageLine): Promise<boolean> =>
  store.firstSight(`${key}:${fingerprint(line)}:answered`);

async function answerToEdit(
  store: Kept,
  {
    spoken,
    edited,
    ask,
  }: { readonly spoken: MessageLine; readonly edited: Millis; readonly ask: Ask },
): Promise<Reply | null> {
  const { message, key, line } = spoken;
  const wording = fingerprint(line);
  const before = await lastEdit(store, spoken);
  if (before?.wording === wording) return null;
  const isLate = line !== "" && edited > stillMeant;
  const answer = isLate ? late(line) : await ask(line, key);
  const isFirst = !isLate && (await store.firstSight(`${key}:answered`));
  const isNewWording = await isNew(store, spoken);
  const count = (before?.count ?? 0) + 1;
  // Without an edit in between, a wording that was answered is the current one.
  const isNews =
    isNewWording ||
    (before !== null && (await store.firstSight(`${message}:${count}:${wording}:back`)));
  await keepEdit(store, spoken, { wording, count });
  if (!isNews) return null;
  if (isFirst || isLate) return answer;
  return heardBefore(spoken, {
    answer,
    why: isNewWording ? words.doneOnce : words.editedBack,
    ask,
  });
}

/** The text that a message had after its last edit, and how many edits came before that one. */
interface Edit {
  readonly wording: string;
  readonly count: number;
}

async function lastEdit(store: Kept, { message }: MessageLine): Promise<Edit | null> {
  const row = await store.conversation("edited", fingerprint(message));
  const count = at(row?.reference, "count");
  const wording = textAt(row?.reference, "wording");
  return typeof count === "number" && wording !== "" ? { wording, count } : null;
}

/** The command is done and is answered, even if this cannot be stored. */
const keepEdit = (store: Kept, { message, edited }: MessageLine, edit: Edit): Promise<void> =>
  store
    .saveConversation("edited", { id: fingerprint(message), reference: edit, at: edited ?? 0 })
    .catch(() => undefined);

/**
 * The outcome of the earlier command, why nothing is done now, the present state, and a button that
 * runs the command anew.
 */
async function heardBefore(
  { line, key }: MessageLine,
  { answer, why, ask }: { readonly answer: Reply; readonly why: string; readonly ask: Ask },
): Promise<Reply> {
  const { verb, words: what } = parseLine(line, () => true);
  if (line === "" || onlyTells(verb) || !answer.ok) return answer;
  const now = await stateOf(what, key, ask);
  return {
    ...refusal(why),
    lines: [[words.saidThen(answer.text)], ...answer.lines, ...now],
    choices: [sayAgain(line), ...answer.choices],
  };
}

/** The state of what the command names; of everything where that cannot be told. */
async function stateOf(what: readonly string[], key: string, ask: Ask): Promise<Reply["lines"]> {
  for (const named of [what, what.slice(0, 1), []]) {
    const state = await ask(["status", ...named].join(" "), `${key}:state`);
    if (state.ok) return state.lines;
  }
  return [];
}

/** Asks instead of acting: the button runs the line as it is now. */
const late = (line: string): Reply => ({
  ...refusal(words.editedLate),
  choices: [sayAgain(line)],
});

const sayAgain = (line: string): Reply["choices"][number] => ({
  label: labelOf(line),
  command: line,
  style: "plain",
  form: null,
});

function labelOf(line: string): string {
  const { head } = splitAtReason(line);
  return shortened(`${head.slice(0, 1).toUpperCase()}${head.slice(1)}`, 60);
}
