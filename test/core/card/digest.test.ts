import { expect, test } from "vitest";
import { digestTitle, hoursOf, isInDigest } from "../../../src/core/card/digest.ts";
import type { Deployment } from "../../../src/core/policy/model.ts";
import { unheardOf } from "../../../src/core/state/fold.ts";
import { instantOf, workingDay } from "../../../src/core/time.ts";
import { plain } from "../../../src/core/words/words.ts";
import {
  assistant,
  hours,
  id,
  minutes,
  policyWith,
  withAuthority,
} from "../../support/builders.ts";

/** Whose day begins when, what belongs into it, and how its head reads. */

const london = assistant.hours;
const sydney = { ...london, timezone: "Australia/Sydney" };

const policyOf = (...deployments: readonly Deployment[]) => ({
  ...policyWith(),
  deployments: new Map(deployments.map((deployment) => [deployment.id, deployment])),
});

test("a person's hours are those of the first deployment that names them for widening", () => {
  const alone = withAuthority({ widen: { decider: id("ana"), deputies: [] } });
  const agents: Deployment = { ...alone, id: "agents", hours: sydney };
  const policy = policyOf(agents, assistant);

  expect(hoursOf(policy, id("ana"))).toEqual(sydney);
  expect(hoursOf(policy, id("chidi"))).toEqual(london);
});

test("everybody in a rotation has hours, whoever is on call", () => {
  const deployment = withAuthority({ widen: { decider: "schedule:model-oncall" } });

  const policy = policyOf(deployment);

  expect([hoursOf(policy, id("ana")), hoursOf(policy, id("bob"))]).toEqual([london, london]);
});

test("who only acknowledges or restricts is never asked and has no hours", () => {
  expect(hoursOf(policyOf(assistant), id("dana"))).toBeNull();
});

test.each([
  ["2026-11-23T08:59:59Z", null],
  ["2026-11-23T09:00:00Z", "2026-11-23"],
  ["2026-11-23T23:59:59Z", "2026-11-23"],
  ["2026-11-24T00:00:00Z", null],
  ["2026-11-28T12:00:00Z", null],
])("at %s the working day in London is %s", (at, date) => {
  expect(workingDay(london, instantOf(at))?.date ?? null).toBe(date);
});

test("the day after Friday's is Monday's, so Friday's digest has what is due at the weekend", () => {
  const friday = workingDay(london, instantOf("2026-11-27T10:00:00Z"));

  expect(friday?.next).toBe(instantOf("2026-11-30T09:00:00Z"));
});

test("across the clock changes a day begins at nine by the wall", () => {
  const berlin = { ...london, timezone: "Europe/Berlin", days: [1, 2, 3, 4, 5, 6, 7] as const };

  const spring = workingDay(berlin, instantOf("2026-03-29T12:00:00Z"));
  const autumn = workingDay(berlin, instantOf("2026-10-25T12:00:00Z"));

  expect(spring).toEqual({
    date: "2026-03-29",
    from: instantOf("2026-03-29T07:00:00Z"),
    next: instantOf("2026-03-30T07:00:00Z"),
  });
  expect(autumn).toEqual({
    date: "2026-10-25",
    from: instantOf("2026-10-25T08:00:00Z"),
    next: instantOf("2026-10-26T08:00:00Z"),
  });
});

test("hours that begin in the hour the clock leaves out begin at its end", () => {
  const early = { timezone: "Europe/Berlin", days: [7] as const, from: "02:30", to: "12:00" };

  expect(workingDay(early, instantOf("2026-03-29T00:59:59Z"))).toBeNull();
  expect(workingDay(early, instantOf("2026-03-29T01:00:00Z"))?.date).toBe("2026-03-29");
});

const nine = instantOf("2026-11-23T09:00:00Z");
const day = { date: "2026-11-23", from: nine, next: instantOf("2026-11-24T09:00:00Z") };

test.each([
  ["due today", nine + hours(1), nine - hours(24), true],
  ["overdue", nine - hours(30), nine - hours(90), true],
  ["due before tomorrow's hours begin", day.next - 1, nine - hours(24), true],
  ["due when tomorrow's hours begin", day.next, nine - hours(24), false],
  ["set this morning", nine + hours(2), nine + minutes(30), false],
])("what is %s: in today's digest %#", (_, by, setAt, expected) => {
  const reassess = { by, setAt, reminded: [], overdueSteps: 0 };

  expect(isInDigest({ ...unheardOf("a"), reassess }, day)).toBe(expected);
});

const title = (...items: readonly { readonly by: number; readonly overdue: boolean }[]): string =>
  plain(digestTitle({ name: "Erin Sato", zone: "Europe/London", now: nine }, items));

const late = { by: nine - hours(48), overdue: true };
const atTen = { by: nine + hours(1), overdue: false };
const atFive = { by: nine + hours(8), overdue: false };

test("the head says to whom, how many, and by when the first", () => {
  expect(title(atTen, atTen, atTen)).toBe("Erin, 3 reviews due by 10:00 GMT today");
  expect(title(atTen, atFive)).toBe("Erin, 2 reviews due, the first by 10:00 GMT today");
  expect(title(late, atTen)).toBe("Erin, 2 reviews due by 10:00 GMT today, 1 of them overdue");
  expect(title(late, late)).toBe("Erin, 2 reviews overdue");
});

test("what is due at the weekend is not said to be due today", () => {
  const saturday = { by: nine + hours(5 * 24), overdue: false };

  expect(title(saturday)).toBe("Erin, 1 review due by Sat 09:00 GMT");
});
