import { uptime } from "node:os";
import type { Clock } from "../app/ports.ts";
import type { Instant, Millis } from "../core/ids.ts";
import {
  agreedTime,
  type ClockDifference,
  type ClockReadings,
  firstTime,
} from "../core/true-clock.ts";

/** The clock that everything here goes by, compared now and then with others. */
export interface CheckedClock extends Clock {
  /** Compares it; `database` asks for that clock, null = it has none of its own. Never rejects. */
  check(database: (() => Promise<Instant>) | null): Promise<void>;
  /** As they were at the last look. */
  difference(): ClockDifference;
}

/**
 * What a clock is made of: what the machine shows, and ms counted from any beginning by something
 * that nobody can set.
 */
export interface MachineClock {
  wall(): Instant;
  counted(): Millis;
}

/** See core/true-clock for who is believed. Before the first check it shows the machine's time. */
export function createClock(hands: MachineClock): CheckedClock {
  let base: { readonly at: Instant; readonly counted: Millis } | null = null;
  let difference: ClockDifference = { machine: 0, database: null };

  const running = (counted = hands.counted()): Instant =>
    base === null ? hands.wall() : Math.round(base.at + counted - base.counted);

  const compare = (shown: ClockReadings): void => {
    const counted = hands.counted();
    const at = base === null ? firstTime(shown) : agreedTime(running(counted), shown);
    base = { at, counted };
    difference = {
      machine: shown.wall - at,
      database: shown.database === null ? null : shown.database - at,
    };
  };

  return {
    now: () => running(),
    check: async (database) => {
      const shown = await readAt(database, hands);
      // it runs on until the database answers again
      if (database !== null && shown === null) return;
      compare({ wall: hands.wall(), database: shown });
    },
    difference: () => difference,
  };
}

/**
 * What the database's clock shows when its answer is here: half the way of the question and the
 * answer has passed since it was read.
 */
async function readAt(
  database: (() => Promise<Instant>) | null,
  { counted }: MachineClock,
): Promise<Instant | null> {
  if (database === null) return null;
  const asked = counted();
  try {
    const at = await database();
    return Math.round(at + (counted() - asked) / 2);
  } catch {
    return null;
  }
}

/** A sleep shorter than this is noise between the two ways to count. */
const shortestSleep: Millis = 1_000;

/**
 * This machine's hands. What Node counts stands still while a laptop sleeps, what the system has
 * been up for does not.
 */
export function machineClock(): MachineClock {
  const sinceBoot = (): Millis => uptime() * 1_000 - performance.now();
  const atStart = sinceBoot();
  let slept: Millis = 0;
  return {
    wall: () => Date.now(),
    counted: () => {
      const now = sinceBoot() - atStart;
      if (now > slept + shortestSleep) slept = now;
      return performance.now() + slept;
    },
  };
}
