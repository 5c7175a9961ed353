import { describe, expect, test } from "vitest";
import { passAway } from "../../../src/core/escalation/passing-on.ts";
import { chainOf } from "../../../src/core/people/authority.ts";
import type { Schedule } from "../../../src/core/policy/model.ts";
import { instantOf } from "../../../src/core/time.ts";
import {
  days,
  hours,
  id,
  keyOf,
  minutes,
  oncall,
  policyWith,
  triggers,
  withAuthority,
} from "../../support/builders.ts";
import { Log, of, said } from "../../support/core-log.ts";

/** One chain, its clocks, and what the record says when nobody answers (promise P10). */

const kinds = (entries: readonly { readonly kind: string }[]) => entries.map(({ kind }) => kind);
const madeBy = (log: Log) => of(log.entries, "decision.made").at(-1);
const passes = (log: Log) =>
  of(log.entries, "authority.passed").map(({ from, to, because }) => [
    keyOf(from),
    keyOf(to),
    because,
  ]);

describe("respond", () => {
  test("when decideWithin passes, the written response is applied by policy, once", () => {
    const log = new Log();
    log.fire("jailbreak-rate");

    log.wait(minutes(30) - 1);
    expect(log.scope).toBe("full");
    log.wait(1);

    expect(log.scope).toBe("no-tools");
    expect(madeBy(log)).toMatchObject({
      actor: { type: "policy" },
      authority: "onTimeout.respond",
      people: [],
      settles: ["HP-1"],
      deviation: "none",
      cause: "nobody seen",
    });
    expect(log.wait(minutes(30))).toEqual([]);
  });

  test("a person who decides in time stops the clock", () => {
    const log = new Log();
    log.fire("jailbreak-rate");
    said(log, "chidi", "narrow HP-1");

    log.wait(minutes(30));

    expect(madeBy(log)?.people).toEqual([id("chidi")]);
  });

  test("a restriction weaker than the plan does not stop it", () => {
    const log = new Log();
    log.fire("refusal-collapse");
    said(log, "bob", "narrow to no-tools");

    log.wait(minutes(20));
    log.wait(minutes(20));

    expect(log.scope).toBe("paused");
  });
});

describe("the record says which", () => {
  test("nobody had seen it", () => {
    const log = new Log();
    log.fire("jailbreak-rate");

    log.wait(minutes(30));

    expect(madeBy(log)?.cause).toBe("nobody seen");
  });

  test("somebody had seen it, nobody decided", () => {
    const log = new Log();
    log.fire("jailbreak-rate");
    said(log, "bob", "ack HP-1");

    log.wait(minutes(30));

    expect(madeBy(log)?.cause).toBe("seen, not decided");
  });

  test("the named person could not be reached", () => {
    const log = new Log();
    log.unreachable.add(id("chidi"));
    log.unreachable.add(id("erin"));
    log.fire("jailbreak-rate");

    log.wait(minutes(30));

    expect(madeBy(log)?.cause).toBe("unreachable");
  });

  test("a deputy who could be reached had not seen it, though the decider was away", () => {
    const log = new Log();
    log.away("chidi", log.now + days(1));
    log.fire("jailbreak-rate");

    log.wait(minutes(30));

    expect(madeBy(log)?.cause).toBe("nobody seen");
  });
});

describe("pass", () => {
  test("it names the deputy and starts the period again, and then the policy answers", () => {
    const log = new Log();
    log.fire("refusal-collapse");

    log.wait(minutes(20));
    expect(log.escalation("HP-1")).toMatchObject({
      decider: id("erin"),
      named: [id("chidi"), id("erin")],
      decideBy: log.now + minutes(20),
    });
    log.wait(minutes(20));

    expect(passes(log)).toEqual([["chidi", "erin", "time"]]);
    expect(madeBy(log)).toMatchObject({ decision: "pause", people: [] });
  });

  test("a deputy who is away is passed over", () => {
    const log = new Log();
    log.away("erin", log.now + days(1));
    log.fire("refusal-collapse");

    log.wait(minutes(20));

    expect(passes(log)).toEqual([]);
    expect(log.scope).toBe("paused");
  });

  test("after a tick that is a day late, each named person still gets the whole period", () => {
    const log = new Log();
    log.fire("refusal-collapse");

    const done = log.wait(days(1));

    expect(kinds(done).filter((kind) => !kind.startsWith("reassess"))).toEqual([
      "acknowledge.missed",
      "authority.passed",
    ]);
    expect(log.escalation("HP-1").decideBy).toBe(log.now + minutes(20));
  });
});

