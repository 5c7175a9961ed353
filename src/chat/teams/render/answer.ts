import type { Reply } from "../../../app/ports.ts";
import { type AnswerContext, drawAnswer, drawSaid } from "../../shared/draw-answer.ts";
import type { SizeBudget } from "../../shared/size-budget.ts";
import type { Element } from "./adaptive-card.ts";
import type { TeamsMessage } from "./card.ts";
import { teamsElements } from "./elements.ts";
import { fitted } from "./size-budget.ts";
import { cardOf, summaryOf } from "./text.ts";

/** An answer, below the line that it is for. */
export function teamsAnswer(answer: Reply, context: AnswerContext): TeamsMessage {
  return fitted((budget) => ({
    summary: summaryOf(answer.text),
    card: cardOf([
      ...teamsElements(drawSaid(context.line)),
      ...answerElements(answer, context, budget),
    ]),
  }));
}

/** An answer's elements, for a message or a dialog. */
export function answerElements(
  answer: Reply,
  context: AnswerContext,
  budget: SizeBudget,
): Element[] {
  return teamsElements(drawAnswer(answer, context, { budget, chat: "Teams" }));
}
