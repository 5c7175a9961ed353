import { type Fields, isFields, nameOf, own } from "./fields.ts";
import { readJson } from "./json.ts";
import { type Headers, singleHeader } from "./proof.ts";

/** Whether a value is a CloudEvents envelope: it has `specversion`, whatever the content type. */
export function isEnvelope(value: unknown): value is Fields {
  return isFields(value) && typeof own(value, "specversion") === "string";
}

/** Whether a content type is that of one event in structured mode (CloudEvents JSON format §3). */
export function isCloudEventsType(contentType: string): boolean {
  return /^application\/cloudevents\+json\s*(?:;|$)/i.test(contentType.trim());
}

/** Whether a content type is that of a batch (CloudEvents JSON format §4). */
export function isBatchType(contentType: string): boolean {
  return /^application\/cloudevents-batch\+json\s*(?:;|$)/i.test(contentType.trim());
}

/**
 * The identity of a delivery, from `source` and `id`, which together are unique (CloudEvents 1.0
 * §3.1.1); null if the delivery is not one event.
 */
export function eventIdentity(body: Uint8Array, headers: Headers): string | null {
  const contentType = singleHeader(headers, "content-type");
  const binary = isCloudEventsType(contentType)
    ? null
    : envelopeIn(Object.fromEntries(ceIn(headers)));
  if (binary) return identityOf(binary);
  if (!isCloudEventsType(contentType) && !Buffer.from(body).includes('"specversion"')) return null;
  const read = readJson(body);
  return "value" in read && isEnvelope(read.value) ? identityOf(read.value) : null;
}

function identityOf(envelope: Fields): string | null {
  const source = own(envelope, "source");
  const id = own(envelope, "id");
  if (typeof source !== "string" || typeof id !== "string" || id === "") return null;
  return nameOf(`ce:${JSON.stringify([source, id])}`);
}

const ceIn = (headers: Headers): readonly (readonly [string, string])[] =>
  Object.keys(headers)
    .filter((name) => name.startsWith("ce-"))
    .map((name) => [name, singleHeader(headers, name)]);

/**
 * The envelope in the `ce-…` headers of binary mode (CloudEvents HTTP binding §3.1); null if there
 * is none.
 */
export function envelopeIn(attributes: Readonly<Record<string, string>>): Fields | null {
  if (own(attributes, "ce-specversion") === undefined) return null;
  return Object.fromEntries(
    Object.entries(attributes)
      .filter(([name]) => name.startsWith("ce-"))
      .map(([name, value]) => [name.slice("ce-".length), decoded(value)]),
  );
}

/**
 * Removes quotes, then percent-encoding (HTTP binding §3.1.3.2); what has neither stays as it is.
 */
function decoded(value: string): string {
  const [, quoted] = /^"(.*)"$/s.exec(value) ?? [];
  const plain = quoted === undefined ? value : quoted.replace(/\\(.)/gs, "$1");
  try {
    return decodeURIComponent(plain);
  } catch {
    return plain;
  }
}
