import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";
import { zoneLabel } from "../../src/core/clock-text.ts";
import {
  atWall,
  dateIn,
  isWithin,
  minusWorkingDays,
  moveEarlierIntoHours,
  nextDay,
  occurrence,
  oneSpelling,
  parseRfc3339,
  periodAt,
  wallIn,
} from "../../src/core/time.ts";

const zones = ["Europe/London", "America/New_York", "Australia/Lord_Howe", "UTC", "Asia/Kathmandu"];

describe("times that are read and written often", () => {
  const shown = (text: string) => {
    try {
      const instant = Temporal.Instant.from(text);
      return { at: instant.epochMilliseconds, spelling: instant.toString() };
    } catch {
      return { at: null, spelling: null };
    }
  };
  const digits = (n: number, most: number) =>
    fc.integer({ min: 0, max: most }).map((value) => String(value).padStart(n, "0"));
  const times = fc
    .tuple(
      digits(4, 9999),
      digits(2, 13),
      digits(2, 32),
      digits(2, 25),
      digits(2, 61),
      digits(2, 61),
      fc.constantFrom("", ".0", ".000", ".5", ".120", ".123", ".123456789", ".100000000"),
      fc.constantFrom("Z", "z", "+01:00", "-00:00", "+23:59"),
    )
    .map(
      ([year, month, day, h, m, s, fraction, zone]) =>
        `${year}-${month}-${day}T${h}:${m}:${s}${fraction}${zone}`,
    );

  test("are as Temporal has them, also where there is no such day or second", () => {
    fc.assert(
      fc.property(times, (text) => {
        const { at, spelling } = shown(text);
        const isWritable = at !== null && at >= -62_167_219_200_000 && at <= 253_402_300_799_999;
        expect(parseRfc3339(text), text).toBe(isWritable ? at : null);
        expect(oneSpelling(text), text).toBe(isWritable ? spelling : null);
      }),
      { numRuns: 2_000 },
    );
  });

  test("the period asked for last answers for itself alone, whatever was asked before", () => {
    const asked = fc.array(
      fc.record({
        zone: fc.constantFrom(...zones),
        at: fc.integer({ min: Date.UTC(2026, 2, 20), max: Date.UTC(2026, 3, 10) }),
      }),
      { minLength: 2, maxLength: 12 },
    );
    fc.assert(
      fc.property(asked, fc.constantFrom("00:30", "01:30", "02:30"), (all, time) => {
        const often = {
          every: { count: 1, unit: "days" as const },
          on: null,
          at: time,
          from: null,
        };
        for (const { zone, at } of all)
          expect(periodAt(often, zone, at)).toBe(periodAt({ ...often }, zone, at));
      }),
    );
  });
});

test("a zone is called as Intl calls it at that time, whatever was asked before", () => {
  const englishes = ["en-GB", "en-US", "en-AU", "en-IN"];
  const names = new Map(
    [...zones, "Europe/Berlin", "America/Whitehorse"].map((zone) => [
      zone,
      englishes.map(
        (english) => new Intl.DateTimeFormat(english, { timeZone: zone, timeZoneName: "short" }),
      ),
    ]),
  );
  const nameOf = (at: number, zone: string) => {
    const all = (names.get(zone) ?? []).map((format) =>
      format.formatToParts(at).find(({ type }) => type === "timeZoneName"),
    );
    return all.map((part) => part?.value ?? "").find((name) => !/^(GMT|UTC)[+-]/.test(name));
  };
  const hour = 3_600_000;
  // Whitehorse changed its name on 1 November 2020, and no clock.
  const around = fc.constantFrom(
    Date.UTC(2020, 10, 1),
    Date.UTC(2026, 2, 29),
    Date.UTC(2026, 9, 25),
  );
  const instants = fc
    .tuple(around, fc.integer({ min: -72, max: 72 }))
    .map(([at, h]) => at + h * hour);
  fc.assert(
    fc.property(
      fc.array(instants, { minLength: 2, maxLength: 20 }),
      fc.constantFrom(...names.keys()),
      (all, zone) => {
        for (const at of all) {
          const name = nameOf(at, zone);
          if (name !== undefined)
            expect(zoneLabel(at, zone), new Date(at).toISOString()).toBe(name);
        }
      },
    ),
  );
});

