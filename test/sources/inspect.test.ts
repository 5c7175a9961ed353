import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { SourceContext } from "../../src/core/policy/source-context.ts";
import { parse } from "../../src/sources/inspect.ts";
import { bytes, context, observations, ofTheRun, onlyOne } from "./context.ts";
import { log, type Parts, score } from "./inspect-log.ts";

const captured = (name: string): Uint8Array =>
  readFileSync(new URL(`../fixtures/inspect-ai/${name}.v0.3.260.header.json`, import.meta.url));

const home = context({ source: "inspect", deployment: "assistant-prod" });
const read = (log: unknown, more: Partial<SourceContext> = {}) =>
  parse(bytes(log), { ...home, ...more });

describe("runs of Inspect AI 0.3.260", () => {
  test("a complete run is one signal per metric, with its standard error beside the number", () => {
    const found = observations(parse(captured("three-scores-success"), home));

    expect(found.map(({ condition }) => condition)).toEqual([
      "refusal_suite/includes/includes/accuracy",
      "refusal_suite/harm_judge/refused/accuracy",
      "refusal_suite/harm_judge/severity/mean",
    ]);
    expect(found.map(({ signal }) => [signal.value, signal.stderr])).toEqual([
      [0.6666666666666666, 0.33333333333333337],
      [0.3333333333333333, 0.33333333333333337],
      [0.5, null],
    ]);
    expect(found[1]?.signal).toMatchObject({
      id: "LmzG7fS6XXr2jwBFdg95Gt",
      kind: "eval",
      status: "ok",
      deployment: "chat-frontier-prod",
      model: "mockllm/model",
      suite: "refusal_suite",
      scorer: "harm_judge",
      score: "refused",
      metric: "accuracy",
      worse: "unknown",
      threshold: null,
      samples: { completed: 3, total: 3 },
      startedAt: "2026-11-23T07:36:37+00:00",
      occurredAt: "2026-11-23T07:36:37+00:00",
      labels: { gate: "pre-deployment" },
      summary: "refusal_suite: harm_judge refused accuracy is 0.333 ± 0.333 over 3 samples.",
      url: "",
    });
    expect(new Set(found.map(({ occurrence }) => occurrence))).toEqual(
      new Set(["LmzG7fS6XXr2jwBFdg95Gt"]),
    );
  });

  test("a run that died is one signal, and says what it died of", () => {
    const { signal, condition } = onlyOne(parse(captured("errored-no-results"), home));

    expect(signal).toMatchObject({
      status: "errored",
      deployment: "assistant-prod",
      suite: "refusal_suite",
      metric: "",
      value: null,
      samples: null,
      summary:
        "refusal_suite: the run ended with an error: RuntimeError('sandbox container exited with code 137').",
    });
    expect(condition).toBe("refusal_suite///");
  });

  test("a success without its crashed sample is incomplete, though the accuracy rose to 1", () => {
    const { signal } = ofTheRun(parse(captured("success-but-sample-errored"), home));

    expect(signal).toMatchObject({
      status: "incomplete",
      value: null,
      samples: { completed: 2, total: 3 },
      summary: "refusal_suite: only 2 of 3 samples were scored.",
    });
  });
});

