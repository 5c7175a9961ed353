/**
 * Most bytes one entry may have: an auditor reads entries, and a commit carries them inside one SQL
 * statement.
 */
export const ENTRY_LIMIT = 32 * 1024;

/** Deeper nesting is refused; it also ends a cycle. */
const DEEPEST = 64;

/**
 * Writes a value as canonical JSON: RFC 8785 without its floats, so that no two programs can
 * disagree about a number. Throws a TypeError that names the place for anything JSON would drop,
 * round or rewrite silently.
 */
export function canonicalText(value: unknown): string {
  return write(value, "$", 0);
}

/** UTF-8 of `canonicalText`: the bytes that are hashed, signed and exported. */
export function canonicalBytes(value: unknown): Uint8Array {
  return utf8.encode(canonicalText(value));
}

/** Canonical bytes of one log entry; a RangeError above `ENTRY_LIMIT`. */
export function entryBytes(entry: object): Uint8Array {
  const bytes = canonicalBytes(entry);
  if (bytes.length > ENTRY_LIMIT) {
    throw new RangeError(
      `An entry has at most ${ENTRY_LIMIT} bytes; this one has ${bytes.length}.`,
    );
  }
  return bytes;
}

/**
 * Writes a number as the shortest decimal that reads back as the same number, without an exponent:
 * how measurements enter the log. Throws for NaN and infinities, which are no measurements.
 */
export function decimal(n: number): string {
  if (!Number.isFinite(n)) throw new RangeError(`${n} has no decimal form.`);
  const shortest = String(Math.abs(n)); // ECMA-262 Number::toString gives the shortest digits
  const [digits = "", exponent] = shortest.split("e");
  const plain = exponent === undefined ? shortest : shifted(digits, Number(exponent));
  return n < 0 ? `-${plain}` : plain;
}

function shifted(digits: string, exponent: number): string {
  const [whole = "", fraction = ""] = digits.split(".");
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${whole}${fraction}`;
  return `${whole}${fraction.padEnd(exponent, "0")}`;
}

const utf8 = new TextEncoder();

function refuse(place: string, what: string): never {
  throw new TypeError(`Not canonical JSON at ${place}: ${what}.`);
}

function write(value: unknown, place: string, depth: number): string {
  switch (typeof value) {
    case "boolean":
      return String(value);
    case "number":
      return Number.isSafeInteger(value)
        ? String(value)
        : refuse(place, `${value} is no safe integer`);
    case "string":
      return writeString(value, place);
    case "object":
      if (value === null) return "null";
      if (depth >= DEEPEST) return refuse(place, `nested deeper than ${DEEPEST}`);
      return Array.isArray(value)
        ? writeList(value, place, depth)
        : writeObject(value, place, depth);
    default:
      return refuse(place, `a ${typeof value}`);
  }
}

const writeString = (text: string, place: string): string =>
  // With /u a pair counts as one character, so \p{Cs} finds only lone surrogates: UTF-8 has no form
  // for them.
  /\p{Cs}/u.test(text) ? refuse(place, "a lone surrogate") : JSON.stringify(text);

function writeList(list: readonly unknown[], place: string, depth: number): string {
  // A hole or a named property makes the counts differ.
  if (Object.keys(list).length !== list.length) return refuse(place, "a sparse or decorated array");
  return `[${list.map((element, i) => write(element, `${place}[${i}]`, depth + 1)).join(",")}]`;
}

function writeObject(object: object, place: string, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) return refuse(place, "no plain object");
  if (Object.getOwnPropertySymbols(object).length > 0) return refuse(place, "a symbol as key");
  const members = Object.entries(object)
    // `<` on strings compares UTF-16 code units, as RFC 8785 §3.2.3 asks
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => {
      const inside = `${place}.${key}`;
      return `${writeString(key, inside)}:${write(item, inside, depth + 1)}`;
    });
  return `{${members.join(",")}}`;
}
