import type { Line } from "../../core/card/card.ts";
import { type Block, line, pressButton, row } from "./blocks.ts";
import type { AddressedLine } from "./mentions.ts";
import type { SizeBudget } from "./size-budget.ts";
import { noText, plainText } from "./text.ts";

const mostInRow = 3;
const mostRows = 2;

/** Text and buttons, apart: a chat may have to mention people between them. */
export interface Drawing {
  readonly text: readonly Block[];
  readonly buttons: readonly Block[];
}

/** A sentence with its buttons; `words` is its text, or its text with people mentioned. */
export function drawSentence(said: AddressedLine, words: Line, budget: SizeBudget): Drawing {
  const buttons = said.buttons
    .slice(0, mostRows * mostInRow)
    .map((button) => pressButton(button, said, budget.press));
  // Four buttons are two rows of two: a single button below three is easily missed.
  const first = buttons.length > mostInRow ? Math.ceil(buttons.length / mostRows) : mostInRow;
  return {
    text: [line(plainText(words).trim() === "" ? [noText] : words, budget.line)],
    buttons: [...row(buttons.slice(0, first)), ...row(buttons.slice(first))],
  };
}
