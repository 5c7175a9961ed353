import type { PersonView } from "../../../app/ports.ts";
import { drawHome } from "../../shared/draw-home.ts";
import type { HomeContext } from "../../shared/home.ts";
import { product } from "../../shared/words.ts";
import type { TeamsMessage } from "./card.ts";
import { teamsElements } from "./elements.ts";
import { fitted } from "./size-budget.ts";
import { cardOf, summaryOf } from "./text.ts";
import { stranger } from "./words.ts";

/**
 * One person's home, as a card in the conversation with the app. null = the policy does not name
 * them.
 */
export function homeCard(view: PersonView | null, context: HomeContext): TeamsMessage {
  return fitted((budget) => ({
    summary: summaryOf(product),
    card: cardOf(teamsElements(drawHome(view, context, { budget, stranger }))),
  }));
}
