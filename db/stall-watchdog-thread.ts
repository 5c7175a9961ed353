import { mkdirSync, rmSync, statfsSync, writeFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { workerData } from "node:worker_threads";
import { afterLook, lookEveryMs, mustEnd, type Stall, stallSentence } from "./stall.ts";
import type { StallWatchdogData } from "./stall-watchdog.ts";

/** The thread of stall-watchdog.ts. */

const { beats, directory }: StallWatchdogData = workerData;

/** Below this the database may fail to grow by what it needs next. */
const fullBelow = 16 * 1024 * 1024;

const freeBytes = (): number => {
  const { bavail, bsize } = statfsSync(dirname(directory));
  return bavail * bsize;
};

/** A quota does not show as free space: so it is tried. */
const takesBytes = (): boolean => {
  const trial = `${directory}.room`;
  try {
    mkdirSync(dirname(directory), { recursive: true });
    writeFileSync(trial, new Uint8Array(65_536));
    return true;
  } catch {
    return false;
  } finally {
    rmSync(trial, { force: true });
  }
};

const isFull = (): boolean => {
  try {
    return freeBytes() < fullBelow || !takesBytes();
  } catch {
    return false; // nothing is known, so nobody is ended for it
  }
};

let stall: Stall = { beats: -1, stillMs: 0, wasFull: false };
let last = performance.now();

setInterval(() => {
  const now = performance.now();
  const moved = Atomics.load(beats, 0);
  const stands = moved === stall.beats;
  stall = afterLook(stall, { beats: moved, sinceLastMs: now - last, isFull: stands && isFull() });
  last = now;
  if (!mustEnd(stall)) return;
  writeSync(2, `${stallSentence(directory, freeBytes())}\n`);
  process.kill(process.pid, "SIGKILL"); // SIGTERM would be given to the thread that does not move
}, lookEveryMs);
