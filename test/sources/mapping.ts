import { parse as yaml } from "yaml";
import { compileMapping } from "../../src/core/policy/mapping.ts";
import { mapping as shape } from "../../src/core/policy/schema-mapping.ts";
import type { Parsed, SourceContext } from "../../src/core/signal.ts";
import { parseDelivery } from "../../src/sources/index.ts";
import { bytes, context } from "./context.ts";

/** A mapping as a policy writes it, loaded; a sample is added where none matters. */
export const mappingOf = (text: string) =>
  compileMapping(shape.parse({ sample: {}, ...yaml(text) }));

/** What a body becomes by a mapping. */
export const mappedBy = (text: string, body: unknown, more: Partial<SourceContext> = {}): Parsed =>
  parseDelivery("mapped", bytes(body), context({ mapping: mappingOf(text), ...more }));
