import { type ScheduledTask, schedule } from "node-cron";

/** Longer than from one tick to the next. */
const longestGap = 20_000;

/**
 * Calls `tick` every 15 s; an error is passed to `failed`. The schedule is in UTC because in other
 * time zones node-cron skips or repeats calls around a clock change. Calls do not overlap: while a
 * tick is running, the next ones are skipped. node-cron follows the machine's clock, and makes no
 * calls for as long as that clock was set back, so a monotonic timer restarts it. A missed tick
 * changes nothing, since each tick asks the database what is due.
 */
export function scheduleTicks(
  tick: () => Promise<void>,
  failed: (error: unknown) => void,
): { stop(): Promise<void> } {
  let isRunning = false;
  let hasTicked = false;

  const once = async (): Promise<void> => {
    hasTicked = true;
    if (isRunning) return;
    isRunning = true;
    await tick().catch(failed);
    isRunning = false;
  };
  const begin = (): ScheduledTask =>
    schedule("*/15 * * * * *", once, { timezone: "UTC", logger: silent });

  let task = begin();
  const watch = setInterval(() => {
    if (!hasTicked) {
      void task.destroy();
      task = begin();
    }
    hasTicked = false;
  }, longestGap);
  return {
    stop: async () => {
      clearInterval(watch);
      await task.destroy();
    },
  };
}

/**
 * What node-cron warns of, a tick skipped or late, is no news here, and it would write to the
 * console.
 */
const silent = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };
