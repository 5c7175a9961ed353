import type { Answer, Store } from "../../app/ports.ts";
import type { Millis } from "../../core/ids.ts";
import { splitAtReason } from "../../core/typed-line.ts";
import { fingerprint, refusal } from "./said.ts";
import { shortened } from "./text.ts";
import * as words from "./words.ts";

/**
 * Messages can be edited, and chats send them again then: a corrected command is a new command, once; an edit that leaves the command as
 * it was does nothing a second time.
 */

/** A line as a message says it now. */
export interface Spoken {
  /** The same for every wording of one command in one message: what was done under it is not done again. */
  readonly key: string;
  readonly line: string;
  /** How long after the message was written these words came; null = they are its first. */
  readonly edited: Millis | null;
}

/** What tells one command of a message from another: the line without its reason, however it is spaced, capitalised or punctuated. */
export const deedOf = (line: string): string => {
  const bare = splitAtReason(line)
    .head.toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ");
  return fingerprint(bare.trim()).slice(0, 16);
};

/** Longer after it was written an edit corrects no command any more: it may be somebody tidying up. */
export const stillMeant: Millis = 30 * 60_000;

/** What to tell whoever wrote it, and only once; null = they know. `ask` does nothing twice for one key. */
export const answerOnce = async (
  store: Pick<Store, "firstSight">,
  { key, line, edited }: Spoken,
  ask: () => Promise<Answer>,
): Promise<Answer | null> => {
  const wording = `${key}:${fingerprint(line)}:answered`;
  if (line !== "" && edited !== null && edited > stillMeant)
    return (await store.firstSight(wording)) ? late(line) : null;
  const answer = await ask();
  const isFirst = await store.firstSight(`${key}:answered`);
  const isNewWording = await store.firstSight(wording);
  if (isFirst) return answer;
  return edited !== null && isNewWording
    ? { ...answer, lines: [...answer.lines, [words.doneOnce]] }
    : null;
};

/** Nothing is lost by asking: the button says the line as it stands now. */
const late = (line: string): Answer => ({
  ...refusal(words.editedLate),
  choices: [{ label: labelOf(line), command: line, style: "plain", form: null }],
});

const labelOf = (line: string): string => {
  const { head } = splitAtReason(line);
  return shortened(`${head.slice(0, 1).toUpperCase()}${head.slice(1)}`, 60);
};
