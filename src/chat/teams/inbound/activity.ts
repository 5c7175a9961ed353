import { textAt } from "../../shared/json-path.ts";

/** Parsed JSON whose values are not checked yet. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * Who sent an activity, according to its authenticated envelope; the contents of a button or a form
 * cannot say it.
 */
export interface Sender {
  /** The AAD object id, in lower case; "" = none, as with other bots. */
  readonly account: string;
  /** Their id in this conversation (`29:…`). */
  readonly id: string;
  readonly tenant: string;
  /** The id of the conversation, including the thread. */
  readonly conversation: string;
}

/** Who sent an activity. */
export function senderOf(activity: Fields): Sender {
  return {
    account: guid(textAt(activity, "from", "aadObjectId")),
    id: textAt(activity, "from", "id"),
    tenant: tenantOf(activity),
    conversation: textAt(activity, "conversation", "id"),
  };
}

/** An id of Microsoft's directory, in lower case; "" for anything else. */
export function guid(text: string): string {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? text.toLowerCase() : "";
}

const tenantOf = (activity: Fields): string =>
  guid(textAt(activity, "conversation", "tenantId")) ||
  guid(textAt(activity, "channelData", "tenant", "id"));

/** A conversation without the thread, and the message that the thread belongs to; "" = none. */
export function threadIn(conversation: string): {
  readonly channel: string;
  readonly root: string;
} {
  const [channel = "", ...rest] = conversation.split(";");
  const root = rest.find((part) => part.startsWith("messageid="))?.slice("messageid=".length) ?? "";
  return { channel, root: /^\d{1,30}$/.test(root) ? root : "" };
}

/** Whether only one person reads the answers here. */
export function isPersonal(activity: Fields): boolean {
  return textAt(activity, "conversation", "conversationType") === "personal";
}

/** The address for messages to this conversation. */
export function addressIn(activity: Fields): Address {
  return {
    serviceUrl: textAt(activity, "serviceUrl"),
    bot: {
      id: textAt(activity, "recipient", "id"),
      name: textAt(activity, "recipient", "name"),
    },
    tenant: tenantOf(activity),
  };
}

/** A stored address; null for anything else. */
export function readAddress(kept: unknown): Address | null {
  const serviceUrl = textAt(kept, "serviceUrl");
  if (serviceUrl === "") return null;
  const bot = { id: textAt(kept, "bot", "id"), name: textAt(kept, "bot", "name") };
  return { serviceUrl, bot, tenant: textAt(kept, "tenant") };
}

/**
 * The address for messages to a conversation: the service URL and our own account there, from an
 * authenticated activity.
 */
export interface Address {
  readonly serviceUrl: string;
  /** Our own account in the conversation. */
  readonly bot: { readonly id: string; readonly name: string };
  readonly tenant: string;
}
