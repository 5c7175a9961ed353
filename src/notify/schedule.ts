import type { Millis } from "../core/ids.ts";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/**
 * The pauses between attempts: the schedule of the Standard Webhooks specification
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
 * The longest pause that an endpoint may ask for by Retry-After, so that news of a stop is not
 * delayed for a day.
 */
const longestAsked = hour;

/**
 * The pause after so many attempts; null = no further attempt. `jitter` (0 to 1) adds up to a
 * fifth, so that failed requests do not all return at once; `asked` is what the endpoint asks for.
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

/** The pauses between attempts to page: each twice the one before, up to the longest. */
export interface PageTimes {
  readonly first: Millis;
  readonly longest: Millis;
}

/** Far shorter than in the specification: nobody is paged during the pause. */
export const pageTimes: PageTimes = { first: 2 * second, longest: 30 * second };

/** About a day. */
const ringsAtMost = 2_880;

/** The pause before the next attempt to page, after so many attempts; null = no further attempt. */
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
