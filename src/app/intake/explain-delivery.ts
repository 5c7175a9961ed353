import { counted, needsAnswer } from "../../core/escalation/signal-evidence.ts";
import { type Policy, triggersOf } from "../../core/policy/model.ts";
import type { Signal } from "../../core/signal.ts";
import type { Delivery } from "../ports.ts";
import type { Observe } from "./observe.ts";

/**
 * What a delivery says, for its sender: what each signal is, and which rules it meets. What follows
 * from it also depends on the open escalations, and is not told.
 */

type Named =
  | ("kind" | "status" | "deployment" | "suite" | "scorer" | "score")
  | ("metric" | "reducer" | "group");

/** One signal of a delivery, with the rules that are met by it and those that cannot be told. */
export interface Understood extends Pick<Signal, Named | "value" | "atLeast" | "atMost"> {
  readonly samples: string;
  readonly meets: readonly string[];
  /** Those whose condition is met, and that ask for more than this signal. */
  readonly counts: readonly string[];
  readonly unsure: readonly string[];
  /** No trigger matches it, and it must not be ignored: it opens an escalation. */
  readonly unmatched: boolean;
  readonly caveat: string;
}

/** Most signals that are described. */
const mostTold = 20;

/** The signals of a delivery, at most twenty, and how many there are. */
export function understood(
  observe: Observe,
  policy: Policy,
  delivery: Delivery,
): { readonly signals: number; readonly understood: readonly Understood[] } {
  const all = observe(policy, delivery).signals;
  return {
    signals: all.length,
    understood: all.slice(0, mostTold).map(({ observed }) => {
      const { signal, partial, caveat } = observed;
      // A test matches no trigger, whatever its content.
      const rules = observed.test ? [] : triggersOf(policy, signal.deployment);
      const verdicts = rules.map(({ id, evaluate, memory }) => {
        const { is } = evaluate(signal, partial);
        return { id, is: is === "fired" && memory ? "counts" : is };
      });
      const of = (wanted: string) => verdicts.filter(({ is }) => is === wanted).map(({ id }) => id);
      const { kind, status, deployment, suite, scorer, score, metric, reducer, group } = signal;
      const { value, atLeast, atMost } = signal;
      const [meets, counts, unsure] = [of("fired"), of("counts"), of("indeterminate")];
      return {
        kind,
        status,
        deployment,
        suite,
        scorer,
        score,
        metric,
        reducer,
        group,
        value,
        atLeast,
        atMost,
        samples: counted(signal),
        meets,
        counts,
        unsure,
        unmatched: needsAnswer(signal) && [...meets, ...counts, ...unsure].length === 0,
        caveat: caveat ?? "",
      };
    }),
  };
}
