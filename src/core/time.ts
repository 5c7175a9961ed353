import { Temporal } from "temporal-polyfill";
import type { Instant, Millis } from "./ids.ts";
import { type LocalTime, type Stretch, weekdayOfDay, ZoneOffsets } from "./zone-offsets.ts";

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
export function writable(at: Instant): Instant | null {
  return at >= -62_167_219_200_000 && at <= 253_402_300_799_999 ? at : null;
}

const ourTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/;

/** The texts that were read last: an entry's time is read many times, its deadlines again later. */
const lastRead = new Map<string, Instant>();
const mostRead = 2_000;

/**
 * The instant of a time as `rfc3339` writes it, or the same without a fraction; null for anything
 * else. Fifty times as fast as Temporal, for what is read most often.
 */
function ourInstant(text: string): Instant | null {
  const known = lastRead.get(text);
  if (known !== undefined) return known;
  const at = computedInstant(text);
  if (lastRead.size >= mostRead) lastRead.clear();
  if (at !== null) lastRead.set(text, at);
  return at;
}

function computedInstant(text: string): Instant | null {
  if (!ourTime.test(text)) return null;
  const at = Date.parse(text);
  // February 30 is a day in March to Date; the hour 24 is the next day.
  const isThere = new Date(at).getUTCDate() === Number(text.slice(8, 10));
  return isThere && !text.startsWith("24", 11) ? at : null;
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

/** The stretch between two changes of a zone's clocks. */
function stretchAt(at: Instant, zone: string): Stretch {
  const moment = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  const until = moment.getTimeZoneTransition("next");
  const from = moment.add({ milliseconds: 1 }).getTimeZoneTransition("previous");
  return {
    from: from?.epochMilliseconds ?? Number.NEGATIVE_INFINITY,
    until: until?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
    offset: moment.offsetNanoseconds / 1e6,
  };
}

const zones = new ZoneOffsets(stretchAt);

/** Date `YYYY-MM-DD` and time `HH:MM` in a zone. */
export function atWall(date: string, time: string, zone: string): Instant {
  const wall = Temporal.PlainDate.from(date).toPlainDateTime(Temporal.PlainTime.from(time));
  return zones.resolve(wall.toZonedDateTime("UTC").epochMilliseconds, zone);
}

/** What a wall clock shows. `date` counts local days from 1970-01-01; months and days from 1. */
export interface Wall {
  readonly date: number;
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: Weekday;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** What the wall clock of a zone shows at an instant. */
export function wallIn(at: Instant, zone: string): Wall {
  const { day: date, time } = zones.localIn(at, zone);
  const shown = new Date(date * day + time);
  return {
    date,
    year: shown.getUTCFullYear(),
    month: shown.getUTCMonth() + 1,
    day: shown.getUTCDate(),
    weekday: weekdayOfDay(date),
    hour: shown.getUTCHours(),
    minute: shown.getUTCMinutes(),
    second: shown.getUTCSeconds(),
  };
}

const weekdayOf = (date: Temporal.PlainDate): Weekday => date.dayOfWeek as Weekday;

const day: Millis = 86_400_000;

const dateOf = (count: number): string => rfc3339(count * day).slice(0, 10);

/** The date a recurrence without `from` counts from: a Monday long ago. */
const epoch = "2001-01-01";

function firstDate({ on, from }: Recurrence): Temporal.PlainDate {
  const start = Temporal.PlainDate.from(from ?? epoch);
  return on === null ? start : start.add({ days: (on - weekdayOf(start) + 7) % 7 });
}

/** What the wall clock shows at the first period, as if the zone were UTC. */
const firstShown = new WeakMap<Recurrence, Millis>();

function firstOf(recurrence: Recurrence): Millis {
  const known = firstShown.get(recurrence);
  if (known !== undefined) return known;
  const wall = firstDate(recurrence).toPlainDateTime(Temporal.PlainTime.from(recurrence.at));
  const shown = wall.toZonedDateTime("UTC").epochMilliseconds;
  firstShown.set(recurrence, shown);
  return shown;
}

/** The instant of period k (0, 1, …) of a recurrence: wall time of the first plus k lengths. */
export function occurrence(recurrence: Recurrence, zone: string, k: number): Instant {
  return zones.resolve(firstOf(recurrence) + lengthOf(recurrence) * k, zone);
}

/** The length of a recurrence's period, where no clock changes. */
export function lengthOf({ every }: Recurrence): Millis {
  return every.count * { hours: 3_600_000, days: day, weeks: 7 * day }[every.unit];
}

/** The last period that has begun by an instant; -1 before the first. */
export function periodAt(recurrence: Recurrence, zone: string, at: Instant): number {
  const length = lengthOf(recurrence);
  const since = at + zones.offsetAt(at, zone) - firstOf(recurrence);
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
  const { day: today } = zones.localIn(at, hours.timezone);
  if (!hours.days.includes(weekdayOfDay(today))) return false;
  return at >= opens(hours, today) && at <= closes(hours, today);
}

const opens = (hours: Hours, count: number): Instant =>
  zones.onDay(count, hours.from, hours.timezone);
const closes = (hours: Hours, count: number): Instant =>
  zones.onDay(count, hours.to, hours.timezone);

/**
 * The latest instant in working hours not after `at`; `at` unmoved where that would be at or before
 * `notBefore`. Never later.
 */
export function moveEarlierIntoHours(hours: Hours, at: Instant, notBefore: Instant): Instant {
  if (isWithin(hours, at)) return at;
  const { day: today } = zones.localIn(at, hours.timezone);
  for (let count = today; count >= today - 7; count -= 1) {
    if (!hours.days.includes(weekdayOfDay(count))) continue;
    const end = closes(hours, count);
    if (end <= at) return end > notBefore ? end : at;
  }
  return at;
}

/** The same wall time n working days before. */
export function minusWorkingDays(hours: Hours, at: Instant, n: number): Instant {
  let { day: count, time } = zones.localIn(at, hours.timezone);
  for (let left = n; left > 0; ) {
    count -= 1;
    if (hours.days.includes(weekdayOfDay(count))) left -= 1;
  }
  return zones.resolve(count * day + time, hours.timezone);
}

/** The first start of working hours strictly after an instant. */
export function nextStartOfHours(hours: Hours, after: Instant): Instant {
  const { day: today } = zones.localIn(after, hours.timezone);
  for (let count = today; count <= today + 8; count += 1) {
    const begins = opens(hours, count);
    if (hours.days.includes(weekdayOfDay(count)) && begins > after) return begins;
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
  const { day: today } = zones.localIn(at, hours.timezone);
  const from = opens(hours, today);
  if (at < from || !hours.days.includes(weekdayOfDay(today))) return null;
  return { date: dateOf(today), from, next: nextStartOfHours(hours, from) };
}

/** The local day and the time of day that an instant has in a zone. */
export function localIn(at: Instant, zone: string): LocalTime {
  return zones.localIn(at, zone);
}

/** The instant of a wall-clock time on a local day, as `localIn` counts them. */
export function onLocalDay(count: number, time: WallTime, zone: string): Instant {
  return zones.onDay(count, time, zone);
}

/** The date an instant has in a zone, YYYY-MM-DD. */
export function dateIn(at: Instant, zone: string): string {
  return dateOf(zones.localIn(at, zone).day);
}

/** The first instant of the day after the one an instant lies in. */
export function nextDay(at: Instant, zone: string): Instant {
  return zones.onDay(zones.localIn(at, zone).day + 1, "00:00", zone);
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
