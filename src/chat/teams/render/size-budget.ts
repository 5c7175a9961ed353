import { fullestThatFits, type SizeBudget, smallestBudget } from "../../shared/size-budget.ts";

/**
 * What Teams accepts, and the less we send. Lengths are counted as JavaScript counts them, the
 * card's as bytes of UTF-8.
 */
export const limits = {
  /**
   * A message takes about 100 kB in UTF-16, with everything around it; the advice is 28 kB
   * (bots/how-to/format-your-bot-messages).
   */
  cardBytes: 25_000,
  /** Ours: what a lock screen shows (CARDS: one sentence). */
  lockScreen: 120,
  /** Ours: a notification shows no more. */
  summary: 400,
  /** Ours, as on the other chats; Teams names no limit. */
  line: 3_000,
  buttonText: 75,
  /** Ours: what one button carries of a command, its form and its reason. */
  buttonData: 2_000,
  /** Teams draws at most six actions of a set (cards-reference). */
  actionsPerSet: 6,
  choiceText: 150,
  dialogTitle: 60,
} as const;

const bytes = new TextEncoder();

/** The fullest drawing that Teams takes; the least where it took less than it says. */
export function fitted<T>(draw: (budget: SizeBudget) => T, small = false): T {
  if (small) return draw(smallestBudget);
  return fullestThatFits(
    draw,
    (drawn) => bytes.encode(JSON.stringify(drawn)).length <= limits.cardBytes,
  );
}
