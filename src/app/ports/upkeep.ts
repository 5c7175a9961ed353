import type { Instant } from "../../core/ids.ts";

/** What is kept for a time of its own, and then removed. */
export type KeptClass = "deliveries" | "messages" | "receipts" | "sessions";

/** The rows that go when they are old, and the room that they leave. */
export interface UpkeepStore {
  /**
   * Removes what is older than the time of its class: the bodies of deliveries, as long as no open
   * or settled escalation rests on them, messages, receipts and ended sessions. Looks at `most`
   * deliveries after the one numbered `past`; answers with the last it looked at, null when no more
   * are as old.
   */
  forget(
    until: Readonly<Record<KeptClass, Instant>>,
    past: number,
    most: number,
  ): Promise<number | null>;
  /**
   * Has the embedded database give back, of one table, the room that changed rows left; a server
   * does so by itself.
   */
  tidy(): Promise<void>;
}
