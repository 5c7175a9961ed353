import { foldDeployment, unheardOf } from "../core/fold.ts";
import type { Instant } from "../core/ids.ts";
import type { Entry, EntryKind } from "../core/log/entry.ts";
import type { DeploymentState } from "../core/state.ts";
import { Fault, type Store } from "./ports.ts";

/** Entries of the log that one statement looks through: a read of the past is many small ones, and others come in between. */
const window = 5_000;
/** Questions that may wait for their turn. */
const mostWaiting = 8;

/** The kinds of entries that a posture follows from; all others leave it as it is. */
const ofPostures: readonly EntryKind[] = [
  "policy.adopted",
  "decision.made",
  "reassessment.set",
  "enforcement.reported",
];

/**
 * Postures as the log had them at an instant: the same fold, stopped there. One question is answered at a time, in windows of the
 * log, so that whoever asks for the present is not kept waiting by the past.
 */
export const createPast = (store: Pick<Store, "entries">) => {
  let waiting = 0;
  let turn: Promise<unknown> = Promise.resolve();

  const statesAt = async (
    deployments: readonly string[],
    at: Instant,
  ): Promise<ReadonlyMap<string, DeploymentState>> => {
    const states = new Map(deployments.map((id) => [id, unheardOf(id)]));
    const [last] = await store.entries({ until: at + 1, limit: 1 });
    const end = last === undefined ? 0 : last.index + 1;
    for (let from = 0; from < end; from += window) {
      const below = Math.min(from + window, end);
      const found = await store.entries({ kinds: ofPostures, above: from, below, limit: window });
      for (const { entry } of found.toReversed()) foldInto(states, entry);
    }
    return states;
  };

  return {
    /** Throws a Fault where too many wait already. */
    statesAt: async (
      deployments: readonly string[],
      at: Instant,
    ): Promise<ReadonlyMap<string, DeploymentState>> => {
      if (waiting >= mostWaiting)
        throw new Fault("too many questions about the past wait already", "later");
      waiting += 1;
      const before = turn;
      const mine = (async () => {
        await before.catch(() => undefined);
        return statesAt(deployments, at);
      })();
      turn = mine;
      try {
        return await mine;
      } finally {
        waiting -= 1;
      }
    },
  };
};

const foldInto = (states: Map<string, DeploymentState>, entry: Entry): void => {
  for (const [id, state] of states) {
    const isAbout = entry.kind === "policy.adopted" || entry.subject === `deployment:${id}`;
    if (isAbout) states.set(id, foldDeployment(state, entry));
  }
};
