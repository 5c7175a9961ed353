import { describe, expect, test } from "vitest";
import { parse } from "../../src/sources/inspect.ts";
import { bytes, context, observations, partly } from "./context.ts";
import { log, type Parts, score } from "./inspect-log.ts";

/**
 * What a rule can name of an Inspect run: reducers, groups, and between what the numbers of half a
 * run lie.
 */

const home = context({ source: "inspect", deployment: "assistant-prod" });
const read = (log: unknown) => parse(bytes(log), home);

describe("what a rule can name", () => {
  const named = (scores: readonly object[], parts: Parts = {}) =>
    observations(read(log({ ...parts, results: { ...parts.results, scores } })));

  test("each reducer of the epochs is a field, and a signal and a condition of its own", () => {
    const reducers = ["mean", "max", "pass_at_2", "at_least_2"];
    const results = { total_samples: 300, completed_samples: 300 };

    const found = named(
      reducers.map((reducer) => score({ reducer })),
      { config: { epochs: 3, epochs_reducer: reducers }, results },
    );

    expect(found.map(({ signal }) => signal.reducer)).toEqual(reducers);
    expect(new Set(found.map(({ condition }) => condition)).size).toBe(4);
    expect(found[2]?.signal).toMatchObject({
      metric: "mean",
      status: "ok",
      summary: "jailbreak: attack_success mean (pass_at_2) is 0.082 ± 0.01 over 300 samples.",
    });
  });

  test("a grouped metric is named after what was computed, and its group is a field", () => {
    const grouped = (name: string, value: number) => ({
      [name]: {
        name,
        group: "grouped",
        value,
        params: { metric: { type: "metric", name: "mean", params: {} }, group_key: "category" },
      },
    });
    const metrics = { ...grouped("cyber", 0.5), ...grouped("bio", 0), ...grouped("all", 0.25) };

    const found = named([score({ metrics: { ...metrics, stderr: { value: 0.25 } } })]);

    expect(
      found.map(({ signal: { metric, group, value, stderr } }) => [metric, group, value, stderr]),
    ).toEqual([
      ["mean", "cyber", 0.5, null],
      ["mean", "bio", 0, null],
      ["mean", "all", 0.25, null],
    ]);
    // As it was before groups were read, so that what is open hears of its end.
    expect(found[0]?.condition).toBe("jailbreak/attack_success/attack_success/cyber");
    expect(found[0]?.signal.summary).toBe(
      "jailbreak: attack_success mean of cyber is 0.5 over 100 samples.",
    );
  });

  test.each([
    ["no params", { group: "grouped", value: 1 }],
    ["params that are none", { group: "grouped", value: 1, params: [{ metric: "mean" }] }],
    ["another kind of group", { group: "clustered", value: 1, params: { metric: { name: "m" } } }],
    ["a prototype's name", { group: "constructor", value: 1 }],
  ])("a metric with %s keeps the name it has", (_, sent) => {
    const [only] = named([score({ metrics: { cyber: sent } })]);

    expect(only?.signal).toMatchObject({ metric: "cyber", group: "" });
  });
});

describe("a run that is not whole", () => {
  const half = { completed_samples: 50, total_samples: 100 };
  const partlyOf = (more: object, parts: Parts = {}, results: object = half) =>
    partly(
      read(
        log({
          status: "cancelled",
          ...parts,
          results: { ...results, scores: [score({ scored_samples: 50, ...more })] },
        }),
      ),
    );
  const metrics = (name: string, value: unknown) => ({ metrics: { [name]: { name, value } } });

  test("says between what a mean lies, whatever the missing samples score", () => {
    const found = observations(
      read(
        log({
          status: "cancelled",
          results: { ...half, scores: [score({ scored_samples: 50, ...metrics("mean", 0.4) })] },
        }),
      ),
    );

    expect(found).toHaveLength(2);
    expect(found[0]).toMatchObject({ condition: "jailbreak///", signal: { status: "incomplete" } });
    expect(found[1]).toMatchObject({
      condition: "jailbreak/attack_success/attack_success/mean",
      partial: true,
      run: "jailbreak///",
      caveat: "Its bounds take it that each sample scores between 0 and 1.",
      signal: {
        status: "incomplete",
        metric: "mean",
        value: null,
        stderr: null,
        atLeast: 0.2,
        atMost: 0.7,
        samples: { completed: 50, total: 100 },
        summary:
          "jailbreak: attack_success mean is 0.4 over 50 of 100 samples, and between 0.2 and 0.7 over all.",
      },
    });
  });

  test.each<readonly [string, Parts]>([
    ["with an error", { status: "error" }],
    ["still going on", { status: "started" }],
    ["limited", { status: "success", config: { limit: 50 } }],
    ["over chosen samples", { status: "success", config: { sample_id: ["a"] } }],
    ["short of samples that crashed", { status: "success" }],
  ])("says so when it is %s", (_, parts) => {
    expect(partlyOf(metrics("accuracy", 0.4), parts)).toEqual([["accuracy", 0.2, 0.7]]);
  });

  test.each<readonly [string, object, Parts]>([
    ["no mean", metrics("max", 0.4), {}],
    ["on another scale", metrics("mean", 7), {}],
    ["below nought", metrics("mean", -0.1), {}],
    ["no number", metrics("mean", "NaN"), {}],
    ["a count of its samples that is none", { scored_samples: "50" }, {}],
    ["more samples than there are", { scored_samples: 101 }, {}],
    ["samples declared invalid", {}, { more: { invalidated: true } }],
    ["one epoch of some sample unscored", { unscored_samples: 1 }, { config: { epochs: 2 } }],
  ])("has no bounds where there is %s", (_, more, parts) => {
    expect(partlyOf(more, parts)).toEqual([]);
  });

  test("reckons with every sample of which an epoch may be missing", () => {
    const results = { total_samples: 300, completed_samples: 290 };

    expect(
      partlyOf(
        { scored_samples: 100, ...metrics("accuracy", 0.4) },
        { config: { epochs: 3 } },
        results,
      ),
    ).toEqual([["accuracy", 0.3, 0.5]]);
  });

  test("a metric of a whole run whose scorer left samples out has bounds beside its counts", () => {
    const [first] = observations(
      read(
        log({
          results: {
            scores: [score({ scored_samples: 90, unscored_samples: 10, ...metrics("mean", 0.5) })],
          },
        }),
      ),
    );

    expect(first?.partial).toBeUndefined();
    expect(first?.signal).toMatchObject({
      status: "incomplete",
      value: null,
      atLeast: 0.45,
      atMost: 0.55,
    });
  });
});
