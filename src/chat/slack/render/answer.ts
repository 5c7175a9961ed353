import type { KnownBlock } from "@slack/types";
import type { Reply } from "../../../app/ports.ts";
import { type AnswerContext, drawAnswer, drawSaid } from "../../shared/draw-answer.ts";
import type { SizeBudget } from "../../shared/size-budget.ts";
import { slackBlocks } from "./blocks.ts";
import type { SlackMessage } from "./card.ts";
import { fitted, limits } from "./size-budget.ts";
import { messageText } from "./text.ts";

/** An answer that only the person sees, below the line that it is for. */
export function slackAnswer(answer: Reply, context: AnswerContext): SlackMessage {
  const text = messageText(answer.text, 1000);
  return fitted(limits.messageJson, (budget) => ({
    text,
    blocks: [...slackBlocks(drawSaid(context.line)), ...answerBlocks(answer, context, budget)],
  }));
}

/** An answer's blocks, for a message or a modal. */
export function answerBlocks(
  answer: Reply,
  context: AnswerContext,
  budget: SizeBudget,
): KnownBlock[] {
  return slackBlocks(drawAnswer(answer, context, { budget, chat: "Slack" }));
}
