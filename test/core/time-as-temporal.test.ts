import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";
import { oneSpelling, parseRfc3339, periodAt } from "../../src/core/time.ts";

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
