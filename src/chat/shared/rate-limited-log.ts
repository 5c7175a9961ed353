import type { Clock } from "../../app/ports.ts";

/**
 * Logs at most once a minute: a wrong secret shows in the log, and nobody outside can fill the log.
 */
export function rateLimited(clock: Clock, say: (why: string) => void): (why: string) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (why) => {
    if (Math.abs(clock.now() - last) < 60_000) return;
    last = clock.now();
    say(why);
  };
}