/** Zones whose clocks did odd things: a day left out, midnight twice, changes by half an hour. */
const odd = [
  ...zones,
  "Pacific/Apia",
  "America/St_Johns",
  "America/Havana",
  "Africa/Casablanca",
  "America/Sao_Paulo",
];

describe("wall clocks", () => {
  const instants = fc.oneof(
    fc.integer({ min: Date.UTC(2005, 0), max: Date.UTC(2030, 0) }),
    fc.integer({ min: Date.UTC(2011, 11, 27), max: Date.UTC(2012, 0, 3) }),
    fc.integer({ min: Date.UTC(2011, 10, 5), max: Date.UTC(2011, 10, 8) }),
  );
  const times = fc.constantFrom(
    "00:00",
    "00:01",
    "00:30",
    "01:30",
    "02:30",
    "09:00",
    "17:00",
    "23:30",
  );
  const wallOf = (at: number, zone: string) =>
    Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDateTime();
  /** In a gap the first instant after it, of two the first. */
  const resolved = (wall: Temporal.PlainDateTime, zone: string): number => {
    const earlier = wall.toZonedDateTime(zone, { disambiguation: "earlier" });
    if (earlier.toPlainDateTime().equals(wall)) return earlier.epochMilliseconds;
    return earlier.getTimeZoneTransition("next")?.epochMilliseconds ?? Number.NaN;
  };
  const on = (date: Temporal.PlainDate, time: string, zone: string) =>
    resolved(date.toPlainDateTime(Temporal.PlainTime.from(time)), zone);

  test("are as Temporal has them, in any zone and in any order of questions", () => {
    fc.assert(
      fc.property(instants, fc.constantFrom(...odd), times, times, (at, zone, from, to) => {
        const date = wallOf(at, zone).toPlainDate();
        const said = `${new Date(at).toISOString()} ${zone} ${from}-${to}`;

        expect(dateIn(at, zone), said).toBe(date.toString());
        const { year, month, day, weekday, hour, minute, second } = wallIn(at, zone);
        const shown = { year, month, day, dayOfWeek: weekday, hour, minute, second };
        expect(wallOf(at, zone), said).toMatchObject(shown);
        expect(atWall(date.toString(), from, zone), said).toBe(on(date, from, zone));
        expect(nextDay(at, zone), said).toBe(on(date.add({ days: 1 }), "00:00", zone));

        const days = [1, 3, 7] as const;
        const hours = { timezone: zone, days, from, to };
        const isDay = (day: Temporal.PlainDate) => days.some((item) => item === day.dayOfWeek);
        const inside = isDay(date) && at >= on(date, from, zone) && at <= on(date, to, zone);
        expect(isWithin(hours, at), said).toBe(inside);

        let before = date.subtract({ days: 1 });
        while (!isDay(before)) before = before.subtract({ days: 1 });
        const same = before.toPlainDateTime(wallOf(at, zone).toPlainTime());
        expect(minusWorkingDays(hours, at, 1), said).toBe(resolved(same, zone));

        const ends = Array.from({ length: 8 }, (_, back) => date.subtract({ days: back }))
          .filter(isDay)
          .map((day) => on(day, to, zone));
        const end = inside ? at : (ends.find((item) => item <= at) ?? at);
        expect(moveEarlierIntoHours(hours, at, 0), said).toBe(end);

        const every = {
          every: { count: 5, unit: "hours" as const },
          on: null,
          at: from,
          from: null,
        };
        const first = Temporal.PlainDateTime.from(`2001-01-01T${from}`);
        const k = periodAt(every, zone, at);
        expect(occurrence(every, zone, k), said).toBe(resolved(first.add({ hours: 5 * k }), zone));
      }),
      { numRuns: 600 },
    );
  });
});
