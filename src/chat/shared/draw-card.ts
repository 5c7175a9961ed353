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
/** More buttons than this do not stand side by side on a phone. */
const mostInRow = 3;
const mostSections = 20;
/** Lines of a card that has to be small. */
const fewLines = 3;

/** What the buttons of a card stand on. `channel` is the policy's key of where it stands. */
export function contextOf({ version, escalation }: Card, channel: string): ButtonContext {
  return { version, escalation, channel };
}

interface CardDrawing {
  readonly channel: string;
  /** Who is mentioned besides, as the last line; empty = nobody. */
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
 * The card with what matters most, for when a chat calls it too large: its first lines and its
 * buttons. The chat adds where the rest is.
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

/**
 * What stands where a card was, once it is asked about elsewhere: no buttons, and the way there.
 */
export function drawMovedCard(card: Card, link: Link): Block[] {
  return [title("whole", card.title, 150), linkTo(link)];
}

/**
 * What is behind More…: evidence, the written rule, who may do what; and the card's buttons once
 * more. It mentions nobody.
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
