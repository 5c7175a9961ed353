import type { Button, Line } from "../../core/card/card.ts";
import type { EntryId, EscalationId, Instant, PersonId } from "../../core/ids.ts";
import type { Person } from "../../core/people/person.ts";

/** What waits in the outbox. */

/**
 * What somebody is to be told. One row per message and one message per row; the key makes repeats
 * harmless: a pending row of the same key is replaced, a sent one becomes pending again.
 */
export interface Outgoing {
  readonly key: string;
  readonly chat: string;
  /**
   * What must keep its distance from one message to the next: a channel of the policy, or
   * `person:<id>`.
   */
  readonly lane: string;
  /**
   * 0 a card whose state moved · 1 sentences · 2 counters and digests. The lower goes first in its
   * lane.
   */
  readonly urgency: 0 | 1 | 2;
  readonly body:
    | { readonly kind: "card"; readonly escalation: EscalationId; readonly channel: string }
    | {
        readonly kind: "line";
        readonly channel: string;
        readonly escalation: EscalationId | "";
        /** Who is spoken to (mentioned); empty = the channel. */
        readonly to: readonly PersonId[];
        readonly line: Line;
        /** Posture version the buttons carry. */
        readonly version: number | null;
        readonly buttons: readonly Button[];
      }
    | {
        readonly kind: "direct";
        readonly person: PersonId;
        /** Where they are told instead of where they are reached now: accounts that were theirs. */
        readonly accounts?: Pick<Person, "slack" | "teams">;
        readonly channel: string;
        readonly escalation: EscalationId | "";
        readonly line: Line;
        /**
         * What a locked screen shows, ≤ 120 characters; absent in rows of older versions and where
         * the line is short enough.
         */
        readonly lockScreen?: string;
        readonly version: number | null;
        readonly buttons: readonly Button[];
      }
    /**
     * What each was told by themselves of an escalation, brought to what is true when it is sent.
     */
    | { readonly kind: "directs"; readonly escalation: EscalationId; readonly channel: string }
    /**
     * Drawn when it is sent, from what is due then. `date` is the person's local day, YYYY-MM-DD.
     */
    | { readonly kind: "digest"; readonly person: PersonId; readonly date: string }
    | NoticeBody
    | PageBody
    | CheckpointBody;
}

/**
 * One entry for one endpoint, fixed when it was recorded, so that every attempt says the same.
 * `chat` is `notify:<endpoint>`.
 */
export interface NoticeBody {
  readonly kind: "notice";
  readonly endpoint: string;
  readonly entry: EntryId;
  /** "" = no single deployment, or none the policy knows. */
  readonly deployment: string;
  /** The posture right after the entry; null where none is. */
  readonly posture: {
    readonly state: "open" | "narrowed" | "paused";
    readonly version: number;
  } | null;
}

/**
 * One escalation for one pager, drawn from its newest state when it is sent. `chat` is
 * `pager:<pager>`.
 */
export interface PageBody {
  readonly kind: "page";
  readonly pager: string;
  readonly escalation: EscalationId;
  /**
   * Somebody else is named now: to be rung for again, even if the one before has acknowledged it.
   */
  readonly passed: boolean;
}

/**
 * A signed checkpoint for one address of `audit`, the newest when it is sent. `chat` is
 * `audit:<address>`.
 */
export interface CheckpointBody {
  readonly kind: "checkpoint";
  readonly address: string;
  /** What it has to cover; "" = whatever there is. */
  readonly entry: EntryId | "";
}

export interface Claimed {
  readonly id: number;
  readonly fence: number;
  readonly attempts: number;
  /**
   * An attempt before this one may have arrived: when the first such began. Null = certainly never
   * sent.
   */
  readonly doubtSince: Instant | null;
  readonly message: Outgoing;
}
