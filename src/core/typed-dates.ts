import { parseDuration } from "./duration.ts";
import type { Instant } from "./ids.ts";
import { atWall, localIn, onLocalDay, parseRfc3339, type WallTime, writable } from "./time.ts";
import { weekdayOfDay } from "./zone-offsets.ts";

/** Dates and times as people type them. */

const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/**
 * A date or time, in a zone: `2026-12-01`, `2026-12-01 10:00`, `10:30`, `now`, `tomorrow`,
 * `friday`, `3d`. Null when it is none.
 */
export function parseDate(text: string, zone: string, now: Instant): Instant | null {
  const said = text.trim().toLowerCase().replace(/^in /, "");
  const length = parseDuration(said);
  if (length !== null) return now + length;
  if (said === "now") return now;
  const { day: today } = localIn(now, zone);
  const time = clockTime(said);
  if (time !== null) {
    const at = onLocalDay(today, time, zone);
    return at > now ? at : onLocalDay(today + 1, time, zone);
  }
  const [, onDay = said, clock = "0:00"] = /^(.+?)(?: at)? (\d\d?:\d\d)$/.exec(said) ?? [];
  const day = relativeDay(onDay, today);
  if (day === null) return onDate(said, zone) ?? parseRfc3339(text.trim());
  const timeOfDay = clockTime(clock);
  return timeOfDay === null ? null : onLocalDay(day, timeOfDay, zone);
}

/**
 * The same of a time that has been: a time of the day is the last one, `monday` the one before now,
 * `3d` so long ago; also `yesterday` and `3d ago`. What is plainly still to come stays so.
 */
export function parsePastDate(text: string, zone: string, now: Instant): Instant | null {
  const said = text.trim().toLowerCase();
  const length = parseDuration(said.replace(/ ago$/, ""));
  if (length !== null) return now - length;
  const [isYesterday, time = ""] = /^yesterday(?:(?: at)? (\d\d?:\d\d))?$/.exec(said) ?? [];
  const asked = isYesterday === undefined ? said : `today ${time || "00:00"}`;
  const at = parseDate(asked, zone, now);
  if (at === null || (at <= now && isYesterday === undefined)) return at;
  const back = daysBack(said, isYesterday !== undefined);
  if (back === 0) return at;
  const { day, time: since } = localIn(at, zone);
  return onLocalDay(day - back, wallTime(since), zone);
}

/** How many days before its next occurrence the last one of what was said is. */
function daysBack(said: string, isYesterday: boolean): number {
  if (isYesterday || clockTime(said) !== null) return 1;
  const [day = ""] = said.split(" ");
  return weekdayNamed(day) === null ? 0 : 7;
}

/** `9:30` as `09:30`; null for what no clock shows. */
function clockTime(said: string): WallTime | null {
  const [, hour = "24", minute = ""] = /^(\d\d?):(\d\d)$/.exec(said) ?? [];
  return Number(hour) > 23 || Number(minute) > 59 ? null : `${hour.padStart(2, "0")}:${minute}`;
}

/** Milliseconds since midnight as `HH:MM`. */
function wallTime(since: number): WallTime {
  const minutes = Math.floor(since / 60_000);
  return clockTime(`${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`) ?? "";
}

/** A date of the calendar, with or without a time. */
function onDate(said: string, zone: string): Instant | null {
  const [, date, time] = /^(\d{4}-\d\d-\d\d)(?:(?:t| at | )(\d\d:\d\d)(?::00)?)?$/.exec(said) ?? [];
  if (date === undefined) return null;
  try {
    return writable(atWall(date, time ?? "00:00", zone));
  } catch {
    return null;
  }
}

/** The local day that `today`, `tomorrow` or a weekday names; that of a weekday is never today. */
function relativeDay(said: string, today: number): number | null {
  if (said === "today") return today;
  if (said === "tomorrow") return today + 1;
  const named = weekdayNamed(said);
  return named === null ? null : today + ((named - weekdayOfDay(today) + 6) % 7) + 1;
}

/** 1 = Monday, from its name or its first three letters. */
function weekdayNamed(said: string): number | null {
  const at = weekdays.findIndex((name) => name === said || name.slice(0, 3) === said);
  return at < 0 ? null : at + 1;
}
