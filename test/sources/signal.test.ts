import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { SignalKind } from "../../src/core/signal.ts";
import { parse } from "../../src/sources/signal.ts";
import { bytes, context, observations, onlyOne } from "./context.ts";

const evaluation = (more: object = {}) => ({
  kind: "eval",
  deployment: "assistant-prod",
  model: "aurora-3",
  scorer: "attack_success",
  metric: "mean",
  value: 0.082,
  ...more,
});
const read = (body: unknown) => parse(bytes(body), context());
const sample = (name: string) =>
  readFileSync(new URL(`../../examples/signals/${name}.json`, import.meta.url));

test("a signal is read field by field", () => {
  const sent = {
    id: "run-7",
    kind: "eval",
    status: "incomplete",
    deployment: "assistant-prod",
    model: "aurora-3",
    severity: "high",
    summary: "half of it",
    url: "https://evals.example.org/7",
    occurredAt: "2026-11-23T07:00:00Z",
    startedAt: "2026-11-23T06:00:00+01:00",
    labels: { zone: "a", run: 3 },
    metric: "mean",
    value: 0.5,
    threshold: "0.25",
    worse: "higher",
    suite: "nightly",
    scorer: "attack_success",
    score: "overall",
    stderr: 0.01,
    samples: { completed: 3, total: 6 },
    change: "",
    reducer: "",
    group: "",
    atLeast: null,
    atMost: null,
  };

  const { signal, occurrence, caveat } = onlyOne(read(sent));

  expect(signal).toEqual({
    ...sent,
    source: "monitor",
    threshold: 0.25,
    labels: { zone: "a", run: "3" },
  });
  expect([occurrence, caveat]).toEqual(["run-7", null]);
});

test("what is not said is empty, and nothing else", () => {
  expect(onlyOne(read({ kind: "report", deployment: "assistant-prod" })).signal).toEqual({
    id: "",
    source: "monitor",
    kind: "report",
    status: "info",
    deployment: "assistant-prod",
    model: "",
    severity: "",
    summary: "",
    url: "",
    occurredAt: "",
    startedAt: "",
    labels: {},
    metric: "",
    value: null,
    threshold: null,
    worse: "unknown",
    suite: "",
    scorer: "",
    score: "",
    stderr: null,
    samples: null,
    change: "",
    reducer: "",
    group: "",
    atLeast: null,
    atMost: null,
  });
});

test.each([
  ["alert", "firing"],
  ["eval", "ok"],
  ["finding", "firing"],
  ["report", "info"],
  ["change", "info"],
] satisfies [SignalKind, string][])("%s without a status means %s", (kind, status) => {
  expect(onlyOne(read({ kind, deployment: "d" })).signal.status).toBe(status);
});

describe("samples", () => {
  test("the sample evals say what they were written to say", () => {
    expect(onlyOne(parse(sample("signal-jailbreak"), context())).signal).toMatchObject({
      kind: "eval",
      status: "ok",
      scorer: "attack_success",
      metric: "mean",
      value: 0.082,
      threshold: 0.05,
      deployment: "assistant-prod",
    });
    expect(onlyOne(parse(sample("signal-errored"), context())).signal).toMatchObject({
      status: "errored",
      value: null,
    });
  });

  test.each([
    [{ completed: 2, total: 3 }, "incomplete"],
    [{ completed: 0, total: 0 }, "no_data"],
    [{ completed: 3, total: 3 }, "ok"],
  ])("an ok eval over %j is %s", (samples, status) => {
    expect(onlyOne(read(evaluation({ status: "ok", samples }))).signal.status).toBe(status);
  });

  test.each([{ completed: -1, total: 3 }, { completed: 1.5, total: 3 }, { total: 3 }, "3/3", null])(
    "%j is no count of samples",
    (samples) => {
      expect(onlyOne(read(evaluation({ samples }))).signal.samples).toBeNull();
    },
  );
});

describe("identity", () => {
  const identity = (more: object) => {
    const { condition, occurrence } = onlyOne(read(evaluation(more)));
    return { condition, occurrence };
  };

  test("an id tells occurrences of one condition apart", () => {
    const first = identity({ id: "run-1" });
    const second = identity({ id: "run-2" });

    expect(second.condition).toBe(first.condition);
    expect([first.occurrence, second.occurrence]).toEqual(["run-1", "run-2"]);
  });

  test("without an id metric and model are the condition, and there is no occurrence", () => {
    expect(identity({})).toEqual(identity({ value: 0.9 }));
    expect(identity({}).occurrence).toBeNull();
    expect(identity({ metric: "max" }).condition).not.toBe(identity({}).condition);
    expect(identity({ model: "aurora-4" }).condition).not.toBe(identity({}).condition);
  });

  test("two scorers with one name for their metric are two conditions", () => {
    expect(identity({ scorer: "refusal" }).condition).not.toBe(identity({}).condition);
  });

  test("a signal with nothing but an id is its own condition", () => {
    const bare = (id: string) => onlyOne(read({ kind: "finding", deployment: "d", id })).condition;

    expect(bare("a")).not.toBe(bare("b"));
  });

  test("long names stay two where only their ends differ, in at most 300 characters", () => {
    const long = (end: string) => identity({ id: `${"x".repeat(5_000)}${end}` }).occurrence ?? "";

    expect(long("a")).not.toBe(long("b"));
    expect(long("a").length).toBeLessThanOrEqual(300);
  });
});

