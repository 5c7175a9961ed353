import { describe, expect, test } from "vitest";
import { instantOf, parseRfc3339 } from "../../src/core/time.ts";
import { parseDate } from "../../src/core/typed-dates.ts";

const newYork = "America/New_York";
const at = (text: string): number => instantOf(text);

describe("years that RFC 3339 cannot write", () => {
  test.each(["0000-01-01T00:00:00+23:59", "9999-12-31T23:59:59-00:01"])(
    "%s is no timestamp",
    (text) => {
      expect(parseRfc3339(text)).toBeNull();
    },
  );

  test("nobody can be away until then", () => {
    const now = at("2026-11-23T10:00:00Z");

    expect(parseDate("9999-12-31 23:59", newYork, now)).toBeNull();
    expect(parseDate("in 999999w", newYork, now)).toBeNull();
    expect(parseDate("9999-12-31 18:59", newYork, now)).not.toBeNull();
  });
});

test("a fraction of any length is cut to milliseconds", () => {
  expect(parseRfc3339("2026-01-01T00:00:00.1239999999999999Z")).toBe(
    at("2026-01-01T00:00:00.123Z"),
  );
});
