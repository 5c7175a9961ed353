import type { PersonView } from "../../app/ports.ts";
import { type Block, line, linkTo, moreButton, note, pressButton, row, title } from "./blocks.ts";
import { type HomeContext, type HomeItem, type HomePart, homeParts } from "./home.ts";
import type { SizeBudget } from "./size-budget.ts";
import * as words from "./words.ts";

interface HomeDrawing {
  readonly budget: SizeBudget;
  /** How the chat tells somebody that the policy does not name them. */
  readonly stranger: string;
}

/**
 * What one person looks at first: what they may decide, what else is open, what is due, the
 * postures. null = the policy does not name them.
 */
export function drawHome(
  view: PersonView | null,
  context: HomeContext,
  { budget, stranger }: HomeDrawing,
): Block[] {
  const { publicUrl } = context;
  const parts =
    view === null
      ? [[note(stranger)]]
      : homeParts(view, context).map((part) => drawPart(part, budget, publicUrl));
  return [
    ...parts.flatMap((part, at): Block[] => (at === 0 ? part : [{ kind: "divider" }, ...part])),
    ...toConsole(words.atConsole, publicUrl),
  ];
}

function drawPart(part: HomePart, budget: SizeBudget, publicUrl: string | null): Block[] {
  const shown = part.items.slice(0, Math.min(part.most, budget.items));
  const left = part.items.length - shown.length + part.undrawn;
  return [
    title("part", [part.heading], 150),
    ...shown.flatMap((item) => drawItem(item, budget)),
    ...(part.items.length === 0 && part.none !== null ? [note(part.none)] : []),
    ...(left > 0 ? drawLeft(left, publicUrl) : []),
  ];
}

const drawItem = (
  { title: name, lines, buttons, more, buttonContext }: HomeItem,
  budget: SizeBudget,
): Block[] => [
  ...(name === null ? [] : [title("item", name, budget.line)]),
  ...lines.map((told, at) => line(told, budget.line, name === null && at === 0)),
  ...row([
    ...buttons.map((button) => pressButton(button, buttonContext, budget.press)),
    ...(more === null ? [] : [moreButton(more, buttonContext)]),
  ]),
];

const drawLeft = (left: number, publicUrl: string | null): Block[] =>
  publicUrl === null ? [note(words.moreHere(left))] : toConsole(words.moreHere(left), publicUrl);

/** A link to the console, which is the only place that we link to. */
const toConsole = (text: string, publicUrl: string | null): Block[] =>
  publicUrl === null ? [] : [linkTo({ text, url: publicUrl }, true)];
