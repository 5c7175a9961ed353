import type { Reply } from "../../app/ports.ts";
import { type Block, line, note, ownButton, pressButton, row } from "./blocks.ts";
import type { ButtonContext } from "./button-payload.ts";
import { lineToFill } from "./form-line.ts";
import type { SizeBudget } from "./size-budget.ts";
import { noText } from "./text.ts";
import * as words from "./words.ts";

/** The line that an answer is for, and where it was said. */
export interface AnswerContext extends ButtonContext {
  readonly line: string;
}

interface AnswerDrawing {
  readonly budget: SizeBudget;
  /** The chat's name. */
  readonly chat: string;
}

const longestText = 2_500;
const longestFile = 2_500;
const mostInRow = 3;
const mostChoices = 6;

/** The line above its answer; nothing where a button was pressed. */
export function drawSaid(said: string): Block[] {
  return said.trim() === "" ? [] : [{ kind: "quote", text: words.youSaid(said), most: 300 }];
}

/** An answer in a message or a form: text, lines, the next steps as buttons. It mentions nobody. */
export function drawAnswer(
  answer: Reply,
  context: AnswerContext,
  { budget, chat }: AnswerDrawing,
): Block[] {
  const lines = answer.lines.slice(0, budget.items);
  const left = answer.lines.length - lines.length;
  const text = answer.text.trim() === "" ? noText : answer.text;
  return [
    line([{ untrusted: text }], Math.min(longestText, 4 * budget.line), true),
    ...lines.map((told) => line(["• ", ...told], budget.line)),
    ...(left > 0 ? [note(words.andMore(left))] : []),
    ...drawFile(answer.file, chat),
    ...nextSteps(answer, context, budget),
  ];
}

/**
 * A short file is shown whole. A longer one is in the console, since sending files would need
 * another permission.
 */
function drawFile(file: Reply["file"], chat: string): Block[] {
  if (file === null) return [];
  if (file.text === "" || file.text.length > longestFile)
    return [line([{ untrusted: words.fileElsewhere(file.name, chat) }], 400, true)];
  return [{ kind: "mono", text: file.text, most: longestFile }];
}

function nextSteps(
  { choices, form, next }: Reply,
  context: AnswerContext,
  budget: SizeBudget,
): Block[] {
  const buttons = choices
    .slice(0, mostChoices)
    .map((button) => pressButton(button, context, budget.press));
  const own = [
    ...(form === null
      ? []
      : [ownButton("open", { label: words.fillIn, line: lineToFill(form) }, context)]),
    ...(next === null ? [] : [ownButton("next", { label: words.nextPage, line: next }, context)]),
  ];
  return [...row(buttons.slice(0, mostInRow)), ...row(buttons.slice(mostInRow)), ...row(own)];
}
