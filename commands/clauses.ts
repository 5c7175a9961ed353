import { type ParsedCommand, type Refused, refused } from "../src/app/commands/command.ts";
import { isFiller, plainWord, unmarked } from "../src/core/command-line/phone-typing.ts";
import { nearestNames } from "../src/core/did-you-mean.ts";
import type { Instant, PersonId } from "../src/core/ids.ts";
import type { People } from "../src/core/people/person.ts";
import type { Refusal } from "../src/core/state/refusal.ts";
import { parseDate } from "../src/core/typed-dates.ts";

/** The grammar all commands share: `<what>` and then clauses in any order. */

const clauseWords = [
  "to",
  "for",
  "by",
  "on",
  "since",
  "until",
  "from",
  "kind",
  "decider",
  "trigger",
  "severity",
  "model",
  "at",
] as const;

export type ClauseWord = (typeof clauseWords)[number];

export interface Clauses {
  /** Words that belong to no clause, in order. */
  readonly loose: readonly string[];
  readonly clauses: ReadonlyMap<ClauseWord, readonly string[]>;
}

/**
 * Takes a command's words apart. Only clauses a command knows are clauses; anything else stays a
 * loose word.
 */
export function clausesOf(words: readonly string[], known: readonly ClauseWord[]): Clauses {
  const loose: string[] = [];
  const clauses = new Map<ClauseWord, string[]>();
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    const clause = known.find((name) => name === plainWord(word));
    const value = clause && valueAfter(clause, words, at);
    if (clause === undefined || value === undefined) loose.push(word);
    else {
      clauses.set(clause, [...(clauses.get(clause) ?? []), unmarked(value)]);
      at += value.split(" ").length;
    }
  }
  return { loose, clauses };
}

const dated: readonly ClauseWord[] = ["on", "by", "until", "since", "from", "at"];

/** The word after a clause's; of a date all of its words: `2026-12-01 10:00`, `monday at 14:00`. */
function valueAfter(clause: ClauseWord, words: readonly string[], at: number): string | undefined {
  const date = dated.includes(clause) ? datesWords(words.slice(at + 1)) : "";
  return date === "" ? words[at + 1] : date;
}

/** As many of the first words as are a day and a time on it; "" where they are not. */
const datesWords = (words: readonly string[]): string =>
  [words.slice(0, 3), words.slice(0, 2)]
    .map((some) => some.join(" "))
    .find((some) => /^[\p{L}\d-]+ (?:at )?\d\d?:\d\d[.,;!?]*$/iu.test(some)) ?? "";

/** The second value of a clause that was said twice: only one of them could count. */
export function twice({ clauses }: Clauses): string | undefined {
  return [...clauses.values()].find((values) => values.length > 1)?.[1];
}

/** Words said before “because”, and what was said after it. */
export function reasonWith(words: readonly string[], reason: string): string {
  return [words.join(" "), reason].filter((part) => part !== "").join(" because ");
}

/** What was said, with words of it as part of its reason. */
export function withWords(said: ParsedCommand, words: readonly string[]): ParsedCommand {
  return {
    ...said,
    reason: reasonWith(words.every(isFiller) ? [] : words, said.reason),
  };
}

/**
 * Words that a command has no use for are said, and nothing is done. `again`: the line without
 * them, null where there is none to offer.
 */
export function oddWords(
  words: readonly string[],
  {
    usage,
    again = null,
    deployment = "",
  }: {
    readonly usage: string;
    readonly again?: string | null | undefined;
    readonly deployment?: string | undefined;
  },
): Refused {
  return refused({ refused: "odd-words", words: words.join(" "), usage, again }, deployment);
}

/** A date or time in a zone; null when absent; a refusal otherwise. */
export function dateOf(
  text: string | undefined,
  zone: string,
  now: Instant,
): Instant | null | Refusal {
  if (text === undefined) return null;
  return parseDate(text, zone, now) ?? { refused: "not-a-time", text };
}

/** A person by policy key or name, ignoring case. */
export function personNamed(text: string, people: People): PersonId | Refusal {
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
      nearest: nearestNames(
        wanted,
        all.map(({ key }) => key),
      ),
    }
  );
}

/** Tells a refusal from a value. */
export function isNo<T>(value: T | Refusal): value is Refusal {
  return typeof value === "object" && value !== null && "refused" in value;
}
