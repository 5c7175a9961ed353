import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clockText } from "../../src/core/clock-text.ts";
import { formatDuration, parseDuration } from "../../src/core/duration.ts";
import {
  atWall,
  instantOf,
  nextDay,
  nextOccurrence,
  occurrence,
  parseRfc3339,
  periodAt,
  type Recurrence,
  rfc3339,
  zoneExists,
} from "../../src/core/time.ts";

const london = "Europe/London";
const newYork = "America/New_York";
const lordHowe = "Australia/Lord_Howe";
const zones = [london, newYork, lordHowe, "UTC", "Asia/Kathmandu"];

const at = (text: string): number => instantOf(text);
const said = (instant: number): string => rfc3339(instant).replace(".000Z", "Z");
const hour = 3_600_000;

const weekly = (on: 1 | 2 | 3 | 4 | 5 | 6 | 7, time: string, from: string | null): Recurrence => ({
  every: { count: 1, unit: "weeks" },
  on,
  at: time,
  from,
});

/** What a wall clock in the zone shows, by the platform's own calendar. */
const wallClock = (instant: number, zone: string): string =>
  new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "short",
  }).format(instant);

const weekdayIn = (instant: number, zone: string): string =>
  new Intl.DateTimeFormat("en-GB", { timeZone: zone, weekday: "long" }).format(instant);

describe("durations", () => {
  test.each([
    ["45s", 45_000],
    ["10m", 600_000],
    ["4h", 4 * hour],
    ["3d", 72 * hour],
    ["2w", 336 * hour],
    ["0m", 0],
    ["5217w", 5_217 * 168 * hour],
  ])("%s is %d milliseconds", (text, length) => {
    expect(parseDuration(text)).toBe(length);
  });

  test.each([
    "",
    "10",
    "m",
    "10 m",
    " 10m",
    "10m ",
    "10m\n",
    "-10m",
    "+10m",
    "1.5h",
    "1e3s",
    "10M",
    "1y",
    "1h30m",
    "1000000s",
    "٣d",
    "10constructor",
    "5218w",
    "999999w",
  ])("%j is no duration", (text) => {
    expect(parseDuration(text)).toBeNull();
  });

  test.each([
    [90 * 60_000, "90m"],
    [24 * hour, "1d"],
    [168 * hour, "1w"],
    [8 * 24 * hour, "8d"],
    [45_000, "45s"],
    [0, "0s"],
    [1_499, "1s"],
  ])("%d milliseconds are written %s", (length, text) => {
    expect(formatDuration(length)).toBe(text);
  });

  test("what is written reads back as the same length", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999 }), (seconds) => {
        expect(parseDuration(formatDuration(seconds * 1_000))).toBe(seconds * 1_000);
      }),
    );
  });
});

describe("timestamps", () => {
  test.each([
    ["2026-11-23T03:11:40Z", "2026-11-23T03:11:40Z"],
    ["2026-11-23t03:11:40z", "2026-11-23T03:11:40Z"],
    ["2026-11-23T03:11:40.218999999Z", "2026-11-23T03:11:40.218Z"],
    ["2026-11-23T03:11:40.5+05:45", "2026-11-22T21:26:40.500Z"],
    ["2026-11-23T03:11:40-00:00", "2026-11-23T03:11:40Z"],
    ["2024-02-29T12:00:00Z", "2024-02-29T12:00:00Z"],
  ])("%s is %s", (text, utc) => {
    expect(said(parseRfc3339(text)!)).toBe(utc);
  });

  test.each([
    "",
    "2026-11-23",
    "2026-11-23T03:11",
    "2026-11-23T03:11:40",
    "2026-11-23 03:11:40Z",
    "2026-11-23T03:11:40+0100",
    "2026-11-23T03:11:40+01",
    "2026-11-23T03:11:40Z[Europe/London]",
    "2026-11-23T03:11:40,5Z",
    "2026-11-23T24:00:00Z",
    "2026-11-23T03:60:00Z",
    "2026-13-01T00:00:00Z",
    "2026-02-29T00:00:00Z",
    "2026-04-31T00:00:00Z",
    "+002026-11-23T03:11:40Z",
    "2026-11-23T03:11:40Z\n",
    "now",
  ])("%j is no timestamp", (text) => {
    expect(parseRfc3339(text)).toBeNull();
  });

  test("every instant reads back as itself", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: at("2099-12-31T23:59:59Z") }), (instant) => {
        expect(parseRfc3339(rfc3339(instant))).toBe(instant);
      }),
    );
  });

  test("a timestamp the log could not have written is a broken invariant", () => {
    expect(() => instantOf("yesterday")).toThrow("invariant");
  });
});

