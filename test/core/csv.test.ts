import { expect, test } from "vitest";
import { csvText } from "../../src/core/csv.ts";
import { policyChanges, policyLines } from "../../src/core/policy/policy-words.ts";
import { drawn } from "../../src/core/sample.ts";

test.each([
  ["=1+1", "'=1+1"],
  ["  =cmd|' /C calc'!A0", "'  =cmd|' /C calc'!A0"],
  ["+1", "'+1"],
  ["-1", "'-1"],
  ["@SUM(1)", "'@SUM(1)"],
  ["\t=1", `"'\t=1"`],
  ["＝1", "'＝1"],
  ["\u200b=1", "'\u200b=1"],
  ['say "yes", now', '"say ""yes"", now"'],
  ["two\r\nlines", '"two\r\nlines"'],
  ["a-b", "a-b"],
  [12, "12"],
  [-12, "-12"],
])("%j is the cell %j", (value, cell) => {
  expect(csvText([[value]])).toBe(`${cell}\r\n`);
});

test("the same seed draws the same, whatever order the entries come in", () => {
  const rank = (text: string) => text.split("").reverse().join("");
  const asked = { seed: "s", count: 3, rank };

  expect(drawn([12, 30, 41, 9, 25], asked)).toEqual([12, 30, 41]);
  expect(drawn([41, 25, 9, 30, 12], asked)).toEqual([12, 30, 41]);
  expect(drawn([], asked)).toEqual([]);
});

test("policies differ line by line, with names and texts in place of what stands for them", () => {
  const p = `p_${"a".repeat(20)}`;
  const c = `c_${"0".repeat(64)}`;
  const names = {
    person: () => "Ana",
    text: (commitment: string) => (commitment === c ? "why" : undefined),
  };
  const policy = (decideWithin: string, more: object = {}) =>
    policyLines(
      {
        people: [p],
        deployments: {
          prod: {
            owner: p,
            authority: { restrict: { decider: "schedule:primary" } },
            scopes: [{ id: "full", tools: true }],
          },
        },
        triggers: { rate: { decideWithin, because: c, ...more } },
      },
      names,
    );

  expect(policy("20m").map(({ of, says }) => `${of}: ${says}`)).toEqual([
    "people: Ana",
    "deployment prod, owner: Ana",
    "deployment prod, restrict, decider: whoever is on call by primary",
    "deployment prod, scopes, full, id: full",
    "deployment prod, scopes, full, tools: yes",
    "rule rate, decide within: 20m",
    "rule rate, because: why",
  ]);
  expect(
    policyChanges(policy("20m", { severity: "high" }), policy("1h", { unit: "percent" })),
  ).toEqual([
    "Changed: rule rate, decide within: was 20m, is 1h",
    "New: rule rate, unit: percent",
    "Gone: rule rate, severity: high",
  ]);
});
