import { type Bounds, noBounds } from "./eval-run.ts";

/** A mean over some samples of a suite, each of which scores between 0 and 1. */
interface PartialMean {
  readonly value: number;
  readonly scored: number;
  readonly total: number;
  /** How many of the scored samples may still change: those of which an epoch is missing. */
  readonly unsettled: number;
}

/** The bounds of the mean over all samples, whatever the missing ones score. */
export function boundsOver({ value, scored, total, unsettled }: PartialMean): Bounds {
  const isMean = value >= 0 && value <= 1 && scored <= total && total > 0;
  if (!isMean) return noBounds;
  const sum = value * scored;
  const open = Math.min(unsettled, scored);
  return {
    atLeast: roundedShare(Math.max(0, sum - open) / total),
    atMost: roundedShare((Math.min(sum, scored - open) + total - scored + open) / total),
  };
}

/** A fraction without the last digits, which are rounding errors. */
export function roundedShare(share: number): number {
  return Number(share.toPrecision(12));
}
