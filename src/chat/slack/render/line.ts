import type { RichTextSection } from "@slack/types";
import type { People } from "../../../core/people/person.ts";
import type { Link } from "../../shared/links.ts";
import { addressed, type Sentence } from "../../shared/mentions.ts";
import { nothing, plainText } from "../../shared/text.ts";
import { pressable, row } from "./buttons.ts";
import type { SlackMessage } from "./card.ts";
import { fitted, limits } from "./size-budget.ts";
import { accountOf, linkSection, messageText, richBlock, section } from "./text.ts";

/** Characters of a sentence's `text`: a phone shows no more of it. */
const textLength = 400;
const mostInRow = 3;
const mostRows = 2;

/**
 * A sentence with its buttons. Everybody in `to` is mentioned exactly once: where the sentence
 * names them, else before it.
 */
export function slackLine(said: Sentence, people: People, link: Link | null = null): SlackMessage {
  const line = addressed(said, (person) => accountOf(person, people) !== null, people);
  return fitted(limits.messageJson, (budget) => ({
    text: messageText(said.lockScreen ?? plainText(said.line), textLength),
    blocks: [
      ...richBlock([
        ...orDash(section(line, people, budget.line)),
        ...(link === null ? [] : [linkSection(link)]),
      ]),
      ...rowsOf(said, budget.value),
    ],
  }));
}

/** Slack takes no block without a word in it. */
const orDash = (sections: readonly RichTextSection[]): RichTextSection[] =>
  sections.length > 0
    ? [...sections]
    : [{ type: "rich_text_section", elements: [{ type: "text", text: nothing }] }];

function rowsOf(said: Sentence, room: number) {
  const buttons = said.buttons
    .flatMap((button, at) => pressable(button, { buttonContext: said, at, room }))
    .slice(0, mostRows * mostInRow);
  // Four stand two and two: nobody looks for one alone below three.
  const first = buttons.length > mostInRow ? Math.ceil(buttons.length / mostRows) : mostInRow;
  return [...row(buttons.slice(0, first)), ...row(buttons.slice(first))];
}
