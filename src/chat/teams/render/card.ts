import type { Card } from "../../../core/card/card.ts";
import type { People } from "../../../core/people/person.ts";
import { linkTo } from "../../shared/blocks.ts";
import { drawCard, drawMovedCard, drawSmallCard } from "../../shared/draw-card.ts";
import type { Link } from "../../shared/links.ts";
import { forWhom, shownWith } from "../../shared/mentions.ts";
import { plainText, shortenedBefore, visible } from "../../shared/text.ts";
import * as common from "../../shared/words.ts";
import type { AdaptiveCard, Element } from "./adaptive-card.ts";
import { teamsElements } from "./elements.ts";
import { fitted, limits } from "./size-budget.ts";
import {
  accountOf,
  cardOf,
  type Mentions,
  mentionsIn,
  noMentions,
  repeatNote,
  summaryOf,
} from "./text.ts";

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

/** The live card of an escalation; who is asked is mentioned between its lines and its buttons. */
export function teamsCard(card: Card, context: CardContext): TeamsMessage {
  const { people, first, repeat, channel } = context;
  const asked = first ? whomOf(card, people) : noMentions;
  return fitted((budget) => {
    const { text, buttons } = drawCard(card, { channel, whom: [], budget });
    const body = [
      ...repeatNote(repeat),
      ...teamsElements(text),
      ...asked.block,
      ...spaced(teamsElements(buttons)),
    ];
    return { summary: lockScreen(card), card: cardOf(body, asked) };
  });
}

/** More space above the first row. */
const spaced = (rows: readonly Element[]): readonly Element[] =>
  rows.map((row, at) =>
    at === 0 && row.type === "ActionSet" ? { ...row, spacing: "Medium" } : row,
  );

/** A smaller card, for when Teams refuses the full one as too large; `link` leads to the rest. */
export function smallCard(card: Card, channel: string, link: Link): TeamsMessage {
  const { text, buttons } = drawSmallCard(card, channel);
  return {
    summary: lockScreen(card),
    card: cardOf(teamsElements([...text, ...buttons, linkTo(link)])),
  };
}

/** What replaces a card that is shown elsewhere now. */
export function movedCard(card: Card, link: Link): TeamsMessage {
  return {
    summary: summaryOf(`${plainText(card.title)}: ${link.text}`, limits.lockScreen),
    card: cardOf(teamsElements(drawMovedCard(card, link))),
  };
}

/** Everybody whom the card asks or notifies. */
function whomOf(card: Card, people: People): Mentions {
  const line = [
    ...shownWith(card).flat(),
    ...forWhom(card, (person) => accountOf(person, people) !== null, people),
  ];
  return mentionsIn(line, people, common.forWhom);
}

/** The lock-screen sentence. Its end, the escalation's id, is kept when it must be cut. */
function lockScreen({ lockScreen: sentence, escalation }: Card): string {
  return summaryOf(shortenedBefore(escalation, visible(sentence), limits.lockScreen));
}
