import type { Millis } from "../core/ids.ts";
import type { Clock, KeptClass, Store } from "./ports.ts";

/**
 * What is removed when it is old, and the space that changed rows leave: a little at each tick, so
 * that nobody waits for it.
 */

/** For how long each class is kept. */
export type Keep = Readonly<Record<KeptClass, Millis>>;

/** Rows looked at in one statement: bodies may be a megabyte each. */
const most = 50;

/** Statements at one tick: 1,000 deliveries every 15 s is more than a server takes in for long. */
const stepsAtMost = 20;

/**
 * Each call looks on from where the last one ended. Several replicas may do so at the same time.
 */
export function createRetention(
  { store, clock }: { readonly store: Pick<Store, "forget" | "tidy">; readonly clock: Clock },
  keep: Keep,
): () => Promise<void> {
  let past = 0;
  return async () => {
    const now = clock.now();
    const until = {
      deliveries: now - keep.deliveries,
      messages: now - keep.messages,
      receipts: now - keep.receipts,
      sessions: now - keep.sessions,
    };
    for (let step = 0; step < stepsAtMost; step += 1) {
      const looked = await store.forget(until, past, most);
      past = looked ?? 0;
      if (looked === null) break;
    }
    await store.tidy();
  };
}
