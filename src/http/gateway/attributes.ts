import type { IncomingHttpHeaders } from "node:http";
import type { Source } from "../../core/policy/model.ts";

/** The most headers stored with a body, and their most bytes together. */
const most = { headers: 16, bytes: 4096 };

/**
 * The attributes that every CloudEvent has come first, so that they are never dropped for the
 * limits.
 */
const core = ["ce-specversion", "ce-id", "ce-source", "ce-type", "ce-subject", "ce-time"];

/**
 * Headers that a reader may need, as sent: the attributes of a CloudEvent in binary mode, and the
 * header that the source's mapping uses for the event's name. They are stored with the body, which
 * is read later.
 */
export function attributesOf(
  headers: IncomingHttpHeaders,
  { mapping }: Pick<Source, "mapping">,
): Readonly<Record<string, string>> {
  const event = mapping?.event ?? "";
  const further = Object.keys(headers).filter((header) => header.startsWith("ce-"));
  const isEvent = headers["ce-specversion"] !== undefined;
  const names = [
    ...(event === "" ? [] : [event]),
    ...(isEvent ? [...core, ...further.sort()] : []),
  ];
  const kept = new Map<string, string>();
  let bytes = 0;
  for (const name of new Set(names)) {
    const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
    if (typeof value !== "string" || kept.size === most.headers) continue;
    const size = Buffer.byteLength(name) + Buffer.byteLength(value);
    if (bytes + size > most.bytes) continue;
    bytes += size;
    kept.set(name, value);
  }
  return Object.fromEntries(kept);
}
