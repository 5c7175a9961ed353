import { schedule } from "node-cron";

/**
 * Rings every 15 s; a ring that fails is handed to `failed`. In UTC, because in other zones node-cron skips or repeats around a
 * clock change; without overlap, so a slow tick is rung again only when it has ended. What is due is asked of the database, so
 * a bell that is missed changes nothing.
 */
export const startBell = (
  ring: () => Promise<void>,
  failed: (error: unknown) => void,
): { stop(): Promise<void> } => {
  const task = schedule("*/15 * * * * *", () => ring().catch(failed), {
    timezone: "UTC",
    noOverlap: true,
    logger: silent,
  });
  return {
    stop: async () => {
      await task.destroy();
    },
  };
};

/** What node-cron warns of, a bell skipped or late, is no news here, and it would write to the console. */
const silent = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };
