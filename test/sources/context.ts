import type { SourceContext } from "../../src/core/policy/source-context.ts";
import type { ObservedSignal, ParsedDelivery } from "../../src/core/signal.ts";

/** A source context in which nothing is renamed. */
export function context(more: Partial<SourceContext> = {}): SourceContext {
  return {
    source: "monitor",
    receivedAt: Date.UTC(2026, 10, 23, 8),
    contentType: "application/json",
    deployment: "",
    map: new Map(),
    labels: new Map(),
    mapping: null,
    attributes: {},
    ...more,
  };
}

/** A body as its sender would write it. */
export function bytes(body: unknown): Uint8Array {
  return Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
}

/** The signals of a delivery that must have some. */
export function observations(parsed: ParsedDelivery): readonly ObservedSignal[] {
  if ("unmapped" in parsed) throw new Error(parsed.unmapped);
  return parsed.mapped;
}

/**
 * The one signal of a run that is not whole, without what its numbers still say between what they
 * lie.
 */
export function ofTheRun(parsed: ParsedDelivery): ObservedSignal {
  return onlyOne({ mapped: observations(parsed).filter(({ partial }) => !partial) });
}

/** What the numbers of a run that is not whole still say: which, from what, to what. */
export function partly(
  parsed: ParsedDelivery,
): readonly (readonly [string, number | null, number | null])[] {
  return observations(parsed)
    .filter(({ partial }) => partial)
    .map(({ signal: { metric, atLeast, atMost } }) => [metric, atLeast, atMost]);
}

/** The one signal of a delivery. */
export function onlyOne(parsed: ParsedDelivery): ObservedSignal {
  const [first, ...others] = observations(parsed);
  if (!first || others.length > 0) throw new Error(`${others.length} more signals than one`);
  return first;
}
