import type { Card } from "../../../core/card/card.ts";
import type { People } from "../../../core/people/person.ts";
import type { ButtonContext } from "../../shared/button-payload.ts";
import { inSight } from "../../shared/fit-to-phone.ts";
import type { Link } from "../../shared/links.ts";
import { forWhom, onCard, shownWith } from "../../shared/mentions.ts";
import { plainText, visible } from "../../shared/text.ts";
import * as common from "../../shared/words.ts";
import type { Action, ActionSet, AdaptiveCard } from "./adaptive-card.ts";
import { linkRow, moreButton, pressable, row } from "./buttons.ts";
import { fitted, limits } from "./size-budget.ts";
import {
  accountOf,
  boldLine,
  cardOf,
  type Mentions,
  mentionsIn,
  noMentions,
  ourWords,
  summaryOf,
  textLine,
} from "./text.ts";
import * as words from "./words.ts";

/** A message as Teams takes it: `summary` is the lock-screen sentence, the card what people see. */
export interface TeamsMessage {
  readonly summary: string;
  readonly card: AdaptiveCard;
}

interface CardContext {
  readonly people: People;
  /** The policy's key of the channel it stands in. */
  readonly channel: string;
  /**
   * Whether this message is new: then everybody who is asked is mentioned, once. Edits notify
   * nobody.
   */
  readonly first: boolean;
  /** Whether it may be there twice: an earlier attempt was not answered. */
  readonly repeat: boolean;
}

const mostRows = 2;
/** More buttons than this do not stand side by side on a phone. */
const mostInRow = 3;

/** The live card of an escalation: its title, lines and two rows of buttons, More… last. */
export function teamsCard(card: Card, context: CardContext): TeamsMessage {
  const { people, first, repeat, channel } = context;
  const asked = first ? whomOf(card, people) : noMentions;
  return fitted((budget) => {
    const [title = [], ...lines] = inSight([card.title, ...shownWith(card)]);
    return {
      summary: lockScreen(card),
      card: cardOf(
        [
          ...(repeat ? [ourWords(words.possibleRepeat)] : []),
          ...boldLine(title, budget.line),
          ...lines.flatMap((line) => textLine(line, budget.line)),
          ...asked.block,
          ...rowsOf(card, channel, budget.press),
        ],
        asked,
      ),
    };
  });
}

/** Lines of a card that has to be small. */
const fewLines = 3;

/**
 * The card with what matters most, for when Teams calls it too large: its first lines, its buttons,
 * and where the rest is.
 */
export function smallCard(card: Card, channel: string, link: Link): TeamsMessage {
  const buttonContext: ButtonContext = {
    version: card.version,
    escalation: card.escalation,
    channel,
  };
  return {
    summary: lockScreen(card),
    card: cardOf([
      ...boldLine(card.title, 100),
      ...shownWith(card)
        .slice(0, fewLines)
        .flatMap((line) => textLine(line, 120)),
      ...onCard(card)
        .slice(0, mostRows)
        .flatMap((buttons) =>
          row(buttons.flatMap((button) => pressable(button, buttonContext, 300))),
        ),
      ...linkRow(link),
    ]),
  };
}

/**
 * What stands where a card was, once it is asked about elsewhere: no buttons, and the way there.
 */
export function movedCard(card: Card, link: Link): TeamsMessage {
  return {
    summary: summaryOf(`${plainText(card.title)}: ${link.text}`, limits.lockScreen),
    card: cardOf([...boldLine(card.title, 150), ...linkRow(link)]),
  };
}

/** Everybody the card names as asked, and everybody who is to be reached. */
function whomOf(card: Card, people: People): Mentions {
  const line = [
    ...shownWith(card).flat(),
    ...forWhom(card, (person) => accountOf(person, people) !== null, people),
  ];
  return mentionsIn(line, people, common.forWhom);
}

function rowsOf(card: Card, channel: string, most: number): ActionSet[] {
  const buttonContext: ButtonContext = {
    version: card.version,
    escalation: card.escalation,
    channel,
  };
  const rows: Action[][] = onCard(card)
    .slice(0, mostRows)
    .map((buttons) => buttons.flatMap((button) => pressable(button, buttonContext, most)))
    .filter((buttons) => buttons.length > 0);
  const more = moreButton(card.escalation, buttonContext);
  const last = rows.at(-1);
  if (last && (last.length < mostInRow || rows.length === mostRows)) last.push(...more);
  else rows.push(more);
  return rows.flatMap((actions, at) => row(actions, at === 0 ? "Medium" : "Small"));
}

/** The lock-screen sentence; its end, the escalation's id, is what stays when it must be cut. */
function lockScreen({ lockScreen: sentence, escalation }: Card): string {
  const whole = [...visible(sentence)];
  if (whole.length <= limits.lockScreen) return summaryOf(sentence);
  const end = `… ${escalation}`;
  return summaryOf(whole.slice(0, limits.lockScreen - end.length).join("") + end);
}
