import type { Observed, Parsed, SourceContext } from "../core/signal.ts";

/** Most signals read from one delivery. */
const mostSignals = 500;

/** What one item of a delivery becomes: a signal, or a sentence that says why it does not. */
export type Item = Observed | { readonly unusable: string };

/**
 * Joins the items of a delivery. Signals are kept where at least one is usable, and each carries what was lost beside it;
 * where none is, the delivery is unmapped.
 */
export const mapped = <T>(
  sent: readonly T[],
  caveats: readonly string[],
  read: (item: T) => Item,
): Parsed => {
  const items = sent.slice(0, mostSignals).map(read);
  const usable = items.filter((item): item is Observed => "signal" in item);
  const unusable = items.flatMap((item) => ("unusable" in item ? [item.unusable] : []));
  if (usable.length === 0) return { unmapped: unusable[0] ?? "The body carries no signal." };

  const lost = [
    ...caveats,
    ...(sent.length > mostSignals
      ? [`Only the first ${mostSignals} of ${sent.length} signals were read.`]
      : []),
    ...(unusable.length > 0 ? [`${unusable.length} more could not be read: ${unusable[0]}`] : []),
  ];
  return {
    mapped: usable.map((item) => ({ ...item, caveat: sentence([item.caveat ?? "", ...lost]) })),
  };
};

/** Several sentences as one caveat, or null where there is nothing to say. */
export const sentence = (parts: readonly string[]): string | null => {
  const said = parts.filter((part) => part !== "");
  return said.length === 0 ? null : said.join(" ");
};

/** The policy's name of a deployment: what the sender said, renamed by `map:`; else the source's own; else "". */
export const deploymentOf = (sent: string, context: SourceContext): string =>
  sent === "" ? context.deployment : (context.map.get(sent) ?? sent);
