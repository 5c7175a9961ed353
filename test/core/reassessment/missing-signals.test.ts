import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type ActiveExpectation,
  heardNotice,
  heartbeatSilence,
  lastTwo,
  runSilence,
  silentNotice,
  whatIsMissed,
} from "../../../src/core/reassessment/missing-signals.ts";
import {
  identityOf,
  noticeBody,
  noticeIn,
  parseNotice,
} from "../../../src/core/reassessment/silence-notice.ts";
import { instantOf, nextOccurrence, type Recurrence, rfc3339 } from "../../../src/core/time.ts";
import { hours, minutes } from "../../support/builders.ts";

const at = (text: string) => instantOf(`2026-${text}Z`);
const said = (instant: number) => rfc3339(instant).slice(5, 16);

describe("a heartbeat of five minutes", () => {
  const five = { every: minutes(5) };
  const adopted = at("11-23T10:00:00");
  const silence = (heard: string | null, started: string, now: string): string | null => {
    const hearing = { now: at(`11-23T${now}:00`), hearingSince: at(`11-23T${started}:00`) };
    const last = heard === null ? null : at(`11-23T${heard}:00`);
    const found = heartbeatSilence(five, { expectedSince: adopted, heard: last }, hearing);
    return found && said(found.since).slice(6);
  };

  test.each([
    ["not yet", "10:10", "09:00", "10:14", null],
    ["at the moment itself", "10:10", "09:00", "10:15", "10:10"],
    ["found out late", "10:10", "09:00", "23:00", "10:10"],
    ["never heard, and expected since the adoption", null, "09:00", "10:05", "10:00"],
    ["never heard, a full period not over", null, "09:00", "10:04", null],
    ["heard before it was expected", "09:58", "09:00", "10:04", null],
    ["heard before it was expected, and not since", "09:58", "09:00", "10:05", "10:00"],
    ["a full period after a start", "10:10", "11:00", "11:04", null],
    ["a full period after a start, and not heard since", "10:10", "11:00", "11:05", "10:10"],
    ["a sender whose clock is ahead", "10:20", "09:00", "10:10", null],
  ])("%s", (_, heard, started, now, since) => {
    expect(silence(heard, started, now)).toBe(since);
  });
});

const step = fc.record({
  after: fc.integer({ min: 1, max: minutes(12) }),
  what: fc.constantFrom("look", "look", "delivery", "delivery", "start"),
  process: fc.constantFrom("one", "other"),
});

type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

interface Lived {
  now: number;
  heard: number;
  readonly started: Map<string, number>;
  readonly found: { readonly identity: string; readonly now: number; readonly heard: number }[];
}

function looked({ now, heard, started, found }: Lived, process: string): void {
  const hearingSince = started.get(process) ?? 0;
  const silence = heartbeatSilence(
    { every: minutes(5) },
    { expectedSince: 0, heard },
    { now, hearingSince },
  );
  const isSilent = now >= heard + minutes(5) && now >= hearingSince + minutes(5);
  expect(silence !== null).toBe(isSilent);
  if (silence) found.push({ identity: rfc3339(silence.occasion), now, heard });
}

function live(lived: Lived, { after, what, process }: Step): void {
  lived.now += after;
  if (what === "delivery") lived.heard = lived.now;
  if (what === "start") lived.started.set(process, lived.now);
  if (what === "look") looked(lived, process);
}

test("of one silence there is one notice, however many processes look, restart or come late, and no silence is made up", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const lived: Lived = { now: 0, heard: 0, started: new Map(), found: [] };

      for (const step of steps) live(lived, step);

      // One name for one silence, and one silence under one name.
      const names = new Map(lived.found.map(({ identity, heard }) => [heard, identity]));
      for (const { identity, heard } of lived.found) expect(identity).toBe(names.get(heard));
      expect(new Set(names.values()).size).toBe(names.size);
    }),
  );
});

const every = (
  count: number,
  unit: Recurrence["every"]["unit"],
  { time, on = null }: { readonly time: string; readonly on?: Recurrence["on"] },
): Recurrence => ({ every: { count, unit }, on, at: time, from: null });

