import { parse } from "node:querystring";
import { at, textAt } from "../../shared/json-path.ts";

/**
 * Checks the shape of a request before Bolt reads it: some of Bolt's code trusts that shape, and an
 * exception there ends the process.
 */

/**
 * The body of a request; null where it is neither a JSON object nor a form without repeated fields.
 */
export function bodyOf(bytes: Uint8Array, isForm: boolean): object | null {
  const text = Buffer.from(bytes).toString("utf8");
  if (!isForm) return objectIn(text);
  const form = parse(text);
  if (Object.values(form).some((value) => typeof value !== "string")) return null;
  return at(form, "payload") === undefined ? form : objectIn(textAt(form, "payload"));
}

function objectIn(text: string): object | null {
  try {
    const read: unknown = JSON.parse(text);
    return isRecord(read) ? read : null;
  } catch {
    return null;
  }
}

const isRecord = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * The events that are handled. manifest.json subscribes to the first four; Slack sends the others
 * anyway.
 */
const events: ReadonlySet<string> = new Set([
  "app_mention",
  "message",
  "app_home_opened",
  "channel_id_changed",
  "tokens_revoked",
  "app_uninstalled",
]);

const payloads: Readonly<Record<string, (body: object) => boolean>> = {
  block_actions: (body) => {
    const actions = at(body, "actions");
    const place = textAt(body, "container", "message_ts") || textAt(body, "view", "id");
    return Array.isArray(actions) && actions.length > 0 && actions.every(isRecord) && place !== "";
  },
  view_submission: (body) => textAt(body, "view", "id") !== "",
};

/** Whether a body has the shape of a request that Slack documents and that we handle. */
export function isKnown(body: object): boolean {
  if (textAt(body, "type") === "url_verification") return true;
  const event = at(body, "event");
  if (event !== undefined) return isRecord(event) && isKnownEvent(event);
  // The idempotency key must be there, or all commands and presses would count as one.
  if (at(body, "command") !== undefined)
    return textAt(body, "command") !== "" && textAt(body, "trigger_id") !== "";
  const fits = Object.hasOwn(payloads, textAt(body, "type"))
    ? payloads[textAt(body, "type")]
    : undefined;
  return fits?.(body) === true && isRecord(at(body, "user"));
}

const isKnownEvent = (event: object): boolean =>
  events.has(textAt(event, "type")) &&
  ["user", "channel"].every((field) => ["string", "undefined"].includes(typeof at(event, field))) &&
  at(event, "item") === undefined;
