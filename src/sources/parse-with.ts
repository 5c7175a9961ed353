import type { SourceContext } from "../core/policy/source-context.ts";
import type { ParsedDelivery } from "../core/signal.ts";

/** Reads the bodies of one type of source. */
export type Parse = (body: Uint8Array, context: SourceContext) => ParsedDelivery;

/** Reads a body. If the parser throws, which is a bug, the delivery is unmapped. */
export function parseWith(parse: Parse, body: Uint8Array, context: SourceContext): ParsedDelivery {
  try {
    return parse(body, context);
  } catch (error) {
    return {
      unmapped: `The body could not be read: ${error instanceof Error ? error.name : "?"}.`,
    };
  }
}
