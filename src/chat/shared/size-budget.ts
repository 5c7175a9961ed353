/** How much one drawing shows; each chat has its own limits. */
export interface SizeBudget {
  /** Characters of one line. */
  readonly line: number;
  /** Characters that one button carries. */
  readonly press: number;
  /** Lines, or items of a list. */
  readonly items: number;
}

/** Our own limit: characters of a command, its form and its reason that a button carries. */
export const fullPress = 2_000;

const budgets: readonly SizeBudget[] = [
  { line: 600, press: fullPress, items: 40 },
  { line: 400, press: 800, items: 25 },
  { line: 250, press: 600, items: 12 },
  { line: 120, press: 400, items: 7 },
  { line: 60, press: 300, items: 4 },
];

export const smallestBudget: SizeBudget = { line: 40, press: 250, items: 2 };

/** The largest drawing that fits; the smallest if none does. */
export function fullestThatFits<T>(
  draw: (budget: SizeBudget) => T,
  fits: (drawn: T) => boolean,
): T {
  for (const budget of budgets) {
    const drawn = draw(budget);
    if (fits(drawn)) return drawn;
  }
  return draw(smallestBudget);
}
