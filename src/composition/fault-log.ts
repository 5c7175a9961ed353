import type { Random } from "../app/ports.ts";
import type { Log } from "../http/ports.ts";
import { onceAMinute } from "../http/refusals.ts";

/**
 * Faults in our own log: each kind once a minute with how many came after it, so that nobody fills
 * it by pressing again and again.
 */
export interface FaultLog {
  /**
   * Logs a fault; answers the reference under which it, or the one before that it repeats, stands
   * in the log.
   */
  report(fault: unknown, what: string): string;
  /** Says what was only counted so far. */
  close(): void;
}

interface ReportedFault {
  readonly what: string;
  readonly reference: string;
  readonly error: string;
}

/** Beyond so many kinds all of one `what` count as one. */
const mostKinds = 200;

export function createFaultLog({
  log,
  random,
}: {
  readonly log: Pick<Log, "error">;
  readonly random: Pick<Random, "id">;
}): FaultLog {
  /** The reference of each kind: every line about it has the same. */
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
      const error = chainOf(fault);
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

/** An error and its causes, in one line. */
export function chainOf(fault: unknown): string {
  return fault instanceof Error
    ? fault.message + (fault.cause === undefined ? "" : `: ${chainOf(fault.cause)}`)
    : String(fault);
}
