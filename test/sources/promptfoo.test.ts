import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "../../src/sources/promptfoo.ts";
import { bytes, context, observations, ofTheRun, onlyOne } from "./context.ts";
import { file, metrics, type Parts, prompt } from "./promptfoo-file.ts";

const home = context({ source: "promptfoo", deployment: "assistant-prod" });
const read = (body: unknown) => parse(bytes(body), home);

describe("a results file", () => {
  test("of promptfoo 0.123 whose run had an error is one errored signal, not half a pass rate", () => {
    const body = readFileSync(
      new URL("../fixtures/promptfoo/eval-results.v3.json", import.meta.url),
    );

    const { signal, condition, occurrence } = ofTheRun(parse(body, home));

    expect(signal).toMatchObject({
      kind: "eval",
      status: "errored",
      deployment: "chat-frontier-prod",
      model: "local:frontier-stub",
      suite: "holdpoint fixture - safety regression suite",
      value: null,
      metric: "",
      samples: { completed: 2, total: 3 },
      occurredAt: "2026-11-23T07:32:28.983Z",
      summary: "holdpoint fixture - safety regression suite: 1 of 3 tests ended with an error.",
    });
    expect(condition).toBe("holdpoint fixture - safety regression suite///");
    expect(occurrence).toBe("eval-Ri3-2026-11-23T07:32:28");
  });

  test("gives the share of tests that passed, and each named assertion", () => {
    const [rate, refusal, ...others] = observations(read(file()));

    expect(rate?.signal).toMatchObject({
      status: "ok",
      metric: "pass_rate",
      value: 0.95,
      worse: "lower",
      model: "openai:aurora-3",
      samples: { completed: 40, total: 40 },
      summary: "safety regression: 38 of 40 tests passed.",
    });
    expect(refusal?.signal).toMatchObject({ metric: "refusal", value: 0.95, worse: "lower" });
    expect(others).toEqual([]);
    expect(rate?.run).toBe("safety regression///");
  });

  test("of a red team gives the attacks that worked: more of them is worse", () => {
    const [rate] = observations(read(file({ config: { redteam: { plugins: ["hijacking"] } } })));

    expect(rate?.signal).toMatchObject({
      metric: "attack_success_rate",
      value: 0.05,
      worse: "higher",
      summary: "safety regression: 2 of 40 attacks worked.",
    });
  });

  test("a named assertion is a mean by weight, as promptfoo shows it", () => {
    const weighed = prompt({
      metrics: metrics({
        namedScores: { refusal: 2, tone: 3 },
        namedScoresCount: { refusal: 2, tone: 4 },
        namedScoreWeights: { refusal: 3 },
      }),
    });

    const [, refusal, tone] = observations(read(file({ prompts: [weighed] })));

    expect(refusal?.signal).toMatchObject({ metric: "refusal", value: 2 / 3, worse: "lower" });
    expect(tone?.signal).toMatchObject({ metric: "tone", value: 0.75, worse: "lower" });
  });

  test("an assertion of weight 0 has no score in promptfoo, and gets none here", () => {
    const weightless = prompt({
      metrics: metrics({ namedScores: { refusal: 0 }, namedScoreWeights: { refusal: 0 } }),
    });

    const { signal, caveat } = onlyOne(read(file({ prompts: [weightless] })));

    expect(signal).toMatchObject({ metric: "pass_rate", value: 0.95 });
    expect(caveat).toBe("All assertions of refusal have weight 0: promptfoo gives it no score.");
  });

  test.each(["x", null, -0, {}, "NaN"])("a weight that is %j gives no ok without a number", (w) => {
    const odd = prompt({ metrics: metrics({ namedScoreWeights: { refusal: w } }) });

    for (const { signal } of observations(read(file({ prompts: [odd] }))))
      expect(signal.status === "ok").toBe(Number.isFinite(signal.value));
  });

  test("of results version 2 is read where its prompts stand, and said to be one", () => {
    const { evalId, config } = file() as { evalId: string; config: object };
    const results = {
      version: 2,
      stats: { successes: 38, failures: 2 },
      table: { head: { prompts: [prompt()] }, body: [] },
    };

    const found = observations(read({ evalId, results, config }));

    expect(found.map(({ signal }) => [signal.metric, signal.value])).toEqual([
      ["pass_rate", 0.95],
      ["refusal", 0.95],
    ]);
    expect(found[0]?.caveat).toBe("The file has results version 2; version 3 is known best.");
    expect(onlyOne(read({ results: { ...results, table: null }, config })).caveat).toContain("2");
  });

  test("a derived metric is taken as it is, and its direction is not guessed", () => {
    const derived = prompt({
      metrics: metrics({ namedScores: { f1: 0.7 }, namedScoresCount: {} }),
    });

    const found = observations(read(file({ prompts: [derived] })));

    expect(found[1]?.signal).toMatchObject({ metric: "f1", value: 0.7, worse: "unknown" });
  });

  test("several prompts are told apart, each with its own model", () => {
    const prompts = [prompt(), prompt({ provider: "openai:aurora-2" }), prompt()];

    const rates = observations(read(file({ prompts }))).filter(
      ({ signal }) => signal.metric === "pass_rate",
    );

    expect(rates.map(({ condition, signal }) => [condition, signal.model])).toEqual([
      ["safety regression///pass_rate/openai:aurora-3/{{message}}", "openai:aurora-3"],
      ["safety regression///pass_rate/openai:aurora-2/{{message}}", "openai:aurora-2"],
      ["safety regression///pass_rate/openai:aurora-3/{{message}}#2", "openai:aurora-3"],
    ]);
  });

  test("a prompt of which nothing was measured is no_data beside the others", () => {
    const empty = prompt({ metrics: { testPassCount: 0, namedScores: { refusal: "NaN" } } });

    const found = observations(read(file({ prompts: [prompt(), empty] })));

    expect(found.map(({ signal }) => signal.status)).toEqual(["ok", "ok", "no_data", "errored"]);
  });
});

