import type { Instant, Millis, PersonId } from "../ids.ts";
import { peopleFor } from "../people/authority.ts";
import { ruledFor } from "../policy/authority-for.ts";
import type { Verdict } from "../policy/condition.ts";
import type { Policy, Response, Trigger } from "../policy/model.ts";

/**
 * What a policy would have asked of people, counted over signals of the past. Nobody is known to
 * have answered, so an escalation lasts until its time to decide is over and nothing fired for an
 * hour.
 */

/** What one trigger would have done on one deployment. */
export interface RuleFigures {
  readonly deployment: string;
  readonly trigger: string;
  /** Whether it would only have been recorded. */
  readonly shadow: boolean;
  /** Signals at which it fired. */
  readonly fired: number;
  /** Signals of which it could not be told. */
  readonly untold: number;
  readonly escalations: number;
  /** Escalations of one signal alone. */
  readonly alone: number;
  /** How often each would have been named to decide; "" = nobody. */
  readonly named: Readonly<Record<string, number>>;
  /** Escalations in which the response follows by policy, unless somebody decides. */
  readonly byPolicy: number;
  readonly response: Response;
}

const quiet: Millis = 3_600_000;

interface Episode {
  readonly until: Instant;
  last: Instant;
  signals: number;
}

interface Tally {
  readonly trigger: Trigger;
  readonly deployment: string;
  readonly named: Record<string, number>;
  readonly episodes: Episode[];
  fired: number;
  untold: number;
}

/** Counts verdicts, oldest first. */
export function createBacktest(policy: Policy) {
  const tallies = new Map<string, Tally>();

  const tallyOf = (trigger: Trigger, deployment: string): Tally => {
    const key = JSON.stringify([deployment, trigger.id]);
    const found = tallies.get(key);
    if (found) return found;
    const fresh: Tally = { trigger, deployment, named: {}, episodes: [], fired: 0, untold: 0 };
    tallies.set(key, fresh);
    return fresh;
  };

  return {
    /** Counts what a trigger makes of a signal that arrived `at`. */
    take(trigger: Trigger, deployment: string, { at, is }: { at: Instant; is: Verdict["is"] }) {
      const tally = tallyOf(trigger, deployment);
      if (is === "quiet") return;
      if (is === "fired") tally.fired += 1;
      else tally.untold += 1;
      const running = tally.episodes.at(-1);
      if (running && at < Math.max(running.until, running.last + quiet)) {
        running.last = Math.max(running.last, at);
        running.signals += 1;
        return;
      }
      const [person = "", ...others] = chainAt(policy, { trigger, deployment, at });
      tally.named[person] = (tally.named[person] ?? 0) + 1;
      const periods = trigger.onTimeout === "pass" ? 1 + others.length : 1;
      const until = at + periods * (trigger.decideWithin ?? 0);
      tally.episodes.push({ until, last: at, signals: 1 });
    },
    figures: (): readonly RuleFigures[] => [...tallies.values()].map(figuresOf),
  };
}

/** Who would have been asked, in order; who was away is not known here. */
function chainAt(
  policy: Policy,
  { trigger, deployment, at }: { trigger: Trigger; deployment: string; at: Instant },
): readonly PersonId[] {
  const ruled = { trigger: trigger.id, severity: trigger.severity };
  const restrict = ruledFor(policy, deployment, ruled)?.authority.restrict;
  return restrict ? peopleFor({ policy, now: at }, [restrict.decider, ...restrict.deputies]) : [];
}

function figuresOf({ trigger, deployment, named, episodes, fired, untold }: Tally): RuleFigures {
  return {
    deployment,
    trigger: trigger.id,
    shadow: trigger.shadow,
    fired,
    untold,
    escalations: episodes.length,
    alone: episodes.filter(({ signals }) => signals === 1).length,
    named,
    byPolicy: trigger.decideWithin === null ? 0 : episodes.length,
    response: trigger.response,
  };
}
