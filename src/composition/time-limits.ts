import { Fault, withTimeout } from "../app/ports.ts";
import type { Millis } from "../core/ids.ts";

/**
 * How long one question to the database is waited for where a person in a chat waits for all of
 * them together.
 */
export const personWaits: Millis = 700;

/**
 * The same where a page or a program waits, which ask larger questions: a browser that shows
 * nothing for longer looks broken.
 */
export const readerWaits: Millis = 5_000;

/** A port whose every answer comes soon, or not at all: for whoever is waited for by a person. */
export function timely<T extends object>(port: T, patience: Millis): T {
  return around(port, (ask) => {
    const answer = ask();
    return answer instanceof Promise ? withTimeout(answer, patience, tooSlow) : answer;
  });
}

/**
 * A port that begins nothing while the database does not answer: what was refused in time must not
 * come true later.
 */
export function onceThere<T extends object>(port: T, ping: () => Promise<void>): T {
  return around(port, async (ask) => {
    await withTimeout(ping(), personWaits, tooSlow);
    return ask();
  });
}

const around = <T extends object>(port: T, answer: (ask: () => unknown) => unknown): T =>
  new Proxy(port, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      return (...args: readonly unknown[]): unknown =>
        answer(() => Reflect.apply(method, target, args));
    },
  });

const tooSlow = (): Fault => new Fault("the database did not answer in time", "later");
