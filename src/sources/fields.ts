import { createHash } from "node:crypto";

/** A JSON object as sent. Read it only with `own`: a key may be called `constructor`. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a JSON value is an object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value of a key; never one that is inherited from the prototype. */
export function own(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** The value if it is a JSON object, else an empty one. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** Characters that are kept of one string. */
const longestText = 300;
/** Characters that are kept of a summary. */
export const longestSummary = 2_000;
const mostLabels = 64;

/**
 * Text as it is stored: at most `limit` UTF-16 code units, or by `nameOf` if none is given; with
 * U+FFFD in place of NUL, which PostgreSQL refuses, and of unpaired surrogates, which UTF-8 cannot
 * encode. Numbers and booleans become text; anything else becomes "".
 */
export function textOf(value: unknown, limit: number | null = null): string {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value !== "string") return "";
  if (limit === null) return nameOf(value);
  if (value.length <= limit) return databaseText(value);
  return `${databaseText(value.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, ""))}…`;
}

/**
 * Replaces only what PostgreSQL and UTF-8 cannot store; `storable` in core/text.ts also replaces
 * control characters.
 */
const databaseText = (text: string): string =>
  /[\0\ud800-\udfff]/.test(text) ? text.replaceAll(/\0|\p{Surrogate}/gu, "\ufffd") : text;

/**
 * A name of at most 300 code units: as sent, or, if longer, its beginning and a hash, so that two
 * different long names stay different.
 */
export function nameOf(text: string): string {
  if (text.length <= longestText) return databaseText(text);
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 32);
  return `${textOf(text, longestText - 33)}#${hash}`;
}

/**
 * A number as sent. `not finite`: NaN or infinite, so the measurement failed. `not a number`: other
 * text.
 */
export interface ReadNumber {
  readonly number: number | null;
  readonly problem: "" | "not finite" | "not a number";
}

const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const notFinite = /^[+-]?(?:nan|inf|infinity)$/i;

/** Reads a number, or a string that is one as a whole: `"0.031"` is, `"3.1 %"` is not. */
export function numberOf(value: unknown): ReadNumber {
  if (value === undefined || value === null || value === "") return { number: null, problem: "" };
  const number = plainNumber(value);
  if (number === null) return { number: null, problem: "not a number" };
  if (!Number.isFinite(number)) return { number: null, problem: "not finite" };
  return { number: number === 0 ? 0 : number, problem: "" };
}

function plainNumber(value: unknown): number | null {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value.length > longestText) return null;
  if (notFinite.test(value)) return Number.NaN;
  return decimal.test(value) ? Number(value) : null;
}

const rfc3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/;

/** An RFC 3339 time as sent, or "". Year 1, which Go writes for "no time", gives "". */
export function rfc3339Of(value: unknown): string {
  if (typeof value !== "string" || !rfc3339.test(value)) return "";
  return Number.isNaN(Date.parse(value)) || value.startsWith("0001-") ? "" : value;
}

/** An http or https address as sent, else "": nothing else may become a link. */
export function urlOf(value: unknown): string {
  const text = textOf(value, longestSummary);
  return /^https?:\/\//i.test(text) && !text.endsWith("…") ? text : "";
}

/**
 * Labels as they are stored: at most 64, each key and value shortened; `dropped` = the number of
 * others.
 */
export function labelsOf(value: unknown): {
  readonly labels: Readonly<Record<string, string>>;
  readonly dropped: number;
} {
  const sent = Object.entries(fieldsOf(value)).filter(([name]) => name !== "__proto__");
  const labels: Record<string, string> = {};
  for (const [name, text] of sent.slice(0, mostLabels)) labels[textOf(name)] = textOf(text);
  return { labels, dropped: Math.max(0, sent.length - mostLabels) };
}

/** The value if it is in the list, else undefined. */
export function oneOf<T extends string>(list: readonly T[], value: unknown): T | undefined {
  return list.find((allowed) => allowed === value);
}
