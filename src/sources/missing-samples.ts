import { type Bounds, noBounds } from "./eval-run.ts";

/** A mean over some of a suite's samples, each of which scores between 0 and 1. */
interface PartialMean {
  readonly value: number;
  readonly scored: number;
  readonly total: number;
  /** Of the scored, how many may yet score otherwise: samples of which an epoch is missing. */
  readonly unsettled: number;
}

/** Between what the mean lies over all samples, whatever those that are missing score. */
export function boundsOver({ value, scored, total, unsettled }: PartialMean): Bounds {
  const isMean = value >= 0 && value <= 1 && scored <= total && total > 0;
  if (!isMean) return noBounds;
  const sum = value * scored;
  const open = Math.min(unsettled, scored);
  return {
    atLeast: short(Math.max(0, sum - open) / total),
    atMost: short((Math.min(sum, scored - open) + total - scored + open) / total),
  };
}

/** A share as people would write it: without the last digits, which are only the machine's. */
export function short(share: number): number {
  return Number(share.toPrecision(12));
}