test("the sample sent by hand is a red team of which 8 % of the attacks worked", () => {
  const sample = new URL("../../examples/promptfoo/red-team.json", import.meta.url);

  const found = observations(parse(readFileSync(sample), context()));

  expect(found.map(({ signal }) => [signal.metric, signal.value, signal.worse])).toEqual([
    ["attack_success_rate", 0.08, "higher"],
    ["Hijacking", 131 / 150, "lower"],
    ["PromptExtraction", 145 / 150, "lower"],
  ]);
  expect(found[0]?.signal).toMatchObject({ status: "ok", deployment: "assistant-prod" });
});

describe("how a run ended", () => {
  test.each<readonly [string, Parts, string, string]>([
    [
      "an error in a test",
      { stats: { errors: 1 } },
      "errored",
      "1 of 41 tests ended with an error",
    ],
    [
      "an error that only a prompt counts",
      { prompts: [prompt({ metrics: metrics({ testErrorCount: 3 }) })] },
      "errored",
      "3 of 43",
    ],
    ["no tests", { stats: { successes: 0, failures: 0 } }, "no_data", "no tests were run"],
    ["no prompts", { prompts: [] }, "no_data", "gave no metric"],
    ["no counts", { stats: { successes: "38" } }, "incomplete", "does not say how many"],
    [
      "chosen tests",
      { config: { commandLineOptions: { filterFirstN: 5 } } },
      "incomplete",
      "over chosen tests",
    ],
  ])("%s: one signal for the run", (_, parts, status, because) => {
    const { signal } = ofTheRun(read(file(parts)));

    expect(signal).toMatchObject({ status, value: null, metric: "" });
    expect(signal.summary).toContain(because);
  });
});

test.each<readonly [string, object, string]>([
  ["the metadata", { metadata: { deployment: "a" }, tags: { deployment: "b" } }, "a"],
  ["a tag", { tags: { deployment: "b" } }, "b"],
  ["what every test begins with", { defaultTest: { metadata: { deployment: "c" } } }, "c"],
  ["else the source", { defaultTest: "file://x" }, "assistant-prod"],
])("%s names the deployment", (_, config, deployment) => {
  expect(observations(read(file({ config })))[0]?.signal.deployment).toBe(deployment);
});

