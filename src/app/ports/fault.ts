import type { Millis } from "../../core/ids.ts";

/** The world failed; not the person's doing. `never` = trying again cannot help. */
export class Fault extends Error {
  readonly retry: "later" | "never";
  constructor(message: string, retry: "later" | "never", options?: { cause?: unknown }) {
    super(message, options);
    this.name = "Fault";
    this.retry = retry;
  }
}

/** How fast a chat may be spoken to, by the database's clock, for all replicas together. */
export interface Pace {
  /** Messages claimed at once from one channel; 1 where `laneMs` counts. */
  readonly perLane: number;
  /** From one message in a channel to the next. */
  readonly laneMs: Millis;
  /** From one edit of a card to the next. */
  readonly editMs: Millis;
  /**
   * How long a claimed message belongs to its claimer; longer than all calls of one send together
   * may take.
   */
  readonly leaseMs: Millis;
  /**
   * From a send that may have arrived to the look whether it did: a chat needs a moment before it
   * can be asked.
   */
  readonly doubtMs: Millis;
  /** From a send that failed to the next attempt; twice as long after each, at most a minute. */
  readonly retryMs: Millis;
}
