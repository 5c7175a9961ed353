import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { scheduleTicks } from "../src/cron.ts";

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

test("a tick comes four times a minute, also while clocks go back", async () => {
  let count = 0;
  const ticks = scheduleTicks(async () => {
    count += 1;
  }, unexpected);

  await vi.advanceTimersByTimeAsync(120_000);
  await ticks.stop();

  expect(count).toBe(8);
});

test.each([
  ["back by a day", -86_400_000],
  ["back by an hour", -3_600_000],
  ["ahead by a day", 86_400_000],
])(
  "a tick comes four times a minute again soon after the machine's clock was set %s",
  async (_how, by) => {
    let count = 0;
    const ticks = scheduleTicks(async () => {
      count += 1;
    }, unexpected);

    await vi.advanceTimersByTimeAsync(30_000);
    vi.setSystemTime(Date.now() + by);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(count).toBeGreaterThanOrEqual(2 + 2);
    const before = count;
    await vi.advanceTimersByTimeAsync(60_000);
    await ticks.stop();

    expect(count - before).toBe(4);
  },
);

test("a tick that takes long is not started a second time meanwhile", async () => {
  let count = 0;
  const ticks = scheduleTicks(() => {
    count += 1;
    return new Promise((resolve) => setTimeout(resolve, 100_000));
  }, unexpected);

  await vi.advanceTimersByTimeAsync(60_000);
  await ticks.stop();

  expect(count).toBe(1);
});

test("after a stop no tick comes", async () => {
  let count = 0;
  const ticks = scheduleTicks(async () => {
    count += 1;
  }, unexpected);
  await ticks.stop();

  await vi.advanceTimersByTimeAsync(60_000);

  expect(count).toBe(0);
});

test("a tick that fails is reported, and the next ones come", async () => {
  const failures: unknown[] = [];
  const ticks = scheduleTicks(
    () => Promise.reject(new Error("database down")),
    (error) => failures.push(error),
  );

  await vi.advanceTimersByTimeAsync(30_000);
  await ticks.stop();

  expect(failures).toEqual([new Error("database down"), new Error("database down")]);
});
