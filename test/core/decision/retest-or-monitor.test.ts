import { expect, test } from "vitest";
import { confirmation } from "../../../src/core/card/decision-answer.ts";
import { days, hours, minutes } from "../../support/builders.ts";
import { Log, of, said } from "../../support/core-log.ts";

/**
 * A re-test or monitoring answers no question: when it is asked again never moves later by them.
 */

/** Paused on Tuesday at 03:10 and due the same day at 17:00. */
function paused(): Log {
  const log = new Log();
  said(log, "bob", "pause assistant-prod");
  return log;
}

const due = (log: Log): number => log.state.reassess?.by ?? 0;

test.each(["monitor", "retest"])("a %s leaves the date where it stands", (what) => {
  const log = paused();
  const before = due(log);
  log.wait(hours(1));

  said(log, "bob", `${what} assistant-prod`);

  expect(due(log)).toBe(before);
});

test("one that would ask sooner does", () => {
  const log = new Log();
  said(log, "chidi", "keep assistant-prod");
  const before = due(log);

  said(log, "chidi", "retest assistant-prod");

  expect(due(log)).toBeLessThan(before);
});

test("nobody is reminded twice of a date that stands", () => {
  const log = paused();
  log.wait(hours(14) - minutes(10));
  const reminded = of(log.entries, "reassessment.reminded").length;

  said(log, "bob", "monitor assistant-prod");
  log.wait(minutes(1));

  expect(of(log.entries, "reassessment.reminded")).toHaveLength(reminded);
});

test("overdue stays overdue, step by step, and the answer says so", () => {
  const log = paused();
  log.wait(days(2));
  const steps = of(log.entries, "reassessment.overdue").map(({ step }) => step);

  const entries = said(log, "bob", "monitor assistant-prod");
  log.wait(days(1));

  expect(confirmation({ ...log.viewContext, situation: log.situation }, entries)).toContain(
    "still overdue since Tue 17:00 GMT.",
  );
  const after = of(log.entries, "reassessment.overdue").map(({ step }) => step);
  expect(after).toEqual([...steps, steps.length + 1]);
});

test("a re-test that the written rule asks for moves nothing later either", () => {
  const log = paused();
  const before = due(log);
  log.fire("score-unavailable");

  log.wait(hours(8));
  log.wait(hours(8));

  expect(of(log.entries, "decision.made").at(-1)).toMatchObject({ decision: "retest" });
  expect(due(log)).toBe(before);
});
