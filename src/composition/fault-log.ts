import type { Random } from "../app/ports.ts";
import type { Log } from "../http/ports.ts";
import { onceAMinute } from "../http/refusals.ts";

/**
 * Logs faults: each kind once a minute with the number that followed, so that repeated presses
 * cannot fill the log.
 */
export interface FaultLog {
  /**
   * Logs a fault; returns the reference in the log of this fault, or of the earlier one that it
   * repeats.
   */
  report(fault: unknown, what: string): string;
  /** Logs what was only counted so far. */
  close(): void;
}

interface ReportedFault {
  readonly what: string;
  readonly reference: string;
  readonly error: string;
}

/** With more kinds than this, all faults of one `what` count as one kind. */
const mostKinds = 200;

export function createFaultLog({
  log,
  random,
}: {
  readonly log: Pick<Log, "error">;
  readonly random: Pick<Random, "id">;
}): FaultLog {
  /** The reference of each kind; every line about it has the same one. */
  const references = new Map<string, string>();
  const lines = onceAMinute<ReportedFault>((_key, said, further) =>
    further === 0
      ? log.error(said, "fault")
      : log.error(
          { ...said, further },
          "further faults, the last under the reference of the first",
        ),
  );
  return {
    report: (fault, what) => {
      const error = causesOf(fault);
      const kind = `${what}: ${error}`;
      const key = references.has(kind) || references.size < mostKinds ? kind : what;
      const before = references.get(key);
      const reference = before ?? random.id("x_").slice(0, 8);
      references.set(key, reference);
      lines.note(key, { what, reference, error });
      return reference;
    },
    close: lines.close,
  };
}

/** An error and its causes on one line. */
export function causesOf(fault: unknown): string {
  return fault instanceof Error
    ? fault.message + (fault.cause === undefined ? "" : `: ${causesOf(fault.cause)}`)
    : String(fault);
}
