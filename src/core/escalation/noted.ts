import type { Millis } from "../ids.ts";
import type { EntryOf } from "../log/entry.ts";
import type { Draft, Situation } from "../state/situation.ts";

/**
 * Signals that are only shown: senders' own tests, and alerts that had resolved before they
 * arrived. They have no deadline.
 */

/** Least time between two of the same source and kind, because a test is often repeated. */
const mostOften: Millis = 10_000;

/** The entry that shows it, or nothing where the same was shown a moment ago. */
export function noteSignal(
  { state, now }: Pick<Situation, "state" | "now">,
  { what, source, signal }: Pick<EntryOf<"signal.noted">, "what" | "source" | "signal">,
): readonly Draft[] {
  const key = `${what} ${source}`;
  const { noted = {} } = state;
  const last = Object.hasOwn(noted, key) ? noted[key] : undefined;
  if (last !== undefined && now < last + mostOften) return [];
  const body = { kind: "signal.noted", deployment: state.id, what, source, signal } as const;
  return [{ actor: { type: "policy" }, body }];
}
