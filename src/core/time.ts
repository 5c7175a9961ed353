import { Temporal } from "temporal-polyfill";
import type { Instant, Millis } from "./ids.ts";
import type { Hours, Recurrence, Weekday } from "./policy/model.ts";

/** Time as people mean it: durations, wall clocks in zones, working hours. Wall times in a DST gap mean the first instant after it; doubled ones the first. */

const unitMillis: Readonly<Record<string, Millis>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** A century. Longer lengths lead to years that RFC 3339 cannot write. */
const longest: Millis = 36_525 * 86_400_000;

/** `45s 10m 4h 3d 2w`, one unit, at most a century; null for anything else. */
export const parseDuration = (text: string): Millis | null => {
  const [, count, unit = ""] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  const length = Number(count) * (unitMillis[unit] ?? Number.NaN);
  return length <= longest ? length : null;
};

/** A duration in its largest whole unit: 5400000 → "90m". */
export const formatDuration = (length: Millis): string => {
  const unit = ["w", "d", "h", "m", "s"].find(
    (one) => length >= (unitMillis[one] ?? 1) && length % (unitMillis[one] ?? 1) === 0,
  );
  return unit ? `${length / (unitMillis[unit] ?? 1)}${unit}` : `${Math.round(length / 1_000)}s`;
};

const unitWords: Readonly<Record<string, string>> = { w: "wk", d: "d", h: "h", m: "min", s: "s" };

/** The same as people write it: "30 min", "2 h". */
export const spokenDuration = (length: Millis): string =>
  formatDuration(length).replace(/^(\d+)(\w)$/, (_, count, unit) => `${count} ${unitWords[unit]}`);

/** RFC 3339 in UTC with milliseconds. */
export const rfc3339 = (at: Instant): string => new Date(at).toISOString();

const strictTime = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** An instant whose UTC year has four digits, as RFC 3339 wants it, else null. */
const writable = (at: Instant): Instant | null =>
  at >= -62_167_219_200_000 && at <= 253_402_300_799_999 ? at : null;

/** RFC 3339 with any fraction (cut to milliseconds) and offset; null for anything else. */
export const parseRfc3339 = (text: string): Instant | null => {
  if (!strictTime.test(text)) return null;
  try {
    // Temporal reads nine digits of a fraction at most.
    const precise = text.replace(/(\.\d{9})\d+/, "$1");
    return writable(Temporal.Instant.from(precise).epochMilliseconds);
  } catch {
    return null;
  }
};

/** An RFC 3339 time in UTC, to the nanosecond and as short as it can be: one text for one instant. Null for anything else. */
export const oneSpelling = (text: string): string | null => {
  if (parseRfc3339(text) === null) return null;
  return Temporal.Instant.from(text.replace(/(\.\d{9})\d+/, "$1")).toString();
};

/** The instant of a timestamp the log wrote itself. */
export const instantOf = (timestamp: string): Instant => {
  const at = parseRfc3339(timestamp);
  if (at === null) throw new Error(`invariant: “${timestamp}” is no timestamp of ours`);
  return at;
};

/** When an entry was written, by the clock that deadlines go by; its `at` may be later, since the log's order never goes back. */
export const timeOf = ({ at, clock }: { readonly at: string; readonly clock?: string }): Instant =>
  instantOf(clock ?? at);

/** Whether a name is an IANA zone this program knows. Not an offset, nor a timestamp that names a zone, which Temporal takes as well. */
export const zoneExists = (zone: string): boolean => {
  if (!/^[A-Za-z][\w+/-]*$/.test(zone)) return false;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
};

/** Whether `YYYY-MM-DD` is a day of the calendar. */
export const isDate = (date: string): boolean => {
  try {
    return Temporal.PlainDate.from(date).toString() === date;
  } catch {
    return false;
  }
};

/** The instant of a wall-clock time. A time in a gap is the first instant after it, a doubled time the first of the two. */
const resolve = (wall: Temporal.PlainDateTime, zone: string): Instant => {
  const earlier = wall.toZonedDateTime(zone, { disambiguation: "earlier" });
  if (earlier.toPlainDateTime().equals(wall)) return earlier.epochMilliseconds;
  // In a gap: "earlier" lies before it, so the next change of the zone's offset is the gap's end.
  return earlier.getTimeZoneTransition("next")?.epochMilliseconds ?? earlier.epochMilliseconds;
};

/** Date `YYYY-MM-DD` and time `HH:MM` in a zone. */
export const atWall = (date: string, time: string, zone: string): Instant =>
  resolve(Temporal.PlainDate.from(date).toPlainDateTime(Temporal.PlainTime.from(time)), zone);

