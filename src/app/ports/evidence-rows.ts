import type { Reading, WantedReadings } from "../../core/escalation/readings.ts";
import type { Digest, EscalationId, Instant } from "../../core/ids.ts";
import type { ObservedSignal } from "../../core/signal.ts";

/** One condition of one escalation as counted so far. */
export interface ConditionRow {
  readonly deployment: string;
  readonly trigger: string;
  readonly condition: string;
  /** "" where the sender has none. */
  readonly occurrence: string;
  /** "" for an end that was heard before any beginning. */
  readonly escalation: EscalationId | "";
  /** The kind of signal that said it last; "" in rows of older versions. */
  readonly kind: string;
  /** When the sender says that it was so, the newest time; null = it says none. */
  readonly saidAt: Instant | null;
  readonly firing: boolean;
  /** Values seen so far; null without any. Upserts widen what the row has (least, greatest). */
  readonly lowest: number | null;
  readonly highest: number | null;
  /** "fired" once it ever fired. */
  readonly verdict: "fired" | "indeterminate";
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  /** Signals counted; upserts ADD this number to what the row has. */
  readonly signals: number;
}

/** A condition that was counted for an escalation. */
export interface CountedRow extends ConditionRow {
  readonly escalation: EscalationId;
}

/**
 * A condition counted once more, as the database's upsert does it: counts added, values widened.
 */
export function joinConditions<Row extends ConditionRow>(before: ConditionRow, row: Row): Row {
  return {
    ...row,
    lowest: least(before.lowest, row.lowest),
    highest: greatest(before.highest, row.highest),
    saidAt: greatest(before.saidAt, row.saidAt),
    verdict: before.verdict === "fired" ? "fired" : row.verdict,
    firstAt: Math.min(before.firstAt, row.firstAt),
    lastAt: Math.max(before.lastAt, row.lastAt),
    signals: before.signals + row.signals,
  };
}

/** The lower of two values, where there are any. */
export function least(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

/** The higher of two values, where there are any. */
export function greatest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}

/** Which conditions somebody needs to know. */
export interface WantedConditions {
  /** These very occurrences, whatever escalations they counted for. */
  readonly occurrences: readonly Pick<ConditionRow, "deployment" | "condition" | "occurrence">[];
  /** Of these conditions of escalations what fires: without an occurrence only, or every one. */
  readonly firing: readonly (Pick<ConditionRow, "escalation" | "condition"> & {
    readonly every: boolean;
  })[];
}

/** A signal as kept for evidence and history. */
export interface ReceivedSince {
  /** Not only of these, but at most 500. */
  readonly count: number;
  readonly newest: readonly {
    readonly delivery: string;
    /** Hex. */
    readonly body: Digest;
    readonly observed: ObservedSignal;
  }[];
}

export interface SignalRow {
  readonly delivery: string;
  readonly position: number;
  readonly at: Instant;
  readonly observed: ObservedSignal;
  readonly escalation: EscalationId | "";
}

/** What rules with a memory remember of earlier signals. */
export interface RememberedSignals {
  /** Of each question the answer, newest first. */
  readingsOf(wanted: readonly WantedReadings[]): Promise<readonly (readonly Reading[])[]>;
  /** Those whose time has come, the oldest first, each with its signal; null where it is gone. */
  dueReadings(
    now: Instant,
    limit: number,
  ): Promise<readonly { readonly reading: Reading; readonly observed: ObservedSignal | null }[]>;
}
