import type { People } from "../../../core/people/person.ts";
import { linkTo } from "../../shared/blocks.ts";
import { drawSentence } from "../../shared/draw-sentence.ts";
import type { Link } from "../../shared/links.ts";
import { type AddressedLine, withMentions } from "../../shared/mentions.ts";
import { plainText } from "../../shared/text.ts";
import { slackBlocks } from "./blocks.ts";
import type { SlackMessage } from "./card.ts";
import { fitted, limits } from "./size-budget.ts";
import { accountOf, messageText } from "./text.ts";

/** Characters of a sentence's `text`; a phone shows no more. */
const textLength = 400;

/**
 * A sentence with its buttons. Everybody in `to` is mentioned exactly once: where the sentence
 * names them, else before it.
 */
export function slackLine(
  said: AddressedLine,
  people: People,
  link: Link | null = null,
): SlackMessage {
  const line = withMentions(said, (person) => accountOf(person, people) !== null, people);
  const way = link === null ? [] : [linkTo(link)];
  return fitted(limits.messageJson, (budget) => {
    const { text, buttons } = drawSentence(said, line, budget);
    return {
      text: messageText(said.lockScreen ?? plainText(said.line), textLength),
      blocks: slackBlocks([...text, ...way, ...buttons], people),
    };
  });
}
