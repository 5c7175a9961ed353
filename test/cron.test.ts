import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startBell } from "../src/cron.ts";

beforeEach(() => {
  // ten seconds before Europe's clocks go back
  vi.useFakeTimers({ now: Date.UTC(2026, 9, 25, 0, 59, 50) });
});
afterEach(() => {
  vi.useRealTimers();
});

function unexpected(error: unknown) {
  throw error;
}

test("the bell rings four times a minute, also while clocks go back", async () => {
  let rings = 0;
  const bell = startBell(async () => {
    rings += 1;
  }, unexpected);

  await vi.advanceTimersByTimeAsync(120_000);
  await bell.stop();

  expect(rings).toBe(8);
});

test.each([
  ["back by a day", -86_400_000],
  ["back by an hour", -3_600_000],
  ["ahead by a day", 86_400_000],
])(
  "the bell rings four times a minute again soon after the machine's clock was set %s",
  async (_how, by) => {
    let rings = 0;
    const bell = startBell(async () => {
      rings += 1;
    }, unexpected);

    await vi.advanceTimersByTimeAsync(30_000);
    vi.setSystemTime(Date.now() + by);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(rings).toBeGreaterThanOrEqual(2 + 2);
    const before = rings;
    await vi.advanceTimersByTimeAsync(60_000);
    await bell.stop();

    expect(rings - before).toBe(4);
  },
);

test("a tick that takes long is not rung a second time meanwhile", async () => {
  let rings = 0;
  const bell = startBell(() => {
    rings += 1;
    return new Promise((resolve) => setTimeout(resolve, 100_000));
  }, unexpected);

  await vi.advanceTimersByTimeAsync(60_000);
  await bell.stop();

  expect(rings).toBe(1);
});

test("a bell that was stopped is silent", async () => {
  let rings = 0;
  const bell = startBell(async () => {
    rings += 1;
  }, unexpected);
  await bell.stop();

  await vi.advanceTimersByTimeAsync(60_000);

  expect(rings).toBe(0);
});

test("a tick that fails is told, and the bell goes on", async () => {
  const failures: unknown[] = [];
  const bell = startBell(
    () => Promise.reject(new Error("database down")),
    (error) => failures.push(error),
  );

  await vi.advanceTimersByTimeAsync(30_000);
  await bell.stop();

  expect(failures).toEqual([new Error("database down"), new Error("database down")]);
});
