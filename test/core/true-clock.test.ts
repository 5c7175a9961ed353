import { describe, expect, test } from "vitest";
import { createClock } from "../../src/composition/clock.ts";
import { duesOf } from "../../src/core/deadlines.ts";
import { agreedTime, clockDoubt, clockNote, firstTime } from "../../src/core/true-clock.ts";
import { days, hours, id, minutes, tuesdayNight } from "../support/builders.ts";
import { Log, of, refused, said } from "../support/core-log.ts";

/** Clocks that jump, and deadlines that do not. */

const second = 1_000;
const steps = [
  ["6 s", 6 * second],
  ["1 h", hours(1)],
  ["1 day", days(1)],
].flatMap(([name, step]) => [
  [`ahead by ${name}`, Number(step)] as const,
  [`back by ${name}`, -Number(step)] as const,
]);

describe("of three clocks two that agree are believed", () => {
  const now = tuesdayNight;

  test.each(steps)("a machine's clock %s is not", (_name, step) => {
    expect(agreedTime(now, { wall: now + step, database: now + 3 })).toBe(now + (step > 0 ? 3 : 0));
  });

  test.each(steps)("a database's clock %s is not", (_name, step) => {
    expect(agreedTime(now, { wall: now, database: now + step })).toBe(now);
  });

  test.each(steps)("after a pause of the whole machine, both are believed: %s", (_name, step) => {
    expect(agreedTime(now, { wall: now + step, database: now + step })).toBe(now + step);
  });

  test.each(steps)("without a database's, a machine's clock %s is not", (_name, step) => {
    expect(agreedTime(now, { wall: now + step, database: null })).toBe(now);
  });

  test("a clock that creeps is followed", () => {
    expect(agreedTime(now, { wall: now + 40, database: null })).toBe(now + 40);
    expect(agreedTime(now, { wall: now + 40, database: now + 30 })).toBe(now + 30);
  });
});

describe("at a start", () => {
  const now = tuesdayNight;
  const tenYears = days(3652);

  test.each([
    ["both agree", { wall: now + 40, database: now }, now, now],
    ["this machine's is ahead by 10 years", { wall: now + tenYears, database: now }, now, now],
    ["the database's is ahead by 10 years", { wall: now, database: now + tenYears }, now, now],
    [
      "this machine's is behind the record",
      { wall: now - tenYears, database: now },
      now - days(1),
      now,
    ],
    ["nothing is recorded yet", { wall: now - tenYears, database: now }, null, now],
    ["there is only one", { wall: now, database: null }, now - days(9), now],
  ])("no clock that is 10 years off dates the record: %s", (_name, shown, recorded, right) => {
    expect(firstTime(shown, recorded)).toBe(right);
  });

  test.each([
    [{ machine: 0, database: 30_000 }, null],
    [{ machine: 0, database: null }, null],
    [{ machine: tenYears, database: 0 }, null],
    [{ machine: 0, database: 31_000 }, "The database's clock is 31 s ahead of the time"],
    [{ machine: 0, database: -31_000 }, "The database's clock is 31 s behind the time"],
    [{ machine: 0, database: tenYears }, "The database's clock is 3652 days ahead of the time"],
  ])("nothing is dated where the database differs by more than 30 s: %j", (difference, doubt) => {
    const sentence = clockDoubt(difference);
    if (doubt === null) expect(sentence).toBeNull();
    else expect(sentence).toContain(doubt);
  });
});

describe("one clock at a start", () => {
  const day = 86_400_000;
  const tenYears = 3652 * day;
  test.each([
    ["a minute ahead", 60_000, null, null],
    ["off for a month", 31 * day, null, null],
    [
      "10 years ahead",
      tenYears,
      null,
      "clock is 3652 days ahead of the last time that Holdpoint ran",
    ],
    ["10 years ahead, and confirmed", tenYears, tenYears, null],
    ["10 years ahead, and another day was confirmed", tenYears, tenYears - day, "HOLDPOINT_TODAY="],
    ["29 s behind", -29_000, null, null],
    ["an hour behind", -3_600_000, null, "clock is 1 h behind the newest that Holdpoint recorded"],
  ])("%s", async (_name, off, confirmed, says) => {
    const last = tuesdayNight;
    const clock = createClock({ wall: () => last + off, counted: () => 5 });
    const today = confirmed === null ? null : new Date(last + confirmed).toISOString().slice(0, 10);

    await clock.check(null, async () => last, today);

    const doubt = clockDoubt(clock.difference());
    if (says === null) expect(doubt).toBeNull();
    else expect(doubt).toContain(says);
    // What is recorded all the same does not date the record for ever.
    expect(clock.now()).toBe(says !== null && off > 0 ? last : last + off);
  });

  test("a clock that was behind is believed again once it has come past what was recorded", async () => {
    let passed = 0;
    const hands = { wall: () => tuesdayNight + passed, counted: () => passed };
    const clock = createClock(hands);
    const check = () => clock.check(null, async () => tuesdayNight + 60_000);
    await check();
    expect(clockDoubt(clock.difference())).toContain("behind");

    passed = 61_000;
    await check();

    expect(clockDoubt(clock.difference())).toBeNull();
  });
});

