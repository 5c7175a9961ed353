import type { Reply, Store } from "../../app/ports.ts";
import { onlyTells } from "../../core/card/next-step-buttons.ts";
import { splitAtReason, typedLine } from "../../core/command-line/parse-line.ts";
import type { Millis } from "../../core/ids.ts";
import { at, textAt } from "./json-path.ts";
import { fingerprint, refusal } from "./request-helpers.ts";
import { shortened } from "./text.ts";
import * as words from "./words.ts";

/**
 * Messages can be edited, and chats send them again then: a corrected command is a new command,
 * once; an edit that leaves the command as it was, or brings an earlier one back, does nothing a
 * second time and says so.
 */

/** A line as a message says it now. */
export interface MessageLine {
  /** The message and its author, whatever it says. */
  readonly message: string;
  /**
   * The same for every wording of one command in one message: what was done under it is not done
   * again.
   */
  readonly key: string;
  readonly line: string;
  /** How long after the message was written these words came; null = they are its first. */
  readonly edited: Millis | null;
}

/**
 * What tells one command of a message from another: the line without its reason, however it is
 * spaced, capitalised or punctuated.
 */
export function deedOf(line: string): string {
  const bare = splitAtReason(line)
    .head.toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ");
  return fingerprint(bare.trim()).slice(0, 16);
}

/**
 * Longer after it was written an edit corrects no command any more: it may be somebody tidying up.
 */
export const stillMeant: Millis = 30 * 60_000;

type Kept = Pick<Store, "firstSight" | "conversation" | "saveConversation">;

/** Has a line done, nothing twice for one key. */
type Ask = (line: string, key: string) => Promise<Reply>;

/** What to tell whoever wrote it, and only once; null = they know. */
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
  // Without an edit in between, a wording that was answered is the one that stands there already.
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

/** The words that a message had after its last edit, and how many edits came before that one. */
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

/** What was done is answered, even if this cannot be kept. */
const keepEdit = (store: Kept, { message, edited }: MessageLine, edit: Edit): Promise<void> =>
  store
    .saveConversation("edited", { id: fingerprint(message), reference: edit, at: edited ?? 0 })
    .catch(() => undefined);

/**
 * What became of the command then, why nothing is done now, how things are, and the deed on a
 * button for whoever means it anew.
 */
async function heardBefore(
  { line, key }: MessageLine,
  { answer, why, ask }: { readonly answer: Reply; readonly why: string; readonly ask: Ask },
): Promise<Reply> {
  const { verb, words: what } = typedLine(line, () => true);
  if (line === "" || onlyTells(verb) || !answer.ok) return answer;
  const now = await stateOf(what, key, ask);
  return {
    ...refusal(why),
    lines: [[words.saidThen(answer.text)], ...answer.lines, ...now],
    choices: [sayAgain(line), ...answer.choices],
  };
}

/** How that which was named stands now; everything where it cannot be told what was named. */
async function stateOf(what: readonly string[], key: string, ask: Ask): Promise<Reply["lines"]> {
  for (const named of [what, what.slice(0, 1), []]) {
    const state = await ask(["status", ...named].join(" "), `${key}:state`);
    if (state.ok) return state.lines;
  }
  return [];
}

/** Nothing is lost by asking: the button says the line as it stands now. */
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