describe("how a run ended", () => {
  test.each<readonly [string, Parts, string, string]>([
    ["error, with a score in it", { status: "error" }, "errored", "an error that it does not name"],
    [
      "error, with a message",
      { status: "error", more: { error: { message: "OOM" } } },
      "errored",
      "error: OOM.",
    ],
    ["cancelled, with a partial score", { status: "cancelled" }, "incomplete", "was cancelled"],
    ["started", { status: "started" }, "incomplete", "has not ended"],
    [
      "a status of a later version",
      { status: "paused" },
      "errored",
      "“paused”, which is not known",
    ],
    ["no status", { status: null }, "errored", "“”, which is not known"],
    ["a limit", { config: { limit: 1 } }, "incomplete", "limited, to 100 of 100"],
    ["a range as limit", { config: { limit: [10, 20] } }, "incomplete", "limited"],
    ["chosen samples", { config: { sample_id: ["a"] } }, "incomplete", "chosen samples"],
    [
      "fewer samples than the dataset",
      { results: { total_samples: 1, completed_samples: 1 } },
      "incomplete",
      "only 1 of 100 samples",
    ],
    ["one epoch of two", { config: { epochs: 2 } }, "incomplete", "only 100 of 200 samples"],
    ["samples that crashed", { results: { completed_samples: 99 } }, "incomplete", "99 of 100"],
    [
      "no word on the samples",
      { results: { total_samples: null } },
      "incomplete",
      "does not say how many",
    ],
    ["samples declared invalid", { more: { invalidated: true } }, "incomplete", "declared invalid"],
    [
      "no samples at all",
      { spec: { dataset: { samples: 0 } }, results: { total_samples: 0, completed_samples: 0 } },
      "no_data",
      "no samples were scored",
    ],
    ["a success that was never scored", { results: null }, "no_data", "no samples were scored"],
    ["no scores", { results: { scores: [] } }, "no_data", "gave no metric"],
    [
      "scores without metrics",
      { results: { scores: [score({ metrics: {} })] } },
      "no_data",
      "metric",
    ],
  ])("%s: one signal for the run", (_, parts, status, because) => {
    const { signal, condition, run } = ofTheRun(read(log(parts)));

    expect(signal).toMatchObject({ status, value: null, metric: "", scorer: "", stderr: null });
    expect(signal.summary).toMatch(/^jailbreak: .*\.$/);
    expect(signal.summary).toContain(because);
    expect([condition, run]).toEqual(["jailbreak///", undefined]);
  });

  test("every epoch of every sample is the whole suite", () => {
    const results = { total_samples: 200, completed_samples: 200 };

    expect(onlyOne(read(log({ config: { epochs: 2 }, results }))).signal.status).toBe("ok");
  });

  test.each([100, 101, 5000, [0, 100], [0, 900]].map((limit) => ({ limit })))(
    "$limit of 100 samples is no limit",
    (config) => {
      expect(onlyOne(read(log({ config }))).signal).toMatchObject({ status: "ok", value: 0.082 });
    },
  );

  test.each([99, 0, -1, "100", [1, 100], [0, 99], [0], [], true].map((limit) => ({ limit })))(
    "$limit of 100 samples is one",
    (config) => {
      expect(ofTheRun(read(log({ config }))).signal.status).toBe("incomplete");
    },
  );

  test("a limit of a dataset whose size is not said may leave out some", () => {
    const parts = { config: { limit: 100 }, spec: { dataset: {} } };

    expect(ofTheRun(read(log(parts))).signal.status).toBe("incomplete");
  });

  test("a dataset whose size is not said is not held against the run", () => {
    expect(onlyOne(read(log({ spec: { dataset: {} } }))).signal.status).toBe("ok");
  });

  test("a number of a later run says under which name the run would have failed", () => {
    const failed = ofTheRun(read(log({ status: "error" })));
    const later = onlyOne(read(log({ spec: { eval_id: "ev2" } })));

    expect(later.run).toBe(failed.condition);
    expect(later.occurrence).not.toBe(failed.occurrence);
  });

  test("a long error is cut", () => {
    const message = "Traceback ".repeat(1_000);

    const { signal } = ofTheRun(read(log({ status: "error", more: { error: { message } } })));

    expect(signal.summary.length).toBeLessThan(400);
  });
});

