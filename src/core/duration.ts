import type { Millis } from "./ids.ts";

/** Durations as people write and read them. */

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
export function parseDuration(text: string): Millis | null {
  const [, count, unit = ""] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  const length = Number(count) * (unitMillis[unit] ?? Number.NaN);
  return length <= longest ? length : null;
}

/** A duration in its largest whole unit: 5400000 → "90m". */
export function formatDuration(length: Millis): string {
  const unit = ["w", "d", "h", "m", "s"].find(
    (unit) => length >= (unitMillis[unit] ?? 1) && length % (unitMillis[unit] ?? 1) === 0,
  );
  return unit ? `${length / (unitMillis[unit] ?? 1)}${unit}` : `${Math.round(length / 1_000)}s`;
}

const unitWords: Readonly<Record<string, string>> = {
  w: "wk",
  d: "d",
  h: "h",
  m: "min",
  s: "s",
};

/** The same as people write it: "30 min", "2 h". */
export function spokenDuration(length: Millis): string {
  return formatDuration(length).replace(
    /^(\d+)(\w)$/,
    (_, count, unit) => `${count} ${unitWords[unit]}`,
  );
}
