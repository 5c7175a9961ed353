import type { Instant } from "../ids.ts";
import type { ObservedSignal } from "../signal.ts";
import { parseRfc3339 } from "../time.ts";
import { bounded } from "./unmatched.ts";

/**
 * What distinguishes conditions of the same name: the model they are about, and the time.
 */

/** Short, because it is part of keys. */
const longestModel = 60;

/** The model that an eval measured; "" for everything else, which is about a deployment. */
export function modelOf({ signal }: Pick<ObservedSignal, "signal">): string {
  return signal.kind === "eval" ? bounded(signal.model, longestModel) : "";
}

/**
 * When its sender says that it was so; null where it does not say. A sender's clock is never ahead
 * of ours.
 */
export function saidAt(
  { signal }: Pick<ObservedSignal, "signal">,
  receivedAt: Instant,
): Instant | null {
  const at = parseRfc3339(signal.occurredAt) ?? parseRfc3339(signal.startedAt);
  return at === null ? null : Math.min(at, receivedAt);
}

/**
 * Whether the first report is older than the second. An old log that arrives late says nothing
 * about what came after it.
 */
export function isOlder(item: Instant | null, other: Instant | null): boolean {
  return item !== null && other !== null && item < other;
}
