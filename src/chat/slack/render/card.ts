import type { KnownBlock } from "@slack/types";
import type { Card } from "../../../core/card/card.ts";
import type { People } from "../../../core/people/person.ts";
import { linkTo } from "../../shared/blocks.ts";
import { drawCard, drawMovedCard, drawSmallCard } from "../../shared/draw-card.ts";
import type { Link } from "../../shared/links.ts";
import { forWhom, shownWith } from "../../shared/mentions.ts";
import { plainText, shortenedBefore, visible } from "../../shared/text.ts";
import { slackBlocks } from "./blocks.ts";
import { fitted, limits } from "./size-budget.ts";
import { accountOf, messageText, unformatted } from "./text.ts";

/**
 * A Slack message. `text` is for lock screens and as fallback, `blocks` is what people see; without
 * blocks the text is shown.
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

/** The live card of an escalation. */
export function slackCard(card: Card, { people, channel, first }: CardContext): SlackMessage {
  const shown = lockScreen(card);
  const whom = first ? forWhom(card, (person) => accountOf(person, people) !== null, people) : [];
  return fitted(limits.messageJson, (budget) => {
    const { text, buttons } = drawCard(card, { channel, whom, budget });
    return { text: shown, blocks: slackBlocks([...text, ...buttons], people) };
  });
}

/** A smaller card, for when Slack refuses the full one as too long; `link` leads to the rest. */
export function smallCard(card: Card, channel: string, link: Link): SlackMessage {
  const { text, buttons } = drawSmallCard(card, channel);
  const blocks = slackBlocks([...text, linkTo(link), ...buttons]);
  return { text: lockScreen(card), blocks };
}

/** What replaces a card that is shown elsewhere now. */
export function movedCard(card: Card, link: Link): SlackMessage {
  return {
    text: messageText(`${plainText(card.title)}: ${link.text}`, limits.lockScreen),
    blocks: slackBlocks(drawMovedCard(card, link)),
  };
}

/**
 * The card as plain text, for when Slack refuses the blocks as invalid or too long. Each line
 * begins with a bullet, so that none is read as a quotation.
 */
export function plainCard(card: Card): SlackMessage {
  const lines = [card.title, ...shownWith(card)].map((line) =>
    messageText(`• ${plainText(line)}`, 300),
  );
  return { text: [lockScreen(card), ...lines].join("\n"), blocks: [] };
}

/** The lock-screen sentence. Its end, the escalation's id, is kept when it must be cut. */
function lockScreen({ lockScreen: sentence, escalation }: Card): string {
  const whole = unformatted(visible(sentence));
  return messageText(shortenedBefore(escalation, whole, limits.lockScreen));
}
