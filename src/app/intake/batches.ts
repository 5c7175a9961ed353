/** How much is handled together. */
export interface BatchLimits {
  readonly rows: number;
  readonly bytes: number;
}

/** Presses wait while a batch is evaluated. */
export const evaluatedTogether: BatchLimits = { rows: 200, bytes: 256 * 1024 };

/**
 * How many from the beginning of a queue go together: at least one, more only within the limits.
 */
export function batchLength<T>(
  queue: readonly T[],
  { rows, bytes }: BatchLimits,
  bytesOf: (item: T) => number,
): number {
  let sum = 0;
  const full = queue.findIndex((item, index) => {
    sum += bytesOf(item);
    return index >= rows || (index > 0 && sum > bytes);
  });
  return full === -1 ? queue.length : full;
}
