import type { People } from "../../../core/people/person.ts";
import { linkTo } from "../../shared/blocks.ts";
import { drawSentence } from "../../shared/draw-sentence.ts";
import type { Link } from "../../shared/links.ts";
import { type AddressedLine, withMentions } from "../../shared/mentions.ts";
import { plainText } from "../../shared/text.ts";
import type { TeamsMessage } from "./card.ts";
import { teamsElements } from "./elements.ts";
import { fitted } from "./size-budget.ts";
import { accountOf, cardOf, mentionsIn, repeatNote, summaryOf } from "./text.ts";

/** Options of a sentence: as small as possible, and with a link. */
interface How {
  readonly small?: boolean;
  readonly link?: Link | null;
}

/**
 * A sentence with its buttons. Everybody in `to` is mentioned exactly once, below it, since Teams
 * mentions nobody within a sentence.
 */
export function teamsLine(
  said: AddressedLine,
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
  const asked = mentionsIn(withMentions(said, has, people), people, "");
  return fitted((budget) => {
    const { text, buttons } = drawSentence(said, said.line, budget);
    const body = [
      ...repeatNote(repeat),
      ...teamsElements(text),
      ...asked.block,
      ...teamsElements(link === null ? buttons : [...buttons, linkTo(link)]),
    ];
    return {
      summary: summaryOf(said.lockScreen ?? plainText(said.line)),
      card: cardOf(body, asked),
    };
  }, small);
}
