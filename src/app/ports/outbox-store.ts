import type { EscalationId, Instant, PersonId } from "../../core/ids.ts";

/**
 * What the database keeps of the chats: what each was told, where it has it, how its conversations
 * are spoken to.
 */
export interface ToldStore {
  /**
   * What each chat was last told, by key: the console's own feed, and where other chats' messages
   * are.
   */
  saveMessage(message: MessageRow): Promise<void>;
  messages(chat: string, limit: number): Promise<readonly MessageRow[]>;
  /** The newest sentences among them, however many cards came after. */
  linesSaid(chat: string, limit: number): Promise<readonly MessageRow[]>;
  messageOf(chat: string, key: string): Promise<MessageRow | undefined>;
  /** What single people were told of an escalation, newest first. */
  directsOf(chat: string, escalation: EscalationId): Promise<readonly MessageRow[]>;
  /** Everything that a chat was told of an escalation, newest first. */
  messagesAbout(chat: string, escalation: EscalationId): Promise<readonly MessageRow[]>;
  /** The message at a place the chat itself names, e.g. Slack's `C0RISK0001:1763892000.000100`. */
  messageAt(chat: string, place: string): Promise<MessageRow | undefined>;
  /**
   * How a conversation of a chat is spoken to, as it was last heard from; undefined = it never was.
   */
  conversation(chat: string, id: string): Promise<ConversationRow | undefined>;
  /** The conversation that was heard from last. */
  newestConversation(chat: string): Promise<ConversationRow | undefined>;
  saveConversation(chat: string, conversation: ConversationRow): Promise<void>;
  /**
   * True the first time a key is shown, false for an hour after: replayed requests, repeated
   * events.
   */
  firstSight(key: string): Promise<boolean>;
}

export interface MessageRow {
  readonly chat: string;
  readonly key: string;
  readonly channel: string;
  readonly escalation: EscalationId | "";
  readonly to: readonly PersonId[];
  /** Where the chat has it, in the chat's own words; "" for the console. */
  readonly place: string;
  /**
   * The console's line or card as JSON; for other chats what tells whether the message says
   * something else now, or null.
   */
  readonly body: unknown;
  readonly at: Instant;
}

/** A conversation as its chat names it, and what it takes to speak there, as JSON. */
export interface ConversationRow {
  readonly id: string;
  readonly reference: unknown;
  readonly at: Instant;
}
