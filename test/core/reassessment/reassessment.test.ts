import { describe, expect, test } from "vitest";
import type { Deployment } from "../../../src/core/policy/model.ts";
import { dueReminders, reassessBy } from "../../../src/core/reassessment/reassessment.ts";
import { type Hours, instantOf, isWithin, rfc3339 } from "../../../src/core/time.ts";
import { assistant, days, hours, id, minutes, policyWith } from "../../support/builders.ts";
import { Log, of, said } from "../../support/core-log.ts";

/**
 * No decision is permanent: each reminder is said once, inside hours, never later than it is due.
 */

const zones = ["Europe/London", "America/New_York", "Australia/Lord_Howe"] as const;

const inZone = (timezone: string, parts: Partial<Hours> = {}): Deployment => ({
  ...assistant,
  hours: { ...assistant.hours, timezone, ...parts },
});

/** Weeks in which clocks change or a month, a leap day or a year ends. */
const weeks = [
  "2026-03-06T12:00:00Z", // New York forward on the 8th
  "2026-03-27T12:00:00Z", // London forward on the 29th
  "2026-04-03T12:00:00Z", // Lord Howe half an hour back on the 5th
  "2026-10-02T12:00:00Z", // Lord Howe half an hour forward on the 4th
  "2026-10-23T12:00:00Z", // London back on the 25th
  "2026-10-30T12:00:00Z", // New York back on the 1st
  "2026-12-30T12:00:00Z", // the year ends
  "2027-01-29T12:00:00Z", // a month ends
  "2028-02-25T12:00:00Z", // a leap day
];

test("the weekly review is left out on the day on which somebody decided, in the deployment's zone, and on no other", () => {
  // Monday 10:00 in London each week; a resume is good for thirty days.
  const asked = (now: string, byPeople = true): string =>
    rfc3339(
      reassessBy(inZone("Europe/London"), {
        kind: "resume",
        now: instantOf(now),
        atMost: null,
        byPeople,
      }),
    );

  expect(asked("2026-11-23T09:00:00Z")).toBe("2026-11-30T10:00:00.000Z");
  expect(asked("2026-11-23T00:00:00Z")).toBe("2026-11-30T10:00:00.000Z");
  expect(asked("2026-11-22T23:59:59Z")).toBe("2026-11-23T10:00:00.000Z");
  expect(asked("2026-11-23T09:00:00Z", false)).toBe("2026-11-23T10:00:00.000Z");
  // 23:30 in London in summer is the day before in UTC's reckoning of the next.
  expect(asked("2026-06-14T23:30:00Z")).toBe("2026-06-22T09:00:00.000Z");
});

const cells = zones.flatMap((zone) => weeks.map((week) => [zone, week] as const));

const notices = (log: Log) => [
  ...of(log.entries, "reassessment.reminded"),
  ...of(log.entries, "reassessment.overdue"),
];

describe.each(cells)("in %s around %s", (zone, week) => {
  const deployment = inZone(zone);
  const start = instantOf(week);

  test("a date is never later than its limit and lies in hours, unless they are all before now", () => {
    for (let at = start; at < start + days(7); at += hours(3)) {
      for (const kind of ["narrow", "pause", "keep", "resume"] as const) {
        const by = reassessBy(deployment, { kind, now: at });
        expect(by).toBeGreaterThan(at);
        expect(by).toBeLessThanOrEqual(at + deployment.reassess.within[kind]);
        expect(by - at <= days(8)).toBe(true);
        if (kind !== "pause") expect(isWithin(deployment.hours, by), rfc3339(at)).toBe(true);
      }
    }
  });

  test("looked at every half hour, every hour or once a day, the same is said once each, never later than due", () => {
    const run = (step: number): Log => {
      const log = new Log(policyWith({ deployment }), start);
      said(log, "chidi", "narrow");
      for (let passed = 0; passed < days(6); passed += step) log.wait(step);
      return log;
    };

    const log = run(minutes(30));
    const set = of(log.entries, "decision.made")[0];
    const by = instantOf(set?.reassessBy ?? "");
    const reminders = of(log.entries, "reassessment.reminded").map(({ due }) => instantOf(due));
    const overdue = of(log.entries, "reassessment.overdue");
    expect(reminders.at(-1)).toBe(by);
    for (const due of reminders) expect(due).toBeGreaterThan(start);
    for (const due of reminders) expect(due).toBeLessThanOrEqual(by);
    expect(overdue.map(({ step }) => step)).toEqual(overdue.map((_, at) => at + 1));
    for (const { due, step } of overdue) {
      expect(instantOf(due)).toBeGreaterThan(by);
      expect(instantOf(due)).toBeGreaterThanOrEqual(by + days(step));
      expect(isWithin(deployment.hours, instantOf(due)), due).toBe(true);
    }

    const [often, hourly, daily] = [log, run(hours(1)), run(days(1))].map((log) =>
      notices(log).map(({ kind, due }) => `${kind} ${due}`),
    );
    expect(new Set(often).size).toBe(often?.length);
    expect(hourly).toEqual(often);
    expect(daily).toEqual(often);
  });
});

