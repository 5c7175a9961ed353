import { Worker } from "node:worker_threads";
import { lookEveryMs } from "./stall.ts";

/** What the thread is given. */
export interface StallWatchdogData {
  /** Counts how often the main thread moved. */
  readonly beats: Int32Array;
  readonly directory: string;
}

/**
 * Watches this thread from another one. PGlite on a full disk spins in the thread that called it, and with it stop every timer
 * and every signal: only somebody outside can end the process then. Neither keeps the process alive. Start it before the
 * database, which may meet the full disk while it opens.
 */
export const startStallWatchdog = (directory: string): void => {
  const beats = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  setInterval(() => Atomics.add(beats, 0, 1), lookEveryMs / 5).unref();
  const workerData: StallWatchdogData = { beats, directory };
  const worker = new Worker(new URL("./stall-watchdog-thread.ts", import.meta.url), { workerData });
  worker.on("error", (error) => {
    process.stderr.write(`Nobody watches for a full disk: ${error.message}\n`);
  });
  worker.unref();
};
