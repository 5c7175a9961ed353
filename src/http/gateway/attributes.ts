import type { IncomingHttpHeaders } from "node:http";
import type { Source } from "../../core/policy/model.ts";

/** Most headers kept beside a body, and most bytes of them together. */
const most = { headers: 16, bytes: 4096 };

/**
 * The attributes every CloudEvent has come first: what is over the limits is left out, and these
 * are not.
 */
const core = ["ce-specversion", "ce-id", "ce-source", "ce-type", "ce-subject", "ce-time"];

/**
 * What headers say that a reader may need, as sent: the attributes of a CloudEvent in binary mode,
 * and the header that names the event where the source's mapping asks for one. They are stored with
 * the body, since it is read later.
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
