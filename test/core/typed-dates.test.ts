import { describe, expect, test } from "vitest";
import { instantOf, rfc3339 } from "../../src/core/time.ts";
import { parseDate, parsePastDate } from "../../src/core/typed-dates.ts";

const london = "Europe/London";
const newYork = "America/New_York";
const lordHowe = "Australia/Lord_Howe";

const at = (text: string): number => instantOf(text);
const said = (instant: number): string => rfc3339(instant).replace(".000Z", "Z");

describe("dates as people type them", () => {
  // A Monday, 13:18 in London.
  const now = at("2026-11-23T13:18:00Z");

  test.each([
    ["2026-12-01", "2026-12-01T00:00:00Z"],
    ["2026-12-01 10:00", "2026-12-01T10:00:00Z"],
    ["2026-12-01T10:00", "2026-12-01T10:00:00Z"],
    ["2026-12-01 10:00:00", "2026-12-01T10:00:00Z"],
    ["2026-12-01T10:00:30+01:00", "2026-12-01T09:00:30Z"],
    ["2027-07-01", "2027-06-30T23:00:00Z"],
    ["14:00", "2026-11-23T14:00:00Z"],
    ["13:18", "2026-11-24T13:18:00Z"],
    ["9:05", "2026-11-24T09:05:00Z"],
    ["today", "2026-11-23T00:00:00Z"],
    ["tomorrow", "2026-11-24T00:00:00Z"],
    ["Tomorrow ", "2026-11-24T00:00:00Z"],
    ["friday", "2026-11-27T00:00:00Z"],
    ["fri", "2026-11-27T00:00:00Z"],
    ["monday", "2026-11-30T00:00:00Z"],
    ["3d", "2026-11-26T13:18:00Z"],
    ["in 20m", "2026-11-23T13:38:00Z"],
  ])("%s is %s", (text, utc) => {
    expect(said(parseDate(text, london, now)!)).toBe(utc);
  });

  test.each([
    "",
    "soon",
    "fr",
    "fridays",
    "2026-02-29",
    "2026-13-01",
    "2026-12-01 25:00",
    "2026-12-1",
    "24:00",
    "99:99",
    "1:2",
    "01/12/2026",
    "-3d",
    "constructor",
    "2026-12-01 10:00 Europe/London",
  ])("%j is none", (text) => {
    expect(parseDate(text, london, now)).toBeNull();
  });

  test("a time of day that has passed here is tomorrow's, whatever day it is elsewhere", () => {
    const late = at("2026-11-23T23:30:00Z");

    expect(said(parseDate("08:00", newYork, late)!)).toBe("2026-11-24T13:00:00Z");
    expect(said(parseDate("today", lordHowe, late)!)).toBe("2026-11-23T13:00:00Z");
  });

  test.each([
    ["10:00", "2026-11-23T10:00:00Z"],
    ["13:19", "2026-11-22T13:19:00Z"],
    ["monday", "2026-11-23T00:00:00Z"],
    ["mon 14:00", "2026-11-23T14:00:00Z"],
    ["tue", "2026-11-17T00:00:00Z"],
    ["friday at 09:30", "2026-11-20T09:30:00Z"],
    ["yesterday", "2026-11-22T00:00:00Z"],
    ["yesterday at 9:05", "2026-11-22T09:05:00Z"],
    ["3d ago", "2026-11-20T13:18:00Z"],
    ["3d", "2026-11-20T13:18:00Z"],
    ["2026-10-25 01:30", "2026-10-25T00:30:00Z"],
    ["2026-12-01", "2026-12-01T00:00:00Z"],
    ["tomorrow", "2026-11-24T00:00:00Z"],
  ])("of what has been, %s is %s", (text, utc) => {
    expect(said(parsePastDate(text, london, now)!)).toBe(utc);
  });

  test.each(["yesterday 25:00", "soon", "yesterdays", ""])(
    "of what has been, %j is none",
    (text) => {
      expect(parsePastDate(text, london, now)).toBeNull();
    },
  );
});
