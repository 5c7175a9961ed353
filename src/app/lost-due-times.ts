import { certainDues, type DueTime, duesOf } from "../core/deadlines.ts";
import { deploymentOf } from "../core/state/situation.ts";
import type { Journal } from "./journal.ts";
import type { PolicyCache } from "./policy-cache.ts";
import type { Store } from "./ports.ts";

interface LostDueTimesParts {
  readonly store: Pick<Store, "written">;
  readonly journal: Pick<Journal, "look">;
  readonly rules: Pick<PolicyCache, "current">;
}

/** Ticks in which every deployment is looked at once: an hour. */
const ticksForAll = 240;

/**
 * A due time that somebody removed from the database, or moved, would never come. Each call takes
 * the next few deployments and answers with those of which one is missing or later than their state
 * says; one that is too early brings about nothing. Where one is missing that follows from the log,
 * the record is in doubt, and nothing is put right before somebody has seen it.
 */
export function createLostDueTimes(parts: LostDueTimesParts): () => Promise<readonly string[]> {
  let past = 0;
  return async () => {
    const all = [...(parts.rules.current()?.deployments.keys() ?? [])];
    const from = past < all.length ? past : 0;
    past = from + Math.ceil(all.length / ticksForAll);
    const lost: string[] = [];
    for (const deployment of all.slice(from, past))
      if (await isLost(parts, deployment)) lost.push(deployment);
    return lost;
  };
}

async function isLost({ store, journal }: LostDueTimesParts, deployment: string): Promise<boolean> {
  const stream = `deployment:${deployment}` as const;
  const { dues = [] } = (await store.written([stream])).streams.get(stream) ?? {};
  const situation = (await journal.look([deployment])).situation(deployment);
  const isMissing = (due: DueTime): boolean =>
    !dues.some(({ kind, at }) => kind === due.kind && at <= due.at);
  const isOfTheLog = certainDues(situation.state, deploymentOf(situation)).some(isMissing);
  return !isOfTheLog && duesOf(situation).some(isMissing);
}
