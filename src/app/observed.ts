import { ownSource } from "../core/policy/expectation.ts";
import type { Policy } from "../core/policy/model.ts";
import { contextOf } from "../core/policy/reading.ts";
import { unmappedSignal } from "../core/seen.ts";
import type { Parsed, SourceContext } from "../core/signal.ts";
import { tooLarge } from "../core/too-large.ts";
import type { Item } from "./counting.ts";
import type { Delivery } from "./ports.ts";

/** What stored deliveries are read with. */
export interface Readers {
  readonly parse: (type: string, body: Uint8Array, context: SourceContext) => Parsed;
  /** Reads Holdpoint's own notices of silence, which no source of the policy sends. */
  readonly parseOwn: (body: Uint8Array) => Parsed;
}

/** Everything that a delivery says under a policy; at least one thing, because what cannot be read is said too. */
export const observedIn = (
  { parse, parseOwn }: Readers,
  policy: Policy,
  delivery: Delivery,
): readonly Item[] => {
  const source = policy.sources.get(delivery.source);
  const large = tooLarge(delivery);
  if (large !== null) {
    const observed = unmappedSignal(delivery.source, source?.deployment ?? "", large, unread);
    return [{ delivery, position: 0, observed }];
  }
  const parsed: Parsed = isOwn(delivery)
    ? parseOwn(delivery.body)
    : source
      ? parse(source.type, delivery.body, contextOf(source, delivery))
      : { unmapped: `The source ${delivery.source} is no longer in the policy.` };
  const read =
    "mapped" in parsed
      ? parsed.mapped
      : [unmappedSignal(delivery.source, source?.deployment ?? "", parsed.unmapped)];
  const all = [...read, ...(parsed.lost ?? [])];
  return all.map((observed, position) => ({ delivery, position, observed }));
};

/** A storm makes large bodies: what was in it may be worse than anything that came whole. */
const unread = { what: "too large", count: null, severity: "high" } as const;

const isOwn = ({ source }: { readonly source: string }): boolean => source === ownSource;
