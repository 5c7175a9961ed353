import type { Card, Line } from "../../core/card/card.ts";
import {
  type Block,
  line,
  linkTo,
  moreButton,
  note,
  type PressButton,
  pressButton,
  row,
  title,
} from "./blocks.ts";
import type { ButtonContext } from "./button-payload.ts";
import type { Drawing } from "./draw-sentence.ts";
import { inSight } from "./fit-to-phone.ts";
import type { Link } from "./links.ts";
import { onCard, shownWith } from "./mentions.ts";
import type { SizeBudget } from "./size-budget.ts";
import * as words from "./words.ts";

const mostRows = 2;
/** The most buttons that fit side by side on a phone. */
const mostInRow = 3;
const mostSections = 20;
/** Lines of a card that has to be small. */
const fewLines = 3;

/**
 * The context of a card's buttons. `channel` is the policy's key of the channel that shows the
 * card.
 */
export function contextOf({ version, escalation }: Card, channel: string): ButtonContext {
  return { version, escalation, channel };
}

interface CardDrawing {
  readonly channel: string;
  /** Who else is mentioned, as the last line; empty = nobody. */
  readonly whom: Line;
  readonly budget: SizeBudget;
}

/** The live card of an escalation: its title, lines and two rows of buttons, More… last. */
export function drawCard(card: Card, { channel, whom, budget }: CardDrawing): Drawing {
  const [name = [], ...lines] = inSight([card.title, ...shownWith(card, whom)]);
  return {
    text: [title("whole", name, budget.line), ...lines.map((shown) => line(shown, budget.line))],
    buttons: withMore(card, contextOf(card, channel), budget).flatMap(row),
  };
}

function withMore(
  card: Card,
  context: ButtonContext,
  budget: SizeBudget,
): readonly PressButton[][] {
  const rows = onCard(card)
    .slice(0, mostRows)
    .map((buttons) => buttons.map((button) => pressButton(button, context, budget.press)))
    .filter((buttons) => buttons.length > 0);
  const more = moreButton(card.escalation, context);
  const last = rows.at(-1);
  if (last && (last.length < mostInRow || rows.length === mostRows)) last.push(more);
  else rows.push([more]);
  return rows;
}

/**
 * A smaller card, for a chat that refuses the full one as too large: its first lines and its
 * buttons. The chat adds the link to the rest.
 */
export function drawSmallCard(card: Card, channel: string): Drawing {
  const few = shownWith(card).slice(0, fewLines);
  return {
    text: [title("whole", card.title, 100), ...few.map((shown) => line(shown, 120))],
    buttons: rowsOf(onCard(card).slice(0, mostRows), contextOf(card, channel), 300),
  };
}

const rowsOf = (rows: Card["buttons"], context: ButtonContext, most: number): Block[] =>
  rows.flatMap((buttons) => row(buttons.map((button) => pressButton(button, context, most))));

/** What replaces a card that is shown elsewhere now: no buttons, and the link to the new place. */
export function drawMovedCard(card: Card, link: Link): Block[] {
  return [title("whole", card.title, 150), linkTo(link)];
}

/**
 * What More… shows: evidence, the rule, who may do what, and the card's buttons again. It mentions
 * nobody.
 */
export function drawMore(card: Card, channel: string, budget: SizeBudget): Block[] {
  return [
    title("whole", card.title, Math.min(300, budget.line)),
    ...card.more.slice(0, mostSections).flatMap((part) => drawPart(part, budget)),
    ...rowsOf(card.buttons, contextOf(card, channel), budget.press),
  ];
}

function drawPart({ heading, lines }: Card["more"][number], budget: SizeBudget): Block[] {
  const shown = lines.slice(0, budget.items);
  const left = lines.length - shown.length;
  return [
    title("item", [heading], 150),
    ...shown.map((told) => line(["• ", ...told], 2 * budget.line)),
    ...(left > 0 ? [note(words.andMore(left))] : []),
  ];
}