const wallIn = (at: Instant, zone: string): Temporal.PlainDateTime =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDateTime();

const weekdayOf = (date: Temporal.PlainDate): Weekday => date.dayOfWeek as Weekday;

/** The date a recurrence without `from` counts from: a Monday long ago. */
const epoch = "2001-01-01";

const firstDate = ({ on, from }: Recurrence): Temporal.PlainDate => {
  const start = Temporal.PlainDate.from(from ?? epoch);
  return on === null ? start : start.add({ days: (on - weekdayOf(start) + 7) % 7 });
};

const firstOf = (recurrence: Recurrence): Temporal.PlainDateTime =>
  firstDate(recurrence).toPlainDateTime(Temporal.PlainTime.from(recurrence.at));

/** The instant of period k (0, 1, …) of a recurrence: wall time of the first plus k lengths. */
export const occurrence = (recurrence: Recurrence, zone: string, k: number): Instant => {
  const { count, unit } = recurrence.every;
  return resolve(firstOf(recurrence).add({ [unit]: count * k }), zone);
};

const day: Millis = 86_400_000;

/** The length of a recurrence's period, where no clock changes. */
export const lengthOf = ({ every }: Recurrence): Millis =>
  every.count * { hours: 3_600_000, days: day, weeks: 7 * day }[every.unit];

/** What the wall clock shows, in milliseconds as if the zone were UTC: on this scale periods are even. */
const shown = (at: Instant, zone: string): Millis =>
  at + Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).offsetNanoseconds / 1e6;

/** The last period that has begun by an instant; -1 before the first. */
export const periodAt = (recurrence: Recurrence, zone: string, at: Instant): number => {
  const length = lengthOf(recurrence);
  const since = shown(at, zone) - firstOf(recurrence).toZonedDateTime("UTC").epochMilliseconds;
  let k = Math.max(-1, Math.floor(since / length));
  // A clock that was turned back shows a time again whose period has begun already. None is turned back by more than a day.
  while ((k + 1) * length - since <= day && occurrence(recurrence, zone, k + 1) <= at) k += 1;
  return k;
};

/** The first occurrence strictly after an instant. */
export const nextOccurrence = (recurrence: Recurrence, zone: string, after: Instant): Instant =>
  occurrence(recurrence, zone, periodAt(recurrence, zone, after) + 1);

/** Whether an instant lies in working hours; the end itself counts. */
export const isWithin = (hours: Hours, at: Instant): boolean => {
  const wall = wallIn(at, hours.timezone);
  if (!hours.days.includes(weekdayOf(wall.toPlainDate()))) return false;
  const opens = atWall(wall.toPlainDate().toString(), hours.from, hours.timezone);
  const closes = atWall(wall.toPlainDate().toString(), hours.to, hours.timezone);
  return at >= opens && at <= closes;
};

/** The latest instant in working hours not after `at`; `at` unmoved where that would be at or before `notBefore`. Never later. */
export const moveEarlierIntoHours = (hours: Hours, at: Instant, notBefore: Instant): Instant => {
  if (isWithin(hours, at)) return at;
  const today = wallIn(at, hours.timezone).toPlainDate();
  for (let back = 0; back <= 7; back += 1) {
    const date = today.subtract({ days: back });
    if (!hours.days.includes(weekdayOf(date))) continue;
    const closes = atWall(date.toString(), hours.to, hours.timezone);
    if (closes <= at) return closes > notBefore ? closes : at;
  }
  return at;
};

/** The same wall time n working days before. */
export const minusWorkingDays = (hours: Hours, at: Instant, n: number): Instant => {
  const wall = wallIn(at, hours.timezone);
  let date = wall.toPlainDate();
  for (let left = n; left > 0; ) {
    date = date.subtract({ days: 1 });
    if (hours.days.includes(weekdayOf(date))) left -= 1;
  }
  return resolve(date.toPlainDateTime(wall.toPlainTime()), hours.timezone);
};

/** The first start of working hours strictly after an instant. */
export const nextStartOfHours = (hours: Hours, after: Instant): Instant => {
  let date = wallIn(after, hours.timezone).toPlainDate();
  for (let ahead = 0; ahead <= 8; ahead += 1) {
    const opens = atWall(date.toString(), hours.from, hours.timezone);
    if (hours.days.includes(weekdayOf(date)) && opens > after) return opens;
    date = date.add({ days: 1 });
  }
  return after;
};

/** The first instant in working hours that is not before `at`. */
export const moveLaterIntoHours = (hours: Hours, at: Instant): Instant =>
  isWithin(hours, at) ? at : nextStartOfHours(hours, at);

