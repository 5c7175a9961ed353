import type { Millis } from "../core/ids.ts";
import type { Log } from "./ports.ts";

/** Says in our own log that a source's sender was refused: a line a minute at most for each, so that nobody outside can fill it. */
export interface Refusals {
  refused(source: string, because: string): void;
  /** Says what was only counted so far. */
  close(): void;
}

const aMinute: Millis = 60_000;

/** `source` is one that the policy names, so that few are remembered. */
export const createRefusals = (log: Pick<Log, "warn">): Refusals => {
  const open = new Map<string, { count: number; because: string; timer: NodeJS.Timeout }>();

  const begin = (source: string): void => {
    const timer = setTimeout(() => end(source), aMinute).unref();
    open.set(source, { count: 0, because: "", timer });
  };

  const end = (source: string): void => {
    const { count = 0, because = "", timer } = open.get(source) ?? {};
    clearTimeout(timer);
    open.delete(source);
    if (count === 0) return;
    log.warn({ source, because, refused: count }, "further webhooks refused, the last because");
    begin(source);
  };

  return {
    refused: (source, because) => {
      const counted = open.get(source);
      if (counted) {
        counted.count += 1;
        counted.because = because;
        return;
      }
      log.warn({ source, because }, "webhook refused");
      begin(source);
    },
    close: () => {
      for (const source of [...open.keys()]) {
        end(source);
        clearTimeout(open.get(source)?.timer);
      }
      open.clear();
    },
  };
};
