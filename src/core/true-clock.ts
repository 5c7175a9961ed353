import type { Instant, Millis } from "./ids.ts";
import { rfc3339 } from "./time.ts";

/** Which of several clocks is believed. Deadlines come from the answer; nothing here reads one. */

/** What the clocks show at one moment. */
export interface ClockReadings {
  /** This machine's clock, which people and NTP may set. */
  readonly wall: Instant;
  /**
   * What the database's clock shows, which all replicas share; null = it is embedded, or did not
   * answer.
   */
  readonly database: Instant | null;
}

/**
 * A clock that creeps is followed, one that jumps is not: NTP slews by a few milliseconds between
 * two looks.
 */
const creeps: Millis = 1_000;

/**
 * The time, where `running` is what the time was when the clocks were last compared, and what a
 * clock that nobody can set has counted since. Of three clocks two that agree are believed: the one
 * in the middle. Without a database's there are two: a machine's clock that jumped is not followed,
 * since deadlines were promised by the time before.
 */
export function agreedTime(running: Instant, { wall, database }: ClockReadings): Instant {
  if (database === null) return Math.abs(wall - running) <= creeps ? wall : running;
  const [, middle = running] = [running, wall, database].sort((number, next) => number - next);
  return middle;
}

/** Clocks that are further apart than this are not both right. */
const mostApart: Millis = 30_000;

/**
 * The time at the start, when nothing has been counted yet: the database's, so that all replicas
 * have the same. A database that is far ahead would date the record for ever, so then it is this
 * machine's, unless that is before the newest entry (`recorded`).
 */
export function firstTime(
  { wall, database }: ClockReadings,
  recorded: Instant | null = null,
): Instant {
  if (database === null) return wall;
  const isFarAhead = database - wall > mostApart;
  const isPlausible = recorded !== null && wall >= recorded - mostApart;
  return isFarAhead && isPlausible ? wall : database;
}

/** Longer than a server with an embedded database is plausibly off. */
const longestOff: Millis = 31 * 86_400_000;

/** What a start with an embedded database knows of the time, besides its one clock. */
export interface KnownAtStart {
  /** The newest entry, or when this server last ran, if that is later. */
  readonly last: Instant;
  /** The day (YYYY-MM-DD, UTC) that the operator says it is; null = nothing is said. */
  readonly confirmed: string | null;
}

/**
 * Why the one clock of a start cannot be right, as a sentence, and the time that is used instead;
 * null = it can.
 */
export function implausibleStart(
  wall: Instant,
  { last, confirmed }: KnownAtStart,
): { readonly sentence: string; readonly use: Instant } | null {
  const ahead = wall - last;
  if (ahead < -mostApart)
    return {
      sentence: `This machine's clock is ${apart(ahead)} the newest that Holdpoint recorded. Set it, and start again. ${untilThen}`,
      use: wall,
    };
  const today = rfc3339(wall).slice(0, 10);
  if (ahead <= longestOff || confirmed === today) return null;
  return {
    sentence: `This machine's clock is ${apart(ahead)} the last time that Holdpoint ran. If it is wrong, set it and start again; if it is right, start with HOLDPOINT_TODAY=${today}. ${untilThen}`,
    use: last,
  };
}

const untilThen =
  "Until then only pause and narrow are recorded, and webhooks are answered 503, so that they are sent again.";

/** Why nothing may be dated, as a sentence; null = the time in use and the database's agree. */
export function clockDoubt({ database, start = null }: ClockDifference): string | null {
  if (start !== null) return start;
  if (database === null || Math.abs(database) <= mostApart) return null;
  return `The database's clock is ${apart(database)} the time that this server goes by. Set the clock that is wrong. ${untilThen}`;
}

/** How far a clock is ahead of the time that counts; negative = behind. */
export interface ClockDifference {
  readonly machine: Millis;
  /** Null without a database that has a clock of its own. */
  readonly database: Millis | null;
  /** Why the one clock of this start cannot be right; absent or null = it can. */
  readonly start?: string | null;
}

/** A difference that people should hear of; less is the noise of a network. */
const worthSaying: Millis = 2_000;

/** What an operator should know about the clocks, as a sentence; null where they agree. */
export function clockNote({ machine, database }: ClockDifference): string | null {
  if (database !== null) {
    const between = machine - database;
    if (Math.abs(between) < worthSaying && Math.abs(database) < worthSaying) return null;
    const believed = Math.abs(machine) < Math.abs(database) ? "this machine's" : "the database's";
    return `this machine's clock is ${apart(between)} the database's; deadlines go by ${believed}`;
  }
  if (Math.abs(machine) < worthSaying) return null;
  return `this machine's clock was set and is ${apart(machine)} the time that deadlines go by, which has run on since the start; restart to take the new time`;
}

const apart = (difference: Millis): string =>
  `${lengthText(Math.abs(difference))} ${difference > 0 ? "ahead of" : "behind"}`;

const units = [
  ["day", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
] as const;

/** "6 s", "1 h", "2 min", "1 day". */
function lengthText(length: Millis): string {
  const [unit, size] = units.find(([, size]) => length >= size) ?? ["s", 1_000];
  const count = Math.round(length / size);
  return `${count} ${unit === "day" && count !== 1 ? "days" : unit}`;
}
