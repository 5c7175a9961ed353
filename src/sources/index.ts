import type { SourceContext } from "../core/policy/source-context.ts";
import type { ParsedDelivery } from "../core/signal.ts";
import { parse as alertmanager } from "./alertmanager.ts";
import { parse as datadog } from "./datadog.ts";
import { parse as grafana } from "./grafana.ts";
import { parse as inspect } from "./inspect.ts";
import { parse as langfuse } from "./langfuse.ts";
import { parse as mapped } from "./mapped.ts";
import { parse as pagerduty } from "./pagerduty.ts";
import { type Parse, parseWith } from "./parse-with.ts";
import { parse as promptfoo } from "./promptfoo.ts";
import { parse as signal } from "./signal.ts";

const types: ReadonlyMap<string, Parse> = new Map([
  ["alertmanager", alertmanager],
  ["datadog", datadog],
  ["grafana", grafana],
  ["inspect", inspect],
  ["langfuse", langfuse],
  ["mapped", mapped],
  ["pagerduty", pagerduty],
  ["promptfoo", promptfoo],
  ["signal", signal],
]);

/**
 * Reads an authenticated body by the source's type. Never throws: if a body cannot be used, the
 * result says why, for people, so that the stored delivery is shown instead of lost.
 */
export function parseDelivery(
  type: string,
  body: Uint8Array,
  context: SourceContext,
): ParsedDelivery {
  const parse = types.get(type);
  if (!parse) return { unmapped: `Holdpoint cannot read the source type "${type}" yet.` };
  return parseWith(parse, body, context);
}
