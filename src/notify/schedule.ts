import type { Millis } from "../core/ids.ts";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/**
 * From each attempt to the next: the schedule of the Standard Webhooks specification
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#deliverability-and-reliability).
 */
export const standardSchedule: readonly Millis[] = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
];

/**
 * What an endpoint may ask for by Retry-After is granted up to this: news of a stop is not kept
 * back for a day.
 */
const longestAsked = hour;

/**
 * When to try again after so many attempts; null = never. `jitter` (0 to 1) spreads what failed
 * together over a fifth more time; `asked` is what the endpoint itself wants.
 */
export function retryIn(
  schedule: readonly Millis[],
  {
    attempts,
    jitter,
    asked,
  }: { readonly attempts: number; readonly jitter: number; readonly asked: Millis | null },
): Millis | null {
  const wait = schedule[attempts - 1];
  if (wait === undefined) return null;
  return Math.max(Math.round(wait * (1 + jitter / 5)), Math.min(asked ?? 0, longestAsked));
}

/** From one attempt to ring to the next: twice as long each time, up to the longest. */
export interface PageTimes {
  readonly first: Millis;
  readonly longest: Millis;
}

/**
 * Far more often than the specification has it: somebody sleeps through every minute that is lost.
 */
export const pageTimes: PageTimes = { first: 2 * second, longest: 30 * second };

/** About a day. */
const ringsAtMost = 2_880;

/** When to try to ring again after so many attempts; null = never. */
export function pageAgainIn(
  { first, longest }: PageTimes,
  {
    attempts,
    jitter,
    asked,
  }: { readonly attempts: number; readonly jitter: number; readonly asked: Millis | null },
): Millis | null {
  if (attempts >= ringsAtMost) return null;
  const wait = Math.min(longest, first * 2 ** Math.min(attempts - 1, 10));
  return Math.max(Math.round(wait * (1 + jitter / 5)), Math.min(asked ?? 0, 10 * minute));
}

/** Retry-After in ms: seconds, or a date (RFC 9110 §10.2.3); null where it says nothing useful. */
export function askedFor(header: string | null, now: number): Millis | null {
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * second;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