describe("CloudEvents", () => {
  const event = (more: object = {}, data: object = {}) => ({
    specversion: "1.0",
    type: "org.example.eval",
    source: "//ci.example.org",
    id: "e-1",
    time: "2026-11-23T07:36:03Z",
    subject: "assistant-prod",
    data: { kind: "eval", metric: "refusal_rate", value: 0.33, ...data },
    ...more,
  });

  test("a structured event is read as written for us", () => {
    const fixture = JSON.parse(
      readFileSync(
        new URL("../fixtures/cloudevents/holdpoint-signal.json", import.meta.url),
        "utf8",
      ),
    );
    const announced = context({ contentType: fixture.headers["content-type"] });

    const { signal, occurrence } = onlyOne(parse(bytes(fixture.body), announced));

    expect(signal).toMatchObject({
      id: "run-20261123-0007",
      kind: "eval",
      status: "firing",
      deployment: "chat-frontier-prod",
      value: 0.33,
      threshold: 0.95,
      worse: "lower",
      occurredAt: "2026-11-23T07:36:03Z",
      samples: { completed: 2, total: 3 },
      labels: { "ce-source": "//ci.example.org/evals/release-gate" },
    });
    expect(occurrence).toBe("run-20261123-0007");
  });

  test("the subject names the deployment where the data does not", () => {
    expect(onlyOne(read(event())).signal.deployment).toBe("assistant-prod");
    expect(onlyOne(read(event({}, { deployment: "other" }))).signal.deployment).toBe("other");
  });

  test.each([
    ["above", "higher"],
    ["below", "lower"],
    ["sideways", "unknown"],
  ])("direction %s means worse %s", (direction, worse) => {
    expect(onlyOne(read(event({}, { direction }))).signal.worse).toBe(worse);
  });

  test("an alert's occurrence is not its envelope's id, or its end could not be told", () => {
    const { signal, occurrence } = onlyOne(read(event({}, { kind: "alert" })));

    expect(signal.id).toBe("e-1");
    expect(occurrence).toBeNull();
  });

  test.each([
    [event({ specversion: "0.3" }), "0.3"],
    [event({ data: "text" }), "data is not a JSON object"],
    [event({ data: undefined }), "data is not a JSON object"],
  ])("an event that cannot be read says why", (body, because) => {
    expect(read(body)).toEqual({ unmapped: expect.stringContaining(because) });
  });
});

test.each([
  [{ deployment: "d" }, "kind"],
  [{ kind: "rumour", deployment: "d" }, "rumour"],
  [{ kind: "eval" }, "“deployment” is missing"],
  [{ kind: "eval", deployment: { id: "d" } }, "“deployment” is missing"],
  [[], "no signal"],
  ["7", "not a JSON object"],
])("%j is unmapped with a sentence", (body, because) => {
  expect(read(body)).toEqual({ unmapped: expect.stringContaining(because) });
});

test("a list of signals is read one by one", () => {
  const list = observations(read([evaluation(), evaluation({ metric: "max" }), { kind: "eval" }]));

  expect(list.map(({ signal }) => signal.metric)).toEqual(["mean", "max"]);
  expect(list[0]?.caveat).toContain("“deployment” is missing");
});

describe("numbers that are none", () => {
  test.each(["NaN", "Infinity", "-Infinity", "1e400", '"NaN"', '"-Inf"'])(
    "value %s makes the signal errored",
    (value) => {
      const body = `{"kind":"eval","deployment":"d","metric":"m","value":${value}}`;

      const { signal, caveat } = onlyOne(read(body));

      expect(signal).toMatchObject({ status: "errored", value: null });
      expect(caveat).toContain("value is not a finite number");
    },
  );

  test.each([
    ["alert", "firing", "firing"],
    ["finding", "firing", "firing"],
    ["alert", "resolved", "errored"],
    ["alert", "ok", "errored"],
    ["eval", "incomplete", "errored"],
  ])("%s that is %s is %s where its value is +Inf", (kind, status, is) => {
    const { signal, caveat } = onlyOne(
      read({ kind, status, deployment: "d", metric: "m", value: "+Inf" }),
    );

    expect(signal).toMatchObject({ status: is, value: null });
    expect(caveat).toContain("value is not a finite number");
  });

  test("the word NaN inside a text is text", () => {
    const body = '{"kind":"eval","deployment":"d","summary":"\\"NaN\\\\","value":NaN}';

    expect(onlyOne(read(body)).signal.summary).toBe('"NaN\\');
  });

  test.each([true, {}, [], "many"])("value %j is left out, and that is said", (value) => {
    const { signal, caveat } = onlyOne(read(evaluation({ value })));

    expect(signal).toMatchObject({ status: "ok", value: null });
    expect(caveat).toContain("value is not a plain number");
  });
});

test("a status nobody knows is errored, and named", () => {
  const { signal, caveat } = onlyOne(read(evaluation({ status: "fine" })));

  expect(signal.status).toBe("errored");
  expect(caveat).toContain('"fine"');
});

test("a number of a suite says under which name its run would have failed", () => {
  const said = (more: object) =>
    onlyOne(
      parse(bytes({ kind: "eval", deployment: "d", suite: "s", model: "m", ...more }), context()),
    );

  const failed = said({ status: "errored" });
  const later = said({ scorer: "attack_success", metric: "mean", value: 0.01 });

  expect(later.run).toBe(failed.condition);
  expect(later.condition).not.toBe(failed.condition);
});
