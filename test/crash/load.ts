import { setTimeout as after } from "node:timers/promises";

/** What people and senders do, at a pace, each thing again until somebody has answered. */
export interface Load {
  /** The names of what was answered for. */
  readonly answered: ReadonlySet<string>;
  /** The names of all that was begun. */
  readonly begun: ReadonlySet<string>;
  /** How often something had to be tried again. */
  again(): number;
  /** Begins nothing new; resolves when each has its answer. */
  stop(): Promise<void>;
}

/** The most that waits for an answer at once: senders are patient, not endless. */
const mostOpen = 64;

/**
 * Begins one thing after another; `attempt` says whether it was answered for, and is asked again
 * half a second later if not.
 */
export function startLoad(
  every: number,
  name: (nth: number) => string,
  attempt: (name: string, nth: number, tries: number) => Promise<boolean>,
): Load {
  const begun = new Set<string>();
  const answered = new Set<string>();
  const open = new Set<Promise<void>>();
  let again = 0;

  const insist = async (name: string, nth: number): Promise<void> => {
    for (let tries = 0; !(await attempt(name, nth, tries)); tries += 1) {
      again += 1;
      await after(500);
    }
    answered.add(name);
  };
  const begin = (): void => {
    if (open.size >= mostOpen) return;
    const nth = begun.size;
    const text = name(nth);
    begun.add(text);
    const done = insist(text, nth).finally(() => open.delete(done));
    open.add(done);
  };
  const timer = setInterval(begin, every);

  return {
    answered,
    begun,
    again: () => again,
    stop: async () => {
      clearInterval(timer);
      await Promise.all(open);
    },
  };
}
