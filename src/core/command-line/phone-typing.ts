/**
 * Words as people type them: phones put other dashes and quotes in, add full stops, and leave
 * characters that nobody sees.
 */

const unseen = /[\p{Cf}\p{DI}]/gu;
const dashes = /[\u2010-\u2015\u2043\u2212\uFE58\uFE63\uFF0D]/gu;
/**
 * Quotes, marks for bold, italic, struck and code, brackets, punctuation: everything but letters
 * and digits that can stand around a word.
 */
const before = /^[^\p{L}\p{N}]+/u;
const after = /[^\p{L}\p{N}]+$/u;

/**
 * The word itself: no marks or punctuation around it, plain dashes, small letters. "" where it is
 * nothing but such.
 */
export function plainWord(word: string): string {
  return word
    .normalize("NFKC")
    .replace(unseen, "")
    .replace(dashes, "-")
    .replace(before, "")
    .replace(after, "")
    .toLowerCase();
}

/** A name or a date without quotes around it and a full stop behind it, with its capitals. */
export function unmarked(text: string): string {
  return text
    .normalize("NFKC")
    .replace(unseen, "")
    .replace(dashes, "-")
    .replace(/^["'“”„‟‘’‚‛«»‹›`*]+/u, "")
    .replace(/["'“”„‟‘’‚‛«»‹›`*.,;:!?…]+$/u, "");
}

/** Only letters and digits: what two ways of writing one name have in common. */
export function lettersAndDigits(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "");
}

/** Said to be polite, or to point at what is meant anyway: nothing follows from them. */
const fillers: ReadonlySet<string> = new Set([
  "please",
  "pls",
  "plz",
  "kindly",
  "now",
  "immediately",
  "asap",
  "just",
  "quickly",
  "the",
  "this",
  "that",
  "it",
  "deployment",
  "escalation",
]);

export function isFiller(word: string): boolean {
  return fillers.has(plainWord(word));
}

/** The words without the fillers they begin with. */
export function unfilled(words: readonly string[]): readonly string[] {
  const first = words.findIndex((word) => !isFiller(word));
  return first < 0 ? [] : words.slice(first);
}