describe("the example's clock", () => {
  const at = (text: string): Log => new Log(policyWith(), instantOf(text));
  const due = (log: Log) => rfc3339(log.state.reassess?.by ?? 0);

  test("a pause at night is asked again at the end of the day before its limit", () => {
    const log = at("2026-11-25T03:10:00Z");

    said(log, "bob", "pause");

    expect(due(log)).toBe("2026-11-25T17:00:00.000Z");
  });

  test("a pause on Friday is asked again on Friday evening, not on Saturday", () => {
    const log = at("2026-11-27T12:00:00Z");

    said(log, "chidi", "pause");

    expect(due(log)).toBe("2026-11-27T17:00:00.000Z");
  });

  test("the weekly look comes first where it is earlier", () => {
    const log = at("2026-11-28T12:00:00Z");

    said(log, "chidi", "narrow");

    expect(due(log)).toBe("2026-11-30T10:00:00.000Z");
  });

  test("a working day before Monday is Friday, and both reminders are said", () => {
    const log = at("2026-11-24T12:00:00Z");
    said(log, "chidi", "keep");
    expect(due(log)).toBe("2026-11-30T10:00:00.000Z");

    log.now = instantOf("2026-11-30T10:00:00Z");
    log.tick();

    expect(of(log.entries, "reassessment.reminded").map((person) => person.due)).toEqual([
      "2026-11-27T10:00:00.000Z",
      "2026-11-30T10:00:00.000Z",
    ]);
  });

  test("a reminder that would have been before the decision is not made", () => {
    const log = at("2026-11-27T12:00:00Z");
    said(log, "chidi", "pause");

    log.now = instantOf("2026-11-27T17:00:00Z");
    log.tick();

    expect(of(log.entries, "reassessment.reminded").map((person) => person.due)).toEqual([
      "2026-11-27T17:00:00.000Z",
    ]);
  });

  test("a new decision starts the reminders of its own date and ends those of the last", () => {
    const log = at("2026-11-24T12:00:00Z");
    said(log, "chidi", "narrow");
    log.wait(days(6));
    expect(of(log.entries, "reassessment.overdue").length).toBeGreaterThan(0);
    said(log, "chidi", "keep");
    const before = notices(log).length;

    log.wait(hours(1));

    expect(log.state.reassess).toMatchObject({ reminded: [], overdueSteps: 0 });
    expect(notices(log)).toHaveLength(before);
  });
});

