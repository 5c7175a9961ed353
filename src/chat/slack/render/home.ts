import type { PersonView } from "../../../app/ports.ts";
import { drawHome } from "../../shared/draw-home.ts";
import type { HomeContext } from "../../shared/home.ts";
import { slackBlocks } from "./blocks.ts";
import type { HomeTab } from "./modals.ts";
import { fitted, limits } from "./size-budget.ts";
import { stranger } from "./words.ts";

/**
 * One person's App Home. The maximum of each part keeps the total below Slack's 100 blocks: 8 × 2 +
 * 3 × 10 × 2 + 4 × 2 + 3 + 1. null = the policy does not name them.
 */
export function homeTabView(view: PersonView | null, context: HomeContext): HomeTab {
  return fitted(limits.viewJson, (budget) => ({
    type: "home",
    blocks: slackBlocks(drawHome(view, context, { budget, stranger })),
  }));
}
