import type { People } from "../../../core/people/person.ts";
import type { Link } from "../../shared/links.ts";
import { addressed, type Sentence } from "../../shared/mentions.ts";
import { plainText } from "../../shared/text.ts";
import { linkRow, pressable, row } from "./buttons.ts";
import type { TeamsMessage } from "./card.ts";
import { fitted } from "./size-budget.ts";
import { accountOf, cardOf, mentionsIn, ourWords, summaryOf, textLine } from "./text.ts";
import * as words from "./words.ts";

/** How a sentence is drawn besides: as small as it can be, with the way to what it is about. */
interface How {
  readonly small?: boolean;
  readonly link?: Link | null;
}

const mostInRow = 3;
const mostRows = 2;

/**
 * A sentence with its buttons. Everybody in `to` is mentioned exactly once, below it, since Teams
 * mentions nobody within a sentence.
 */
export function teamsLine(
  said: Sentence,
  {
    people,
    repeat = false,
    how: { small = false, link = null } = {},
  }: {
    readonly people: People;
    readonly repeat?: boolean | undefined;
    readonly how?: How | undefined;
  },
): TeamsMessage {
  const has = (person: Parameters<typeof accountOf>[0]) => accountOf(person, people) !== null;
  const asked = mentionsIn(addressed(said, has, people), people, "");
  return fitted(
    (budget) => ({
      summary: summaryOf(said.lockScreen ?? plainText(said.line)),
      card: cardOf(
        [
          ...(repeat ? [ourWords(words.possibleRepeat)] : []),
          ...orDash(textLine(said.line, budget.line)),
          ...asked.block,
          ...rowsOf(said, budget.data),
          ...(link === null ? [] : linkRow(link)),
        ],
        asked,
      ),
    }),
    small,
  );
}

/** Teams shows an empty card as nothing at all. */
const orDash = (lines: ReturnType<typeof textLine>): ReturnType<typeof textLine> =>
  lines.length > 0 ? lines : textLine(["–"]);

function rowsOf(said: Sentence, most: number) {
  const buttons = said.buttons
    .flatMap((button) => pressable(button, said, most))
    .slice(0, mostRows * mostInRow);
  // Four stand two and two: nobody looks for one alone below three.
  const first = buttons.length > mostInRow ? Math.ceil(buttons.length / mostRows) : mostInRow;
  return [...row(buttons.slice(0, first)), ...row(buttons.slice(first))];
}
