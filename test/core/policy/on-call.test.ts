import { describe, expect, test } from "vitest";
import { personId } from "../../../src/core/ids.ts";
import type { Schedule } from "../../../src/core/policy/model.ts";
import { whoIsOnCall } from "../../../src/core/policy/on-call.ts";
import { atWall, instantOf, type Recurrence } from "../../../src/core/time.ts";

const [ana, bob, chidi] = ["p_ana", "p_bob", "p_chidi"].map(personId) as [
  Schedule["rotation"][number],
  Schedule["rotation"][number],
  Schedule["rotation"][number],
];

const mondays: Recurrence = {
  every: { count: 1, unit: "weeks" },
  on: 1,
  at: "09:00",
  from: "2026-11-02",
};

const schedule = (parts: Partial<Schedule> = {}): Schedule => ({
  id: "model-oncall",
  timezone: "Europe/London",
  rotation: [ana, bob],
  handoff: mondays,
  overrides: [],
  ...parts,
});

const at = (text: string): number => instantOf(text);
const minute = 60_000;
const quarter = 15 * minute;

/** Wall clock and weekday in a zone, by the platform's own calendar. */
function wallClockIn(zone: string): (instant: number) => string {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    weekday: "long",
    hour: "2-digit",
    minute: "2-digit",
  });
  return (instant) => format.format(instant);
}

describe.each(["Europe/London", "America/New_York", "Australia/Lord_Howe"])("in %s", (zone) => {
  const override = {
    person: chidi,
    from: atWall("2026-12-24", "09:00", zone),
    to: atWall("2026-12-27", "09:00", zone),
  };
  const rota = schedule({ timezone: zone, overrides: [override] });
  const start = at("2026-01-01T00:00:00Z");
  const quarters = Array.from({ length: 35_040 + 96 * 60 }, (_, k) => start + k * quarter);

  test("each quarter hour of a year, clock changes and all, has one person, who changes on Monday 09:00 or with an override", () => {
    const people = quarters.map((instant) => whoIsOnCall(rota, instant));
    const wallClock = wallClockIn(zone);

    const changes = quarters
      .filter((_, k) => k > 0 && people[k] !== people[k - 1])
      .map((instant) => instant);
    const byRotation = changes.filter(
      (instant) => instant !== override.from && instant !== override.to,
    );

    expect(new Set(people)).toEqual(new Set([ana, bob, chidi]));
    expect([...new Set(byRotation.map(wallClock))]).toEqual(["Monday 09:00"]);
    expect(byRotation.length).toBeGreaterThan(10);
    expect(changes).toContain(override.from);
    expect(changes).toContain(override.to);
  });

  test("before the first hand-off it is the first person", () => {
    const first = atWall("2026-11-02", "09:00", zone);

    expect(whoIsOnCall(rota, 0)).toBe(ana);
    expect(whoIsOnCall(rota, first - 1)).toBe(ana);
    expect(whoIsOnCall(rota, first)).toBe(ana);
    expect(whoIsOnCall(rota, first + 7 * 24 * 60 * minute)).toBe(bob);
  });
});

describe("a hand-off", () => {
  test("is at the wall time, to the millisecond, in winter and in summer", () => {
    const winter = at("2026-11-09T09:00:00Z");
    const summer = at("2027-06-07T08:00:00Z");

    expect(whoIsOnCall(schedule(), winter - 1)).toBe(ana);
    expect(whoIsOnCall(schedule(), winter)).toBe(bob);
    expect(whoIsOnCall(schedule(), summer - 1)).not.toBe(whoIsOnCall(schedule(), summer));
  });

  test("inside a gap of the clock is at the gap's end", () => {
    const daily = schedule({
      handoff: { every: { count: 1, unit: "days" }, on: null, at: "01:30", from: "2027-03-27" },
    });
    const gapEnd = at("2027-03-28T01:00:00Z");

    expect(whoIsOnCall(daily, gapEnd - 1)).toBe(ana);
    expect(whoIsOnCall(daily, gapEnd)).toBe(bob);
  });

  test("inside the doubled hour happens once", () => {
    const daily = schedule({
      handoff: { every: { count: 1, unit: "days" }, on: null, at: "01:30", from: "2026-10-24" },
    });
    const first = at("2026-10-25T00:30:00Z");
    const again = at("2026-10-25T01:30:00Z");

    expect(whoIsOnCall(daily, first - 1)).toBe(ana);
    expect(whoIsOnCall(daily, first)).toBe(bob);
    expect(whoIsOnCall(daily, again - 1)).toBe(bob);
    expect(whoIsOnCall(daily, again)).toBe(bob);
  });

  test("every 12 hours is at 08:00 and 20:00 on the wall on the day the clocks change, too", () => {
    const rota = schedule({
      handoff: { every: { count: 12, unit: "hours" }, on: null, at: "08:00", from: "2027-03-27" },
    });
    const wallClock = wallClockIn("Europe/London");
    const instants = Array.from(
      { length: 4 * 24 * 4 },
      (_, k) => at("2027-03-27T00:00:00Z") + k * quarter,
    );

    const changes = instants.filter(
      (instant) => whoIsOnCall(rota, instant) !== whoIsOnCall(rota, instant - 1),
    );

    expect(changes.map(wallClock)).toEqual([
      "Saturday 20:00",
      "Sunday 08:00",
      "Sunday 20:00",
      "Monday 08:00",
      "Monday 20:00",
      "Tuesday 08:00",
      "Tuesday 20:00",
    ]);
  });

  test("goes round a rotation of any length, every second week too", () => {
    const rota = schedule({
      rotation: [ana, bob, chidi],
      handoff: { ...mondays, every: { count: 2, unit: "weeks" } },
    });
    const weeks = Array.from({ length: 8 }, (_, week) =>
      whoIsOnCall(rota, at("2026-11-02T12:00:00Z") + week * 7 * 24 * 60 * minute),
    );

    expect(weeks).toEqual([ana, ana, bob, bob, chidi, chidi, ana, ana]);
  });
});

describe("an override", () => {
  const holiday = {
    person: chidi,
    from: at("2026-12-24T09:00:00Z"),
    to: at("2026-12-27T09:00:00Z"),
  };

  test("begins with its first instant and has ended with its last", () => {
    const rota = schedule({ overrides: [holiday] });

    expect(whoIsOnCall(rota, holiday.from - 1)).not.toBe(chidi);
    expect(whoIsOnCall(rota, holiday.from)).toBe(chidi);
    expect(whoIsOnCall(rota, holiday.to - 1)).toBe(chidi);
    expect(whoIsOnCall(rota, holiday.to)).not.toBe(chidi);
  });

  test("moves nobody else's turn", () => {
    const without = schedule();
    const rota = schedule({ overrides: [holiday] });
    const after = Array.from({ length: 20 }, (_, week) => holiday.to + week * 7 * 24 * 60 * minute);

    expect(after.map((instant) => whoIsOnCall(rota, instant))).toEqual(
      after.map((instant) => whoIsOnCall(without, instant)),
    );
  });
});

test("a rotation of one is always that one", () => {
  const rota = schedule({ rotation: [bob] });

  expect(whoIsOnCall(rota, 0)).toBe(bob);
  expect(whoIsOnCall(rota, at("2030-01-01T00:00:00Z"))).toBe(bob);
});

test("an empty rotation is a broken invariant, never an unanswered question", () => {
  expect(() => whoIsOnCall(schedule({ rotation: [] }), 0)).toThrow("model-oncall");
});
