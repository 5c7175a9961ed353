import type { Millis } from "../../core/ids.ts";
import type { PolicyCache } from "../policy-cache.ts";
import { type Delivery, type Store, withTimeout } from "../ports.ts";
import { turn } from "../turn.ts";
import type { Observe } from "./observe.ts";

/**
 * Nothing widens before the deliveries that were accepted earlier are evaluated. A command that
 * would widen first reads all stored deliveries that are not evaluated. Those about its deployment
 * are evaluated immediately; the others are listed in the commit, which refuses if a delivery waits
 * that is not listed (holdpoint.check_heard).
 */

interface ReadFirstParts {
  readonly observe: Observe;
  readonly store: Pick<Store, "unread" | "claimNamed">;
  readonly rules: Pick<PolicyCache, "current">;
  readonly evaluate: (deliveries: readonly Delivery[]) => Promise<void>;
}

/** Checks the waiting deliveries for one widening command, once for each attempt to commit. */
export interface WaitingCheck {
  /**
   * The waiting deliveries that say nothing of these deployments, by id; null where some did: they
   * are evaluated now, and what was decided is to be decided anew. Rejects with `StillReading` when
   * its time is over.
   */
  before(deployments: readonly string[]): Promise<readonly string[] | null>;
}

/** Deliveries that were accepted earlier could not be read in time, so nothing widened. */
export class StillReading extends Error {
  constructor() {
    super("deliveries that were accepted earlier are still being read");
    this.name = "StillReading";
  }
}

type Waiting = Awaited<ReturnType<Store["unread"]>>;

/** Somebody is waiting for the answer, which has to say so within a chat's patience. */
const readingTime: Millis = 1_000;

const leaseMs = 10_000;
/** Between two looks at what another process is evaluating. */
const pause: Millis = 25;

export function createWaitingCheck(parts: ReadFirstParts): WaitingCheck {
  const { store, rules, evaluate } = parts;
  let end = Number.POSITIVE_INFINITY;
  const about = new Map<string, readonly string[]>();

  const speaksOf = async (delivery: Delivery, deployments: readonly string[]) => {
    let named = about.get(delivery.id);
    if (named === undefined) {
      await turn(); // a body may take long: others are answered in between
      named = deploymentsIn(parts.observe, rules.current(), delivery) ?? deployments;
      about.set(delivery.id, named);
    }
    return named.some((deployment) => deployments.includes(deployment));
  };

  const othersThan = (deployments: readonly string[]): readonly string[] =>
    [...about].flatMap(([id, named]) =>
      named.some((deployment) => deployments.includes(deployment)) ? [] : [id],
    );

  const oursAmong = async (waiting: Waiting, deployments: readonly string[]): Promise<Waiting> => {
    const ours: Waiting[number][] = [];
    for (const unread of waiting) {
      if (await speaksOf(unread.delivery, deployments)) ours.push(unread);
      if (performance.now() > end) throw new StillReading();
    }
    return ours;
  };

  /** In their order: where another process has one of them, ours wait for it. */
  const evaluated = async (ours: Waiting): Promise<boolean> => {
    if (ours.some((our) => our.taken)) return false;
    const ids = ours.map(({ delivery }) => delivery.id);
    const taken = await inTime(end, store.claimNamed(ids, leaseMs));
    if (taken.length === 0) return false;
    await inTime(end, evaluate(taken));
    return true;
  };

  const before: WaitingCheck["before"] = async (deployments) => {
    end = Math.min(end, performance.now() + readingTime);
    for (;;) {
      const waiting = await inTime(end, store.unread(othersThan(deployments)));
      if (waiting.length === 0) return othersThan(deployments);
      const ours = await oursAmong(waiting, deployments);
      if (ours.length === 0) continue;
      if (await evaluated(ours)) return null;
      await inTime(end, new Promise((resolve) => setTimeout(resolve, pause)));
    }
  };
  return { before };
}

/**
 * The deployments that a delivery names under the policy in force; null where that cannot be said.
 */
function deploymentsIn(
  observe: Observe,
  policy: ReturnType<PolicyCache["current"]>,
  delivery: Delivery,
): readonly string[] | null {
  if (!policy) return null;
  try {
    const { signals } = observe(policy, delivery);
    return [...new Set(signals.map(({ observed }) => observed.signal.deployment))];
  } catch {
    return null; // evaluation says what is wrong with it
  }
}

/** Late work continues, but the caller no longer waits for it. */
const inTime = <T>(end: number, work: Promise<T>): Promise<T> =>
  withTimeout(work, Math.max(0, end - performance.now()), () => new StillReading());
