import type { Line, Part } from "../../core/card/card.ts";
import { mentionLength, plainText, shortened, visible } from "./text.ts";

/**
 * Characters in a row of text on a phone of 390 × 844, and the rows that leave both rows of buttons
 * visible, measured in Chromium.
 */
const phone = { rowLength: 38, rows: 21 } as const;
/** How long a line may be, tried from the longest. */
const lengths: readonly number[] = [300, 230, 190, 150, 110];
const shortest = 2 * phone.rowLength;
/** Names are never cut to fewer characters. */
const leastOfName = 8;

/** Shortens the longest lines so that the buttons below stay visible on a phone. */
export function inSight(lines: readonly Line[]): readonly Line[] {
  const most = lengths.find((length) => rowsOf(lines, length) <= phone.rows) ?? shortest;
  return lines.map((line) => shortenedLine(line, most));
}

const rowsOf = (lines: readonly Line[], most: number): number =>
  lines.reduce((sum, line) => {
    const length = Math.min(most, plainText(line).length);
    return sum + Math.max(1, Math.ceil(length / phone.rowLength));
  }, 0);

/**
 * A line of at most so many characters if possible: names and quoted text are shortened, our own
 * words are kept whole.
 */
export function shortenedLine(line: Line, most: number): Line {
  const lengthWith = (cap: number): number =>
    line.reduce((sum, part) => sum + lengthOf(part, cap), 0);
  let cap = most;
  while (cap > leastOfName && lengthWith(cap) > most) cap -= 1;
  return line.map((part) => cutTo(part, cap));
}

function lengthOf(part: Part, cap: number): number {
  if (typeof part === "string") return part.length;
  if ("untrusted" in part) return Math.min(cap, visible(part.untrusted).length);
  return part.mention ? mentionLength : Math.min(cap, visible(part.name).length);
}

function cutTo(part: Part, cap: number): Part {
  if (typeof part === "string") return part;
  if ("untrusted" in part) return { ...part, untrusted: shortened(visible(part.untrusted), cap) };
  return { ...part, name: shortened(visible(part.name), cap) };
}
