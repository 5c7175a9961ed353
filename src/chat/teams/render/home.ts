import type { PersonView } from "../../../app/ports.ts";
import { type HomeContext, type HomeItem, type HomePart, homeParts } from "../../shared/home.ts";
import type { SizeBudget } from "../../shared/size-budget.ts";
import * as common from "../../shared/words.ts";
import type { Element } from "./adaptive-card.ts";
import { moreButton, pressable, row } from "./buttons.ts";
import type { TeamsMessage } from "./card.ts";
import { fitted } from "./size-budget.ts";
import { boldLine, cardOf, ourWords, summaryOf, textLine } from "./text.ts";
import * as words from "./words.ts";

/**
 * What one person looks at first, as a card in the conversation with the app. null = the policy
 * does not name them.
 */
export function homeCard(view: PersonView | null, context: HomeContext): TeamsMessage {
  return fitted((budget) => ({
    summary: summaryOf(common.product),
    card: cardOf([
      ...(view === null
        ? [ourWords(words.stranger)]
        : homeParts(view, context).flatMap((part) => partElements(part, budget))),
      ...consoleRow(context.publicUrl),
    ]),
  }));
}

function partElements(part: HomePart, budget: SizeBudget): Element[] {
  const shown = part.items.slice(0, Math.min(part.most, budget.items));
  const left = part.items.length - shown.length + part.undrawn;
  return [
    ...boldLine([part.heading]),
    ...shown.flatMap((item) => itemElements(item, budget)),
    ...(part.items.length === 0 && part.none !== null ? [ourWords(part.none)] : []),
    ...(left > 0 ? [ourWords(common.moreHere(left))] : []),
  ];
}

const itemElements = (
  { title, lines, buttons, more, ground }: HomeItem,
  budget: SizeBudget,
): Element[] => [
  ...(title === null
    ? []
    : textLine(title, budget.line, { style: { weight: "Bolder" }, spacing: "Medium" })),
  ...lines.flatMap((line, at) =>
    textLine(line, budget.line, title === null && at === 0 ? { spacing: "Medium" } : {}),
  ),
  ...row([
    ...buttons.flatMap((button) => pressable(button, ground, budget.press)),
    ...(more === null ? [] : moreButton(more, ground)),
  ]),
];

/** The only link we make, and to nowhere but our own address. */
const consoleRow = (publicUrl: string | null): Element[] =>
  publicUrl === null
    ? []
    : row([{ type: "Action.OpenUrl", title: common.atConsole, url: publicUrl }], "Medium");
