import type { Line, Part } from "../../core/card/card.ts";
import type { People } from "../../core/people/person.ts";
import { visible } from "../../core/text.ts";

export { visible };

/**
 * Text as any chat shows it: invisible characters are made visible, and no character is cut in
 * half.
 */

/** Cuts to at most so many characters, with an ellipsis and never through a character. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, "");
  return `${cut.trimEnd()}…`;
}

/**
 * Cuts as `shortened` does, but at the end of a word if one ends in the second half: for text that
 * is shown in full nearby.
 */
export function shortenedAtWord(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = shortened(text, most);
  const end = cut.search(/[^\p{L}\p{N}]+[\p{L}\p{N}]*…$/u);
  return end >= most / 2 ? `${cut.slice(0, end)}…` : cut;
}

/** Cuts the text before `end`, which is kept, to at most so many characters. */
export function shortenedBefore(end: string, text: string, most: number): string {
  const whole = [...text];
  if (whole.length <= most) return text;
  const kept = `… ${end}`;
  return whole.slice(0, most - kept.length).join("") + kept;
}

/** Shown where there is no text. */
export const noText = "–";

/** A line as plain text: invisible characters made visible, names without mentions. */
export function plainText(line: Line): string {
  return line.map(wordsOf).join("");
}

/** One part as plain text, invisible characters made visible. */
export function wordsOf(part: Part): string {
  if (typeof part === "string") return visible(part);
  return visible("untrusted" in part ? part.untrusted : part.name);
}

/** The URL of a part that is a link, else null. */
export function urlIn(part: Part): string | null {
  return typeof part !== "string" && "url" in part ? (part.url ?? null) : null;
}

/** For places where nobody is mentioned. */
export const noPeople: People = new Map();

/** The length that a mention counts for: about that of a name. */
export const mentionLength = 20;
