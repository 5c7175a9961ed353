import { Fault, withTimeout } from "../app/ports.ts";
import type { Millis } from "../core/ids.ts";

/**
 * The time limit where a page or a program waits, whose questions are larger: a browser that shows
 * nothing for longer looks broken.
 */
export const readerWaits: Millis = 5_000;

/** A port with a time limit for every call, for requests of a waiting person. */
export function timely<T extends object>(port: T, patience: Millis): T {
  return around(port, (ask) => {
    const answer = ask();
    return answer instanceof Promise ? withTimeout(answer, patience, tooSlow) : answer;
  });
}

/**
 * A port whose calls are refused while the database does not answer: a call that was refused must
 * not take effect later.
 */
export function onceThere<T extends object>(
  port: T,
  ping: () => Promise<void>,
  patience: Millis,
): T {
  return around(port, async (ask) => {
    await withTimeout(ping(), patience, tooSlow);
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