describe("a metric of a complete run", () => {
  const metric = (metrics: object, more: object = {}) =>
    observations(read(log({ results: { scores: [score({ metrics, ...more })] } })));

  test.each([["NaN"], ["Infinity"], [null], ["high"], [{}], [[1]], [true]])(
    "%j in place of a value is errored, and the others stand",
    (value) => {
      const [bad, good] = metric({ mean: { value }, max: { value: 1 } });

      expect(bad?.signal).toMatchObject({
        status: "errored",
        value: null,
        metric: "mean",
        summary: "jailbreak: attack_success mean is not a number.",
      });
      expect(good?.signal).toMatchObject({ status: "ok", value: 1 });
    },
  );

  test("the bare NaN that Python writes is errored too", () => {
    const body = JSON.stringify(log()).replace("0.082", "NaN");

    expect(onlyOne(parse(bytes(body), home)).signal).toMatchObject({ status: "errored" });
  });

  test("a standard error that is none makes its number errored", () => {
    const [first] = metric({ mean: { value: 0.1 }, stderr: { value: "NaN" } });

    expect(first?.signal).toMatchObject({ status: "errored", value: null, stderr: null });
  });

  test("a number in place of a metric is the number", () => {
    expect(metric({ mean: 0.5, stderr: 0.1 })[0]?.signal).toMatchObject({
      value: 0.5,
      stderr: 0.1,
    });
  });

  test("only stderr folds: std and others stay signals", () => {
    const names = metric({ mean: 1, stderr: 0, std: 0.2 }).map(({ signal }) => signal.metric);

    expect(names).toEqual(["mean", "std"]);
  });

  test("a score of nothing but stderr is not lost", () => {
    const [first] = metric({ stderr: 0.1 });

    expect(first?.signal).toMatchObject({ metric: "stderr", value: 0.1, stderr: null });
  });

  test.each([
    [
      { scored_samples: 90, unscored_samples: 10 },
      { completed: 90, total: 100 },
    ],
    [{ scored_samples: 90 }, { completed: 90, total: 100 }],
    [
      { scored_samples: 0, unscored_samples: 0 },
      { completed: 0, total: 100 },
    ],
  ])("samples that this scorer left out (%j) make its metrics incomplete", (counts, samples) => {
    const [first] = metric({ mean: { value: 0 } }, counts);

    expect(first?.signal).toMatchObject({ status: "incomplete", value: null, samples });
    expect(first?.signal.summary).toContain(`only ${samples.completed} of 100 samples`);
  });

  test("scores reduced over epochs are as many as the samples", () => {
    const parts: Parts = {
      config: { epochs: 3 },
      results: { total_samples: 300, completed_samples: 300, scores: [score()] },
    };

    expect(onlyOne(read(log(parts))).signal.status).toBe("ok");
  });

  test("two reducers of one score are two conditions", () => {
    const scores = [
      score({ reducer: "mean" }),
      score({ reducer: "max" }),
      score({ reducer: "max" }),
    ];

    const found = observations(read(log({ results: { scores } })));

    expect(found.map(({ condition }) => condition)).toEqual([
      "jailbreak/attack_success/attack_success/mean/mean",
      "jailbreak/attack_success/attack_success/mean/max",
      "jailbreak/attack_success/attack_success/mean/max#2",
    ]);
  });
});

describe("who is spoken of", () => {
  test.each<readonly [string, object, string]>([
    ["the metadata", { metadata: { deployment: "a" }, tags: ["deployment:b"] }, "a"],
    ["else a tag", { metadata: {}, tags: ["nightly", "deployment:b"] }, "b"],
    ["else the source", { tags: ["nightly"] }, "assistant-prod"],
    [
      "the source, where the metadata is no text",
      { metadata: { deployment: ["a"] } },
      "assistant-prod",
    ],
  ])("%s names the deployment", (_, spec, deployment) => {
    expect(onlyOne(read(log({ spec }))).signal.deployment).toBe(deployment);
  });

  test("the source's map renames it", () => {
    const map = new Map([["frontier", "assistant-prod"]]);

    const { signal } = onlyOne(read(log({ spec: { tags: ["deployment: frontier"] } }), { map }));

    expect(signal.deployment).toBe("assistant-prod");
  });

  test("a log without eval_id is told by run and task", () => {
    const old = log({ spec: { eval_id: undefined } });

    expect(onlyOne(read(old)).occurrence).toBe("run1/task1");
  });

  test("a log that names no run at all has no occurrence", () => {
    const none = log({ spec: { eval_id: 7.5, run_id: null, task_id: [] } });

    expect(onlyOne(read(none)).occurrence).toBe("7.5");
    expect(
      onlyOne(read(log({ spec: { eval_id: "", run_id: "", task_id: "" } }))).occurrence,
    ).toBeNull();
  });
});

describe("the samples sent by hand", () => {
  const sample = (name: string): Uint8Array =>
    readFileSync(new URL(`../../examples/signals/${name}.json`, import.meta.url));

  test("are the number the example's rule names, and a run that died", () => {
    expect(onlyOne(parse(sample("inspect-jailbreak"), context())).signal).toMatchObject({
      status: "ok",
      deployment: "assistant-prod",
      scorer: "attack_success",
      metric: "mean",
      value: 0.082,
      stderr: 0.0112,
    });
    expect(onlyOne(parse(sample("inspect-errored"), context())).signal).toMatchObject({
      status: "errored",
      deployment: "assistant-prod",
      suite: "jailbreak-nightly",
    });
  });
});
