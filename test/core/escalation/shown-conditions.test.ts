import { describe, expect, test } from "vitest";
import { safeUrl } from "../../../src/core/card/safe-url.ts";
import {
  type Judged,
  nothingShown,
  shownAfter,
} from "../../../src/core/escalation/shown-conditions.ts";
import { compileCondition } from "../../../src/core/policy/condition.ts";
import { blankSignal } from "../../../src/core/signal.ts";
import type { ShownConditions } from "../../../src/core/state/evidence.ts";
import { amount, figures, unitFor } from "../../../src/core/words/evidence.ts";

const minute = 60_000;

const told = (
  suite: string,
  value: number | null,
  { given = {}, more = {} }: { readonly given?: Partial<Judged>; readonly more?: object } = {},
): Judged => ({
  observed: {
    signal: blankSignal({ source: "signals", kind: "eval", status: "ok", suite, value, ...more }),
    condition: suite,
    occurrence: null,
    caveat: null,
  },
  at: 0,
  verdict: { is: "fired", because: "" },
  limit: 0.05,
  worse: "higher",
  isMeasured: true,
  ends: false,
  ...given,
});

const all = (...judged: readonly Judged[]): ShownConditions =>
  judged.reduce((shown, judged) => shownAfter(shown, judged), nothingShown);

const names = ({ conditions }: ShownConditions) =>
  conditions.map(({ suite, worst }) => [suite, worst.value]);

describe("conditions as they are shown", () => {
  test("the one furthest beyond its limit is first, each with its own value", () => {
    expect(names(all(told("a", 0.06), told("b", 0.094), told("c", 0.07)))).toEqual([
      ["b", 0.094],
      ["c", 0.07],
      ["a", 0.06],
    ]);
  });

  test("of lower-is-worse the lowest, of two scales the share of the limit, and what is not known last", () => {
    const lower = { worse: "lower", limit: 0.9 } as const;
    const unclear = { verdict: { is: "indeterminate", because: "no value" } } as const;

    expect(names(all(told("a", 0.4, { given: lower }), told("a", 0.85, { given: lower })))).toEqual(
      [["a", 0.4]],
    );
    expect(names(all(told("half", 0.4, { given: lower }), told("twice", 0.1)))[0]).toEqual([
      "twice",
      0.1,
    ]);
    expect(names(all(told("x", null, { given: unclear }), told("a", 0.06)))[0]).toEqual([
      "a",
      0.06,
    ]);
  });

  test("of very many the worst few are kept, in whatever order they come", () => {
    const many = Array.from({ length: 200 }, (_, at) =>
      told(`s${(at * 37) % 200}`, 0.06 + ((at * 37) % 200) / 1000),
    );

    expect(names(all(...many)).map(([suite]) => suite)).toEqual([
      "s199",
      "s198",
      "s197",
      "s196",
      "s195",
      "s194",
    ]);
  });

  test("what was measured before is never the latest; another source or model is another condition", () => {
    const time = (at: string) => ({ occurredAt: `2026-11-23T${at}:00Z` });
    const at = Date.parse("2026-11-23T12:00:00Z");
    const good = { verdict: { is: "quiet", because: "" }, ends: true } as const;
    const bad = told("a", 0.09, { given: { at }, more: time("11:00") });
    const later = (more: object, given = {}) =>
      told("a", 0.01, { given: { ...good, at: at + minute, ...given }, more });

    const latest = (judged: Judged) => all(bad, judged).conditions[0]?.latest.value;
    expect(latest(later(time("10:00")))).toBe(0.09);
    expect(latest(later({ ...time("11:30"), model: "other" }))).toBe(0.09);
    expect(latest(later({ ...time("11:30"), source: "other" }))).toBe(0.09);
    expect(latest(later(time("11:30")))).toBe(0.01);
    expect(latest(later({}))).toBe(0.01);
  });

  const halfRun = { status: "incomplete", samples: { completed: 120, total: 200 } } as const;
  const low = { worse: "lower", limit: 0.9 } as const;
  test.each([
    ["above by its least", {}, { atLeast: 0.07, atMost: 0.5 }, "at least 7 % (limit 5 %)"],
    ["at the limit", {}, { atLeast: 0.05, atMost: 0.5 }, "at least 5 % (limit 5 %)"],
    ["above, known on one side", {}, { atLeast: 0.07 }, "at least 7 % (limit 5 %)"],
    ["below by its most", low, { atLeast: 0.4, atMost: 0.83 }, "at most 83 % (limit 90 %)"],
    ["not proven above", {}, { atLeast: 0.01, atMost: 0.41 }, "between 1 % and 41 % (limit 5 %)"],
    ["not proven below", low, { atLeast: 0.5, atMost: 0.95 }, "between 50 % and 95 % (limit 90 %)"],
    [
      "with what it measured so far",
      {},
      { value: 0.15, atLeast: 0.07, atMost: 0.5 },
      "at least 7 % (limit 5 %)",
    ],
    [
      "that proves nothing, with what it measured",
      {},
      { value: 0.15, atLeast: 0.01, atMost: 0.5 },
      "15 % (limit 5 %)",
    ],
    [
      "of no direction",
      { worse: "unknown", limit: null },
      { atLeast: 0.1, atMost: 0.5 },
      "between 10 % and 50 %",
    ],
  ] as const)("half a run %s", (_, given, bounds, said) => {
    const { worst, latest } =
      all(told("a", null, { given, more: { ...halfRun, ...bounds } })).conditions[0] ?? {};

    expect(
      worst &&
        worst.value !== null &&
        figures({ ...worst, value: worst.value }, worst.limit, "percent"),
    ).toBe(said);
    expect(latest?.value).toBe(worst?.value);
  });

  test("of half a run whose rule does not look at the number, none is shown", () => {
    const half = told("a", null, {
      given: { isMeasured: false },
      more: { ...halfRun, atLeast: 0.07 },
    });

    expect(all(half).conditions[0]?.worst.value).toBeNull();
  });

  test("a whole run of the same number takes the place of what half of one proved", () => {
    const half = told("a", null, { given: {}, more: { ...halfRun, atLeast: 0.07, atMost: 0.5 } });

    expect(all(half, told("a", 0.07)).conditions[0]?.worst).toMatchObject({
      value: 0.07,
      bound: "",
    });
  });
});

