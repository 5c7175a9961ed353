import type { EntryId, Instant, PersonId } from "../../core/ids.ts";
import type { AccountChat } from "../../core/people/person.ts";

/** What is kept of who is let in, and of which account is whose. */

/** Something that lets somebody in. */
export interface SessionRow {
  /** SHA-256 hex of the token; the token itself is never stored. */
  readonly hash: string;
  readonly person: PersonId;
  /** A login link, the session it becomes, or the code that links an account. */
  readonly kind: "link" | "session" | "code";
  readonly expires: Instant;
  /** Of a code: the login link behind whoever it was shown to; missing where there is none. */
  readonly link?: EntryId | null;
}

/** An account that is a person's from now on, or null = none of theirs is in this chat. */
export interface LinkRow {
  readonly person: PersonId;
  readonly chat: AccountChat;
  readonly account: string | null;
}
