import { createHash } from "node:crypto";
import type { Clock, Reply } from "../../app/ports.ts";
import type { Instant } from "../../core/ids.ts";

const kept = 500;
const lifetime = 15 * 60 * 1000;

/** An answer, kept until the page after the press has shown it. */
export interface ShownAnswer {
  readonly line: string;
  readonly answer: Reply;
}

interface Row extends ShownAnswer {
  readonly bound: string;
  readonly at: Instant;
}

/**
 * Keeps answers between a press and the page that shows them: in memory, few, and for minutes. The
 * record itself is the log.
 */
export function createAnswers(clock: Clock) {
  const rows = new Map<string, Row>();
  return {
    /** Returns the id of the answer; the same press gets the same id. */
    keep: (key: string, bound: string, shown: ShownAnswer): string => {
      const id = createHash("sha256").update(key).digest("hex").slice(0, 24);
      rows.delete(id);
      rows.set(id, { ...shown, bound, at: clock.now() });
      for (const oldest of rows.keys()) {
        if (rows.size <= kept) break;
        rows.delete(oldest);
      }
      return id;
    },
    /** Only for the person who pressed. */
    find: (id: string, bound: string): ShownAnswer | undefined => {
      const row = rows.get(id);
      if (!row || row.bound !== bound) return undefined;
      if (clock.now() - row.at <= lifetime) return row;
      rows.delete(id);
      return undefined;
    },
  };
}

/** See createAnswers. */
export type Answers = ReturnType<typeof createAnswers>;
