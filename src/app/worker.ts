/** Does one kind of work, one run at a time. A wake-up during a run means one more run after it; nothing is lost, nothing doubled. */
export interface Worker {
  wake(): void;
  /** Resolves when nothing is running or asked for. */
  idle(): Promise<void>;
}

/** `work` should do everything that waits; `failed` hears of what it throws, and the next wake-up tries again. */
export const createWorker = (
  work: () => Promise<unknown>,
  failed: (fault: unknown) => void,
): Worker => {
  let again = false;
  let running: Promise<void> | null = null;
  const run = async (): Promise<void> => {
    while (again) {
      again = false;
      try {
        await work();
      } catch (fault) {
        failed(fault);
      }
    }
    running = null;
  };
  return {
    wake: () => {
      again = true;
      running ??= run();
    },
    idle: async () => {
      while (running !== null) await running;
    },
  };
};
