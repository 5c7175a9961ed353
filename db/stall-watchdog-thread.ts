import { existsSync, mkdirSync, rmSync, statfsSync, writeFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { afterLook, mustEnd, type Stall, stallSentence } from "./stall.ts";
import type { StallWatchdogData } from "./stall-watchdog.ts";

/** The thread of stall-watchdog.ts. */

const { beats, directory, patience }: StallWatchdogData = workerData;

/** Below this the database may fail to grow by what it needs next. */
const fullBelow = 16 * 1024 * 1024;

function freeBytes(): number {
  const { bavail, bsize } = statfsSync(dirname(directory));
  return bavail * bsize;
}

/** A quota is not visible as free space, so a write is attempted. */
function takesBytes(): boolean {
  const trial = `${directory}.room`;
  try {
    mkdirSync(dirname(directory), { recursive: true });
    writeFileSync(trial, new Uint8Array(65_536));
    rmSync(trial);
    return true;
  } catch {
    if (existsSync(trial)) rmSync(trial);
    return false;
  }
}

function isFull(): boolean {
  try {
    return freeBytes() < fullBelow || !takesBytes();
  } catch {
    return false; // nothing is known, so nobody is ended for it
  }
}

let stall: Stall = { beats: -1, stillMs: 0, wasFull: false };
let last = performance.now();

setInterval(() => {
  const now = performance.now();
  const moved = Atomics.load(beats, 0);
  const stands = moved === stall.beats;
  const look = { beats: moved, sinceLastMs: now - last, isFull: stands && isFull() };
  stall = afterLook(stall, look, patience);
  last = now;
  if (!mustEnd(stall, patience)) return;
  writeSync(2, `${stallSentence(directory, freeBytes())}\n`);
  process.kill(process.pid, "SIGKILL"); // SIGTERM would be given to the thread that does not move
}, patience.lookEveryMs);

parentPort?.postMessage("watching");
