/** Between two ticks. */
const every = 15_000;

/**
 * Rings every 15 s; a ring that fails is handed to `failed`. Counted by a timer, which nobody can set: a scheduler that reads the
 * machine's clock is silent for a day after that was set back by one. Without overlap, so a slow tick is rung again only when it
 * has ended. What is due is asked of the database, so a bell that is missed changes nothing.
 */
export const startBell = (
  ring: () => Promise<void>,
  failed: (error: unknown) => void,
): { stop(): Promise<void> } => {
  let isRinging = false;
  const bell = setInterval(async () => {
    if (isRinging) return;
    isRinging = true;
    await ring().catch(failed);
    isRinging = false;
  }, every);
  return {
    stop: async () => clearInterval(bell),
  };
};
