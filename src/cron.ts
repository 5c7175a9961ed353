import { type ScheduledTask, schedule } from "node-cron";

/** Longer than from one ring to the next. */
const silence = 20_000;

/**
 * Rings every 15 s; a ring that fails is handed to `failed`. In UTC, because in other zones
 * node-cron skips or repeats around a clock change; without overlap, so a slow tick is rung again
 * only when it has ended. node-cron goes by the machine's clock and falls silent when that is set
 * back, for as long as it was set back: a timer, which nobody can set, notices and begins it anew.
 * What is due is asked of the database, so a tick that is missed changes nothing.
 */
export function startBell(
  ring: () => Promise<void>,
  failed: (error: unknown) => void,
): { stop(): Promise<void> } {
  let isRinging = false;
  let hasRung = false;

  const once = async (): Promise<void> => {
    hasRung = true;
    if (isRinging) return;
    isRinging = true;
    await ring().catch(failed);
    isRinging = false;
  };
  const begin = (): ScheduledTask =>
    schedule("*/15 * * * * *", once, { timezone: "UTC", logger: silent });

  let task = begin();
  const watch = setInterval(() => {
    if (!hasRung) {
      void task.destroy();
      task = begin();
    }
    hasRung = false;
  }, silence);
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
