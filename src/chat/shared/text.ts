import type { Line, Part } from "../../core/card/card.ts";
import type { People } from "../../core/people/person.ts";
import { visible } from "../../core/text.ts";

export { visible };

/** Words as any chat shows them: nothing works unseen, nothing is cut through a character. */

/** Cuts to at most so many characters, with an ellipsis and never through a character. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, "");
  return `${cut.trimEnd()}…`;
}

/**
 * Cut as `shortened`, but where a word ends if one ends in the second half: for words that stand in
 * full nearby.
 */
export function shortenedAtWord(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = shortened(text, most);
  const end = cut.search(/[^\p{L}\p{N}]+[\p{L}\p{N}]*…$/u);
  return end >= most / 2 ? `${cut.slice(0, end)}…` : cut;
}

/** Cut to at most so many characters in front of `end`, which stays. */
export function shortenedBefore(end: string, text: string, most: number): string {
  const whole = [...text];
  if (whole.length <= most) return text;
  const kept = `… ${end}`;
  return whole.slice(0, most - kept.length).join("") + kept;
}

/** Stands where there is no word. */
export const nothing = "–";

/** A line as plain words, invisible characters shown, names without marks. */
export function plainText(line: Line): string {
  return line.map(wordsOf).join("");
}

/** One part as words: what is invisible shown. */
export function wordsOf(part: Part): string {
  if (typeof part === "string") return visible(part);
  return visible("untrusted" in part ? part.untrusted : part.name);
}

/** Where a part leads; null for all that leads nowhere. */
export function urlIn(part: Part): string | null {
  return typeof part !== "string" && "url" in part ? (part.url ?? null) : null;
}

/** Nobody, where a place mentions nobody. */
export const nobody: People = new Map();

/** What a mention takes of a line's room: about the length of a name. */
export const mentionLength = 20;
