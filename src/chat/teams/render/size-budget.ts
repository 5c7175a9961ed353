import { fullestThatFits, type SizeBudget, smallestBudget } from "../../shared/size-budget.ts";

/**
 * Teams' limits, and our lower ones. Lengths are in UTF-16 code units, the card's in bytes of
 * UTF-8.
 */
export const limits = {
  /**
   * A message may have about 100 kB in UTF-16, all included; 28 kB are recommended
   * (bots/how-to/format-your-bot-messages).
   */
  cardBytes: 25_000,
  /** Ours: what a lock screen shows. */
  lockScreen: 120,
  /** Ours: a notification shows no more. */
  summary: 400,
  /** Ours, as in Slack; Teams documents no limit. */
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

/**
 * The largest drawing within Teams' limit; the smallest where Teams accepts less than it documents.
 */
export function fitted<T>(draw: (budget: SizeBudget) => T, small = false): T {
  if (small) return draw(smallestBudget);
  return fullestThatFits(
    draw,
    (drawn) => bytes.encode(JSON.stringify(drawn)).length <= limits.cardBytes,
  );
}
