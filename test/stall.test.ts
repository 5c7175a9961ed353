import { expect, test } from "vitest";
import { afterLook, type Look, lookEveryMs, mustEnd, type Stall } from "../db/stall.ts";

const start: Stall = { beats: 1, stillMs: 0, wasFull: false };
const still: Look = { beats: 1, sinceLastMs: lookEveryMs, isFull: true };

const looks = (...all: readonly Look[]): Stall => all.reduce(afterLook, start);
const times = (n: number, look: Look): readonly Look[] => Array.from({ length: n }, () => look);

test("a thread that stands still on a full disk is ended within a minute, not at once", () => {
  expect(mustEnd(looks(...times(9, still)))).toBe(false);
  expect(mustEnd(looks(...times(10, still)))).toBe(true);
});

test("room that comes back changes nothing: the thread does not wake by it", () => {
  expect(mustEnd(looks(still, ...times(9, { ...still, isFull: false })))).toBe(true);
});

test.each([
  ["that is slow with room on the disk", times(1_000, { ...still, isFull: false })],
  [
    "that moves once in a while on a full disk",
    times(100, still).map((one, n) => ({ ...one, beats: Math.floor(n / 9) })),
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
    stall = afterLook(stall, look);
    expect(mustEnd(stall)).toBe(false);
  }
});
