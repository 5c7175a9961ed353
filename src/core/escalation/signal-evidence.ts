import type { Commitment, Digest } from "../ids.ts";
import { decimal } from "../log/bytes.ts";
import type { EvidenceReference, SignalEvidence } from "../log/entry.ts";
import { type Severity, severities } from "../policy/severity.ts";
import { blankSignal, isOfHalf, type ObservedSignal, type Signal } from "../signal.ts";
import { beginningOf, storable } from "../text.ts";

/** What of a signal enters the log, and which signals matter when no rule names them. */

/** A sender's text as it is written to the log. */
export function short(text: string): string {
  return beginningOf(storable(text), 120);
}

const number = (value: number | null): string => (value === null ? "" : decimal(value));

/** The figures of a signal as the log holds them; the whole of it stays behind the commitment. */
export function seenOf(signal: Signal, commitment: Commitment): SignalEvidence {
  return {
    source: short(signal.source),
    kind: signal.kind,
    status: signal.status,
    metric: short(signal.metric),
    value: number(signal.value),
    threshold: number(signal.threshold),
    worse: signal.worse,
    suite: short(signal.suite),
    scorer: short(signal.scorer),
    samples: counted(signal),
    model: short(signal.model),
    score: short(signal.score),
    stderr: number(signal.stderr),
    ...boundsSeen(signal),
    signal: commitment,
  };
}

/** Of a whole measurement they are its value, and are not written. */
const boundsSeen = ({
  value,
  status,
  atLeast,
  atMost,
}: Signal): Pick<SignalEvidence, "atLeast" | "atMost"> => ({
  ...(atLeast !== null && isOfHalf({ value, status }) ? { atLeast: number(atLeast) } : {}),
  ...(atMost !== null && isOfHalf({ value, status }) ? { atMost: number(atMost) } : {}),
});

/** A signal as what something rests on. `body`: the SHA-256 of the body that it came in. */
export function referenceTo(
  { signal, occurrence }: ObservedSignal,
  { delivery, body }: { readonly delivery: string; readonly body: Digest },
): EvidenceReference {
  return {
    delivery,
    body,
    suite: short(signal.suite),
    occurrence: short(occurrence ?? ""),
    model: short(signal.model),
    value: number(signal.value),
  };
}

/** "120 of 200", or "" where nothing was counted. */
export function counted({ samples }: Pick<Signal, "samples">): string {
  return samples ? `${samples.completed} of ${samples.total}` : "";
}

/** The text an auditor replays a verdict from: every field, in the order of the type. */
export function signalText(signal: Signal): string {
  return JSON.stringify(signal);
}

/**
 * Signals that must not be ignored: they open an escalation even without a trigger.
 */
export function needsAnswer({ kind, status }: Signal): boolean {
  return (
    (kind === "finding" && status !== "resolved") ||
    status === "firing" ||
    status === "errored" ||
    status === "no_data"
  );
}

/**
 * Whether a sender says that what it told of is over: a number of an eval, and `resolved` or `ok`
 * of what begins and ends. Nothing else is an end: no report or change, no word for information,
 * and no lower severity.
 */
export function endsWhatFires({ kind, status }: Pick<Signal, "kind" | "status">): boolean {
  if (status === "resolved") return kind === "eval" || kind === "alert" || kind === "finding";
  return status === "ok" && (kind === "eval" || kind === "alert");
}

/**
 * Whether it tells of something that begins, ends, and may begin again. A run of an eval is over
 * when it is told of.
 */
export function canBeginAgain({ kind, status }: Pick<Signal, "kind" | "status">): boolean {
  return (kind === "alert" || kind === "finding") && status !== "info";
}

/** What the sender says of its severity, for signals no rule names; warning otherwise. */
export function severityOf(signal: Signal): Severity {
  return severities.find((severity) => severity === signal.severity.toLowerCase()) ?? "warning";
}

/** What a delivery that could not be read is called, in place of a metric. */
const unmappedDelivery = "unmapped delivery";

/** What could not be used of a delivery: all of it, or so many items. */
interface Unused {
  readonly what: string;
  readonly count: number | null;
  readonly severity: Severity;
}

const whole: Unused = { what: unmappedDelivery, count: null, severity: "warning" };

/** A delivery that could not be mapped, or what was lost of one, as the signal people see. */
export function unmappedSignal(
  source: string,
  {
    deployment,
    because,
    unused: { what, count, severity } = whole,
  }: {
    readonly deployment: string;
    readonly because: string;
    readonly unused?: Unused | undefined;
  },
): ObservedSignal {
  return {
    signal: blankSignal({
      source,
      kind: "report",
      status: "errored",
      deployment,
      severity,
      summary: because,
      metric: what,
      value: count,
      worse: count === null ? "unknown" : "higher",
    }),
    condition: what === unmappedDelivery ? `unmapped:${source}` : `lost:${source}:${what}`,
    occurrence: null,
    caveat: null,
  };
}
