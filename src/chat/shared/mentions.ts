import type { Button, Card, Line, Part } from "../../core/card/card.ts";
import type { PersonId } from "../../core/ids.ts";
import type { People } from "../../core/people/person.ts";
import type { ButtonContext } from "./button-payload.ts";
import * as words from "./words.ts";

/** Who is mentioned: each person once. */

/** One sentence to a channel, a thread or one person. */
export interface AddressedLine extends ButtonContext {
  readonly line: Line;
  /** The text for a locked screen, where the line is too long for it. */
  readonly lockScreen?: string;
  /** Who is mentioned; empty = nobody in particular. */
  readonly to: readonly PersonId[];
  readonly buttons: readonly Button[];
}

type HasAccount = (person: PersonId) => boolean;

/**
 * The sentence with everybody in `to` mentioned exactly once: where it names them, else before it.
 */
export function withMentions(
  { line, to }: Pick<AddressedLine, "line" | "to">,
  hasAccount: HasAccount,
  people: People,
): Line {
  const named = new Set(line.flatMap((part) => (isPerson(part) ? [part.person] : [])));
  const before = [...new Set(to)].filter((person) => !named.has(person) && hasAccount(person));
  const spokenTo = new Set(to);
  const wants = (part: Named): boolean => part.mention || spokenTo.has(part.person);
  const first = (person: PersonId, at: number): boolean =>
    line.findIndex((part) => isPerson(part) && part.person === person && wants(part)) === at;
  return [
    ...before.flatMap((person): Part[] => [mention(person, people), " "]),
    ...line.map((part, at) =>
      isPerson(part) ? { ...part, mention: first(part.person, at) } : part,
    ),
  ];
}

type Named = Extract<Part, { readonly person: PersonId }>;

const isPerson = (part: Part): part is Named => typeof part !== "string" && "person" in part;

/** A person as a mention. */
const mention = (person: PersonId, people: People): Part => ({
  person,
  name: people.get(person)?.name ?? "",
  mention: true,
});

/** Lines beyond this are shown by More…. */
const mostLines = 9;

const shown = (card: Card): readonly Line[] => card.lines.slice(0, mostLines);

/** The card's lines in a message, with `whom` as the last unless it is empty. */
export function shownWith(card: Card, whom: Line = []): readonly Line[] {
  return whom.length > 0 ? [...shown(card).slice(0, mostLines - 1), whom] : shown(card);
}

/**
 * "Notified: @Bob @Chidi": whoever is to be notified and is mentioned in no line. Empty = nobody.
 */
export function forWhom(card: Card, hasAccount: HasAccount, people: People): Line {
  const mentioned = new Set(
    shown(card)
      .flat()
      .flatMap((part) => (isPerson(part) && part.mention ? [part.person] : [])),
  );
  const left = [...new Set(card.notify)].filter(
    (person) => !mentioned.has(person) && hasAccount(person),
  );
  if (left.length === 0) return [];
  return [
    words.forWhom,
    ...left.flatMap((person, at) => [at === 0 ? "" : " ", mention(person, people)]),
  ];
}

/**
 * The buttons on the card itself. While it is open: the planned response, the stop, and
 * Acknowledge; keeping the posture as it is takes More….
 */
export function onCard({ status, buttons }: Card): Card["buttons"] {
  return status === "open"
    ? buttons.map((row) => row.filter(({ command }) => !command.startsWith("keep ")))
    : buttons;
}
