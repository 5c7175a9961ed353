import { rfc3339Of, textOf } from "./fields.ts";

/**
 * A time that a sender wrote. `time`: RFC 3339, or "" if it cannot be read; `said`: what people
 * should know about how it was read, or "".
 */
export interface Moment {
  readonly time: string;
  readonly said: string;
}

/**
 * Reads seconds, milliseconds, microseconds or nanoseconds since 1970, ISO 8601 in its usual
 * spellings, and the dates of e-mail and HTTP. A time without a zone counts as UTC, which `said`
 * mentions. A date without a time, or with ambiguous order (3/4/2026), is not guessed at.
 */
export function momentOf(sent: string | number): Moment {
  const text = String(sent).trim();
  if (text === "" || text.startsWith("0001-01-01")) return { time: "", said: "" };
  const plain = rfc3339Of(text);
  if (plain !== "") return { time: plain, said: "" };
  const parts = isoParts(text) ?? mailParts(text);
  const time = number.test(text) ? sinceEpoch(text) : parts ? written(parts) : "";
  if (time === "") return { time, said: `“${textOf(text)}” is no time that can be read` };
  const isBare = parts !== null && parts.zone === "";
  return { time, said: isBare ? `${textOf(text)} has no zone and is taken as UTC` : "" };
}

const number = /^-?\d{1,20}(?:\.\d{1,9})?$/;

/** The unit follows from the size: from 1973 to 5138 the ranges of the units do not overlap. */
const units = [
  { below: 1e8, perMs: Number.NaN },
  { below: 1e11, perMs: 0.001 },
  { below: 1e14, perMs: 1 },
  { below: 1e17, perMs: 1e3 },
  { below: 1e20, perMs: 1e6 },
];

function sinceEpoch(text: string): string {
  const count = Number(text);
  const perMs = units.find(({ below }) => count < below)?.perMs ?? Number.NaN;
  const at = new Date(count / perMs);
  return Number.isNaN(at.getTime()) ? "" : at.toISOString();
}

interface Parts {
  readonly year: string;
  readonly month: string;
  readonly day: string;
  readonly time: string;
  readonly fraction: string;
  /** "" = no zone. */
  readonly zone: string;
}

const iso =
  /^(\d{4})([-./])(\d\d)\2(\d\d)[T ]\s*(\d\d:\d\d)(:\d\d)?(?:[.,](\d{1,12}))?\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?$/i;

function isoParts(text: string): Parts | null {
  const found = iso.exec(text);
  if (!found) return null;
  const [, year = "", , month = "", day = "", minutes = "", seconds = ":00"] = found;
  const [fraction = "", zone = ""] = found.slice(7);
  return { year, month, day, time: `${minutes}${seconds}`, fraction, zone };
}

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

const mail =
  /^(?:[a-z]{3},\s*)?(\d{1,2})[ -]([a-z]{3})[ -](\d{4}) (\d\d:\d\d)(:\d\d)?\s*(Z|UTC|GMT|[+-]\d{4})?$/i;

/** The dates of e-mail (RFC 5322 §3.3) and of HTTP (RFC 9110 §5.6.7). */
function mailParts(text: string): Parts | null {
  const found = mail.exec(text);
  if (!found) return null;
  const [, day = "", name = "", year = "", minutes = "", seconds = ":00", zone = ""] = found;
  const month = String(months.indexOf(name.toLowerCase()) + 1).padStart(2, "0");
  return {
    year,
    month,
    day: day.padStart(2, "0"),
    time: `${minutes}${seconds}`,
    fraction: "",
    zone,
  };
}

/** As RFC 3339; "" if there is no such date or time. */
function written({ year, month, day, time, fraction, zone }: Parts): string {
  const [, sign = "", hours = "", minutes = "00"] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  const offset = sign === "" ? "Z" : `${sign}${hours}:${minutes}`;
  const seconds = `${year}-${month}-${day}T${time}`;
  const at = new Date(`${seconds}Z`);
  // `Date` accepts February 30 as a day in March.
  const isThere = !Number.isNaN(at.getTime()) && at.toISOString().startsWith(seconds);
  const said = `${seconds}${fraction === "" ? "" : `.${fraction.slice(0, 9)}`}${offset}`;
  return isThere ? rfc3339Of(said) : "";
}
