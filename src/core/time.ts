import { Temporal } from "temporal-polyfill";
import { parseDuration } from "./duration.ts";
import type { Instant, Millis } from "./ids.ts";

/**
 * Time as people mean it: wall clocks in zones, working hours. Wall times in a DST gap mean the
 * first instant after it; doubled ones the first.
 */

/** RFC 3339 in UTC with milliseconds. */
export function rfc3339(at: Instant): string {
  return new Date(at).toISOString();
}

const strictTime = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** An instant whose UTC year has four digits, as RFC 3339 wants it, else null. */
const writable = (at: Instant): Instant | null =>
  at >= -62_167_219_200_000 && at <= 253_402_300_799_999 ? at : null;

const ourTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/;

/**
 * The instant of a time as `rfc3339` writes it, or the same without a fraction; null for anything
 * else. Fifty times as fast as Temporal, for what is read most often.
 */
function ourInstant(text: string): Instant | null {
  if (!ourTime.test(text)) return null;
  const at = Date.parse(text);
  const isThere = !Number.isNaN(at) && rfc3339(at).startsWith(text.slice(0, -1));
  return isThere ? at : null; // February 30 is a day in March to Date
}

/** RFC 3339 with any fraction (cut to milliseconds) and offset; null for anything else. */
export function parseRfc3339(text: string): Instant | null {
  const plain = ourInstant(text);
  if (plain !== null) return plain;
  if (!strictTime.test(text)) return null;
  try {
    // Temporal reads nine digits of a fraction at most.
    const precise = text.replace(/(\.\d{9})\d+/, "$1");
    return writable(Temporal.Instant.from(precise).epochMilliseconds);
  } catch {
    return null;
  }
}

const utcTime = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/;

/**
 * An RFC 3339 time in UTC, to the nanosecond and as short as it can be: one text for one instant.
 * Null for anything else.
 */
export function oneSpelling(text: string): string | null {
  const [, seconds = "", fraction = ""] = utcTime.exec(text) ?? [];
  if (ourInstant(`${seconds}Z`) !== null) {
    const digits = fraction.replace(/0+$/, "");
    return digits === "" ? `${seconds}Z` : `${seconds}.${digits}Z`;
  }
  if (parseRfc3339(text) === null) return null;
  return Temporal.Instant.from(text.replace(/(\.\d{9})\d+/, "$1")).toString();
}

/** The instant of a timestamp the log wrote itself. */
export function instantOf(timestamp: string): Instant {
  const at = parseRfc3339(timestamp);
  if (at === null) throw new Error(`invariant: “${timestamp}” is no timestamp of ours`);
  return at;
}

/**
 * When an entry was written, by the clock that deadlines go by; its `at` may be later, since the
 * log's order never goes back.
 */
export function timeOf({ at, clock }: { readonly at: string; readonly clock?: string }): Instant {
  return instantOf(clock ?? at);
}

/**
 * Whether a name is an IANA zone this program knows. Not an offset, nor a timestamp that names a
 * zone, which Temporal takes as well.
 */
export function zoneExists(zone: string): boolean {
  if (!/^[A-Za-z][\w+/-]*$/.test(zone)) return false;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
}

/** Whether `YYYY-MM-DD` is a day of the calendar. */
export function isDate(date: string): boolean {
  try {
    return Temporal.PlainDate.from(date).toString() === date;
  } catch {
    return false;
  }
}

/**
 * The instant of a wall-clock time. A time in a gap is the first instant after it, a doubled time
 * the first of the two.
 */
function resolve(wall: Temporal.PlainDateTime, zone: string): Instant {
  const earlier = wall.toZonedDateTime(zone, { disambiguation: "earlier" });
  if (earlier.toPlainDateTime().equals(wall)) return earlier.epochMilliseconds;
  // In a gap: "earlier" lies before it, so the next change of the zone's offset is the gap's end.
  return earlier.getTimeZoneTransition("next")?.epochMilliseconds ?? earlier.epochMilliseconds;
}

/** Date `YYYY-MM-DD` and time `HH:MM` in a zone. */
export function atWall(date: string, time: string, zone: string): Instant {
  return resolve(
    Temporal.PlainDate.from(date).toPlainDateTime(Temporal.PlainTime.from(time)),
    zone,
  );
}

/** What the wall clock of a zone shows at an instant. */
export function wallIn(at: Instant, zone: string): Temporal.PlainDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDateTime();
}

const weekdayOf = (date: Temporal.PlainDate): Weekday => date.dayOfWeek as Weekday;

/** The date a recurrence without `from` counts from: a Monday long ago. */
const epoch = "2001-01-01";

