import type { Instant, PersonId } from "../ids.ts";

/** How sentences are put together, in any language. */

/**
 * A piece of a line. Untrusted text (alert text, model output, reasons) is never live in any chat.
 */
export type Part =
  | string
  /**
   * `at`: where the words are a time, which one; a chat that can shows it in its reader's own zone.
   * `url`: where it leads, once `safeUrl` has looked at it.
   */
  | { readonly untrusted: string; readonly at?: Instant; readonly url?: string }
  | { readonly person: PersonId; readonly name: string; readonly mention: boolean };

export type Line = readonly Part[];

/**
 * Builds a line: strings stay words, parts keep what they are, lists of parts are set in. A
 * sentence that is set in ends once.
 */
export function line(
  words: TemplateStringsArray,
  ...parts: readonly (Part | Line | number)[]
): Line {
  const made: Part[] = [];
  for (const [at, text] of words.entries()) {
    const before = made.at(-1);
    const own =
      before !== undefined && hasEnded(plain([before])) ? text.replace(/^\.(?!\.)/, "") : text;
    made.push(...[own, ...setIn(parts[at])].filter((part) => part !== ""));
  }
  return made;
}

function setIn(part: Part | Line | number | undefined): readonly Part[] {
  if (part === undefined) return [];
  if (typeof part === "number") return [String(part)];
  return Array.isArray(part) ? part : [part as Part];
}

const hasEnded = (text: string): boolean => /[.!?…]$/.test(text);

/** "A, B and C" of parts. */
export function listed(parts: readonly (Part | Line)[], last = "and"): Line {
  return parts.flatMap((part, at) => {
    const before = at === 0 ? "" : at === parts.length - 1 ? ` ${last} ` : ", ";
    const own: readonly Part[] = Array.isArray(part) ? part : [part as Part];
    return before === "" ? own : [before, ...own];
  });
}

/** A line as plain words, names without mention marks. */
export function plain(parts: Line): string {
  return parts
    .map((part) => (typeof part === "string" ? part : "name" in part ? part.name : part.untrusted))
    .join("");
}

/** "1 sample", "2 samples". */
export function plural(count: number, name: string, many = `${name}s`) {
  return `${count} ${count === 1 ? name : many}`;
}

/** A text cut to a number of characters, with … where something is missing. */
export function clipped(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join("")}…`;
}