test.each([
  [london, true],
  ["UTC", true],
  ["America/Argentina/Buenos_Aires", true],
  ["Europe/Londn", false],
  ["+01:00", false],
  ["-05", false],
  ["", false],
  ["Europe/London; drop", false],
])("%j is a zone: %s", (zone, known) => {
  expect(zoneExists(zone)).toBe(known);
});

describe("wall times", () => {
  test.each([
    // Spring forward: the time does not exist; the first instant after the gap stands for it.
    [london, "2027-03-28", "00:59", "2027-03-28T00:59:00Z"],
    [london, "2027-03-28", "01:00", "2027-03-28T01:00:00Z"],
    [london, "2027-03-28", "01:30", "2027-03-28T01:00:00Z"],
    [london, "2027-03-28", "02:00", "2027-03-28T01:00:00Z"],
    [newYork, "2027-03-14", "02:30", "2027-03-14T07:00:00Z"],
    [newYork, "2027-03-14", "03:00", "2027-03-14T07:00:00Z"],
    [lordHowe, "2026-10-04", "02:15", "2026-10-03T15:30:00Z"],
    [lordHowe, "2026-10-04", "02:29", "2026-10-03T15:30:00Z"],
    [lordHowe, "2026-10-04", "02:30", "2026-10-03T15:30:00Z"],
    // Autumn: the time comes twice; the first of the two.
    [london, "2026-10-25", "01:30", "2026-10-25T00:30:00Z"],
    [newYork, "2026-11-01", "01:30", "2026-11-01T05:30:00Z"],
    [lordHowe, "2027-04-04", "01:45", "2027-04-03T14:45:00Z"],
    [lordHowe, "2027-04-04", "02:00", "2027-04-03T15:30:00Z"],
    // A day that was never there (Samoa crossed the date line) and a midnight that was not.
    ["Pacific/Apia", "2011-12-30", "12:00", "2011-12-30T10:00:00Z"],
    ["America/Sao_Paulo", "2018-11-04", "00:00", "2018-11-04T03:00:00Z"],
  ])("in %s, %s %s is %s", (zone, date, time, utc) => {
    expect(said(atWall(date, time, zone))).toBe(utc);
  });

  test("the day after one that ends in a gap begins at its first instant", () => {
    expect(said(nextDay(at("2018-11-03T12:00:00Z"), "America/Sao_Paulo"))).toBe(
      "2018-11-04T03:00:00Z",
    );
    expect(said(nextDay(at("2026-10-24T23:30:00Z"), london))).toBe("2026-10-26T00:00:00Z");
    expect(said(nextDay(at("2028-02-28T12:00:00Z"), "UTC"))).toBe("2028-02-29T00:00:00Z");
    expect(said(nextDay(at("2026-12-31T12:00:00Z"), "UTC"))).toBe("2027-01-01T00:00:00Z");
  });
});

