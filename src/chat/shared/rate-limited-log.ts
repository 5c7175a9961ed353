import type { Clock } from "../../app/ports.ts";

/** A wrong secret is to be found in the log, and nobody who knocks is to fill it. */
export function sparingly(clock: Clock, say: (why: string) => void): (why: string) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (why) => {
    if (Math.abs(clock.now() - last) < 60_000) return;
    last = clock.now();
    say(why);
  };
}
