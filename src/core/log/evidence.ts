import type { Commitment, Digest } from "../ids.ts";
import type { Severity } from "../policy/severity.ts";

/** What the log holds of signals. */

/**
 * What was measured, in numbers the log may hold: shortest decimal strings. "" where nothing was
 * said.
 */
export interface SignalEvidence {
  readonly source: string;
  readonly kind: string;
  readonly status: string;
  readonly metric: string;
  readonly value: string;
  readonly threshold: string;
  readonly worse: string;
  readonly suite: string;
  readonly scorer: string;
  readonly samples: string;
  /** Absent in old logs. */
  readonly model?: string;
  readonly score?: string;
  readonly stderr?: string;
  /**
   * Of a run that is not whole: what its number is at least and at most, whatever the missing
   * samples score. Absent otherwise.
   */
  readonly atLeast?: string;
  readonly atMost?: string;
  /**
   * The whole signal as canonical JSON, by commitment: lets an auditor replay the verdict while the
   * text is kept.
   */
  readonly signal: Commitment;
}

/** A signal that something rests on, and where it came from. "" where nothing was said. */
export interface EvidenceReference {
  readonly delivery: string;
  /** SHA-256 of the delivery's body, hex. */
  readonly body: Digest;
  readonly suite: string;
  /** What tells this run, or this firing, from the next. */
  readonly occurrence: string;
  readonly model: string;
  /** A shortest decimal string. */
  readonly value: string;
}

/**
 * The names of one condition among several, and what its value was held against; "" where nothing
 * was said.
 */
export interface WorstOf extends Pick<SignalEvidence, "source" | "suite" | "scorer" | "metric"> {
  readonly score: string;
  readonly group: string;
  readonly reducer: string;
  readonly model: string;
  readonly limit: string;
  readonly worse: string;
  /**
   * Where the value is only what half a run proves: on which side of it the number lies. Absent of
   * a whole one, and in old logs.
   */
  readonly bound?: "at least" | "at most";
}

/** One number of a run, as a shortest decimal string. */
export interface RecordedFigure {
  readonly scorer: string;
  readonly metric: string;
  readonly value: string;
  readonly stderr: string;
}

/** What a run said; `more` is how many further numbers it had. */
export interface RunSeen {
  readonly source: string;
  readonly model: string;
  readonly samples: string;
  readonly figures: readonly RecordedFigure[];
  readonly more: number;
}

/**
 * What tells one escalation `unmatched` of a deployment from the others; both "" on the one that
 * further names share.
 */
export interface SignalName {
  readonly source: string;
  readonly name: string;
}

/**
 * A name on the escalation that several share, with what the sender said of its severity, and the
 * signal as in {@link Seen}.
 */
export interface NamedSignal extends SignalName {
  readonly severity: Severity;
  readonly signal: Commitment;
}
