import type { Millis } from "../core/ids.ts";

/**
 * Does one kind of work, one run at a time. A wake-up during a run means one more run after it;
 * nothing is lost, nothing doubled.
 */
export interface Worker {
  wake(): void;
  /** Resolves when nothing is running or asked for. */
  idle(): Promise<void>;
}

/**
 * `work` should do everything that waits; `failed` hears of what it throws, and the next wake-up
 * tries again.
 */
export function createWorker(
  work: () => Promise<unknown>,
  failed: (fault: unknown) => void,
): Worker {
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
}

/** A worker that wakes itself when its work said there would be more. */
export interface PacedWorker extends Worker {
  /** Also waits for what is so near that people would call it now. */
  idle(): Promise<void>;
  /** Finishes what is running and sets no clock any more. */
  stop(): Promise<void>;
}

/** What comes within this belongs to what is going on. */
const soon: Millis = 2_000;

/** Between two looks at something that another process holds for a moment. */
const leastPause: Millis = 25;

/** Node's timers know no longer wait; a tick comes before. */
const longestPause: Millis = 3_600_000;

/** `work` answers in how many ms there is more to do, or null. */
export function createPacedWorker(
  work: () => Promise<Millis | null>,
  failed: (fault: unknown) => void,
): PacedWorker {
  let timer: NodeJS.Timeout | undefined;
  let next: Millis | null = null;
  let isOpen = true;
  let onTimer: () => void = () => undefined;
  let timerFired = Promise.resolve();
  const worker = createWorker(async () => {
    clearTimeout(timer);
    onTimer();
    next = null;
    next = await work();
    if (next === null || !isOpen) return;
    timerFired = new Promise((resolve) => {
      onTimer = resolve;
    });
    timer = setTimeout(worker.wake, Math.min(Math.max(next, leastPause), longestPause)).unref();
  }, failed);
  return {
    wake: worker.wake,
    idle: async () => {
      await worker.idle();
      while (isOpen && next !== null && next <= soon) {
        await timerFired;
        await worker.idle();
      }
    },
    stop: async () => {
      isOpen = false;
      clearTimeout(timer);
      onTimer();
      await worker.idle();
    },
  };
}