describe("the clock of a process", () => {
  /** A world in which time passes, and each clock is off as a test says. */
  const world = (own: { readonly database: boolean }) => {
    const off = { wall: 0, database: 0, silent: false };
    let passed = 0;
    const clock = createClock({
      wall: () => tuesdayNight + passed + off.wall,
      counted: () => 77_000 + passed,
    });
    const ask = async () => {
      if (off.silent) throw new Error("no answer");
      return tuesdayNight + passed + off.database;
    };
    return {
      clock,
      off,
      pass: async (length: number) => {
        passed += length;
        await clock.check(own.database ? ask : null);
      },
      error: () => clock.now() - tuesdayNight - passed,
    };
  };

  test.each(steps)(
    "keeps the time through a machine's clock that goes %s, and back",
    async (_name, step) => {
      for (const database of [true, false]) {
        const { off, pass, error } = world({ database });
        await pass(0);
        for (const wall of [step, 0, step, step / 2, -step, 0]) {
          off.wall = wall;
          expect(error()).toBe(0);
          await pass(15 * second);
          expect(error()).toBe(0);
        }
      }
    },
  );

  test.each(steps)(
    "keeps the time through a database whose clock goes %s, and back",
    async (_name, step) => {
      const { off, pass, error } = world({ database: true });
      await pass(0);
      for (const database of [step, 0, -step, 0]) {
        off.database = database;
        await pass(15 * second);
        expect(error()).toBe(0);
      }
    },
  );

  test.each(steps)(
    "goes by the database's from the start where the machine's is %s",
    async (_name, step) => {
      const { off, pass, error, clock } = world({ database: true });
      off.wall = step;
      off.silent = true;
      await pass(0);
      expect(error()).toBe(step);
      off.silent = false;

      await pass(second);

      expect(error()).toBe(0);
      expect(clock.difference()).toEqual({ machine: step, database: 0 });
    },
  );

  test("runs on while the database says nothing", async () => {
    const { off, pass, error } = world({ database: true });
    await pass(0);
    off.silent = true;
    off.wall = hours(1);

    await pass(minutes(5));

    expect(error()).toBe(0);
  });
});

describe("what an operator is told", () => {
  test.each([
    [{ machine: 0, database: 0 }, null],
    [{ machine: 0, database: null }, null],
    [{ machine: 1_400, database: 300 }, null],
    [
      { machine: 6_000, database: 0 },
      "this machine's clock is 6 s ahead of the database's; deadlines go by the database's",
    ],
    [
      { machine: 0, database: hours(1) },
      "this machine's clock is 1 h behind the database's; deadlines go by this machine's",
    ],
    [
      { machine: days(2), database: null },
      "this machine's clock was set and is 2 days ahead of the time that deadlines go by, which has run on since the start; restart to take the new time",
    ],
  ])("of %j: %s", (difference, note) => {
    expect(clockNote(difference)).toBe(note);
  });
});

describe("a log whose head is ahead of the clock", () => {
  /** As after an entry of a replica whose clock was ahead. */
  const ahead = (step: number): Log => {
    const log = new Log();
    log.headAt = log.now + step;
    return log;
  };
  const steps = [6 * second, hours(1), days(1)];

  test.each(steps)("by %i ms moves no deadline of what opens now", (step) => {
    const log = ahead(step);
    const begun = log.now;
    log.fire("jailbreak-rate");
    expect(log.entries.at(-1)?.at).toBe(new Date(log.headAt).toISOString());

    expect(log.wait(minutes(30) - 1).map(({ kind }) => kind)).toEqual(["acknowledge.missed"]);
    const [made, ...more] = of(log.wait(1), "decision.made");

    const clock = step > minutes(30) ? new Date(log.now).toISOString() : undefined;
    expect([made?.cause, made?.clock]).toEqual(["nobody seen", clock]);
    expect(more).toEqual([]);
    expect(log.escalation("HP-1").openedAt).toBe(begun);
    expect(log.escalation("HP-1").settledAt).toBe(log.now);
  });

  test.each(steps)("by %i ms keeps no escalation open longer, and no resume", (step) => {
    const log = ahead(step);
    log.fire("jailbreak-rate");
    log.evidence.clear();
    said(log, "bob", "pause HP-1");
    said(log, "chidi", "resume HP-1");

    expect(log.wait(hours(1) - 1)).toEqual([]);
    expect(log.wait(1).map(({ kind }) => kind)).toEqual(["escalation.closed"]);
    expect(of(log.wait(hours(23) - 1), "decision.lapsed")).toEqual([]);
    expect(of(log.wait(1), "decision.lapsed")).toHaveLength(1);
  });

  test.each(steps)("by %i ms makes no time to undo longer", (step) => {
    const log = ahead(step);
    log.fire("jailbreak-rate");
    said(log, "bob", "pause HP-1");
    log.wait(minutes(10) + 1);

    expect(refused(log, "bob", "undo HP-1")).toMatchObject({ because: "too-late" });
  });

  test.each(steps)("by %i ms asks again when it was promised, once", (step) => {
    const log = ahead(step);
    log.fire("jailbreak-rate");
    said(log, "bob", "pause HP-1");
    const promised = log.state.reassess?.by ?? 0;
    const asked = (entries: ReturnType<Log["wait"]>) =>
      entries.filter(({ kind }) => kind.startsWith("reassessment.")).length;
    expect(promised).toBeLessThanOrEqual(log.now + days(1));
    const [due] = duesOf(log.situation)
      .filter(({ kind }) => kind === "reassess")
      .map(({ at }) => at);

    expect(due).toBeLessThanOrEqual(promised);
    log.now = (due ?? 0) - 1;
    expect(asked(log.tick())).toBe(0);
    expect(asked(log.wait(1))).toBe(1);
    expect(asked(log.tick())).toBe(0);
    expect(log.state.restrictedBy[id("bob")]).toBeDefined();
  });
});
