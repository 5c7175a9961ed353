import { unnamedPlace } from "../../core/escalation/unmatched.ts";
import type { Policy } from "../../core/policy/model.ts";
import type { ObservedSignal } from "../../core/signal.ts";
import type { Delivery, Store } from "../ports.ts";

/**
 * Maps senders' names of deployments to the policy's, and handles names that no policy knows.
 */

/**
 * Deployment names no policy knows get an escalation each, up to this many; further ones share one.
 */
const strangersKept = 20;

const wellNamed = /^[a-z0-9][a-z0-9._-]{0,62}$/i;

/**
 * Which deployment each sender's name stands for here; names no policy knows are kept apart, but
 * not without end.
 */
export async function resolveDeployments(
  store: Pick<Store, "liveEscalations">,
  policy: Policy,
  items: readonly { readonly observed: ObservedSignal }[],
): Promise<ReadonlyMap<string, string>> {
  const names = new Set(items.map(({ observed: { signal } }) => signal.deployment));
  const strangers = [...names].filter((name) => !policy.deployments.has(name));
  const places = new Map([...names].map((name) => [name, name]));
  if (strangers.length === 0) return places;
  const open = new Set(
    (await store.liveEscalations())
      .map((escalation) => escalation.deployment)
      .filter((name) => !policy.deployments.has(name)),
  );
  for (const name of strangers) {
    const fits = wellNamed.test(name) && (open.has(name) || open.size < strangersKept);
    places.set(name, fits ? name : unnamedPlace);
    if (fits) open.add(name);
  }
  return places;
}

/** A signal as it was sent, and the deployment to which it was mapped. */
export interface ResolvedSignal {
  readonly delivery: Delivery;
  readonly position: number;
  readonly observed: ObservedSignal;
  readonly deployment: string;
}

/** Delivery by delivery, in the order in which they came. */
export function byDelivery(
  items: readonly Omit<ResolvedSignal, "deployment">[],
  places: ReadonlyMap<string, string>,
): Iterable<readonly ResolvedSignal[]> {
  const all = new Map<string, ResolvedSignal[]>();
  for (const receivedSignal of items) {
    const deployment = places.get(receivedSignal.observed.signal.deployment) ?? unnamedPlace;
    const { id } = receivedSignal.delivery;
    all.set(id, [...(all.get(id) ?? []), { ...receivedSignal, deployment }]);
  }
  return all.values();
}
