import type { Millis } from "../core/ids.ts";
import type { Log } from "./ports.ts";

/** Logs failures: at most a line a minute for each key, so that nobody outside can fill the log. */
export interface OnceAMinute<What> {
  /**
   * Whether it was logged; else it was only counted. There are few keys, and each is remembered for
   * a minute.
   */
  note(key: string, what: What): boolean;
  /** Logs what was only counted so far. */
  close(): void;
}

const aMinute: Millis = 60_000;

/** `say` gets the first, and a minute later the last with the number of those after the first. */
export function onceAMinute<What>(
  say: (key: string, what: What, further: number) => void,
): OnceAMinute<What> {
  interface Counted {
    count: number;
    last: What;
    readonly timer: NodeJS.Timeout;
  }
  const open = new Map<string, Counted>();

  const begin = (key: string, what: What): void => {
    const timer = setTimeout(() => end(key), aMinute).unref();
    open.set(key, { count: 0, last: what, timer });
  };

  const end = (key: string): void => {
    const counted = open.get(key);
    clearTimeout(counted?.timer);
    open.delete(key);
    if (counted === undefined || counted.count === 0) return;
    say(key, counted.last, counted.count);
    begin(key, counted.last);
  };

  return {
    note: (key, what) => {
      const counted = open.get(key);
      if (counted) {
        counted.count += 1;
        counted.last = what;
        return false;
      }
      say(key, what, 0);
      begin(key, what);
      return true;
    },
    close: () => {
      for (const key of [...open.keys()]) {
        end(key);
        clearTimeout(open.get(key)?.timer);
      }
      open.clear();
    },
  };
}

/** Senders that were refused. `source` is one that the policy names. */
export interface Refusals {
  refused(source: string, because: string): void;
  close(): void;
}

export function createRefusals(log: Pick<Log, "warn">): Refusals {
  const { note, close } = onceAMinute<string>((source, because, refused) =>
    refused === 0
      ? log.warn({ source, because }, "webhook refused")
      : log.warn({ source, because, refused }, "further webhooks refused, the last because"),
  );
  return { refused: (source, because) => void note(source, because), close };
}
