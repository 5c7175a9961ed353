import type { KnownBlock, RichTextSection } from "@slack/types";
import type { Reply } from "../../../app/ports.ts";
import type { Line } from "../../../core/card/card.ts";
import type { ButtonContext } from "../../shared/button-payload.ts";
import { lineToFill } from "../../shared/form-line.ts";
import { nobody, nothing, shortened, visible } from "../../shared/text.ts";
import * as common from "../../shared/words.ts";
import { actionIds } from "../inbound/button-payload.ts";
import { ownButton, pressable, row } from "./buttons.ts";
import type { SlackMessage } from "./card.ts";
import { fitted, limits, type SizeBudget } from "./size-budget.ts";
import { messageText, plainElement, richBlock, section } from "./text.ts";
import * as words from "./words.ts";

/** What an answer answers: the line that was said, and where. */
export interface AnswerContext extends ButtonContext {
  readonly line: string;
}

const longestText = 2500;
const longestFile = 2500;
const mostInRow = 3;
const mostChoices = 6;

/**
 * An answer that only the person sees: text, lines, the next steps as buttons. It mentions nobody.
 */
export function slackAnswer(answer: Reply, context: AnswerContext): SlackMessage {
  const text = messageText(answer.text, 1000);
  return fitted(limits.messageJson, (budget) => ({
    text,
    blocks: [...youSaid(context.line), ...answerBlocks(answer, context, budget)],
  }));
}

/** An answer's blocks, for a message or a modal. */
export function answerBlocks(
  answer: Reply,
  context: AnswerContext,
  budget: SizeBudget,
): KnownBlock[] {
  return [
    ...richBlock(told(answer, budget)),
    ...fileBlocks(answer.file),
    ...stepRows(answer, context, budget),
  ];
}

const youSaid = (line: string): KnownBlock[] =>
  line.trim() === ""
    ? []
    : [{ type: "context", elements: [plainElement(common.youSaid(line), 300)] }];

function told(answer: Reply, budget: SizeBudget): RichTextSection[] {
  const lines = answer.lines.slice(0, budget.items);
  const left = answer.lines.length - lines.length;
  const all: readonly Line[] = [
    ...lines.map((line): Line => ["• ", ...line]),
    ...(left > 0 ? [[common.andMore(left)]] : []),
  ];
  return [
    ...section(
      [answer.text === "" ? nothing : answer.text],
      nobody,
      Math.min(longestText, 4 * budget.line),
    ),
    ...all.flatMap((line) => section(line, nobody, budget.line)),
  ];
}

/**
 * A short file as it is; a long one is had from the console, since sending files would need a scope
 * of its own.
 */
function fileBlocks(file: Reply["file"]): KnownBlock[] {
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
}

function stepRows(answer: Reply, context: AnswerContext, budget: SizeBudget): KnownBlock[] {
  const choices = answer.choices
    .slice(0, mostChoices)
    .flatMap((button, at) => pressable(button, { buttonContext: context, at, room: budget.value }));
  const form =
    answer.form === null
      ? []
      : ownButton(actionIds.open, {
          label: common.fillIn,
          line: lineToFill(answer.form),
          buttonContext: context,
          at: 90,
        });
  const next =
    answer.next === null
      ? []
      : ownButton(actionIds.act, {
          label: common.nextPage,
          line: answer.next,
          buttonContext: context,
          at: 91,
        });
  return [
    ...row(choices.slice(0, mostInRow)),
    ...row(choices.slice(mostInRow)),
    ...row([...form, ...next]),
  ];
}