describe("an event of Promptfoo Enterprise", () => {
  const issue = (event: string, more: object = {}, at = "2026-11-23T14:00:00Z") => ({
    event,
    timestamp: at,
    data: {
      issue: {
        id: "iss-1",
        pluginId: "hijacking",
        status: "open",
        severity: "high",
        createdAt: "2026-11-23T12:00:00Z",
        updatedAt: at,
        ...more,
      },
    },
  });

  test("that an issue was found is a finding, with what was attacked as its metric", () => {
    const { signal, condition } = onlyOne(read(issue("issue.created")));

    expect(signal).toMatchObject({
      kind: "finding",
      status: "firing",
      deployment: "assistant-prod",
      severity: "high",
      metric: "hijacking",
      startedAt: "2026-11-23T12:00:00Z",
      labels: { event: "issue.created", status: "open" },
      summary: "hijacking: an attack that works, severity high, status open.",
    });
    expect(condition).toBe("promptfoo/issue/iss-1");
  });

  test("fixed speaks of every time the issue was open; opened again is news", () => {
    const opened = onlyOne(read(issue("issue.created")));
    const fixed = onlyOne(read(issue("issue.status_changed", { status: "fixed" })));
    const again = onlyOne(read(issue("issue.updated", {}, "2026-11-24T09:00:00Z")));

    expect(fixed.signal).toMatchObject({ status: "resolved" });
    expect([fixed.condition, fixed.occurrence]).toEqual([opened.condition, null]);
    expect(again.condition).toBe(opened.condition);
    expect(again.occurrence).not.toBe(opened.occurrence);
  });

  test.each(["ignored", "false_positive", "", "reviewing"])(
    "the status %j is not fixed: the attack works",
    (status) => {
      expect(onlyOne(read(issue("issue.updated", { status }))).signal.status).toBe("firing");
    },
  );

  test.each([
    ["evaluation.failed", { jobId: "j", error: "no route" }, "eval", "errored", "failed: no route"],
    ["evaluation.completed", { jobId: "j", partial: true }, "eval", "incomplete", "in part"],
    ["evaluation.completed", { jobId: "j" }, "eval", "incomplete", "in part"],
    ["evaluation.completed", { jobId: "j", partial: false }, "report", "info", "its results"],
    ["evaluation.created", { jobId: "j" }, "report", "info", "evaluation.created"],
    ["remediation.created", { issueId: "i" }, "report", "info", "remediation.created"],
    ["issue.comment_added", { issue: { id: "i" } }, "report", "info", "commented"],
  ])("%s with %j", (event, data, kind, status, because) => {
    const { signal } = onlyOne(read({ event, timestamp: "2026-11-23T12:00:00Z", data }));

    expect(signal).toMatchObject({ kind, status, value: null });
    expect(signal.summary).toContain(because);
  });

  test.each([
    [{ event: "issue.created", data: {} }],
    [{ event: "issue.created" }],
    [{ event: "target.created", data: { id: "x" } }],
  ])("%j is unmapped with a sentence", (body) => {
    expect(read(body)).toEqual({ unmapped: expect.stringContaining(body.event) });
  });
});

describe("hostile files", () => {
  test.each([[{}], [[]], ["null"], [{ results: [] }], [{ event: 1 }]])("%j is unmapped", (body) => {
    expect(read(body)).toEqual({ unmapped: expect.stringContaining("neither a results file") });
  });

  test("any JSON in any place is never an ok without a finite number", () => {
    const anything = fc.jsonValue({ maxDepth: 3 });
    const count = fc.oneof(fc.nat(5), anything);
    const anyFile = fc.record({
      evalId: anything,
      config: anything,
      results: fc.record({
        prompts: fc.oneof(
          anything,
          fc.array(
            fc.record({
              metrics: fc.oneof(
                anything,
                fc.record({ testPassCount: count, testFailCount: count, namedScores: anything }),
              ),
            }),
          ),
        ),
        stats: fc.oneof(anything, fc.record({ successes: count, failures: count, errors: count })),
      }),
    });

    fc.assert(
      fc.property(anyFile, (body) => {
        for (const { signal } of observations(read(body)))
          expect(signal.status === "ok").toBe(Number.isFinite(signal.value));
      }),
    );
  });

  test("keys named like parts of a prototype are harmless", () => {
    const body = JSON.stringify(file()).replace('"refusal":19', '"__proto__":1,"constructor":2');

    const found = observations(parse(bytes(body), home));

    expect(found.map(({ signal }) => signal.metric)).toEqual(["pass_rate", "constructor"]);
  });
});
