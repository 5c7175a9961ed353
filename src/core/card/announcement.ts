import type { EscalationId, PersonId } from "../ids.ts";
import type { Person } from "../people/person.ts";
import type { Button, Line } from "./card.ts";

/**
 * One sentence to a channel, to people in it, and where a chat can, to each of some by themselves.
 */
export interface Announcement {
  readonly channel: string;
  readonly escalation: EscalationId | "";
  readonly to: readonly PersonId[];
  readonly line: Line;
  /** Posture version the buttons carry. */
  readonly version: number | null;
  readonly buttons: readonly Button[];
  /**
   * Whether people hear of it without a line in the channel, where a chat speaks to them: by a new
   * card, or each alone.
   */
  readonly byCard: boolean;
  /** Who is told in person as well, so that nobody has to have the channel open. */
  readonly direct: readonly Direct[];
}

/** What is said to one person. */
export interface Direct {
  readonly to: PersonId;
  readonly line: Line;
  /** What a locked screen shows of it, ≤ 120 characters; absent where that is its beginning. */
  readonly lockScreen?: string;
  readonly buttons: readonly Button[];
  /** The chat in which they are not told; "" = in all that reach them. */
  readonly notIn: string;
  /** Where they are told instead of where they are reached now: accounts that were theirs. */
  readonly accounts?: Pick<Person, "slack" | "teams">;
}
