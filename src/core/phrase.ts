import type { Line, Part } from "./card.ts";

/** How sentences are put together, in any language. */

/** Builds a line: strings stay words, parts keep what they are, lists of parts are set in. */
export const line = (
  words: TemplateStringsArray,
  ...parts: readonly (Part | Line | number)[]
): Line =>
  words
    .flatMap((text, at): readonly Part[] => {
      const part = parts[at];
      if (part === undefined) return [text];
      if (typeof part === "number") return [text, String(part)];
      return Array.isArray(part) ? [text, ...part] : [text, part as Part];
    })
    .filter((part) => part !== "");

/** "A, B and C" of parts. */
export const listed = (parts: readonly (Part | Line)[], last = "and"): Line =>
  parts.flatMap((part, at) => {
    const before = at === 0 ? "" : at === parts.length - 1 ? ` ${last} ` : ", ";
    const own: readonly Part[] = Array.isArray(part) ? part : [part as Part];
    return before === "" ? own : [before, ...own];
  });

/** A line as plain words, names without mention marks. */
export const plain = (parts: Line): string =>
  parts
    .map((part) => (typeof part === "string" ? part : "name" in part ? part.name : part.untrusted))
    .join("");

/** "1 sample", "2 samples". */
export const plural = (count: number, one: string, many = `${one}s`) =>
  `${count} ${count === 1 ? one : many}`;

/** A text cut to a number of characters, with … where something is missing. */
export const clipped = (text: string, most: number): string => {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join("")}…`;
};
