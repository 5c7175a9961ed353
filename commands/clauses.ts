import type { Instant, PersonId } from "../src/core/ids.ts";
import { nearest } from "../src/core/nearest.ts";
import type { People } from "../src/core/people.ts";
import type { Refusal } from "../src/core/refusal.ts";
import { parseDate } from "../src/core/time.ts";

/** The grammar all commands share: `<what>` and then clauses in any order. */

const clauseWords = ["to", "for", "by", "on", "since", "until", "kind"] as const;

export type ClauseWord = (typeof clauseWords)[number];

export interface Clauses {
  /** Words that belong to no clause, in order. */
  readonly loose: readonly string[];
  readonly clauses: ReadonlyMap<ClauseWord, readonly string[]>;
}

/** Takes a command's rest apart. Only clauses a command knows are clauses; anything else stays a loose word. */
export const clausesOf = (rest: string, known: readonly ClauseWord[]): Clauses => {
  const loose: string[] = [];
  const clauses = new Map<ClauseWord, string[]>();
  const words = rest.split(" ").filter((word) => word !== "");
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    const clause = known.find((one) => one === word.toLowerCase());
    const value = clause && valueAfter(clause, words, at);
    if (clause === undefined || value === undefined) loose.push(word);
    else {
      clauses.set(clause, [...(clauses.get(clause) ?? []), value]);
      at += value.split(" ").length;
    }
  }
  return { loose, clauses };
};

const dated: readonly ClauseWord[] = ["on", "by", "until", "since"];

/** The word after a clause's, or both words of `2026-12-01 10:00`. */
const valueAfter = (
  clause: ClauseWord,
  words: readonly string[],
  at: number,
): string | undefined => {
  const two = words.slice(at + 1, at + 3).join(" ");
  return dated.includes(clause) && /^\d{4}-\d\d-\d\d \d\d:\d\d$/.test(two) ? two : words[at + 1];
};

/** A date or time in a zone; null when absent; a refusal otherwise. */
export const dateOf = (
  text: string | undefined,
  zone: string,
  now: Instant,
): Instant | null | Refusal => {
  if (text === undefined) return null;
  return parseDate(text, zone, now) ?? { refused: "not-a-time", text };
};

/** A person by policy key or name, ignoring case. */
export const personNamed = (text: string, people: People): PersonId | Refusal => {
  const wanted = text.replace(/^@/, "").toLowerCase();
  const all = [...people.values()];
  const found = all.filter(
    ({ key, name }) =>
      key.toLowerCase() === wanted ||
      name.toLowerCase() === wanted ||
      name.toLowerCase().split(" ")[0] === wanted,
  );
  if (found.length === 1 && found[0]) return found[0].id;
  const exact = found.find(({ key }) => key.toLowerCase() === wanted);
  return (
    exact?.id ?? {
      refused: "unknown-person",
      name: text,
      nearest: nearest(
        wanted,
        all.map(({ key }) => key),
      ),
    }
  );
};

/** Tells a refusal from a value. */
export const isNo = <T>(value: T | Refusal): value is Refusal =>
  typeof value === "object" && value !== null && "refused" in value;
