/** The order in which entries are drawn: by what `rank` makes of the seed and each index. */
export function drawn(
  indexes: readonly number[],
  {
    seed,
    count,
    rank,
  }: {
    readonly seed: string;
    readonly count: number;
    /** Hex of a hash of the text. */
    readonly rank: (text: string) => string;
  },
): readonly number[] {
  return indexes
    .map((index) => ({ index, rank: rank(`${seed}:${index}`) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, count)
    .map(({ index }) => index)
    .sort((a, b) => a - b);
}
