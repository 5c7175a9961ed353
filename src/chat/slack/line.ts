import type { RichTextSection } from "@slack/types";
import type { Button, Line, Part } from "../../core/card.ts";
import type { PersonId } from "../../core/ids.ts";
import type { People } from "../../core/people.ts";
import { type Ground, pressable, row } from "./buttons.ts";
import { mention, type SlackMessage } from "./card.ts";
import { fitted, limits } from "./limits.ts";
import { accountOf, messageText, nothing, plainText, richBlock, section } from "./text.ts";

/** One sentence to a channel, a thread or one person. */
export interface Sentence extends Ground {
  readonly line: Line;
  /** Who is spoken to; empty = whoever reads. */
  readonly to: readonly PersonId[];
  readonly buttons: readonly Button[];
}

/** Characters of a sentence's `text`: a phone shows no more of it. */
const textLength = 400;
const mostInRow = 3;
const mostRows = 2;

/** A sentence with its buttons. Everybody in `to` is mentioned exactly once: where the sentence names them, else before it. */
export const slackLine = (said: Sentence, people: People): SlackMessage => {
  const line = addressed(said, people);
  return fitted(limits.messageJson, (room) => ({
    text: messageText(plainText(said.line), textLength),
    blocks: [...richBlock(orDash(section(line, people, room.line))), ...rowsOf(said, room.value)],
  }));
};

/** Slack takes no block without a word in it. */
const orDash = (sections: readonly RichTextSection[]): RichTextSection[] =>
  sections.length > 0
    ? [...sections]
    : [{ type: "rich_text_section", elements: [{ type: "text", text: nothing }] }];

/** Only the first time that somebody is named is a mention: a second one would tell nobody more. */
const addressed = ({ line, to }: Sentence, people: People): Line => {
  const named = new Set(line.flatMap((part) => (isPerson(part) ? [part.person] : [])));
  const before = [...new Set(to)].filter(
    (person) => !named.has(person) && accountOf(person, people) !== null,
  );
  const spokenTo = new Set(to);
  const first = (person: PersonId, at: number): boolean =>
    line.findIndex((part) => isPerson(part) && part.person === person && wants(part)) === at;
  const wants = (part: Named): boolean => part.mention || spokenTo.has(part.person);
  return [
    ...before.flatMap((person): Part[] => [mention(person, people), " "]),
    ...line.map((part, at) =>
      isPerson(part) ? { ...part, mention: first(part.person, at) } : part,
    ),
  ];
};

type Named = Extract<Part, { readonly person: PersonId }>;

const isPerson = (part: Part): part is Named => typeof part !== "string" && "person" in part;

const rowsOf = (said: Sentence, room: number) => {
  const buttons = said.buttons
    .flatMap((button, at) => pressable(button, said, at, room))
    .slice(0, mostRows * mostInRow);
  // Four stand two and two: nobody looks for one alone below three.
  const first = buttons.length > mostInRow ? Math.ceil(buttons.length / mostRows) : mostInRow;
  return [...row(buttons.slice(0, first)), ...row(buttons.slice(first))];
};
