import { describe, expect, test } from "vitest";
import { parse } from "../../src/sources/promptfoo.ts";
import { bytes, context, observations, ofTheRun, onlyOne, partly } from "./context.ts";
import { file, metrics, prompt } from "./promptfoo-file.ts";

const read = (body: unknown) =>
  parse(bytes(body), context({ source: "promptfoo", deployment: "assistant-prod" }));

describe("tests that were left out", () => {
  const tests = (many: number, more: object = {}) =>
    Array.from({ length: many }, (_, at) => ({ vars: { q: `${at}` }, ...more }));

  test("are missing where the configuration has more than were run", () => {
    const [whole, rate, ...others] = observations(read(file({ config: { tests: tests(100) } })));

    expect(whole?.signal).toMatchObject({
      status: "incomplete",
      value: null,
      samples: { completed: 40, total: 100 },
      summary: "safety regression: only 40 of 100 tests were run.",
    });
    expect(rate).toMatchObject({ partial: true, run: "safety regression///" });
    expect(rate?.signal).toMatchObject({
      status: "incomplete",
      metric: "pass_rate",
      value: null,
      atLeast: 0.38,
      atMost: 0.98,
      samples: { completed: 40, total: 100 },
      summary: "safety regression: 38 of 40 tests passed, and between 0.38 and 0.98 of all did.",
    });
    expect(others).toEqual([]);
  });

  test("leave a red team's attacks what they were at least", () => {
    const config = { redteam: {}, tests: tests(100) };

    expect(partly(read(file({ config })))).toEqual([["attack_success_rate", 0.02, 0.62]]);
  });

  test.each<readonly [string, object]>([
    ["as many as were run", { tests: tests(40) }],
    ["twenty, each run twice", { tests: tests(20, { options: { repeat: 2 } }) }],
    ["twenty, all run twice", { tests: tests(20), evaluateOptions: { repeat: 2 } }],
    ["a file", { tests: "file://tests.csv" }],
    ["files among them", { tests: ["file://a.yaml", ...tests(100)] }],
    ["none", { tests: [] }],
    ["each for one provider only", { tests: tests(100, { providers: ["a"] }) }],
    ["each for one prompt only", { tests: tests(100, { prompts: ["a"] }) }],
    ["all for one prompt only", { tests: tests(100), defaultTest: { prompts: ["a"] } }],
    ["what every test begins with in a file", { tests: tests(100), defaultTest: "file://x" }],
    ["ten, multiplied by their variables", { tests: tests(10, { vars: { q: ["a", "b"] } }) }],
  ])("are not held against a run whose configuration has %s", (_, config) => {
    expect(observations(read(file({ config }))).map(({ signal }) => signal.status)).toEqual([
      "ok",
      "ok",
    ]);
  });

  test.each<readonly [string, object]>([
    ["scenarios make more of them", { scenarios: [{}] }],
    ["a list of variables multiplies them", { defaultTest: { vars: { tone: ["a", "b"] } } }],
  ])("are not counted where %s, but known to be missing", (_, config) => {
    const body = file({ config: { tests: tests(100), ...config } });

    expect(onlyOne(read(body)).signal).toMatchObject({ status: "incomplete" });
  });

  test("are told by the repeats of the command line", () => {
    const body = { ...file({ config: { tests: tests(20) } }), runtimeOptions: { repeat: 3 } };

    expect(ofTheRun(read(body)).signal).toMatchObject({
      status: "incomplete",
      samples: { completed: 40, total: 60 },
    });
  });

  test("an error beside them leaves bounds over all there are", () => {
    const errored = prompt({ metrics: metrics({ testErrorCount: 10 }) });
    const config = { tests: tests(50) };

    const parsed = read(file({ config, prompts: [errored], stats: { errors: 10 } }));

    expect(ofTheRun(parsed).signal.status).toBe("errored");
    expect(partly(parsed)).toEqual([["pass_rate", 0.76, 0.96]]);
  });

  test("a filter in the configuration says of no number how many are missing", () => {
    const body = file({ config: { tests: "x", commandLineOptions: { filterSample: 5 } } });

    expect(onlyOne(read(body)).signal).toMatchObject({ status: "incomplete" });
  });
});
