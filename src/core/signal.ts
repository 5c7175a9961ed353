import type { EscalationId } from "./ids.ts";

export type SignalKind = "alert" | "eval" | "finding" | "report" | "change";
export type SignalStatus =
  | "firing"
  | "resolved"
  | "ok"
  | "no_data"
  | "errored"
  | "incomplete"
  | "info";

/**
 * One statement a sender makes about one deployment. Missing strings are "", missing numbers null;
 * numbers are finite.
 */
export interface Signal {
  readonly id: string;
  readonly source: string;
  readonly kind: SignalKind;
  readonly status: SignalStatus;
  /**
   * As the sender's name maps to the policy; may name a deployment that no policy knows; "" when
   * none was said.
   */
  readonly deployment: string;
  readonly model: string;
  readonly severity: string;
  readonly summary: string;
  readonly url: string;
  /** RFC 3339, or "". */
  readonly occurredAt: string;
  readonly startedAt: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly metric: string;
  readonly value: number | null;
  readonly threshold: number | null;
  readonly worse: "higher" | "lower" | "unknown";
  readonly suite: string;
  readonly scorer: string;
  readonly score: string;
  readonly stderr: number | null;
  readonly samples: { readonly completed: number; readonly total: number } | null;
  /** `model.changed` and the like, for kind "change"; "" otherwise. */
  readonly change: string;
  /**
   * How an eval made one score of a sample's epochs (`mean`, `max`, `pass_at_2`), and of which
   * group of samples a metric is; "" where not said.
   */
  readonly reducer: string;
  readonly group: string;
  /**
   * What the value is at least and at most, whatever the missing samples would score; null where
   * that is not known.
   */
  readonly atLeast: number | null;
  readonly atMost: number | null;
}

/** A signal of which only this is known. */
export function blankSignal(
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

/** Whether a measurement failed or is not whole: it says nothing about what was measured before. */
export function saysNothing(status: string): boolean {
  return status === "errored" || status === "incomplete" || status === "no_data";
}

/** Whether a number is that of a run which is not whole, so that only its bounds are certain. */
export function isOfHalf({ status, value }: Pick<Signal, "status" | "value">): boolean {
  return saysNothing(status) || value === null;
}

type Bounds = Pick<Signal, "atLeast" | "atMost">;

/**
 * Between what the value lies: of a whole measurement it is the value itself, so that one rule can
 * speak of both.
 */
export function boundsOf({
  status,
  value,
  atLeast,
  atMost,
}: Bounds & Pick<Signal, "status" | "value">): Bounds {
  const whole = saysNothing(status) ? null : value;
  return { atLeast: atLeast ?? whole, atMost: atMost ?? whole };
}

/** A signal with what identifies it among its repeats. Source types make these. */
export interface ObservedSignal {
  readonly signal: Signal;
  /**
   * What is being said: an alert's fingerprint; scorer/score/metric of a suite; a signal's id, else
   * metric + model. At most 300 characters.
   */
  readonly condition: string;
  /**
   * Identifies one occurrence of the condition: startsAt, eval_id, a signal's id; null where the
   * sender has no such thing.
   */
  readonly occurrence: string | null;
  /**
   * A sentence for people when part of the body was not usable (`truncatedAlerts`, NaN…), else
   * null.
   */
  readonly caveat: string | null;
  /** The caveat is about times and links alone, and takes nothing from the rest. */
  readonly isAside?: true;
  /**
   * Whether its sender sent it to try whether it arrives: it is shown as a test, and is nothing
   * else.
   */
  readonly test?: true;
  /**
   * The condition under which a run that gave no numbers is known. A number of a later run says
   * that there is one again.
   */
  readonly run?: string;
  /**
   * A number of a run that is not whole, beside the run's own signal: it is for rules that ask
   * between what it lies.
   */
  readonly partial?: true;
  /**
   * Where this is word of our own page for an escalation: which one, and by whose account it was
   * acknowledged there.
   */
  readonly page?: {
    readonly escalation: EscalationId;
    readonly acknowledgedBy: { readonly account: string; readonly name: string } | null;
  };
}

/**
 * A parsed delivery: what a source type makes of an authenticated body. `lost`: signals that say
 * and count what of it was not kept.
 */
export type ParsedDelivery = (
  | { readonly mapped: readonly ObservedSignal[] }
  | { readonly unmapped: string }
) & {
  readonly lost?: readonly ObservedSignal[];
};
