import type { KnownBlock, RichTextSection } from "@slack/types";
import type { Answer } from "../../app/ports.ts";
import type { Line } from "../../core/card.ts";
import { lineToFill } from "../any/form-line.ts";
import type { Ground } from "../any/press.ts";
import { nobody, nothing, shortened, visible } from "../any/text.ts";
import * as common from "../any/words.ts";
import { ownButton, pressable, row } from "./buttons.ts";
import type { SlackMessage } from "./card.ts";
import { fitted, limits, type Room } from "./limits.ts";
import { actionIds } from "./press.ts";
import { messageText, plainElement, richBlock, section } from "./text.ts";
import * as words from "./words.ts";

/** What an answer answers: the line that was said, and where. */
export interface AnswerContext extends Ground {
  readonly line: string;
}

const longestText = 2500;
const longestFile = 2500;
const mostInRow = 3;
const mostChoices = 6;

/** An answer that only the person sees: text, lines, the next steps as buttons. It mentions nobody. */
export const slackAnswer = (answer: Answer, context: AnswerContext): SlackMessage => {
  const text = messageText(answer.text, 1000);
  return fitted(limits.messageJson, (room) => ({
    text,
    blocks: [...youSaid(context.line), ...answerBlocks(answer, context, room)],
  }));
};

/** An answer's blocks, for a message or a modal. */
export const answerBlocks = (answer: Answer, context: AnswerContext, room: Room): KnownBlock[] => [
  ...richBlock(told(answer, room)),
  ...fileBlocks(answer.file),
  ...stepRows(answer, context, room),
];

const youSaid = (line: string): KnownBlock[] =>
  line.trim() === ""
    ? []
    : [{ type: "context", elements: [plainElement(common.youSaid(line), 300)] }];

const told = (answer: Answer, room: Room): RichTextSection[] => {
  const lines = answer.lines.slice(0, room.items);
  const left = answer.lines.length - lines.length;
  const all: readonly Line[] = [
    ...lines.map((line): Line => ["• ", ...line]),
    ...(left > 0 ? [[common.andMore(left)]] : []),
  ];
  return [
    ...section(
      [answer.text === "" ? nothing : answer.text],
      nobody,
      Math.min(longestText, 4 * room.line),
    ),
    ...all.flatMap((line) => section(line, nobody, room.line)),
  ];
};

/** A short file as it is; a long one is had from the console, since sending files would need a scope of its own. */
const fileBlocks = (file: Answer["file"]): KnownBlock[] => {
  if (file === null) return [];
  if (file.text === "" || file.text.length > longestFile) {
    const elsewhere = section([words.fileElsewhere(file.name)], nobody, 400);
    return richBlock(elsewhere);
  }
  const text = shortened(file.text.split("\n").map(visible).join("\n"), limits.sectionText);
  return [
    {
      type: "rich_text",
      elements: [{ type: "rich_text_preformatted", elements: [{ type: "text", text }] }],
    },
  ];
};

const stepRows = (answer: Answer, context: AnswerContext, room: Room): KnownBlock[] => {
  const choices = answer.choices
    .slice(0, mostChoices)
    .flatMap((button, at) => pressable(button, context, at, room.value));
  const form =
    answer.form === null
      ? []
      : ownButton(actionIds.open, common.fillIn, lineToFill(answer.form), context, 90);
  const next =
    answer.next === null ? [] : ownButton(actionIds.act, common.nextPage, answer.next, context, 91);
  return [
    ...row(choices.slice(0, mostInRow)),
    ...row(choices.slice(mostInRow)),
    ...row([...form, ...next]),
  ];
};
