import { unmappedSignal } from "../../core/escalation/signal-evidence.ts";
import { tooLarge } from "../../core/escalation/too-large.ts";
import { ownSource } from "../../core/policy/expectation.ts";
import type { Policy } from "../../core/policy/model.ts";
import { contextOf, type SourceContext } from "../../core/policy/source-context.ts";
import type { ParsedDelivery } from "../../core/signal.ts";
import type { Delivery } from "../ports.ts";
import type { ReceivedSignal } from "./evidence-counts.ts";

/** What stored deliveries are read with. */
export interface Readers {
  readonly parse: (type: string, body: Uint8Array, context: SourceContext) => ParsedDelivery;
  /** Reads Holdpoint's own notices of silence, which no source of the policy sends. */
  readonly parseOwn: (body: Uint8Array) => ParsedDelivery;
}

/**
 * Everything that a delivery says under a policy; at least one thing, because what cannot be read
 * is said too.
 */
export function observe(
  { parse, parseOwn }: Readers,
  policy: Policy,
  delivery: Delivery,
): readonly ReceivedSignal[] {
  const source = policy.sources.get(delivery.source);
  const large = tooLarge(delivery);
  if (large !== null) {
    const observed = unmappedSignal(delivery.source, {
      deployment: source?.deployment ?? "",
      because: large,
      unused: unread,
    });
    return [{ delivery, position: 0, observed }];
  }
  const parsed: ParsedDelivery = isOwn(delivery)
    ? parseOwn(delivery.body)
    : source
      ? parse(source.type, delivery.body, contextOf(source, delivery))
      : { unmapped: `The source ${delivery.source} is no longer in the policy.` };
  const read =
    "mapped" in parsed
      ? parsed.mapped
      : [
          unmappedSignal(delivery.source, {
            deployment: source?.deployment ?? "",
            because: parsed.unmapped,
          }),
        ];
  const all = [...read, ...(parsed.lost ?? [])];
  return all.map((observed, position) => ({ delivery, position, observed }));
}

/** A body that was cut off may have contained something worse than any complete one. */
const unread = { what: "too large", count: null, severity: "high" } as const;

const isOwn = ({ source }: { readonly source: string }): boolean => source === ownSource;
