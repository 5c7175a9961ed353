import type { EscalationId, Instant, PersonId } from "../../core/ids.ts";
import type { Entry } from "../../core/log/entry.ts";
import type { EntryMark } from "../../core/log/found-by.ts";

/** A line of the log as read back. */
export interface Recorded {
  readonly index: number;
  readonly entry: Entry;
  readonly bytes: Uint8Array;
}

export interface EntryFilter {
  readonly kinds?: readonly string[];
  readonly deployment?: string;
  /** Only entries about one of these, whatever else is asked for. */
  readonly deployments?: readonly string[];
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

/**
 * One quarter of one group of deployments. Medians in ms; null where there is nothing to measure.
 */
export interface QuarterFigures {
  readonly group: string;
  /** `2026-Q4` */
  readonly quarter: string;
  readonly opened: number;
  readonly acknowledged: number;
  readonly toAcknowledge: number | null;
  readonly decided: number;
  readonly toDecide: number | null;
  readonly decisions: number;
  readonly byPolicy: number;
  readonly deviations: number;
}
