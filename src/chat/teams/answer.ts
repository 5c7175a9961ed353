import type { Answer } from "../../app/ports.ts";
import type { Line } from "../../core/card.ts";
import { lineToFill } from "../any/form-line.ts";
import type { Ground } from "../any/press.ts";
import { nothing } from "../any/text.ts";
import * as common from "../any/words.ts";
import type { Element } from "./adaptive.ts";
import { ownButton, pressable, row } from "./buttons.ts";
import type { TeamsMessage } from "./card.ts";
import { fitted, type Room } from "./limits.ts";
import { cardOf, ourWords, preformatted, summaryOf, textLine } from "./text.ts";
import * as words from "./words.ts";

/** What an answer answers: the line that was said, and where. */
export interface AnswerContext extends Ground {
  readonly line: string;
}

const longestText = 2_500;
const longestFile = 2_500;
const mostInRow = 3;
const mostChoices = 6;

/** What somebody is told: text, lines, the next steps as buttons. It mentions nobody. */
export const teamsAnswer = (answer: Answer, context: AnswerContext): TeamsMessage =>
  fitted((room) => ({
    summary: summaryOf(answer.text),
    card: cardOf([...youSaid(context.line), ...answerElements(answer, context, room)]),
  }));

/** An answer's elements, for a message or a dialog. */
export const answerElements = (answer: Answer, context: AnswerContext, room: Room): Element[] => {
  const lines = answer.lines.slice(0, room.items);
  const left = answer.lines.length - lines.length;
  const text = answer.text.trim() === "" ? nothing : answer.text;
  return [
    ...textLine([{ untrusted: text }], Math.min(longestText, 4 * room.line), { spacing: "Small" }),
    ...lines.flatMap((line): Element[] => textLine(["• ", ...line], room.line)),
    ...(left > 0 ? [ourWords(common.andMore(left))] : []),
    ...fileElements(answer.file),
    ...stepRows(answer, context, room.data),
  ];
};

const youSaid = (line: string): Element[] => {
  const said: Line = [{ untrusted: common.youSaid(line) }];
  return line.trim() === "" ? [] : textLine(said, 300, { style: { isSubtle: true } });
};

/** A short file as it is; a long one is had from the console. */
const fileElements = (file: Answer["file"]): Element[] => {
  if (file === null) return [];
  if (file.text === "" || file.text.length > longestFile)
    return textLine([{ untrusted: words.fileElsewhere(file.name) }], 400);
  return file.text.split("\n").flatMap((line) => preformatted(line, longestFile));
};

const stepRows = (answer: Answer, context: AnswerContext, most: number) => {
  const choices = answer.choices
    .slice(0, mostChoices)
    .flatMap((button) => pressable(button, context, most));
  const form =
    answer.form === null ? [] : ownButton("open", common.fillIn, lineToFill(answer.form), context);
  const next = answer.next === null ? [] : ownButton("act", common.nextPage, answer.next, context);
  return [
    ...row(choices.slice(0, mostInRow)),
    ...row(choices.slice(mostInRow)),
    ...row([...form, ...next]),
  ];
};