describe("overdue notices", () => {
  const overdueFrom = (
    start: string,
    parts: Partial<Hours>,
    { every, length }: { readonly every: number; readonly length: number },
  ) => {
    const deployment = inZone("Europe/London", parts);
    const reassess = { ...deployment.reassess, every: null, overdueEvery: every };
    const log = new Log(policyWith({ deployment: { ...deployment, reassess } }), instantOf(start));
    said(log, "chidi", "pause");
    const by = log.state.reassess?.by ?? 0;
    for (log.now = by; log.now < by + length; ) log.wait(minutes(30));
    return of(log.entries, "reassessment.overdue").map(({ due, step }) => [step, due.slice(5, 16)]);
  };
  const weekdays = {};
  const always: Partial<Hours> = { days: [1, 2, 3, 4, 5, 6, 7], from: "00:00", to: "23:59" };

  test.each([
    [
      "a night waits for the morning",
      "2026-11-24T16:00:00Z",
      weekdays,
      hours(4),
      days(1),
      ["11-26T09:00", "11-26T13:00"],
    ],
    [
      "a weekend waits for Monday, and is said once",
      "2026-11-26T17:30:00Z",
      weekdays,
      days(1),
      days(4),
      ["11-30T09:00", "12-01T09:00"],
    ],
    [
      "clocks that go back over the weekend",
      "2026-10-22T17:30:00Z",
      weekdays,
      days(1),
      days(4),
      ["10-26T09:00", "10-27T09:00"],
    ],
    [
      "clocks that go forward over the weekend",
      "2026-03-26T17:30:00Z",
      weekdays,
      days(1),
      days(4),
      ["03-30T08:00", "03-31T08:00"],
    ],
    [
      "hours that never close change nothing",
      "2026-11-24T16:00:00Z",
      always,
      hours(4),
      hours(12),
      ["11-25T20:00", "11-26T00:00", "11-26T04:00"],
    ],
  ] as const)("keep to working hours: %s", (_, start, parts, every, length, expected) => {
    const said = overdueFrom(start, parts, { every, length });

    expect(said).toEqual(expected.map((due, at) => [at + 1, due]));
  });

  test("a server that was down over several says each once on the record, and goes on from there", () => {
    const log = new Log(policyWith(), instantOf("2026-11-24T12:00:00Z"));
    said(log, "bob", "pause");

    const late = log.wait(days(9));
    const next = log.wait(days(1));

    const dues = of(late, "reassessment.overdue").map(({ due }) => due);
    expect(dues.every((due) => isWithin(assistant.hours, instantOf(due)))).toBe(true);
    expect(new Set(dues).size).toBe(dues.length);
    expect(dues.length).toBeGreaterThan(3);
    expect(of(next, "reassessment.overdue")).toHaveLength(1);
  });

  test("what an older version counted is not said a second time", () => {
    const log = new Log(policyWith(), instantOf("2026-11-24T12:00:00Z"));
    said(log, "bob", "pause");
    log.wait(days(2));
    const { reassess } = log.state;
    const { overdueAt, ...older } = reassess ?? { by: 0, setAt: 0, reminded: [], overdueSteps: 0 };
    const situation = { ...log.situation, state: { ...log.state, reassess: older } };

    const again = dueReminders(situation);

    expect(older.overdueSteps).toBeGreaterThan(0);
    expect(again).toEqual([]);
  });
});

describe("who is asked", () => {
  const overdue = (prepare: (log: Log) => void) => {
    const log = new Log(policyWith(), instantOf("2026-11-24T12:00:00Z"));
    said(log, "bob", "pause");
    prepare(log);
    log.wait(days(2));
    return of(log.entries, "reassessment.overdue")[0];
  };

  test("the named decider", () => {
    expect(overdue(() => undefined)).toMatchObject({ to: id("chidi"), insteadOf: "", step: 1 });
  });

  test("the deputy instead of a decider who is away", () => {
    const notice = overdue((log) => log.away("chidi", log.now + days(5)));

    expect(notice).toMatchObject({ to: id("erin"), insteadOf: id("chidi") });
  });

  test("the deputy instead of a decider no chat can reach", () => {
    const notice = overdue((log) => log.unreachable.add(id("chidi")));

    expect(notice).toMatchObject({ to: id("erin"), insteadOf: id("chidi") });
  });

  test("a confirmer when the deputy is away as well", () => {
    const notice = overdue((log) => {
      log.away("chidi", log.now + days(5));
      log.away("erin", log.now + days(5));
    });

    expect(notice).toMatchObject({ to: id("frank"), insteadOf: id("chidi") });
  });

  test("with nobody to reach, still the named decider", () => {
    const notice = overdue((log) => {
      for (const key of ["chidi", "erin", "frank"] as const) log.unreachable.add(id(key));
    });

    expect(notice).toMatchObject({ to: id("chidi"), insteadOf: "" });
  });
});