describe("recurrences", () => {
  test.each(zones)("Monday 09:00 in %s stays Monday 09:00 on the wall for a year", (zone) => {
    const rule = weekly(1, "09:00", "2026-06-01");
    let now = at("2026-06-01T00:00:00Z") - 48 * hour;
    for (let week = 0; week < 54; week += 1) {
      const next = nextOccurrence(rule, zone, now);

      expect(wallClock(next, zone)).toMatch(/ 09:00$/);
      expect(weekdayIn(next, zone)).toBe("Monday");
      if (week > 0) expect(Math.abs(next - now - 168 * hour)).toBeLessThanOrEqual(hour);
      now = next;
    }
  });

  test("a hand-off inside the gap happens at its end, the next one at its own time", () => {
    const rule: Recurrence = {
      every: { count: 1, unit: "days" },
      on: null,
      at: "01:30",
      from: "2027-03-26",
    };

    const found = [0, 1, 2, 3].map((k) => said(occurrence(rule, london, k)));

    expect(found).toEqual([
      "2027-03-26T01:30:00Z",
      "2027-03-27T01:30:00Z",
      "2027-03-28T01:00:00Z",
      "2027-03-29T00:30:00Z",
    ]);
  });

  test("a doubled time happens once", () => {
    const rule: Recurrence = {
      every: { count: 1, unit: "days" },
      on: null,
      at: "01:30",
      from: "2026-10-24",
    };
    const first = nextOccurrence(rule, london, at("2026-10-24T12:00:00Z"));

    expect(said(first)).toBe("2026-10-25T00:30:00Z");
    expect(said(nextOccurrence(rule, london, first))).toBe("2026-10-26T01:30:00Z");
  });

  test("daily goes over month ends and the leap day", () => {
    const rule: Recurrence = {
      every: { count: 1, unit: "days" },
      on: null,
      at: "10:00",
      from: null,
    };
    const from = at("2028-02-27T10:00:00Z");
    const found = [0, 1, 2].reduce<number[]>(
      (all) => [...all, nextOccurrence(rule, "UTC", all.at(-1) ?? from)],
      [],
    );

    expect(found.map(said)).toEqual([
      "2028-02-28T10:00:00Z",
      "2028-02-29T10:00:00Z",
      "2028-03-01T10:00:00Z",
    ]);
  });

  test("from on another weekday begins on the first named weekday after it", () => {
    expect(said(occurrence(weekly(1, "09:00", "2026-11-03"), "UTC", 0))).toBe(
      "2026-11-09T09:00:00Z",
    );
    expect(said(occurrence(weekly(2, "09:00", "2026-11-03"), "UTC", 0))).toBe(
      "2026-11-03T09:00:00Z",
    );
  });

  test("the next one is strictly after, even when asked at the instant itself", () => {
    const rule = weekly(1, "09:00", "2026-11-02");

    expect(said(nextOccurrence(rule, "UTC", at("2026-11-02T08:59:59Z")))).toBe(
      "2026-11-02T09:00:00Z",
    );
    expect(said(nextOccurrence(rule, "UTC", at("2026-11-02T09:00:00Z")))).toBe(
      "2026-11-09T09:00:00Z",
    );
  });

  test("before the first one there is no period, and the first is what comes next", () => {
    const rule = weekly(1, "09:00", "2026-11-02");
    const long = at("2020-01-01T00:00:00Z");

    expect(periodAt(rule, london, long)).toBe(-1);
    expect(said(nextOccurrence(rule, london, long))).toBe("2026-11-02T09:00:00Z");
  });

  const anyRule = fc.record({
    every: fc.record({
      count: fc.integer({ min: 1, max: 40 }),
      unit: fc.constantFrom("hours" as const, "days" as const, "weeks" as const),
    }),
    on: fc.constant(null),
    at: fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map(([h, m]) => `${String(h).padStart(2, "0")}:${String(m).padStart(2, "0")}`),
    from: fc.constantFrom("2026-01-01", "2026-03-29", "2026-10-04", "2024-02-29", null),
  });
  const anyInstant = fc.integer({
    min: at("2026-01-01T00:00:00Z"),
    max: at("2028-12-31T00:00:00Z"),
  });

  test("the period at an instant has begun, the next has not", () => {
    fc.assert(
      fc.property(anyRule, fc.constantFrom(...zones), anyInstant, (rule, zone, instant) => {
        const k = periodAt(rule, zone, instant);

        if (k >= 0) expect(occurrence(rule, zone, k)).toBeLessThanOrEqual(instant);
        expect(occurrence(rule, zone, k + 1)).toBeGreaterThan(instant);
        expect(nextOccurrence(rule, zone, instant)).toBe(occurrence(rule, zone, k + 1));
      }),
      { numRuns: 400 },
    );
  });
});

describe("clocks for people", () => {
  const now = at("2026-11-23T13:18:00Z");

  test.each([
    ["2026-11-23T03:40:00Z", "03:40"],
    ["2026-11-22T23:59:00Z", "Sun 23:59"],
    ["2026-11-29T10:00:00Z", "Sun 10:00"],
    ["2026-11-30T10:00:00Z", "30 Nov 10:00"],
    ["2026-11-16T10:00:00Z", "16 Nov 10:00"],
    ["2026-03-16T10:00:00Z", "16 Mar 10:00"],
    ["2027-03-16T10:00:00Z", "16 Mar 2027 10:00"],
    ["2025-12-31T09:05:00Z", "31 Dec 2025 09:05"],
  ])("%s is said %s", (instant, text) => {
    expect(clockText(at(instant), london, now)).toBe(text);
  });

  test("the zone says which day it is", () => {
    const midnight = at("2026-11-24T00:30:00Z");

    expect(clockText(midnight, newYork, now)).toBe("19:30");
    expect(clockText(midnight, lordHowe, now)).toBe("11:30");
    expect(clockText(midnight, london, now)).toBe("Tue 00:30");
  });
});
