import type { Reply } from "../../../app/ports.ts";
import type { Line } from "../../../core/card/card.ts";
import type { ButtonContext } from "../../shared/button-payload.ts";
import { lineToFill } from "../../shared/form-line.ts";
import { nothing } from "../../shared/text.ts";
import * as common from "../../shared/words.ts";
import type { Element } from "./adaptive-card.ts";
import { ownButton, pressable, row } from "./buttons.ts";
import type { TeamsMessage } from "./card.ts";
import { fitted, type SizeBudget } from "./size-budget.ts";
import { cardOf, ourWords, preformatted, summaryOf, textLine } from "./text.ts";
import * as words from "./words.ts";

/** What an answer answers: the line that was said, and where. */
export interface AnswerContext extends ButtonContext {
  readonly line: string;
}

const longestText = 2_500;
const longestFile = 2_500;
const mostInRow = 3;
const mostChoices = 6;

/** What somebody is told: text, lines, the next steps as buttons. It mentions nobody. */
export function teamsAnswer(answer: Reply, context: AnswerContext): TeamsMessage {
  return fitted((budget) => ({
    summary: summaryOf(answer.text),
    card: cardOf([...youSaid(context.line), ...answerElements(answer, context, budget)]),
  }));
}

/** An answer's elements, for a message or a dialog. */
export function answerElements(
  answer: Reply,
  context: AnswerContext,
  budget: SizeBudget,
): Element[] {
  const lines = answer.lines.slice(0, budget.items);
  const left = answer.lines.length - lines.length;
  const text = answer.text.trim() === "" ? nothing : answer.text;
  return [
    ...textLine([{ untrusted: text }], Math.min(longestText, 4 * budget.line), {
      spacing: "Small",
    }),
    ...lines.flatMap((line): Element[] => textLine(["• ", ...line], budget.line)),
    ...(left > 0 ? [ourWords(common.andMore(left))] : []),
    ...fileElements(answer.file),
    ...stepRows(answer, context, budget.data),
  ];
}

function youSaid(line: string): Element[] {
  const said: Line = [{ untrusted: common.youSaid(line) }];
  return line.trim() === "" ? [] : textLine(said, 300, { style: { isSubtle: true } });
}

/** A short file as it is; a long one is had from the console. */
function fileElements(file: Reply["file"]): Element[] {
  if (file === null) return [];
  if (file.text === "" || file.text.length > longestFile)
    return textLine([{ untrusted: words.fileElsewhere(file.name) }], 400);
  return file.text.split("\n").flatMap((line) => preformatted(line, longestFile));
}

function stepRows(answer: Reply, context: AnswerContext, most: number) {
  const choices = answer.choices
    .slice(0, mostChoices)
    .flatMap((button) => pressable(button, context, most));
  const form =
    answer.form === null
      ? []
      : ownButton("open", {
          label: common.fillIn,
          line: lineToFill(answer.form),
          buttonContext: context,
        });
  const next =
    answer.next === null
      ? []
      : ownButton("act", { label: common.nextPage, line: answer.next, buttonContext: context });
  return [
    ...row(choices.slice(0, mostInRow)),
    ...row(choices.slice(mostInRow)),
    ...row([...form, ...next]),
  ];
}