describe("who is named", () => {
  test("at the opening it is the first who can answer, and the record says who could not", () => {
    const log = new Log();
    log.unreachable.add(id("chidi"));

    log.fire("refusal-collapse");

    expect(passes(log)).toEqual([["chidi", "erin", "unreachable"]]);
    expect(log.escalation("HP-1")).toMatchObject({
      decider: id("erin"),
      decideBy: log.now + minutes(20),
      unreachable: [id("chidi")],
    });
  });

  test("with nobody to reach it is nobody, and the policy still answers on time", () => {
    const log = new Log();
    for (const key of ["chidi", "erin"] as const) log.unreachable.add(id(key));
    log.fire("refusal-collapse");
    expect(log.escalation("HP-1").decider).toBe("");

    log.wait(minutes(20));

    expect(log.scope).toBe("paused");
    expect(madeBy(log)?.cause).toBe("unreachable");
  });

  test("who goes away in the middle is followed at once, on the same clock", () => {
    const log = new Log();
    log.fire("jailbreak-rate");
    const { decideBy } = log.escalation("HP-1");
    log.wait(minutes(12));
    log.away("chidi", log.now + days(1));

    log.add(passAway(log.situation, id("chidi")));

    expect(passes(log)).toEqual([["chidi", "erin", "away"]]);
    expect(log.escalation("HP-1")).toMatchObject({ decider: id("erin"), decideBy });
  });

  test("when the last who was named goes away, the record says that nobody is left", () => {
    const log = new Log();
    log.unreachable.add(id("erin"));
    log.fire("jailbreak-rate");
    log.away("chidi", log.now + days(1));

    log.add(passAway(log.situation, id("chidi")));

    expect(passes(log)).toEqual([["chidi", "", "away"]]);
    expect(log.escalation("HP-1").decider).toBe("");
  });
});

describe("acknowledging", () => {
  test("a missed acknowledgement is said once, however often and late the clock is looked at", () => {
    const log = new Log();
    log.fire("score-unavailable");

    log.wait(hours(1) - 1);
    expect(of(log.entries, "acknowledge.missed")).toEqual([]);
    log.wait(1);
    log.wait(minutes(1));
    log.wait(hours(2));

    expect(of(log.entries, "acknowledge.missed")).toHaveLength(1);
  });

  test("seen in time, it was not missed", () => {
    const log = new Log();
    log.fire("jailbreak-rate");
    said(log, "bob", "ack HP-1");

    log.wait(minutes(29));

    expect(of(log.entries, "acknowledge.missed")).toEqual([]);
  });

  test("a look that comes a day late finds the same as one in time, once", () => {
    const late = new Log();
    late.fire("jailbreak-rate");
    const inTime = new Log();
    inTime.fire("jailbreak-rate");

    late.wait(days(1));
    for (let step = 0; step < 24 * 60; step += 10) inTime.wait(minutes(10));

    const decisions = (log: Log) =>
      log.entries.filter(({ kind }) => !kind.startsWith("reassess")).map(({ kind }) => kind);
    expect(decisions(late)).toEqual(
      decisions(inTime).filter((kind) => kind !== "escalation.closed"),
    );
    expect(late.tick()).toEqual([]);
  });
});

describe("every quarter hour of a year", () => {
  const year = { from: instantOf("2026-01-01T00:00:00Z"), to: instantOf("2027-01-01T00:00:00Z") };
  const lordHowe: Schedule = {
    ...oncall,
    timezone: "Australia/Lord_Howe",
    handoff: { every: { count: 1, unit: "days" }, on: null, at: "02:00", from: "2026-01-01" },
    overrides: [],
  };
  const decidesOnCall = withAuthority({ restrict: { decider: "schedule:model-oncall" } });

  test.each([
    ["London hands over weekly", policyWith({ deployment: decidesOnCall }), ["ana", "bob"]],
    [
      "Lord Howe hands over daily at the hour its clocks change",
      policyWith({ deployment: decidesOnCall, schedules: [lordHowe] }),
      ["ana", "bob"],
    ],
    [
      "one of those on call is no longer named",
      policyWith({ deployment: decidesOnCall, without: ["bob"] }),
      ["ana", "erin"],
    ],
  ])("somebody is named to decide where %s", (_, policy, people) => {
    const log = new Log(policy, year.from);
    const named = new Set<string>();
    for (let at = year.from; at < year.to; at += minutes(15)) {
      log.now = at;
      named.add(keyOf(chainOf(log.situation, null)[0] ?? ""));
    }

    expect([...named].sort()).toEqual(people);
  });

  test("an escalation that opens then ends with a decision of the written rule when nobody answers", () => {
    const wrong: string[] = [];
    for (const [at, trigger] of sampled()) {
      const log = new Log(policyWith(), at);
      const escalation = log.fire(trigger);
      log.wait(hours(8));
      log.wait(hours(8));
      const decided = of(log.entries, "decision.made").find(({ settles }) =>
        settles.includes(escalation),
      );
      if (decided?.cause !== "nobody seen") wrong.push(`${trigger} ${at}`);
    }

    expect(wrong).toEqual([]);
  });

  // Every rule at a time that walks through all quarter hours of a day and all days of a year, both
  // clock changes included.
  const sampled = (): readonly (readonly [number, string])[] =>
    triggers.flatMap(({ id: name }, which) =>
      Array.from({ length: 366 }, (_, day) => {
        const quarter = (day * 7 + which * 31) % 96;
        return [year.from + days(day) + minutes(15 * quarter), name] as const;
      }),
    );
});