function firstDate({ on, from }: Recurrence): Temporal.PlainDate {
  const start = Temporal.PlainDate.from(from ?? epoch);
  return on === null ? start : start.add({ days: (on - weekdayOf(start) + 7) % 7 });
}

const firstOf = (recurrence: Recurrence): Temporal.PlainDateTime =>
  firstDate(recurrence).toPlainDateTime(Temporal.PlainTime.from(recurrence.at));

/** The instant of period k (0, 1, …) of a recurrence: wall time of the first plus k lengths. */
export function occurrence(recurrence: Recurrence, zone: string, k: number): Instant {
  const { count, unit } = recurrence.every;
  return resolve(firstOf(recurrence).add({ [unit]: count * k }), zone);
}

const day: Millis = 86_400_000;

/** The length of a recurrence's period, where no clock changes. */
export function lengthOf({ every }: Recurrence): Millis {
  return every.count * { hours: 3_600_000, days: day, weeks: 7 * day }[every.unit];
}

/**
 * What the wall clock shows, in milliseconds as if the zone were UTC: on this scale periods are
 * even.
 */
const shown = (at: Instant, zone: string): Millis =>
  at + Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).offsetNanoseconds / 1e6;

/** The period that was asked for last, of each recurrence: most questions are about the same. */
const lastPeriods = new WeakMap<Recurrence, Period>();

interface Period {
  readonly zone: string;
  readonly k: number;
  readonly from: Instant;
  readonly until: Instant;
}

/** The last period that has begun by an instant; -1 before the first. */
export function periodAt(recurrence: Recurrence, zone: string, at: Instant): number {
  const last = lastPeriods.get(recurrence);
  if (last?.zone === zone && last.from <= at && at < last.until) return last.k;
  const k = computedPeriod(recurrence, zone, at);
  if (k >= 0) {
    const [from, until] = [k, k + 1].map((period) => occurrence(recurrence, zone, period));
    if (from !== undefined && until !== undefined)
      lastPeriods.set(recurrence, { zone, k, from, until });
  }
  return k;
}

function computedPeriod(recurrence: Recurrence, zone: string, at: Instant): number {
  const length = lengthOf(recurrence);
  const since = shown(at, zone) - firstOf(recurrence).toZonedDateTime("UTC").epochMilliseconds;
  let k = Math.max(-1, Math.floor(since / length));
  // A clock that was turned back shows a time again whose period has begun already. None is turned
  // back by more than a day.
  while ((k + 1) * length - since <= day && occurrence(recurrence, zone, k + 1) <= at) k += 1;
  return k;
}

/** The first occurrence strictly after an instant. */
export function nextOccurrence(recurrence: Recurrence, zone: string, after: Instant): Instant {
  return occurrence(recurrence, zone, periodAt(recurrence, zone, after) + 1);
}

/** Whether an instant lies in working hours; the end itself counts. */
export function isWithin(hours: Hours, at: Instant): boolean {
  const wall = wallIn(at, hours.timezone);
  if (!hours.days.includes(weekdayOf(wall.toPlainDate()))) return false;
  const opens = atWall(wall.toPlainDate().toString(), hours.from, hours.timezone);
  const closes = atWall(wall.toPlainDate().toString(), hours.to, hours.timezone);
  return at >= opens && at <= closes;
}

/**
 * The latest instant in working hours not after `at`; `at` unmoved where that would be at or before
 * `notBefore`. Never later.
 */
export function moveEarlierIntoHours(hours: Hours, at: Instant, notBefore: Instant): Instant {
  if (isWithin(hours, at)) return at;
  const today = wallIn(at, hours.timezone).toPlainDate();
  for (let back = 0; back <= 7; back += 1) {
    const date = today.subtract({ days: back });
    if (!hours.days.includes(weekdayOf(date))) continue;
    const closes = atWall(date.toString(), hours.to, hours.timezone);
    if (closes <= at) return closes > notBefore ? closes : at;
  }
  return at;
}

/** The same wall time n working days before. */
export function minusWorkingDays(hours: Hours, at: Instant, n: number): Instant {
  const wall = wallIn(at, hours.timezone);
  let date = wall.toPlainDate();
  for (let left = n; left > 0; ) {
    date = date.subtract({ days: 1 });
    if (hours.days.includes(weekdayOf(date))) left -= 1;
  }
  return resolve(date.toPlainDateTime(wall.toPlainTime()), hours.timezone);
}

/** The first start of working hours strictly after an instant. */
export function nextStartOfHours(hours: Hours, after: Instant): Instant {
  let date = wallIn(after, hours.timezone).toPlainDate();
  for (let ahead = 0; ahead <= 8; ahead += 1) {
    const opens = atWall(date.toString(), hours.from, hours.timezone);
    if (hours.days.includes(weekdayOf(date)) && opens > after) return opens;
    date = date.add({ days: 1 });
  }
  return after;
}

