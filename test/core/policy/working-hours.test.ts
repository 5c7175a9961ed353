import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Hours,
  instantOf,
  isWithin,
  minusWorkingDays,
  moveEarlierIntoHours,
  nextStartOfHours,
  rfc3339,
} from "../../../src/core/time.ts";

const london = "Europe/London";
const hour = 3_600_000;
const at = (text: string): number => instantOf(text);
const said = (instant: number): string => rfc3339(instant).replace(".000Z", "Z");

const office: Hours = { timezone: london, days: [1, 2, 3, 4, 5], from: "09:00", to: "17:00" };

describe("working hours", () => {
  test.each([
    ["2026-11-27T12:00:00Z", "2026-11-27T12:00:00Z", "inside"],
    ["2026-11-27T17:00:00Z", "2026-11-27T17:00:00Z", "at the very end"],
    ["2026-11-27T17:00:01Z", "2026-11-27T17:00:00Z", "a second late"],
    ["2026-11-29T12:00:00Z", "2026-11-27T17:00:00Z", "on Sunday"],
    ["2026-11-30T08:59:00Z", "2026-11-27T17:00:00Z", "before they open on Monday"],
    ["2026-10-26T08:00:00Z", "2026-10-23T16:00:00Z", "on the Monday after the clocks changed"],
  ])("%s moves to %s (%s)", (due, moved) => {
    expect(said(moveEarlierIntoHours(office, at(due), 0))).toBe(moved);
  });

  test("an instant stays where it is when moving it would put it before the present", () => {
    const sunday = at("2026-11-29T12:00:00Z");

    expect(moveEarlierIntoHours(office, sunday, at("2026-11-27T17:00:00Z"))).toBe(sunday);
    expect(moveEarlierIntoHours(office, sunday, at("2026-11-28T09:00:00Z"))).toBe(sunday);
  });

  const anyHours = fc.record({
    timezone: fc.constantFrom(london, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"),
    days: fc.subarray([1, 2, 3, 4, 5, 6, 7] as const, { minLength: 1 }),
    from: fc.constantFrom("00:00", "01:30", "02:15"),
    to: fc.constantFrom("02:20", "02:45", "17:00", "23:59"),
  });
  const anyInstant = fc.integer({
    min: at("2026-01-01T00:00:00Z"),
    max: at("2028-12-31T00:00:00Z"),
  });

  test("moving never makes anything later, never passes the present, and lands in hours when it moves", () => {
    fc.assert(
      fc.property(
        anyHours,
        anyInstant,
        fc.integer({ min: 0, max: 30 * 24 * hour }),
        (hours, due, before) => {
          const moved = moveEarlierIntoHours(hours, due, due - before);

          expect(moved).toBeLessThanOrEqual(due);
          if (moved !== due) {
            expect(moved).toBeGreaterThan(due - before);
            expect(isWithin(hours, moved)).toBe(true);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test("the next start of hours is later, on a working day, when they open", () => {
    fc.assert(
      fc.property(anyHours, anyInstant, (hours, instant) => {
        const start = nextStartOfHours(hours, instant);

        expect(start).toBeGreaterThan(instant);
        expect(start - instant).toBeLessThanOrEqual(8 * 24 * hour + hour);
        expect(isWithin(hours, start)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ["2026-12-01T10:00:00Z", 1, "2026-11-30T10:00:00Z", "Tuesday back to Monday"],
    ["2026-11-30T10:00:00Z", 1, "2026-11-27T10:00:00Z", "Monday back to Friday"],
    ["2026-11-30T10:00:00Z", 5, "2026-11-23T10:00:00Z", "a working week"],
    ["2026-11-29T10:00:00Z", 1, "2026-11-27T10:00:00Z", "Sunday back to Friday"],
    ["2026-11-30T10:00:00Z", 0, "2026-11-30T10:00:00Z", "none"],
    ["2026-10-26T10:00:00Z", 1, "2026-10-23T09:00:00Z", "the same wall time over the clock change"],
    ["2028-03-01T10:00:00Z", 1, "2028-02-29T10:00:00Z", "over the leap day"],
    ["2027-01-01T10:00:00Z", 1, "2026-12-31T10:00:00Z", "over the year"],
  ])("%s minus %d working days is %s: %s", (due, days, before) => {
    expect(said(minusWorkingDays(office, at(due), days))).toBe(before);
  });
});
