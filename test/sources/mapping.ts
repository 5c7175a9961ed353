import { parse as yaml } from "yaml";
import { compileMapping } from "../../src/core/policy/mapping.ts";
import { mapping as shape } from "../../src/core/policy/schema/mapping-schema.ts";
import type { SourceContext } from "../../src/core/policy/source-context.ts";
import type { ParsedDelivery } from "../../src/core/signal.ts";
import { parseDelivery } from "../../src/sources/index.ts";
import { bytes, context } from "./context.ts";

/** A mapping as a policy writes it, loaded; a sample is added where none matters. */
export function mappingOf(text: string) {
  return compileMapping(shape.parse({ sample: {}, ...yaml(text) }));
}

/** What a body becomes by a mapping. */
export function mappedBy(
  text: string,
  body: unknown,
  more: Partial<SourceContext> = {},
): ParsedDelivery {
  return parseDelivery("mapped", bytes(body), context({ mapping: mappingOf(text), ...more }));
}
