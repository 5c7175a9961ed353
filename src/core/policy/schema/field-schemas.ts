import { z } from "zod";
import { parseDuration } from "../../duration.ts";
import { severities } from "../severity.ts";

/**
 * The words a policy is written in: ids, durations, times, and what is said of mistakes in them.
 */

/** Our words for one mistake, and the last ones about that value: one mistake is said once. */
export function says(error: string) {
  return { error, abort: true };
}

export const id = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,62}$/,
    says("must be lower-case letters, digits, dots, dashes or underscores, at most 63"),
  )
  .refine((name) => name !== "constructor" && name !== "prototype", says("is a reserved word"))
  // JavaScript sorts such keys before all others: a scope would lose its place.
  .refine((name) => !/^\d+$/.test(name), says("must have a letter"));

/** Whether a name may be used as it is. */
export function isId(name: string): boolean {
  return id.safeParse(name).success;
}

/** The name nearest to one that may not be used: Triage Assistant → triage-assistant. */
export function asId(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+|-+$/g, "")
    .slice(0, 63);
}

const longest = "520w";
const lengthOf = (text: string): number => parseDuration(text) ?? Number.POSITIVE_INFINITY;

export const duration = z
  .string()
  .regex(/^\d{1,6}[smhdw]$/, says("must be a duration like 45s, 10m, 4h, 3d or 2w"))
  .refine((text) => lengthOf(text) <= lengthOf(longest), says(`must be at most ${longest}`))
  .meta({ examples: ["10m", "4h", "3d"] });

export const some = duration
  .refine((text) => lengthOf(text) > 0, says("must be longer than zero"))
  .meta({ examples: ["10m", "4h", "3d"] });

export const words = z
  .string()
  .regex(/\S/, says("must not be empty"))
  .max(500, says("must be at most 500 characters"));
export const wallTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, says('must be a time like "09:00", in quotes'))
  .describe('Wall-clock time, e.g. "09:00"');
const date = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d$/, says('must be a date like "2026-11-02", in quotes'));
export const dateTime = z
  .string()
  .regex(
    /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d$/,
    says('must be like "2026-12-24T09:00", in quotes'),
  )
  .describe('Wall-clock time in the zone of the schedule, e.g. "2026-12-24T09:00"');
export const envName = z
  .string()
  // Not a secret where its name should be: what stands here is printed.
  .regex(/^env:(?!whsec_)[A-Za-z_][A-Za-z0-9_]*$/, {
    // not the last word: the union it stands in looks at it to choose its own
    error: "must name an environment variable, like env:ALERTMANAGER_TOKEN",
  })
  .describe("The environment variable that holds the secret, e.g. env:ALERTMANAGER_TOKEN");
export const zone = z.string().describe("IANA time zone, e.g. Europe/London");

const weekdayNames = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const;
export const shortDays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** A fixed time that comes again: every Monday at 10:00. */
export const recurrence = z.strictObject({
  every: some.describe("Length of the period in whole hours, days or weeks: 12h, 1d, 1w"),
  on: z.enum(weekdayNames).describe("The weekday, for periods in weeks").optional(),
  at: wallTime,
  from: date.describe("The date the periods are counted from").optional(),
});

export const severity = z.enum(severities);

/** "monday" or "mon" → 1 … "sunday" → 7 (ISO 8601). */
export function weekdayNumber(name: string): 1 | 2 | 3 | 4 | 5 | 6 | 7 {
  const at = weekdayNames.findIndex((weekdayName) => weekdayName.startsWith(name.slice(0, 3)));
  return ([1, 2, 3, 4, 5, 6, 7] as const)[at] ?? 1;
}
