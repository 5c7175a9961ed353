import { unmappedSignal } from "../../core/escalation/signal-evidence.ts";
import { tooLarge } from "../../core/escalation/too-large.ts";
import { ownSource } from "../../core/policy/expectation.ts";
import { togetherAs } from "../../core/policy/groups.ts";
import type { Policy } from "../../core/policy/model.ts";
import { contextOf, type SourceContext } from "../../core/policy/source-context.ts";
import type { ObservedSignal, ParsedDelivery } from "../../core/signal.ts";
import type { Delivery } from "../ports.ts";
import type { ReceivedSignal } from "./evidence-counts.ts";

/** The parsers that deliveries are read with. */
export interface Parsers {
  readonly parse: (type: string, body: Uint8Array, context: SourceContext) => ParsedDelivery;
  /** Reads Holdpoint's own notices of silence, which no source of the policy sends. */
  readonly parseOwn: (body: Uint8Array) => ParsedDelivery;
}

/** What a delivery says under a policy. */
export interface Observation {
  /** At least one, because what cannot be read is a signal too. */
  readonly signals: readonly ReceivedSignal[];
  /** Why the delivery cannot be read, as a sentence; null where it can. */
  readonly unmapped: string | null;
}

export type Observe = (policy: Policy, delivery: Delivery) => Observation;

/**
 * Parses deliveries, each once: the result is kept as long as the delivery itself is in memory, so
 * that the sender's answer and the evaluation share one parse. Another policy parses it anew.
 */
export function createObserve(parsers: Parsers): Observe {
  const known = new WeakMap<
    Delivery,
    { readonly policy: Policy; readonly observation: Observation }
  >();
  return (policy, delivery) => {
    const before = known.get(delivery);
    if (before?.policy === policy) return before.observation;
    const observation = observed(parsers, policy, delivery);
    known.set(delivery, { policy, observation });
    return observation;
  };
}

function observed(parsers: Parsers, policy: Policy, delivery: Delivery): Observation {
  const deployment = policy.sources.get(delivery.source)?.deployment ?? "";
  const large = tooLarge(delivery);
  if (large !== null) {
    const signal = unmappedSignal(delivery.source, {
      deployment,
      because: large,
      unused: unread,
    });
    return { signals: received(policy, delivery, [signal]), unmapped: large };
  }
  const parsed = parsedBy(parsers, policy, delivery);
  const unmapped = "unmapped" in parsed ? parsed.unmapped : null;
  const read =
    "mapped" in parsed
      ? parsed.mapped
      : [unmappedSignal(delivery.source, { deployment, because: parsed.unmapped })];
  return { signals: received(policy, delivery, [...read, ...(parsed.lost ?? [])]), unmapped };
}

function parsedBy(
  { parse, parseOwn }: Parsers,
  policy: Policy,
  delivery: Delivery,
): ParsedDelivery {
  if (delivery.source === ownSource) return parseOwn(delivery.body);
  const source = policy.sources.get(delivery.source);
  return source
    ? parse(source.type, delivery.body, contextOf(source, delivery))
    : { unmapped: `The source ${delivery.source} is no longer in the policy.` };
}

const received = (
  policy: Policy,
  delivery: Delivery,
  all: readonly ObservedSignal[],
): readonly ReceivedSignal[] =>
  forEach(policy, all).map((signal, position) => ({ delivery, position, observed: signal }));

/** More of one delivery stay as they are, and are heard as of a deployment that is not known. */
const mostReached = 2_000;

/** What names a group or a model is a signal about each of its deployments. */
function forEach(policy: Policy, all: readonly ObservedSignal[]): readonly ObservedSignal[] {
  let room = mostReached - all.length;
  return all.flatMap((observed) => {
    const reached = togetherAs(policy, observed.signal.deployment);
    if (!reached || reached.length > room) return [observed];
    room -= reached.length;
    return reached.map((deployment) => ({
      ...observed,
      signal: { ...observed.signal, deployment },
    }));
  });
}

/** A body that was cut off may have contained something worse than any complete one. */
const unread = { what: "too large", count: null, severity: "high" } as const;
