import { sql } from "drizzle-orm";
import { customType } from "drizzle-orm/pg-core";

/**
 * Column types that read and write the same on both drivers. Whatever a driver would encode by
 * itself (JSON, bytes, arrays) travels as text and is cast in SQL: postgres.js would encode JSON
 * twice and cannot send an array of buffers.
 */

/** `timestamptz` as milliseconds since 1970. */
export const instant = customType<{ data: number; driverData: string }>({
  dataType: () => "timestamptz",
  toDriver: (ms) => new Date(ms).toISOString(),
  fromDriver: (text) => Date.parse(text),
});

/** `bytea` as a plain Uint8Array. */
export const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({
  dataType: () => "bytea",
  toDriver: (value) => sql`decode(${hex(value)}, 'hex')`,
  fromDriver: plainBytes,
});

/**
 * Text kept as its UTF-8 bytes: what is committed to in the log must come back byte for byte, and
 * `text` refuses U+0000.
 */
export const utf8 = customType<{ data: string; driverData: Uint8Array }>({
  dataType: () => "bytea",
  toDriver: (value) => sql`decode(${hex(new TextEncoder().encode(value))}, 'hex')`,
  fromDriver: (value) => new TextDecoder().decode(value),
});

/** `jsonb`; the executors hand JSON over as text, so it is parsed exactly once. */
export const json = customType<{ data: unknown; driverData: string }>({
  dataType: () => "jsonb",
  toDriver: (value) => sql`${jsonText(value)}::text::jsonb`,
  fromDriver: (text): unknown => JSON.parse(text),
});

/** Lower-case hex. */
export function hex(value: Uint8Array): string {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex");
}

/** Base64 as RFC 4648 has it. */
export function base64(value: Uint8Array): string {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64");
}

/** Bytes of lower-case hex. */
export function fromHex(text: string): Uint8Array {
  return plainBytes(Buffer.from(text, "hex"));
}

/** Bytes of base64, also of PostgreSQL's, which breaks its lines. */
export function fromBase64(text: string): Uint8Array {
  return plainBytes(Buffer.from(text, "base64"));
}

/**
 * JSON that `jsonb` accepts: U+0000 and lone surrogates, which it refuses, become U+FFFD.
 * JSON.stringify writes exactly those as escapes, and every other backslash in its output begins a
 * pair that is skipped whole.
 */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value);
  if (!/\\u(?:0000|d[89a-f])/.test(text)) return text;
  return text.replace(/\\(u0000|ud[89a-f][0-9a-f]{2}|.)/g, (all, pair: string) =>
    pair.length === 5 ? "\ufffd" : all,
  );
}

/** A text array as PostgreSQL reads it; bind it with `::text::text[]`. */
export function arrayText(values: readonly (string | null)[]): string {
  return `{${values.map((value) => (value === null ? "NULL" : `"${value.replace(/["\\]/g, "\\$&")}"`)).join(",")}}`;
}

function plainBytes(value: Uint8Array): Uint8Array {
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}
