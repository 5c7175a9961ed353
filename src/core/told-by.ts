import type { Instant } from "./ids.ts";
import type { Observed } from "./signal.ts";
import { parseRfc3339 } from "./time.ts";
import { bounded } from "./unmatched.ts";

/** Of whom, and of when, a thing is said: what tells one condition from another that is called the same. */

/** It stands in keys, so it is short. */
const longestModel = 60;

/** The model that an eval measured; "" for everything else, which is about a deployment. */
export const modelOf = ({ signal }: Pick<Observed, "signal">): string =>
  signal.kind === "eval" ? bounded(signal.model, longestModel) : "";

/** When its sender says that it was so; null where it does not say. A sender's clock is never ahead of ours. */
export const saidAt = (
  { signal }: Pick<Observed, "signal">,
  receivedAt: Instant,
): Instant | null => {
  const at = parseRfc3339(signal.occurredAt) ?? parseRfc3339(signal.startedAt);
  return at === null ? null : Math.min(at, receivedAt);
};

/** Whether the first is word from before the second: a log that was sent late says nothing of what came after it. */
export const isOlder = (one: Instant | null, other: Instant | null): boolean =>
  one !== null && other !== null && one < other;
