import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { figureOf } from "../../../src/core/escalation/earlier-figures.ts";
import { intervalOf } from "../../../src/core/policy/condition-facts.ts";
import { edited, wordsOf } from "./example.ts";

const when =
  'when: signal.kind == "eval" && signal.status == "ok" && signal.scorer == "attack_success" && signal.metric == "mean" && signal.value > 0.05';

/** What is said of the example's first trigger with these lines added, and with another condition. */
const said = (lines: string, condition = when): readonly string[] =>
  wordsOf(edited([when, `${condition}\n    ${lines}`])).filter((line) =>
    line.includes("triggers.jailbreak-rate"),
  );

const comparing = when.replace("signal.value > 0.05", "signal.value > 1.2 * before.value");

describe("what a rule looks back at", () => {
  test.each([
    "repeated: { times: 3, of: 5 }",
    "repeated: { times: 5, within: 1d, by: labels.class }",
    "together: { with: [refusal-collapse], within: 1d }",
    "for: 10m",
    "expect: { suite: regression, after: model.changed, within: 2d }",
  ])("%s", (lines) => {
    expect(said(lines)).toEqual([]);
  });

  test.each(["previous", "previousModel", "{ median: 7d }", "{ p95: 1d }"])("compare: %s", (to) => {
    expect(said(`compare: ${to}`, comparing)).toEqual([]);
  });

  test("a rule that only expects a run needs no condition", () => {
    const lines = "expect: { suite: regression, after: model.changed, within: 2d }";
    expect(wordsOf(edited([when, lines]))).toEqual(wordsOf(edited([when, when])));
  });

  test.each([
    ["repeated: { times: 3 }", "repeated: needs either of or within"],
    ["repeated: { times: 3, of: 5, within: 1d }", "repeated: needs either of or within"],
    ["repeated: { times: 6, of: 5 }", "repeated.times: times is more than of: it would never fire"],
    ["repeated: { times: 1, of: 5 }", "repeated.times: must be at least 2"],
    ["repeated: { times: 501, within: 1d }", "repeated.times: must be at most 500"],
    [
      "repeated: { times: 2, of: 5, by: labels.class }",
      "repeated.by: by belongs to within: of is about the measurements of one thing already",
    ],
    [
      "repeated: { times: 5, within: 1d, by: labels }",
      "repeated.by: must be labels.<name>, or one of source, suite, scorer, score, metric, group, model, id, change",
    ],
    [
      "compare: last",
      "compare: must be previous, previousModel, or a figure over a time like { median: 7d }",
    ],
    ["compare: previous", "compare: the condition does not look at before.value"],
    ["over: { p95: 1d }", "over: the condition does not look at over.value"],
    ["spread: group", "spread: the condition does not look at spread.value"],
    ["together: { within: 1d }", "together: needs either with or deployments"],
    [
      "together: { with: [refusal-colapse], within: 1d }",
      "together.with.0: no trigger “refusal-colapse”; did you mean refusal-collapse? (allowed: refusal-collapse, score-unavailable)",
    ],
    [
      "together: { with: [jailbreak-rate], within: 1d }",
      "together.with.0: the trigger itself is no other “jailbreak-rate” (allowed: refusal-collapse, score-unavailable)",
    ],
    [
      "together: { deployments: 2, within: 1d }",
      "together.deployments: it watches 1 deployment: it would never fire",
    ],
    [
      "repeated: { times: 3, of: 5 }\n    for: 10m",
      "for: for and repeated together are never met: keep one of them",
    ],
    ["for: 0m", "for: must be longer than zero"],
  ])("%s is a mistake", (lines, what) => {
    expect(said(lines).map((line) => line.replace(/^\w+: /, ""))).toEqual([
      `triggers.jailbreak-rate.${what}`,
    ]);
  });

  test.each([
    ["before.value", "compare: previous"],
    ["over.value", "over: { p95: 1d }"],
    ["spread.value", "spread: labels.variant"],
  ])("%s needs %s", (value, key) => {
    const condition = when.replace("0.05", value);
    const [name = ""] = value.split(".");
    const found = wordsOf(edited([when, condition]));
    expect(found.join("\n")).toContain(
      `when: ${name}.value needs ${key.split(":")[0]}: beside it: write ${key}`,
    );
  });

  test("a trigger without any condition is refused", () => {
    expect(wordsOf(edited([`    ${when}\n`, ""])).join("\n")).toContain(
      "triggers.jailbreak-rate: when is missing",
    );
  });
});

describe("figures", () => {
  const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 });

  test("every figure lies between the least and the greatest, in whatever order they come", () => {
    fc.assert(
      fc.property(values, (all) => {
        const [least, greatest] = [Math.min(...all), Math.max(...all)];
        for (const figure of ["median", "mean", "min", "max", "p90", "p95", "p99"] as const) {
          const found = figureOf(figure, all) ?? Number.NaN;
          expect(found).toBeGreaterThanOrEqual(least - 1e-6);
          expect(found).toBeLessThanOrEqual(greatest + 1e-6);
          if (figure !== "mean") expect(figureOf(figure, all.toReversed())).toBe(found);
        }
      }),
    );
  });

  test("the median of an even number is between the middle two; a percentile is a value that was measured", () => {
    expect(figureOf("median", [10, 12, 11, 30])).toBe(11.5);
    expect(
      figureOf(
        "p95",
        Array.from({ length: 100 }, (_, n) => n + 1),
      ),
    ).toBe(95);
    expect(figureOf("p95", [])).toBeNull();
  });

  test("the Wilson interval of 48 of 600 is 6.1 % to 10.4 %", () => {
    const { lower95, upper95 } = intervalOf({
      status: "ok",
      value: 0.08,
      samples: { completed: 600, total: 600 },
    });
    expect(lower95).toBeCloseTo(0.0609, 4);
    expect(upper95).toBeCloseTo(0.1045, 4);
  });

  test("nothing is sure without samples, of a run that is not whole, or of what is no share", () => {
    const samples = { completed: 10, total: 10 };
    expect(intervalOf({ status: "ok", value: 0.5, samples: null })).toEqual({});
    expect(intervalOf({ status: "incomplete", value: 0.5, samples })).toEqual({});
    expect(intervalOf({ status: "ok", value: 5, samples })).toEqual({});
    expect(intervalOf({ status: "ok", value: null, samples })).toEqual({});
  });
});