describe("what a rule holds a value against", () => {
  const measured = (when: string, value: number, more = {}) => {
    const condition = compileCondition(when);
    if ("problems" in condition) throw new Error(condition.problems.join());
    return condition.measureOf(
      blankSignal({ source: "s", kind: "eval", status: "ok", value, ...more }),
    );
  };

  test.each([
    ["signal.value < 0.9", 0.4, { limit: 0.9, worse: "lower" }],
    ["signal.value <= 0.9", 0.4, { limit: 0.9, worse: "lower" }],
    ["0.9 > signal.value", 0.4, { limit: 0.9, worse: "lower" }],
    ["signal.value > 0.05", 0.1, { limit: 0.05, worse: "higher" }],
    ["signal.value > 0.05", 0.01, { limit: 0.05, worse: "higher" }],
    ["signal.value > 0.05 && signal.value <= 1.0", 0.1, { limit: 0.05, worse: "higher" }],
    ["signal.value >= 0.0 && signal.value < 0.9", 0.4, { limit: 0.9, worse: "lower" }],
    ["signal.value > 0.05 && signal.value <= 1.0", 0.01, { limit: 0.05, worse: "higher" }],
    ["signal.value > signal.threshold", 0.1, { limit: 0.07, worse: "higher" }],
    ["signal.value > 0.2 || signal.value > 0.1", 0.3, { limit: 0.1, worse: "higher" }],
    ["!(signal.value >= 0.9)", 0.4, { limit: null, worse: "lower" }],
    ["1.0 - signal.value > 0.1", 0.4, { limit: null, worse: "lower" }],
    ["signal.value * 100.0 > 5.0", 0.1, { limit: null, worse: "higher" }],
    ["signal.value > 0.2 && signal.value < 0.4", 0.3, null],
    ['signal.kind == "eval"', 0.3, null],
    ['signal.kind == "alert" && signal.value > 0.05', 0.3, null],
  ])("%s, at %d", (when, value, expected) => {
    expect(measured(when, value, { threshold: 0.07 })).toEqual(expected);
  });
});

test.each([
  [0.082, "", "0.082"],
  [0.0820001, "percent", "8.2 %"],
  [0.05, "percent", "5 %"],
  [0.123456, "", "0.123"],
  [123456, "ms", "123000 ms"],
  [90, "seconds", "90 s"],
  [0.5, "ratio", "0.5"],
  [12, "count", "12"],
  [12.5, "usd", "$12.5"],
  [-3, "usd", "-$3"],
  [1200, "tokens", "1200 tokens"],
  [0, "percent", "0 %"],
  [-0.12345, "", "-0.123"],
  [1e-9, "", "1e-9"],
])("%d %s is said with at most three digits", (value, unit, said) => {
  expect(amount(value, unit)).toBe(said);
});

test.each([
  [0.082, 0.05, "8.2 % (limit 5 %)"],
  [8.2, 5, "8.2 % (limit 5 %)"],
  [0.5, 5, "0.5 % (limit 5 %)"],
  [1, 0.05, "100 % (limit 5 %)"],
  [8.2, 0.05, "8.2 (limit 0.05)"],
  [8.2, null, "8.2 %"],
  [0.082, null, "8.2 %"],
  [-8.2, -5, "-8.2 % (limit -5 %)"],
] as const)("percent of %d with the limit %d", (value, limit, said) => {
  expect(figures({ value }, limit, unitFor("percent", [value], [limit]))).toBe(said);
});

test("a value that reads like its limit is said to be beyond it", () => {
  expect(figures({ value: 0.050004 }, 0.05, "percent")).toBe("just over 5 % (limit 5 %)");
  expect(figures({ value: 0.05 }, 0.05, "percent")).toBe("5 % (limit 5 %)");
});

test.each([
  "javascript:alert(1)",
  "data:text/html,x",
  "ftp://runs.example/1",
  "https://bank.example@evil.example/",
  "https://user:secret@evil.example/",
  "https://",
  "//evil.example",
  "run 7",
  "",
  `https://runs.example/${"x".repeat(1_600)}`,
])("%j leads nowhere", (url) => {
  expect(safeUrl(url)).toBeNull();
});

test("an address is as a browser reads it: nothing in it is hidden, and the host is shown", () => {
  expect(safeUrl("https://аррӏе.example/\u202e?a=<b>\"'")).toEqual({
    url: expect.not.stringMatching(/[<>"\u202e]/),
    host: expect.stringMatching(/^xn--/),
  });
});
