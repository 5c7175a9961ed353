import type { Instant } from "../ids.ts";
import type { Verdict } from "../policy/condition.ts";
import type { Signal } from "../signal.ts";

/** The conditions that an escalation's card shows: the worst few, each with its latest signal. */

/** One report about a condition. */
export interface ConditionReading {
  /** When it came in. */
  readonly at: Instant;
  /** The time that the sender gives; null = none. */
  readonly saidAt: Instant | null;
  readonly status: string;
  readonly value: number | null;
  /**
   * Whether the value is only what it is at least, or at most, as half a run tells. Absent of what
   * older versions kept.
   */
  readonly bound?: Bound;
  /** The other end, where half a run leaves open on which side of the limit the value is. */
  readonly other?: number | null;
  readonly verdict: Verdict["is"];
}

export type Bound = "" | "at least" | "at most";

/** The worst report about a condition, with its limit and texts. */
export interface Worst extends ConditionReading {
  /** The value's limit: the trigger's, else the sender's. */
  readonly limit: number | null;
  /** On which side of the limit a value is bad. */
  readonly worse: Signal["worse"];
  readonly bound: Bound;
  readonly stderr: number | null;
  readonly samples: Signal["samples"];
  readonly summary: string;
  readonly url: string;
  /** The parts of the signal that could not be used. */
  readonly caveat: string;
  /** Why the trigger was indeterminate. */
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
  /** Whether its latest signal says that it is over. */
  readonly ended: boolean;
}

/** See above. `runs`: of evals, how many runs there were, and by what the last few are known. */
export interface ShownConditions {
  readonly conditions: readonly ShownCondition[];
  readonly runs: { readonly counted: number; readonly last: readonly string[] };
}

/** Evidence of one escalation, counted from its signals outside the log. */
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