describe("a run by Monday 10:00 in London", () => {
  const by = { by: every(1, "weeks", { time: "10:00", on: 1 }), timezone: "Europe/London" };
  const silence = (
    adopted: string,
    heard: string | null,
    { now, waiting = null }: { readonly now: string; readonly waiting?: string | null },
  ): readonly string[] | null => {
    const last = {
      at: heard === null ? null : at(`${heard}:00`),
      waitingSince: waiting === null ? null : at(`${waiting}:00`),
    };
    const found = runSilence(by, {
      expectedSince: at(`${adopted}:00`),
      lastHeard: last,
      now: at(`${now}:00`),
    });
    return found && [said(found.since), said(found.occasion)];
  };

  test.each([
    ["came in time", "11-02T09:00", "11-20T12:00", "11-23T10:00", null],
    ["came at the very moment", "11-02T09:00", "11-23T10:00", "11-23T10:00", null],
    [
      "came the week before",
      "11-02T09:00",
      "11-16T10:00",
      "11-23T10:00",
      ["11-16T10:00", "11-23T10:00"],
    ],
    ["is not due yet", "11-02T09:00", "11-10T10:00", "11-16T09:59", null],
    [
      "is a day late when it is found out",
      "11-02T09:00",
      "11-12T10:00",
      "11-24T08:00",
      ["11-12T10:00", "11-23T10:00"],
    ],
    ["came late, and so did whoever looks", "11-02T09:00", "11-23T12:00", "11-24T08:00", null],
    ["never came", "11-02T09:00", null, "11-16T10:00", ["11-02T09:00", "11-16T10:00"]],
    ["is expected for less than a period", "11-17T09:00", null, "11-23T10:00", null],
    [
      "is expected for a full period",
      "11-16T10:00",
      null,
      "11-23T10:00",
      ["11-16T10:00", "11-23T10:00"],
    ],
  ] as const)("%s", (_, adopted, heard, now, found) => {
    expect(silence(adopted, heard, { now })).toEqual(found);
  });

  test("it waits for deliveries that came in time and were not looked into, for no others", () => {
    expect(silence("11-02T09:00", null, { now: "11-16T10:00", waiting: "11-16T09:59" })).toBeNull();
    expect(
      silence("11-02T09:00", null, { now: "11-16T10:01", waiting: "11-16T10:01" }),
    ).not.toBeNull();
  });

  test("10:00 stays 10:00 when the clocks change, both ways", () => {
    expect(silence("10-12T12:00", null, { now: "10-26T09:59" })).toBeNull();
    expect(silence("10-12T12:00", null, { now: "10-26T10:00" })).toEqual([
      "10-12T12:00",
      "10-26T10:00",
    ]);
    expect(silence("03-16T12:00", null, { now: "03-30T08:59" })).toBeNull();
    expect(silence("03-16T12:00", null, { now: "03-30T09:00" })).toEqual([
      "03-16T12:00",
      "03-30T09:00",
    ]);
  });
});

