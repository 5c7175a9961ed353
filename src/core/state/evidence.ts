import type { Instant } from "../ids.ts";
import type { Verdict } from "../policy/condition.ts";
import type { Signal } from "../signal.ts";

/** What people are shown of the conditions of an escalation: the worst few, each with what was heard of it last. */

export /** One thing that was said of a condition. */
interface ConditionReading {
  /** When it came in. */
  readonly at: Instant;
  /** When its sender says that it was so; null = it does not say. */
  readonly saidAt: Instant | null;
  readonly status: string;
  readonly value: number | null;
  /** Whether the value is only what it is at least, or at most, as half a run tells. Absent of what older versions kept. */
  readonly bound?: Bound;
  /** The other end, where half a run leaves open on which side of the limit the value is. */
  readonly other?: number | null;
  readonly verdict: Verdict["is"];
}

export type Bound = "" | "at least" | "at most";

/** The worst that was said of a condition, with what belongs to it. */
export interface Worst extends ConditionReading {
  /** The value's limit: the rule's, else the one its sender gave. */
  readonly limit: number | null;
  /** On which side of the limit a value is bad. */
  readonly worse: Signal["worse"];
  readonly bound: Bound;
  readonly stderr: number | null;
  readonly samples: Signal["samples"];
  readonly summary: string;
  readonly url: string;
  /** What of it could not be used. */
  readonly caveat: string;
  /** Why the rule could not tell. */
  readonly because: string;
  /** 0 = info … 3 = critical, as the sender says. */
  readonly severity: number;
}

/** One condition: its own names, the worst of it, and the last of it. */
export interface ShownCondition
  extends Pick<
    Signal,
    "source" | "suite" | "scorer" | "score" | "metric" | "group" | "reducer" | "model"
  > {
  readonly kind: string;
  readonly key: string;
  readonly worst: Worst;
  readonly latest: ConditionReading;
  /** Whether the last that was heard of it says that it is over. */
  readonly ended: boolean;
}

/** See above. `runs`: of evals, how many runs there were, and by what the last few are known. */
export interface ShownConditions {
  readonly conditions: readonly ShownCondition[];
  readonly runs: { readonly counted: number; readonly last: readonly string[] };
}

/** What the signals say of one escalation, counted outside the log. */
export interface EscalationEvidence {
  readonly signals: number;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  readonly firing: boolean;
  /** How many of its conditions are firing. */
  readonly firingConditions: number;
  readonly lowest: number | null;
  readonly highest: number | null;
  /** Whether any condition ever fired (else all were indeterminate). */
  readonly fired: boolean;
  /** How many names its signals have: one, but where several share it. */
  readonly names: number;
  /** The conditions that people are shown; null in what older versions wrote. */
  readonly shown: ShownConditions | null;
}
