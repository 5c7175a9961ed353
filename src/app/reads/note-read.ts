import type { Surface } from "../../core/log/entry-fields.ts";
import type { Actor } from "../../core/people/person.ts";
import type { Journal } from "../journal.ts";
import type { Clock } from "../ports.ts";

/** What somebody read of the record. */
export interface Reading {
  readonly actor: Actor;
  readonly surface: Surface;
  readonly what: "question" | "export";
  /** The line, or the address. */
  readonly question: string;
}

export type NoteRead = (reading: Reading) => Promise<void>;

/** The same read again within this time is no news. */
const repeatsFor = 600_000;
const mostKept = 1_000;

/**
 * Readings go on the record. An answer does not wait for a record that cannot be written to: then
 * an auditor must be able to read all the same, and our own log says what was not recorded.
 */
export function createNoteRead({
  journal,
  clock,
  report,
}: {
  readonly journal: Pick<Journal, "write">;
  readonly clock: Clock;
  readonly report: (fault: unknown, what: string) => void;
}): NoteRead {
  const recent = new Map<string, number>();
  return async ({ actor, surface, what, question }) => {
    const now = clock.now();
    const key = JSON.stringify([actor, what, question]);
    if ((recent.get(key) ?? Number.NEGATIVE_INFINITY) > now - repeatsFor) return;
    recent.delete(key);
    recent.set(key, now);
    const [oldest = ""] = recent.keys();
    if (recent.size > mostKept) recent.delete(oldest);
    try {
      await journal.write({ key: null, surface, deployments: [] }, (work) => {
        const body = { kind: "record.read" as const, what, question: work.text(question) };
        work.add("org", [{ actor, body }]);
      });
    } catch (fault) {
      recent.delete(key);
      report(fault, "a reading was not recorded");
    }
  };
}