/** The first instant in working hours that is not before `at`. */
export function moveLaterIntoHours(hours: Hours, at: Instant): Instant {
  return isWithin(hours, at) ? at : nextStartOfHours(hours, at);
}

/**
 * A working day that has begun: its date, when its hours began, and when those of the next begin.
 */
export interface WorkingDay {
  /** YYYY-MM-DD */
  readonly date: string;
  readonly from: Instant;
  readonly next: Instant;
}

/**
 * The working day whose hours have begun by an instant, until its midnight; null before them and on
 * other days.
 */
export function workingDay(hours: Hours, at: Instant): WorkingDay | null {
  const today = wallIn(at, hours.timezone).toPlainDate();
  const date = today.toString();
  const from = atWall(date, hours.from, hours.timezone);
  if (at < from || !hours.days.includes(weekdayOf(today))) return null;
  return { date, from, next: nextStartOfHours(hours, from) };
}

/** The date an instant has in a zone, YYYY-MM-DD. */
export function dateIn(at: Instant, zone: string): string {
  return wallIn(at, zone).toPlainDate().toString();
}

/** The first instant of the day after the one an instant lies in. */
export function nextDay(at: Instant, zone: string): Instant {
  return atWall(wallIn(at, zone).toPlainDate().add({ days: 1 }).toString(), "00:00", zone);
}

const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/**
 * A date or time as people type it, in a zone: `2026-12-01`, `2026-12-01 10:00`, `10:30`, `now`,
 * `tomorrow`, `friday`, `3d`. Null when it is none.
 */
export function parseDate(text: string, zone: string, now: Instant): Instant | null {
  const said = text.trim().toLowerCase().replace(/^in /, "");
  const length = parseDuration(said);
  if (length !== null) return now + length;
  if (said === "now") return now;
  const today = wallIn(now, zone).toPlainDate();
  const [, onDay = said, hour = "", minute = ""] =
    /^(.+?)(?: at)? (\d\d?):(\d\d)$/.exec(said) ?? [];
  const day = relativeDay(onDay, today);
  if (day) return timeOn(day, { hour, minute, zone });
  try {
    const [, date, time] =
      /^(\d{4}-\d\d-\d\d)(?:(?:t| at | )(\d\d:\d\d)(?::00)?)?$/.exec(said) ?? [];
    if (date) return writable(atWall(date, time ?? "00:00", zone));
    if (!/^\d\d?:\d\d$/.test(said)) return parseRfc3339(text.trim());
    const wall = atWall(today.toString(), said.padStart(5, "0"), zone);
    return wall > now
      ? wall
      : atWall(today.add({ days: 1 }).toString(), said.padStart(5, "0"), zone);
  } catch {
    return null;
  }
}

/** A time of a day, midnight where none is said; null for what no clock shows. */
function timeOn(
  day: Temporal.PlainDate,
  { hour, minute, zone }: { readonly hour: string; readonly minute: string; readonly zone: string },
): Instant | null {
  if (Number(hour) > 23 || Number(minute) > 59) return null;
  return atWall(day.toString(), `${hour.padStart(2, "0")}:${minute.padStart(2, "0")}`, zone);
}

function relativeDay(said: string, today: Temporal.PlainDate): Temporal.PlainDate | null {
  if (said === "today") return today;
  if (said === "tomorrow") return today.add({ days: 1 });
  if (said.length < 3) return null;
  const named = weekdays.findIndex((weekday) => weekday === said || weekday.slice(0, 3) === said);
  return named < 0 ? null : today.add({ days: ((named + 1 - weekdayOf(today) + 6) % 7) + 1 });
}

/** "mon" … "sun", 1 = Monday … 7 = Sunday (ISO 8601). */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** A wall-clock time `HH:MM` in a zone that is named beside it. */
export type WallTime = string;

export interface Recurrence {
  /** Length of the period in wall-clock units. */
  readonly every: { readonly count: number; readonly unit: "hours" | "days" | "weeks" };
  /** First weekday it falls on, for weeks. */
  readonly on: Weekday | null;
  readonly at: WallTime;
  /** ISO date of the first period, or null (any Monday-aligned week / any day). */
  readonly from: string | null;
}

/** Working hours: reminders fall inside. `days` as ISO weekdays. */
export interface Hours {
  readonly timezone: string;
  readonly days: readonly Weekday[];
  readonly from: WallTime;
  readonly to: WallTime;
}
