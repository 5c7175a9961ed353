import type { Clock } from "../../app/ports.ts";
import type { Instant, Millis } from "../../core/ids.ts";

/** What a chat said a short while ago, so that it is not asked at each press. */
export interface Recent<T> {
  /**
   * What is known for less than a minute, else what `ask` answers; null = it could not be asked,
   * and is asked again next time.
   */
  get(key: string, ask: () => Promise<T | null>): Promise<T | null>;
  /** What was said last, however long ago. */
  last(key: string): T | undefined;
  /** What was learned without asking. */
  learn(key: string, value: T): void;
}

const freshFor: Millis = 60_000;

/** Keeps at most so many; the oldest gives way. */
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
