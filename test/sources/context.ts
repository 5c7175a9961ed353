import type { Observed, Parsed, SourceContext } from "../../src/core/signal.ts";

/** A source context in which nothing is renamed. */
export const context = (more: Partial<SourceContext> = {}): SourceContext => ({
  source: "monitor",
  receivedAt: Date.UTC(2026, 10, 23, 8),
  contentType: "application/json",
  deployment: "",
  map: new Map(),
  labels: new Map(),
  mapping: null,
  attributes: {},
  ...more,
});

/** A body as its sender would write it. */
export const bytes = (body: unknown): Uint8Array =>
  Buffer.from(typeof body === "string" ? body : JSON.stringify(body));

/** The signals of a delivery that must have some. */
export const observations = (parsed: Parsed): readonly Observed[] => {
  if ("unmapped" in parsed) throw new Error(parsed.unmapped);
  return parsed.mapped;
};

/** The one signal of a run that is not whole, without what its numbers still say between what they lie. */
export const ofTheRun = (parsed: Parsed): Observed =>
  onlyOne({ mapped: observations(parsed).filter(({ partial }) => !partial) });

/** What the numbers of a run that is not whole still say: which, from what, to what. */
export const partly = (
  parsed: Parsed,
): readonly (readonly [string, number | null, number | null])[] =>
  observations(parsed)
    .filter(({ partial }) => partial)
    .map(({ signal: { metric, atLeast, atMost } }) => [metric, atLeast, atMost]);

/** The one signal of a delivery. */
export const onlyOne = (parsed: Parsed): Observed => {
  const [first, ...others] = observations(parsed);
  if (!first || others.length > 0) throw new Error(`${others.length} more signals than one`);
  return first;
};
