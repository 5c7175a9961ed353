import type { SourceContext } from "../core/policy/source-context.ts";
import type { Signal } from "../core/signal.ts";
import { deploymentOf } from "./items.ts";

/** A signal of which only this is known. */
export function signalWith(
  given: Partial<Signal> & Pick<Signal, "source" | "kind" | "status">,
): Signal {
  return {
    id: "",
    deployment: "",
    model: "",
    severity: "",
    summary: "",
    url: "",
    occurredAt: "",
    startedAt: "",
    labels: {},
    metric: "",
    value: null,
    threshold: null,
    worse: "unknown",
    suite: "",
    scorer: "",
    score: "",
    stderr: null,
    samples: null,
    change: "",
    reducer: "",
    group: "",
    atLeast: null,
    atMost: null,
    ...given,
  };
}

/**
 * The deployment behind what a sender has instead of one: the first of these names that `map:`
 * knows, else the source's own deployment, else the first name, so that people read what is missing
 * in the policy.
 */
export function placeOf(names: readonly string[], context: SourceContext): string {
  const known = names.find((name) => context.map.has(name));
  if (known !== undefined) return deploymentOf(known, context);
  return context.deployment || (names.find((name) => name !== "") ?? "");
}
