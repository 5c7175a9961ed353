import { clockWithZone } from "../clock-text.ts";
import type { Instant, PersonId } from "../ids.ts";
import { mayMean } from "../people/authority.ts";
import type { Policy, Ref } from "../policy/model.ts";
import type { DeploymentState } from "../state/state.ts";
import { dateIn, type Hours, type WorkingDay } from "../time.ts";
import * as words from "../words/words.ts";
import type { Line } from "./card.ts";
import type { DueAgain } from "./reassessment-view.ts";

/**
 * One message per person and day at the start of their hours: what is to be looked at again before
 * the next such message.
 */

/**
 * A person's hours. The policy gives hours to deployments, not to people: a person's are those of
 * the first deployment, in the policy's order, that names them for widening, directly or in a
 * rotation. So they do not depend on what is due or who is on call, and there is one day a day.
 * Null for who is never asked.
 */
export function hoursOf(policy: Policy, person: PersonId): Hours | null {
  const named = (ref: Ref): boolean => mayMean(policy, ref, person);
  for (const { authority, hours } of policy.deployments.values()) {
    const { decider, deputies, confirm } = authority.widen;
    if ([decider, ...deputies, ...confirm.by].some(named)) return hours;
  }
  return null;
}

/**
 * Whether a reassessment belongs into a day's digest: due before the next one comes. A date set
 * since the hours began does not: whoever set it was told, and a digest in the middle of the day
 * would be no digest.
 */
export function isInDigest({ reassess }: DeploymentState, { from, next }: WorkingDay): boolean {
  return reassess !== null && reassess.by < next && reassess.setAt <= from;
}

/** "Erin, 3 reviews due by 10:00 today". */
export function digestTitle(
  { name, zone, now }: { readonly name: string; readonly zone: string; readonly now: Instant },
  items: readonly Pick<DueAgain, "by" | "overdue">[],
): Line {
  const ahead = items.filter(({ overdue }) => !overdue).map(({ by }) => by);
  const first = Math.min(...ahead);
  const when = (at: Instant): string => {
    const clock = clockWithZone(at, zone, now);
    return dateIn(at, zone) === dateIn(now, zone) ? words.digest.today(clock) : clock;
  };
  const by = ahead.length === 0 ? "" : when(first);
  const several = new Set(ahead).size > 1;
  const givenName = name.split(" ")[0] ?? name;
  const overdue = items.length - ahead.length;
  return words.digest.title(givenName, { count: items.length, by, several, overdue });
}
