import { parseDuration } from "../duration.ts";
import type { Recurrence } from "../time.ts";
import { weekdayNumber } from "./schema/field-schemas.ts";
import type { PolicyDoc } from "./schema/policy-schema.ts";

/** Lengths and fixed times as they were adopted, in numbers. */

/** A duration that was adopted, in milliseconds. */
export function millis(text: string): number {
  const length = parseDuration(text);
  if (length === null) throw new Error(`invariant: “${text}” was adopted as a duration`);
  return length;
}

const units = { h: "hours", d: "days", w: "weeks" } as const;

/** A fixed time that comes again, as periods are counted. */
export function recurrenceOf({
  every,
  on,
  at,
  from,
}: PolicyDoc["schedules"][string]["handoff"]): Recurrence {
  const [, count = "1", unit = "w"] = /^(\d+)([hdw])$/.exec(every) ?? [];
  return {
    every: { count: Number(count), unit: units[unit as keyof typeof units] },
    on: on === undefined ? null : weekdayNumber(on),
    at,
    from: from ?? null,
  };
}
