import type { Instant } from "./ids.ts";
import { dateIn, localIn, wallIn } from "./time.ts";

/** Times as people read them on cards and pages. */

const twoDigits = (n: number): string => String(n).padStart(2, "0");
const short = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/**
 * An instant for people: "03:40" today, "Mon 10:00" within six days, "16 Mar 10:00", "16 Mar 2027
 * 10:00" further off.
 */
export function preciseText(at: Instant, zone: string, now: Instant): string {
  return `${clockText(at, zone, now)}:${twoDigits(wallIn(at, zone).second)}`;
}

export function clockText(at: Instant, zone: string, now: Instant): string {
  const wall = wallIn(at, zone);
  const today = wallIn(now, zone);
  const time = `${twoDigits(wall.hour)}:${twoDigits(wall.minute)}`;
  const days = wall.date - today.date;
  if (days === 0) return time;
  if (Math.abs(days) < 7) return `${short[wall.weekday - 1]} ${time}`;
  const date = `${wall.day} ${months[wall.month - 1]}`;
  return wall.year === today.year ? `${date} ${time}` : `${date} ${wall.year} ${time}`;
}

/** The same with its zone: "Mon 10:00 GMT". Read in another zone, it still says which time. */
export function clockWithZone(at: Instant, zone: string, now: Instant): string {
  return `${clockText(at, zone, now)} ${zoneLabel(at, zone)}`;
}

/** "2026-11-23 10:00 GMT", with seconds where it has some: a time that is read years later. */
export function momentText(at: Instant, zone: string): string {
  const { hour, minute, second } = wallIn(at, zone);
  const seconds = second === 0 ? "" : `:${twoDigits(second)}`;
  const time = `${twoDigits(hour)}:${twoDigits(minute)}${seconds}`;
  return `${dateIn(at, zone)} ${time} ${zoneLabel(at, zone)}`;
}

/**
 * No English knows every zone's short name: Berlin's is in British, New York's in American,
 * Sydney's in Australian English.
 */
const englishes = ["en-GB", "en-US", "en-AU", "en-IN"] as const;

/** Building a format takes longer than everything else on a card; there are only so many zones. */
const formats = new Map<string, readonly Intl.DateTimeFormat[]>();

function labelFormats(zone: string): readonly Intl.DateTimeFormat[] {
  const known = formats.get(zone);
  if (known) return known;
  const made = englishes.map(
    (english) => new Intl.DateTimeFormat(english, { timeZone: zone, timeZoneName: "short" }),
  );
  formats.set(zone, made);
  return made;
}

/** Labels by zone, local day and offset: the lines of a page are of the same few days. */
const labelsKnown = new Map<string, string>();
const mostLabels = 1_000;

/**
 * What a zone is called at an instant: "CET", "BST", "EST"; "GMT+5:45" where no short name is in
 * use.
 */
export function zoneLabel(at: Instant, zone: string): string {
  const { day, time } = localIn(at, zone);
  const key = `${zone} ${day} ${day * 86_400_000 + time - at}`;
  const known = labelsKnown.get(key);
  if (known !== undefined) return known;
  const label = labelAt(at, zone);
  if (labelsKnown.size >= mostLabels) labelsKnown.clear();
  labelsKnown.set(key, label);
  return label;
}

function labelAt(at: Instant, zone: string): string {
  const labels = labelFormats(zone).map(
    (format) => format.formatToParts(at).find(({ type }) => type === "timeZoneName")?.value ?? zone,
  );
  return labels.find((label) => !/^(GMT|UTC)[+-]/.test(label)) ?? labels[0] ?? zone;
}
