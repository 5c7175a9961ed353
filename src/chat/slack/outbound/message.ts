import type { Instant } from "../../../core/ids.ts";
import type { SlackMessage } from "../render/card.ts";

/** Where Slack has a message. */
export interface MessageAddress {
  readonly channel: string;
  readonly ts: string;
}

/** A message on its way. */
export interface OutgoingMessage {
  /** The outbox row's key; it travels with the message, so that it can be recognised. */
  readonly key: string;
  readonly channel: string;
  /** The message whose thread it belongs to; null = none. */
  readonly thread: string | null;
  /** An earlier attempt may have arrived since then. */
  readonly doubtSince: Instant | null;
  readonly message: SlackMessage;
  /**
   * What is said in its place where Slack does not take it: each smaller or simpler than the one
   * before.
   */
  readonly simpler: readonly SlackMessage[];
  /** The message of the same key that it comes instead of, and that it must not be mistaken for. */
  readonly instead?: MessageAddress | null;
}
