import { schedule } from "node-cron";

/**
 * Rings every 15 s. In UTC, because in other zones node-cron skips or repeats around a clock change; without overlap, so a slow
 * tick is rung again only when it has ended. What is due is asked of the database, so a bell that is missed changes nothing.
 */
export const startBell = (ring: () => Promise<void>): { stop(): Promise<void> } => {
  const task = schedule("*/15 * * * * *", ring, { timezone: "UTC", noOverlap: true });
  return { stop: async () => void (await task.destroy()) };
};
