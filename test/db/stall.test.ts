import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { afterLook, aMinute, mustEnd, type Stall, type StallSample } from "../../db/stall.ts";
import { scratch } from "../support/process.ts";

const start: Stall = { beats: 1, stillMs: 0, wasFull: false };
const still: StallSample = { beats: 1, sinceLastMs: aMinute.lookEveryMs, isFull: true };

const looks = (...all: readonly StallSample[]): Stall =>
  all.reduce((stall, look) => afterLook(stall, look, aMinute), start);
const times = (n: number, look: StallSample): readonly StallSample[] =>
  Array.from({ length: n }, () => look);

test("a thread that stands still on a full disk is ended within a minute, not at once", () => {
  expect(mustEnd(looks(...times(9, still)), aMinute)).toBe(false);
  expect(mustEnd(looks(...times(10, still)), aMinute)).toBe(true);
});

test("room that comes back changes nothing: the thread does not wake by it", () => {
  expect(mustEnd(looks(still, ...times(9, { ...still, isFull: false })), aMinute)).toBe(true);
});

test.each([
  ["that is slow with room on the disk", times(1_000, { ...still, isFull: false })],
  [
    "that moves once in a while on a full disk",
    times(100, still).map((time, n) => ({ ...time, beats: Math.floor(n / 9) })),
  ],
  [
    "of a machine that slept for a night",
    [
      { ...still, sinceLastMs: 8 * 3_600_000 },
      { ...still, beats: 2 },
    ],
  ],
])("a thread %s is left alone", (_, all) => {
  let stall = start;
  for (const look of all) {
    stall = afterLook(stall, look, aMinute);
    expect(mustEnd(stall, aMinute)).toBe(false);
  }
});

test("the watchdog ends a process whose only thread stands still where nothing can be written, and says why", async () => {
  const home = scratch();
  writeFileSync(join(home, "full"), "no directory, so nothing can be written below it");
  const directory = join(home, "full", "database");
  const patience = { lookEveryMs: 50, stillMs: 300 };
  const script = `import { startStallWatchdog } from "${new URL("../../db/stall-watchdog.ts", import.meta.url)}";
    await startStallWatchdog(${JSON.stringify(directory)}, ${JSON.stringify(patience)});
    for (;;);`;
  const file = join(home, "standing.mjs");
  writeFileSync(file, script);

  const standing = spawn(process.execPath, ["--import", "tsx", file], {
    stdio: ["ignore", "inherit", "pipe"],
  });
  onTestFinished(() => void standing.kill("SIGKILL"));
  let said = "";
  standing.stderr.on("data", (chunk) => {
    said += chunk;
  });
  const [, signal] = await once(standing, "close");

  expect(signal).toBe("SIGKILL");
  expect(said).toContain(`The disk of ${directory} is full`);
  expect(said).toContain("make room, then start it again");
});
