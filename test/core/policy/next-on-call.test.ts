import { describe, expect, test } from "vitest";
import type { Schedule } from "../../../src/core/policy/model.ts";
import { nextChangeOnCall, whoIsOnCall } from "../../../src/core/policy/on-call.ts";
import { instantOf, rfc3339 } from "../../../src/core/time.ts";
import { id, type Key, oncall } from "../../support/builders.ts";

/**
 * From when on a schedule means somebody else: the next turn, or an override that begins or ends
 * before it.
 */

describe("when somebody else is on call", () => {
  const day = (text: string) => instantOf(`${text}:00Z`);
  const weekly = { ...oncall, overrides: [] };
  const covered = (from: string, to: string, key: Key = "frank") => ({
    ...weekly,
    overrides: [{ person: id(key), from: day(from), to: day(to) }],
  });
  const daily: Schedule = {
    ...weekly,
    rotation: [id("ana"), id("bob")],
    handoff: { every: { count: 1, unit: "days" }, on: null, at: "01:30", from: "2026-03-27" },
  };

  test.each([
    ["the next turn", weekly, "2026-11-24T10:00", "2026-11-30T09:00"],
    [
      "an override begins first",
      covered("2026-11-26T00:00", "2026-11-28T00:00"),
      "2026-11-24T10:00",
      "2026-11-26T00:00",
    ],
    [
      "an override ends",
      covered("2026-11-23T09:00", "2026-11-28T00:00"),
      "2026-11-24T10:00",
      "2026-11-28T00:00",
    ],
    [
      "an override by who is on call anyway",
      covered("2026-11-26T00:00", "2026-11-28T00:00", "bob"),
      "2026-11-24T10:00",
      "2026-11-30T09:00",
    ],
    [
      "an override for a year over many turns",
      covered("2026-11-23T09:00", "2027-11-23T12:00"),
      "2026-11-24T10:00",
      "2027-11-23T12:00",
    ],
    ["before the first turn", weekly, "2026-10-20T10:00", "2026-11-09T09:00"],
    [
      "the same person twice in a row",
      { ...weekly, rotation: [id("ana"), id("ana"), id("bob")] },
      "2026-11-03T10:00",
      "2026-11-16T09:00",
    ],
    ["a clock that jumps over the hand-off", daily, "2026-03-28T12:00", "2026-03-29T01:00"],
    ["a clock that shows it twice", daily, "2026-10-24T12:00", "2026-10-25T00:30"],
  ])("%s", (_, schedule, after, expected) => {
    const at = nextChangeOnCall(schedule, day(after));

    expect(at === null ? null : rfc3339(at)).toBe(rfc3339(day(expected)));
    expect(whoIsOnCall(schedule, at ?? 0)).not.toBe(whoIsOnCall(schedule, (at ?? 0) - 1));
  });

  test("is never, where one person has every turn", () => {
    const at = day("2026-11-24T10:00");

    expect(nextChangeOnCall({ ...weekly, rotation: [id("ana")] }, at)).toBeNull();
  });
});
