import { type MeasuredAgainst, measuredAgainst } from "../escalation/measured-against.ts";
import { endsWhatFires } from "../escalation/signal-evidence.ts";
import type { EscalationId, Instant, Millis } from "../ids.ts";
import { ownSource } from "../policy/expectation.ts";
import type { ObservedSignal, Signal } from "../signal.ts";
import type { Situation } from "../state/situation.ts";
import type { DeploymentState } from "../state/state.ts";
import { amount, unitFor } from "../words/evidence.ts";

/**
 * What has come in about a deployment since the last decision on it: what somebody who decides
 * again wants to know first.
 */
export interface Since {
  readonly evals: {
    /** Runs that gave a result. */
    readonly complete: number;
    /** Runs that gave none: they are not passing ones. */
    readonly withoutResult: number;
    /**
     * What the newest complete run said, the worst against its limit; null where it gave no number.
     */
    readonly last: { readonly value: string; readonly limit: string } | null;
    /**
     * When the newest complete run came in that is no news; null = none was among what was looked
     * at.
     */
    readonly before: Instant | null;
  };
  readonly alerts:
    | { readonly are: "none" }
    | { readonly are: "firing" }
    | { readonly are: "stopped"; readonly at: Instant };
  /** Changes that were reported, in the sender's words, each once. */
  readonly changes: readonly string[];
  readonly findings: number;
  readonly reports: number;
  readonly opened: readonly EscalationId[];
  /** Whether more came in than was looked at: the counts are then the least there was. */
  readonly atLeast: boolean;
  /**
   * Whether what was looked at reaches as far back as it was to: else an alert that still fires may
   * be older.
   */
  readonly isAll: boolean;
}

/** A signal as it was kept. */
export interface KeptSignal {
  readonly delivery: string;
  readonly at: Instant;
  readonly observed: ObservedSignal;
}

/**
 * From when on things are new: the last decision, else since the posture stands. Null without a
 * posture.
 */
export function newSince({ posture }: DeploymentState): Instant | null {
  return posture === null ? null : (posture.decided?.at ?? posture.since);
}

/**
 * How far back a complete run is looked for, where none came since: one that is older says little
 * of a model.
 */
export const evalsLookedFor: Millis = 90 * 86_400_000;

/** Most signals that are looked at: one deployment's month, in a loud one its newest hours. */
export const mostHeard = 500;

/**
 * Sums up what came in since then. `heard` is what `mostHeard` allowed, newest first; of older ones
 * than `since` a complete run counts, for how old it is, and an alert that has not ended, whatever
 * has become of its card.
 */
export function sinceThen(
  { state, evidence, policy }: Situation,
  since: Instant,
  heard: readonly KeptSignal[],
): Since {
  // That nothing was heard is no news of a model; what it opened is.
  const news = heard.filter(
    ({ at, observed }) => at > since && observed.signal.source !== ownSource && !observed.test,
  );
  const of = (kind: Signal["kind"]) => news.filter(({ observed }) => observed.signal.kind === kind);
  const alertsBefore = state.escalations.some(
    (escalation) =>
      escalation.seen?.kind === "alert" && evidence.get(escalation.id)?.firing === true,
  );
  return {
    evals: {
      ...evalsIn(of("eval"), (signal) => measuredAgainst(policy, state.id, signal)),
      before: completeBefore(heard, since),
    },
    alerts: alertsIn(heard, since, alertsBefore),
    changes: [...new Set(of("change").map(({ observed }) => observed.signal.change))].filter(
      (change) => change !== "",
    ),
    findings: of("finding").length,
    reports: of("report").length,
    opened: state.escalations
      .filter((escalation) => escalation.openedAt > since)
      .map((escalation) => escalation.id),
    atLeast: heard.length >= mostHeard && heard.every(({ at }) => at > since),
    isAll: heard.length < mostHeard,
  };
}

/** A run tells several numbers; they came together or name the same run. */
const runOf = ({ delivery, observed }: KeptSignal): string =>
  `${observed.signal.suite}\n${observed.occurrence ?? delivery}`;

/** Newest first. */
function runsIn(heard: readonly KeptSignal[]): readonly (readonly KeptSignal[])[] {
  const runs = new Map<string, KeptSignal[]>();
  for (const kept of heard) runs.set(runOf(kept), [...(runs.get(runOf(kept)) ?? []), kept]);
  return [...runs.values()];
}

const isComplete = (run: readonly KeptSignal[]): boolean =>
  run.every(({ observed }) => observed.signal.status === "ok");

function evalsIn(
  heard: readonly KeptSignal[],
  holds: (signal: Signal) => MeasuredAgainst,
): Omit<Since["evals"], "before"> {
  const runs = runsIn(heard);
  const complete = runs.filter(isComplete);
  const newest = complete[0]?.map(({ observed }) => observed.signal) ?? [];
  return {
    complete: complete.length,
    withoutResult: runs.length - complete.length,
    last: worstOf(newest.map((signal) => ({ ...holds(signal), value: signal.value }))),
  };
}

function completeBefore(heard: readonly KeptSignal[], since: Instant): Instant | null {
  const evals = heard.filter(({ observed }) => observed.signal.kind === "eval");
  const run = runsIn(evals).find((run) => isComplete(run) && run.every(({ at }) => at <= since));
  return run?.[0]?.at ?? null;
}

type Measured = MeasuredAgainst & { readonly value: number | null };

/**
 * What is beyond its limit first, then what has a limit: a run with one bad number is not a good
 * run.
 */
function worstOf(run: readonly Measured[]): Since["evals"]["last"] {
  const worst =
    run.find(isBeyond) ??
    run.find(({ value, limit }) => value !== null && limit !== null) ??
    run.find(({ value }) => value !== null);
  if (!worst || worst.value === null) return null;
  const { value, limit } = worst;
  const unit = unitFor(worst.unit, [value], [limit]);
  return { value: amount(value, unit), limit: limit === null ? "" : amount(limit, unit) };
}

function isBeyond({ value, limit, worse }: Measured): boolean {
  if (value === null || limit === null || worse === "unknown") return false;
  return worse === "higher" ? value > limit : value < limit;
}

/**
 * Newest first, so that an end is met before what it ended. A word that is neither a beginning nor
 * an end changes nothing.
 */
function alertsIn(
  heard: readonly KeptSignal[],
  since: Instant,
  firedBefore: boolean,
): Since["alerts"] {
  const alerts = heard.filter(
    ({ observed: { signal } }) => signal.kind === "alert" && signal.source !== ownSource,
  );
  const ended = new Set<string>();
  const isBegun = ({ observed }: KeptSignal): boolean => {
    const [any, which] = namesOf(observed);
    if (endsWhatFires(observed.signal)) ended.add(observed.occurrence === null ? any : which);
    return observed.signal.status === "firing" && !ended.has(any) && !ended.has(which);
  };
  if (alerts.filter(isBegun).length > 0 || firedBefore) return { are: "firing" };
  const stopped = alerts.find(({ at, observed }) => at > since && endsWhatFires(observed.signal));
  return stopped === undefined ? { are: "none" } : { are: "stopped", at: stopped.at };
}

const namesOf = ({ signal, condition, occurrence }: ObservedSignal): readonly [string, string] => [
  `${signal.source}\n${condition}`,
  `${signal.source}\n${condition}\n${occurrence ?? ""}`,
];
