import { unmappedSignal } from "../../core/escalation/signal-evidence.ts";
import { tooLarge } from "../../core/escalation/too-large.ts";
import { ownSource } from "../../core/policy/expectation.ts";
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
    return { signals: received(delivery, [signal]), unmapped: large };
  }
  const parsed = parsedBy(parsers, policy, delivery);
  const unmapped = "unmapped" in parsed ? parsed.unmapped : null;
  const read =
    "mapped" in parsed
      ? parsed.mapped
      : [unmappedSignal(delivery.source, { deployment, because: parsed.unmapped })];
  return { signals: received(delivery, [...read, ...(parsed.lost ?? [])]), unmapped };
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

const received = (delivery: Delivery, all: readonly ObservedSignal[]): readonly ReceivedSignal[] =>
  all.map((signal, position) => ({ delivery, position, observed: signal }));

/** A body that was cut off may have contained something worse than any complete one. */
const unread = { what: "too large", count: null, severity: "high" } as const;
