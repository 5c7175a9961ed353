import type { Millis } from "../ids.ts";
import type { EntryOf } from "../log/entry.ts";
import { shadowKey } from "../state/fold.ts";
import type { Draft, Situation } from "../state/situation.ts";

/** A shadow trigger that is met: it opens nothing and asks nobody, and the record says so. */

/** Least time between two entries of one trigger on one deployment, because senders repeat. */
const mostOften: Millis = 3_600_000;

/** The entry that records it, or nothing where one did within the last hour. */
export function noteShadow(
  { state, now }: Pick<Situation, "state" | "now">,
  seen: Pick<EntryOf<"trigger.shadowed">, "trigger" | "verdict" | "source" | "signal">,
): readonly Draft[] {
  const { noted = {} } = state;
  const key = shadowKey(seen.trigger);
  const last = Object.hasOwn(noted, key) ? noted[key] : undefined;
  if (last !== undefined && now < last + mostOften) return [];
  const body = { kind: "trigger.shadowed", deployment: state.id, ...seen } as const;
  return [{ actor: { type: "policy" }, body }];
}
