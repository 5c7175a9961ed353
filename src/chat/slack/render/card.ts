import type { KnownBlock, RichTextSection, Button as SlackButton } from "@slack/types";
import type { Card } from "../../../core/card/card.ts";
import type { People } from "../../../core/people/person.ts";
import type { ButtonContext } from "../../shared/button-payload.ts";
import { inSight } from "../../shared/fit-to-phone.ts";
import type { Link } from "../../shared/links.ts";
import { forWhom, onCard, shownWith } from "../../shared/mentions.ts";
import type { SizeBudget } from "../../shared/size-budget.ts";
import { nobody, plainText, visible } from "../../shared/text.ts";
import { moreButton, pressable, row } from "./buttons.ts";
import { fitted, limits } from "./size-budget.ts";
import {
  accountOf,
  boldSection,
  linkSection,
  messageText,
  richBlock,
  section,
  unformatted,
} from "./text.ts";

/**
 * A message as Slack takes it. `text` is the lock screen and the fallback, `blocks` what people
 * see; no blocks = the text alone.
 */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: KnownBlock[];
}

interface CardContext {
  readonly people: People;
  /** The policy's key of the channel it stands in. */
  readonly channel: string;
  /**
   * Whether this message is new: then everybody in `notify` is mentioned, once. Edits notify
   * nobody.
   */
  readonly first: boolean;
}

const mostRows = 2;
/** More buttons than this do not stand side by side on a phone. */
const mostInRow = 3;

/** The live card of an escalation: its title, lines and two rows of buttons, More… last. */
export function slackCard(card: Card, context: CardContext): SlackMessage {
  const text = lockScreen(card);
  return fitted(limits.messageJson, (budget) => ({
    text,
    blocks: [
      ...richBlock(sectionsOf(card, context, budget)),
      ...rowsOf(card, context.channel, budget),
    ],
  }));
}

function sectionsOf(
  card: Card,
  { people, first }: CardContext,
  budget: SizeBudget,
): RichTextSection[] {
  const whom = first ? forWhom(card, (person) => accountOf(person, people) !== null, people) : [];
  const [title = [], ...seen] = inSight([card.title, ...shownWith(card, whom)]);
  return [
    ...boldSection(title, budget.line),
    ...seen.flatMap((line) => section(line, people, budget.line)),
  ];
}

function rowsOf(card: Card, channel: string, budget: SizeBudget): KnownBlock[] {
  const buttonContext: ButtonContext = {
    version: card.version,
    escalation: card.escalation,
    channel,
  };
  const rows: SlackButton[][] = onCard(card)
    .slice(0, mostRows)
    .map((buttons, at) =>
      buttons.flatMap((button, i) =>
        pressable(button, { buttonContext, at: at * 10 + i, room: budget.press }),
      ),
    )
    .filter((buttons) => buttons.length > 0);
  const more = moreButton(card.escalation, buttonContext, 99);
  const last = rows.at(-1);
  if (last && (last.length < mostInRow || rows.length === mostRows)) last.push(...more);
  else rows.push(more);
  return rows.flatMap(row);
}

/** Lines of a card that has to be small. */
const fewLines = 3;

/**
 * The card with what matters most, for when Slack calls it too long: its first lines, its buttons,
 * and where the rest is.
 */
export function smallCard(card: Card, channel: string, link: Link): SlackMessage {
  const buttonContext: ButtonContext = {
    version: card.version,
    escalation: card.escalation,
    channel,
  };
  const few = shownWith(card).slice(0, fewLines);
  return {
    text: lockScreen(card),
    blocks: [
      ...richBlock([
        ...boldSection(card.title, 100),
        ...few.flatMap((line) => section(line, nobody, 120)),
        linkSection(link),
      ]),
      ...onCard(card)
        .slice(0, mostRows)
        .flatMap((buttons, at) =>
          row(
            buttons.flatMap((button, i) =>
              pressable(button, { buttonContext, at: at * 10 + i, room: 300 }),
            ),
          ),
        ),
    ],
  };
}

/**
 * What stands where a card was, once it is asked about elsewhere: no buttons, and the way there.
 */
export function movedCard(card: Card, link: Link): SlackMessage {
  return {
    text: messageText(`${plainText(card.title)}: ${link.text}`, limits.lockScreen),
    blocks: richBlock([...boldSection(card.title, 150), linkSection(link)]),
  };
}

/**
 * The card as words alone, for when Slack calls the blocks invalid or too long. Each line begins
 * with our own mark, so that none begins a quotation.
 */
export function plainCard(card: Card): SlackMessage {
  const lines = [card.title, ...shownWith(card)].map((line) =>
    messageText(`• ${plainText(line)}`, 300),
  );
  return { text: [lockScreen(card), ...lines].join("\n"), blocks: [] };
}

/** The lock-screen sentence; its end, the escalation's id, is what stays when it must be cut. */
function lockScreen({ lockScreen: sentence, escalation }: Card): string {
  const whole = [...unformatted(visible(sentence))];
  if (whole.length <= limits.lockScreen) return messageText(sentence);
  const end = `… ${escalation}`;
  const start = whole.slice(0, limits.lockScreen - end.length).join("");
  return messageText(start + end);
}
