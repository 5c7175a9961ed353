import { uptime } from "node:os";
import type { Clock } from "../app/ports.ts";
import type { Instant, Millis } from "../core/ids.ts";
import {
  agreedTime,
  type ClockDifference,
  type ClockReadings,
  firstTime,
  implausibleStart,
} from "../core/true-clock.ts";

/** The clock that is used everywhere, compared with others from time to time. */
export interface CheckedClock extends Clock {
  /**
   * Compares it; `database` reads the database's clock, null = it has no clock of its own;
   * `recorded` the newest time that is known, null = there is none; `confirmed` is the day that the
   * operator says it is. Never rejects.
   */
  check(
    database: (() => Promise<Instant>) | null,
    recorded?: () => Promise<Instant | null>,
    confirmed?: string | null,
  ): Promise<void>;
  /** The differences at the last comparison. */
  difference(): ClockDifference;
}

/** The machine's wall clock, and a monotonic clock in ms. */
export interface MachineClock {
  wall(): Instant;
  counted(): Millis;
}

/** See core/true-clock for which clock is used. Before the first check it is the machine's. */
export function createClock(hands: MachineClock): CheckedClock {
  let base: { readonly at: Instant; readonly counted: Millis } | null = null;
  let difference: ClockDifference = { machine: 0, database: null };

  const running = (counted = hands.counted()): Instant =>
    base === null ? hands.wall() : Math.round(base.at + counted - base.counted);

  let wrong: ReturnType<typeof implausibleStart> = null;
  let last: Instant = Number.NEGATIVE_INFINITY;

  const first = (shown: ClockReadings, recorded: Instant | null, confirmed: string | null) => {
    if (shown.database !== null || recorded === null) return firstTime(shown, recorded);
    last = recorded;
    wrong = implausibleStart(shown.wall, { last, confirmed });
    return wrong?.use ?? shown.wall;
  };

  const compare = (
    shown: ClockReadings,
    recorded: Instant | null,
    confirmed: string | null,
  ): void => {
    const counted = hands.counted();
    const at =
      base === null ? first(shown, recorded, confirmed) : agreedTime(running(counted), shown);
    base = { at, counted };
    // A clock that was behind has come past what was recorded by then.
    if (wrong !== null && wrong.use < last && at >= last) wrong = null;
    difference = {
      machine: shown.wall - at,
      database: shown.database === null ? null : shown.database - at,
      ...(wrong && { start: wrong.sentence }),
    };
  };

  return {
    now: () => running(),
    check: async (database, recorded = async () => null, confirmed = null) => {
      const newest = base === null ? await recorded().catch(() => null) : null;
      const shown = await readAt(database, hands);
      // keep the last difference until the database answers again
      if (database !== null && shown === null) return;
      compare({ wall: hands.wall(), database: shown }, newest, confirmed);
    },
    difference: () => difference,
  };
}

/**
 * The database's time when its answer arrives: half of the round trip has passed since it was read.
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

/** A difference below this is not a sleep of the machine but noise. */
const shortestSleep: Millis = 1_000;

/** Asking the system how long it has been up costs more than everything else here together. */
const betweenLooks: Millis = 100;

/**
 * This machine's clocks. Node's monotonic clock stops while a laptop sleeps; the system's uptime
 * does not.
 */
export function machineClock(): MachineClock {
  const sinceBoot = (): Millis => uptime() * 1_000 - performance.now();
  const atStart = sinceBoot();
  let slept: Millis = 0;
  let looked = performance.now();
  return {
    wall: () => Date.now(),
    counted: () => {
      const counted = performance.now();
      if (counted - looked >= betweenLooks) {
        looked = counted;
        const now = sinceBoot() - atStart;
        if (now > slept + shortestSleep) slept = now;
      }
      return counted + slept;
    },
  };
}
