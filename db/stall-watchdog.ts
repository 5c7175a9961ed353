import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { aMinute, type Patience } from "./stall.ts";

/** What the thread is given. */
export interface StallWatchdogData {
  /** Counts how often the main thread moved. */
  readonly beats: Int32Array;
  readonly directory: string;
  readonly patience: Patience;
}

/**
 * Watches this thread from another one. PGlite on a full disk spins in the thread that called it,
 * and with it stop every timer and every signal: only somebody outside can end the process then.
 * Neither keeps the process alive. Resolves when it watches: wait for that before the database is
 * opened, which may meet the full disk there and then.
 */
export async function startStallWatchdog(directory: string, patience = aMinute): Promise<void> {
  const beats = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  setInterval(() => Atomics.add(beats, 0, 1), patience.lookEveryMs / 5).unref();
  const workerData: StallWatchdogData = { beats, directory, patience };
  const worker = new Worker(new URL("./stall-watchdog-start.mjs", import.meta.url), { workerData });
  worker.on("error", (error) => {
    process.stderr.write(`Nobody watches for a full disk: ${error.message}\n`);
  });
  await once(worker, "message").catch(() => undefined);
  worker.unref();
}
