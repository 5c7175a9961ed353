import { type Fields, isFields, nameOf, own } from "./fields.ts";
import { readJson } from "./json.ts";

/** Whether a value is a CloudEvents envelope: the attribute `specversion` marks it, whatever the content type says. */
export const isEnvelope = (value: unknown): value is Fields =>
  isFields(value) && typeof own(value, "specversion") === "string";

/** Whether a content type announces one event in the structured JSON form (CloudEvents JSON format §3). */
export const isCloudEventsType = (contentType: string): boolean =>
  /^application\/cloudevents\+json\s*(?:;|$)/i.test(contentType.trim());

/** Delivery identity of an event: `source` + `id` name it once (CloudEvents 1.0 §3.1.1); null where the body is none. */
export const eventIdentity = (body: Uint8Array, contentType: string): string | null => {
  if (!isCloudEventsType(contentType) && !Buffer.from(body).includes('"specversion"')) return null;
  const read = readJson(body);
  if ("unmapped" in read || !isEnvelope(read.value)) return null;
  const source = own(read.value, "source");
  const id = own(read.value, "id");
  if (typeof source !== "string" || typeof id !== "string" || id === "") return null;
  return nameOf(`ce:${JSON.stringify([source, id])}`);
};