describe("fixed times on the days on which clocks change", () => {
  test.each([
    [
      "a time that is left out comes at the end of the gap",
      every(1, "days", { time: "01:30" }),
      "Europe/London",
      "03-29T12:00",
      "03-28T01:30",
      "03-29T01:00",
    ],
    [
      "a time that comes twice counts the first time",
      every(1, "days", { time: "01:30" }),
      "Europe/London",
      "10-25T12:00",
      "10-24T00:30",
      "10-25T00:30",
    ],
    [
      "a gap of half an hour",
      every(1, "days", { time: "02:15" }),
      "Australia/Lord_Howe",
      "10-04T00:00",
      "10-02T15:45",
      "10-03T15:30",
    ],
    [
      "two times on one instant are one",
      every(1, "hours", { time: "00:00" }),
      "Europe/London",
      "03-29T01:30",
      "03-29T00:00",
      "03-29T01:00",
    ],
    [
      "an hour that comes twice is one long period",
      every(1, "hours", { time: "00:00" }),
      "Europe/London",
      "10-25T02:10",
      "10-25T00:00",
      "10-25T02:00",
    ],
  ] as const)("%s", (_, by, zone, now, from, to) => {
    const found = lastTwo(by, zone, at(`${now}:00`));

    expect(found && [said(found.from), said(found.to)]).toEqual([from, to]);
  });

  test("no period is empty, none is left out, and the last has just passed", () => {
    const recurrence = fc.record({
      every: fc.record({
        count: fc.integer({ min: 1, max: 5 }),
        unit: fc.constantFrom("hours", "days", "weeks"),
      }),
      on: fc.constant(null),
      at: fc.constantFrom("00:00", "01:30", "02:15", "10:00", "23:59"),
      from: fc.constantFrom(null, "2026-01-01"),
    }) as fc.Arbitrary<Recurrence>;
    const zones = fc.constantFrom(
      "Europe/London",
      "America/New_York",
      "Australia/Lord_Howe",
      "UTC",
    );
    const days = fc.integer({ min: at("02-20T00:00:00"), max: at("12-01T00:00:00") });

    fc.assert(
      fc.property(recurrence, zones, days, (by, zone, now) => {
        const found = lastTwo(by, zone, now);
        if (!found) return;

        expect(found.from).toBeLessThan(found.to);
        expect(found.to).toBeLessThanOrEqual(now);
        expect(nextOccurrence(by, zone, found.from)).toBe(found.to);
        expect(nextOccurrence(by, zone, found.to)).toBeGreaterThan(now);
      }),
      { numRuns: 300 },
    );
  });

  test("whoever looks late finds the same time missed as who looked at once", () => {
    const by = every(1, "days", { time: "01:30" });
    const late = fc.integer({ min: 0, max: hours(22) });
    const days = fc.integer({ min: at("02-20T00:00:00"), max: at("12-01T00:00:00") });

    fc.assert(
      fc.property(days, late, (around, later) => {
        const due = nextOccurrence(by, "Europe/London", around);
        const nothing = { at: null, waitingSince: null };
        const found = (now: number) =>
          runSilence(
            { by, timezone: "Europe/London" },
            { expectedSince: at("02-01T00:00:00"), lastHeard: nothing, now },
          );

        expect(found(due)).toEqual(found(due + later));
        expect(found(due)?.occasion).toBe(due);
      }),
    );
  });
});

describe("what is told", () => {
  const standing: ActiveExpectation = {
    source: "alertmanager",
    expectation: { kind: "heartbeat", every: minutes(5), deployments: ["a", "b"] },
    expectedSince: 0,
  };
  const since = at("11-23T09:40:00");
  const silent = silentNotice(standing, { since, occasion: since }, "Europe/London");

  test("it says since when nothing is heard, in the zone of the deployment", () => {
    expect(silent.summary).toBe(
      "Nothing heard from alertmanager since 23 Nov 2026 09:40 (Europe/London); expected every 5m.",
    );
    expect(silentNotice(standing, { since, occasion: since }, "Asia/Tokyo").summary).toContain(
      "23 Nov 2026 18:40 (Asia/Tokyo)",
    );
  });

  test("a silence and its end are two notices with one condition", () => {
    const heard = heardNotice(standing, { occasion: since, at: since + hours(1), zone: "UTC" });

    expect(identityOf(silent)).toBe("silence:alertmanager:heartbeat:2026-11-23T09:40:00.000Z");
    expect(identityOf(heard)).toBe("heard:alertmanager:heartbeat:2026-11-23T09:40:00.000Z");
    expect(heard.what).toBe(whatIsMissed(standing));
  });

  test("it becomes a signal of each deployment it concerns", () => {
    const parsed = parseNotice(noticeBody(silent));

    expect("mapped" in parsed && parsed.mapped.map(({ signal }) => signal)).toEqual([
      expect.objectContaining({
        source: "holdpoint",
        kind: "alert",
        status: "no_data",
        deployment: "a",
      }),
      expect.objectContaining({
        metric: "heartbeat",
        labels: { source: "alertmanager" },
        deployment: "b",
      }),
    ]);
  });

  test("a stored body that is none of ours says so and breaks nothing", () => {
    const text = (body: string) => new TextEncoder().encode(body);

    for (const body of [
      "",
      "null",
      "[]",
      '{"is":"silent"}',
      "{".repeat(10_000),
      JSON.stringify({ ...silent, more: 1 }),
    ])
      expect(parseNotice(text(body))).toEqual({ unmapped: expect.any(String) });
    expect(noticeIn(new Uint8Array([0xff, 0xfe]))).toBeNull();
  });
});
