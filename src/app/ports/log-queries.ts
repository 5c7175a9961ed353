import type { EscalationId, Instant, PersonId } from "../../core/ids.ts";
import type { Entry } from "../../core/log/entry.ts";
import type { EntryMark } from "../../core/log/found-by.ts";
import type { Carrier, DeploymentState } from "../../core/state/state.ts";

/** What is known of a deployment at an instant of the past. */
export interface PostureThen {
  readonly posture: Pick<
    NonNullable<DeploymentState["posture"]>,
    "scope" | "version" | "decided"
  > | null;
  readonly reassess: Pick<NonNullable<DeploymentState["reassess"]>, "by"> | null;
  /** What each of them had applied. */
  readonly carriers: Readonly<Record<string, Pick<Carrier, "applied">>>;
}

/** A line of the log as read back. */
export interface Recorded {
  readonly index: number;
  readonly entry: Entry;
  readonly bytes: Uint8Array;
}

export interface EntryFilter {
  readonly kinds?: readonly string[];
  readonly deployment?: string;
  /** Whoever did it, is behind it, or is whom it is about. */
  readonly actor?: PersonId;
  /** Whoever is behind a decision. */
  readonly decider?: PersonId;
  readonly decision?: string;
  readonly trigger?: string;
  readonly escalation?: EscalationId;
  /** Of entries about an escalation, a severity that it had by then. */
  readonly severity?: string;
  /** The deployment's model by the policy, or one that a signal was about. */
  readonly model?: string;
  /** All of them are so. */
  readonly marks?: readonly EntryMark[];
  readonly since?: Instant;
  /** Exclusive. */
  readonly until?: Instant;
  /** Only entries with a smaller index: the keyset cursor. */
  readonly below?: number;
  /** Only entries with this index or a larger one: bounds what one statement looks through. */
  readonly above?: number;
  readonly limit: number;
}

export interface Head {
  readonly size: number;
  readonly at: Instant;
  /** Compact range: peaks from largest to smallest. */
  readonly peaks: readonly Uint8Array[];
}