/** A working day that has begun: its date, when its hours began, and when those of the next begin. */
export interface WorkingDay {
  /** YYYY-MM-DD */
  readonly date: string;
  readonly from: Instant;
  readonly next: Instant;
}

/** The working day whose hours have begun by an instant, until its midnight; null before them and on other days. */
export const workingDay = (hours: Hours, at: Instant): WorkingDay | null => {
  const today = wallIn(at, hours.timezone).toPlainDate();
  const date = today.toString();
  const from = atWall(date, hours.from, hours.timezone);
  if (at < from || !hours.days.includes(weekdayOf(today))) return null;
  return { date, from, next: nextStartOfHours(hours, from) };
};

/** The date an instant has in a zone, YYYY-MM-DD. */
export const dateIn = (at: Instant, zone: string): string =>
  wallIn(at, zone).toPlainDate().toString();

/** The first instant of the day after the one an instant lies in. */
export const nextDay = (at: Instant, zone: string): Instant =>
  atWall(wallIn(at, zone).toPlainDate().add({ days: 1 }).toString(), "00:00", zone);

const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/** A date or time as people type it, in a zone: `2026-12-01`, `2026-12-01 10:00`, `10:30`, `now`, `tomorrow`, `friday`, `3d`. Null when it is none. */
export const parseDate = (text: string, zone: string, now: Instant): Instant | null => {
  const said = text.trim().toLowerCase().replace(/^in /, "");
  const length = parseDuration(said);
  if (length !== null) return now + length;
  if (said === "now") return now;
  const today = wallIn(now, zone).toPlainDate();
  const [, onDay = said, hour = "", minute = ""] =
    /^(.+?)(?: at)? (\d\d?):(\d\d)$/.exec(said) ?? [];
  const day = relativeDay(onDay, today);
  if (day) return timeOn(day, hour, minute, zone);
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
};

/** A time of a day, midnight where none is said; null for what no clock shows. */
const timeOn = (
  day: Temporal.PlainDate,
  hour: string,
  minute: string,
  zone: string,
): Instant | null => {
  if (Number(hour) > 23 || Number(minute) > 59) return null;
  return atWall(day.toString(), `${hour.padStart(2, "0")}:${minute.padStart(2, "0")}`, zone);
};

const relativeDay = (said: string, today: Temporal.PlainDate): Temporal.PlainDate | null => {
  if (said === "today") return today;
  if (said === "tomorrow") return today.add({ days: 1 });
  if (said.length < 3) return null;
  const named = weekdays.findIndex((name) => name === said || name.slice(0, 3) === said);
  return named < 0 ? null : today.add({ days: ((named + 1 - weekdayOf(today) + 6) % 7) + 1 });
};

const twoDigits = (n: number): string => String(n).padStart(2, "0");
const short = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** An instant for people: "03:40" today, "Mon 10:00" within six days, "16 Mar 10:00", "16 Mar 2027 10:00" further off. */
export const preciseText = (at: Instant, zone: string, now: Instant): string =>
  `${clockText(at, zone, now)}:${twoDigits(wallIn(at, zone).second)}`;

export const clockText = (at: Instant, zone: string, now: Instant): string => {
  const wall = wallIn(at, zone);
  const today = wallIn(now, zone).toPlainDate();
  const time = `${twoDigits(wall.hour)}:${twoDigits(wall.minute)}`;
  const days = today.until(wall.toPlainDate(), { largestUnit: "days" }).days;
  if (days === 0) return time;
  if (Math.abs(days) < 7) return `${short[wall.dayOfWeek - 1]} ${time}`;
  const date = `${wall.day} ${months[wall.month - 1]}`;
  return wall.year === today.year ? `${date} ${time}` : `${date} ${wall.year} ${time}`;
};

/** The same with its zone: "Mon 10:00 GMT". Read in another zone, it still says which time. */
export const clockWithZone = (at: Instant, zone: string, now: Instant): string =>
  `${clockText(at, zone, now)} ${zoneLabel(at, zone)}`;

/** No English knows every zone's short name: Berlin's is in British, New York's in American, Sydney's in Australian English. */
const englishes = ["en-GB", "en-US", "en-AU", "en-IN"] as const;

/** What a zone is called at an instant: "CET", "BST", "EST"; "GMT+5:45" where no short name is in use. */
export const zoneLabel = (at: Instant, zone: string): string => {
  const labels = englishes.map(
    (english) =>
      new Intl.DateTimeFormat(english, { timeZone: zone, timeZoneName: "short" })
        .formatToParts(at)
        .find(({ type }) => type === "timeZoneName")?.value ?? zone,
  );
  return labels.find((label) => !/^(GMT|UTC)[+-]/.test(label)) ?? labels[0] ?? zone;
};
