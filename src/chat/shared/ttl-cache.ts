import type { Clock } from "../../app/ports.ts";
import type { Instant, Millis } from "../../core/ids.ts";

/** Answers of a chat, kept for a minute so that the chat is not asked at each press. */
export interface Recent<T> {
  /**
   * The answer of less than a minute ago, else what `ask` answers; null = the chat could not be
   * asked, and is asked again next time.
   */
  get(key: string, ask: () => Promise<T | null>): Promise<T | null>;
  /** The last answer, however old. */
  last(key: string): T | undefined;
  /** Stores something that was learned without asking. */
  learn(key: string, value: T): void;
}

const freshFor: Millis = 60_000;

/** Keeps at most `most` answers and drops the oldest first. */
export function createTtlCache<T>(clock: Clock, most: number): Recent<T> {
  const known = new Map<string, { readonly value: T; readonly at: Instant }>();
  const learn = (key: string, value: T): void => {
    known.delete(key);
    if (known.size >= most) known.delete([...known.keys()][0] ?? "");
    known.set(key, { value, at: clock.now() });
  };
  return {
    learn,
    get: async (key, ask) => {
      const before = known.get(key);
      const age = before ? clock.now() - before.at : -1;
      if (before && age >= 0 && age < freshFor) return before.value;
      const value = await ask();
      if (value !== null) learn(key, value);
      return value;
    },
    last: (key) => known.get(key)?.value,
  };
}
