import type { Instant } from "../../core/ids.ts";
import type { Entry, EntryOf } from "../../core/log/entry.ts";
import { foldDeployment, unheardOf } from "../../core/state/fold.ts";
import type { DeploymentState } from "../../core/state/state.ts";
import { Fault, type Store } from "../ports.ts";

/**
 * Deployments that one statement looks up, and adoptions that one reads: between two of them others
 * have their turn.
 */
const page = 25;
/** Questions that may wait for their turn. */
const mostWaiting = 8;

type Reads = Pick<Store, "entries" | "lastOfPostures">;

/**
 * Postures as the log had them at an instant: from the last entries before it of the kinds that a
 * posture follows from, each found by its index, so that the answer costs the same however long the
 * log is. One question is answered at a time, so that whoever asks for the present is not kept
 * waiting by the past.
 */
export function createPostureHistory(store: Reads) {
  let waiting = 0;
  let turn: Promise<unknown> = Promise.resolve();

  return {
    /**
     * `now`: the states at present, which name every gateway that ever said something. What is
     * answered has posture, review and gateways, and nothing else. Throws a Fault where too many
     * wait already.
     */
    statesAt: async (
      now: readonly DeploymentState[],
      at: Instant,
    ): Promise<ReadonlyMap<string, DeploymentState>> => {
      if (waiting >= mostWaiting)
        throw new Fault("too many questions about the past wait already", "later");
      waiting += 1;
      const before = turn;
      const mine = (async () => {
        await before.catch(() => undefined);
        return statesAt(store, now, at);
      })();
      turn = mine;
      try {
        return await mine;
      } finally {
        waiting -= 1;
      }
    },
  };
}

async function statesAt(
  store: Reads,
  now: readonly DeploymentState[],
  at: Instant,
): Promise<ReadonlyMap<string, DeploymentState>> {
  const [last] = await store.entries({ until: at + 1, limit: 1 });
  const end = last === undefined ? 0 : last.index + 1;
  const states = new Map<string, DeploymentState>();
  const starts = await startsBefore(store, end);
  for (let from = 0; from < now.length; from += page) {
    const some = now.slice(from, from + page);
    const found = await store.lastOfPostures(
      some.map(({ id, carriers }) => ({ deployment: id, gateways: Object.keys(carriers) })),
      end,
    );
    for (const { id } of some) {
      const start = starts.get(id);
      const own = found.flatMap(({ entry }) => (entry.subject === `deployment:${id}` ? entry : []));
      states.set(id, [...(start ? [start] : []), ...own].reduce(withLast, unheardOf(id)));
    }
  }
  return states;
}

/** The adoption that each deployment began with. */
async function startsBefore(
  store: Reads,
  end: number,
): Promise<ReadonlyMap<string, EntryOf<"policy.adopted">>> {
  const starts = new Map<string, EntryOf<"policy.adopted">>();
  for (let below = end; below > 0; ) {
    const found = await store.entries({ kinds: ["policy.adopted"], below, limit: page });
    for (const { entry } of found) {
      if (entry.kind !== "policy.adopted") continue;
      for (const { deployment } of entry.started) starts.set(deployment, entry);
    }
    below = found.length < page ? 0 : (found.at(-1)?.index ?? 0);
  }
  return starts;
}

/** The last decision says scope and version by itself: those before it are not looked at. */
function withLast(state: DeploymentState, entry: Entry): DeploymentState {
  const next = foldDeployment(state, entry);
  if (entry.kind !== "decision.made" || next.posture === null) return next;
  return { ...next, posture: { ...next.posture, scope: entry.after, version: entry.version } };
}
