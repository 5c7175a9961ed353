import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "../../src/sources/alertmanager.ts";
import { bytes, context, observations, onlyOne } from "./context.ts";

const captured = (name: string) =>
  readFileSync(new URL(`../fixtures/alertmanager/${name}.json`, import.meta.url));

const alert = (more: object = {}) => ({
  status: "firing",
  labels: { alertname: "RefusalRateCollapse", deployment: "assistant-api", severity: "high" },
  annotations: { value: "0.61", threshold: "0.9" },
  startsAt: "2026-11-23T03:11:40Z",
  endsAt: "0001-01-01T00:00:00Z",
  fingerprint: "5d1f0a8be3c94f27",
  ...more,
});
const message = (...alerts: readonly unknown[]) => ({ version: "4", alerts, truncatedAlerts: 0 });
const read = (...alerts: readonly unknown[]) => parse(bytes(message(...alerts)), context());
const withValue = (value: unknown, status = "firing") =>
  onlyOne(read(alert({ status, annotations: { value } })));

describe("messages captured from Alertmanager 0.25", () => {
  test("a firing alert becomes one signal with its numbers", () => {
    const { signal, condition, occurrence, caveat } = onlyOne(
      parse(captured("firing.v0.25"), context()),
    );

    expect(signal).toMatchObject({
      id: "d8cccf2cddb4d499",
      source: "monitor",
      kind: "alert",
      status: "firing",
      deployment: "chat-frontier-prod",
      model: "frontier-2026-10",
      severity: "critical",
      summary: "Harmful response rate 0.031 above 0.01 on chat-frontier-prod",
      metric: "HarmfulResponseRateHigh",
      value: 0.031,
      threshold: 0.01,
      worse: "unknown",
      startedAt: "2026-11-23T07:23:43.454127628Z",
      occurredAt: "2026-11-23T07:23:43.454127628Z",
      labels: { job: "llm-monitor" },
    });
    expect(signal.url).toMatch(/^http:\/\/prometheus\.example\.org/);
    expect(condition).toBe("d8cccf2cddb4d499");
    expect(occurrence).toBe("2026-11-23T07:23:43.454127628Z");
    expect(caveat).toBeNull();
  });

  test("a repeated notification says the same condition and occurrence again", () => {
    const first = onlyOne(parse(captured("firing.v0.25"), context()));

    const again = onlyOne(parse(captured("repeat-notification.v0.25"), context()));

    expect(again).toEqual(first);
  });

  test("a resolved alert keeps its identity and says when it ended", () => {
    const { signal, condition, occurrence } = onlyOne(parse(captured("resolved.v0.25"), context()));

    expect(signal).toMatchObject({ status: "resolved", occurredAt: "2026-11-23T07:23:50.496Z" });
    expect([condition, occurrence]).toEqual(["d8cccf2cddb4d499", "2026-11-23T07:23:43.454127628Z"]);
  });

  test("a group becomes one signal per alert", () => {
    const group = observations(parse(captured("grouped.v0.25"), context()));

    expect(group.map(({ condition }) => condition)).toEqual([
      "34a706855b41b498",
      "38f8facd0a8d1b50",
    ]);
    expect(group.map(({ signal }) => signal.value)).toEqual([0.12, 0.07]);
  });
});

test("the sample sent by hand matches the rule it was written for", () => {
  const sample = readFileSync(
    new URL("../../examples/signals/alertmanager-refusal-collapse.json", import.meta.url),
  );
  const named = context({ map: new Map([["assistant-api", "assistant-prod"]]) });

  expect(onlyOne(parse(sample, named)).signal).toMatchObject({
    kind: "alert",
    metric: "RefusalRateCollapse",
    status: "firing",
    deployment: "assistant-prod",
    worse: "lower",
  });
});

test("a source's labels say which label or annotation carries a field", () => {
  const renamed = context({
    labels: new Map([
      ["deployment", "app"],
      ["metric", "rule"],
      ["value", "current"],
    ]),
  });
  const sent = alert({ labels: { app: "shop-bot", rule: "R7" }, annotations: { current: "3" } });

  expect(onlyOne(parse(bytes(message(sent)), renamed)).signal).toMatchObject({
    deployment: "shop-bot",
    metric: "R7",
    value: 3,
  });
});

test("an alert that names no deployment belongs to the source's own", () => {
  const own = context({ deployment: "assistant-prod" });

  const { signal } = onlyOne(parse(bytes(message(alert({ labels: {} }))), own));

  expect(signal.deployment).toBe("assistant-prod");
});

test.each(["NaN", "nan", "+Inf", "-Inf", "Infinity", "1e400", "-1e400"])(
  "an alert whose value is %s fires and ends as it says, without a value, and says so",
  (value) => {
    for (const status of ["firing", "resolved"]) {
      const { signal, caveat } = withValue(value, status);
      expect(signal).toMatchObject({ status, value: null });
      expect(caveat).toBe(`The value is ${value}, not a finite number.`);
    }
  },
);

test.each(["3.1%", " 0.5", "0x10", "1,5", "", "0.5 ", "1_000", "--1", "."])(
  "%j is not a number, and the alert stays firing",
  (value) => {
    expect(withValue(value).signal).toMatchObject({ status: "firing", value: null });
  },
);

test.each([
  ["0.031", 0.031],
  ["-0", 0],
  ["+3", 3],
  [".5", 0.5],
  ["1e-3", 0.001],
  ["1e-400", 0],
])("%j is the number %d", (value, number) => {
  expect(withValue(value).signal.value).toBe(number);
});

test("alerts that Alertmanager left out are said to be missing", () => {
  const body = bytes({ ...message(alert()), truncatedAlerts: 7 });

  expect(onlyOne(parse(body, context())).caveat).toContain("left 7 more alerts out");
});

test("a status nobody knows is errored, and named", () => {
  const { signal, caveat } = onlyOne(read(alert({ status: "suppressed" })));

  expect(signal.status).toBe("errored");
  expect(caveat).toContain('"suppressed"');
});

test("alerts without a fingerprint are told apart by their labels, in any order", () => {
  const anonymous = (labels: object) =>
    onlyOne(read(alert({ fingerprint: undefined, labels }))).condition;

  expect(anonymous({ a: "1", b: "2" })).toBe(anonymous({ b: "2", a: "1" }));
  expect(anonymous({ a: "1", b: "2" })).not.toBe(anonymous({ a: "1", b: "3" }));
});

test("an unusable alert in a group takes nothing from the others", () => {
  const [first, ...others] = observations(read(alert(), "not an alert", null));

  expect(others).toEqual([]);
  expect(first?.caveat).toContain("2 more could not be read");
});

test("only the first 500 alerts of a message are read, and that is said", () => {
  const many = observations(read(...Array.from({ length: 501 }, () => alert())));

  expect(many).toHaveLength(500);
  expect(many[0]?.caveat).toContain("first 500 of 501");
});

test.each([
  [{ version: "4", alerts: [] }, "no signal"],
  [{ version: "4" }, "no list of alerts"],
  [{ version: "4", alerts: "many" }, "no list of alerts"],
  [{ version: "4", alerts: [null] }, "not an object"],
  [[], "not a JSON object"],
  ["null", "not a JSON object"],
])("%j is unmapped with a sentence", (body, because) => {
  expect(parse(bytes(body), context())).toEqual({ unmapped: expect.stringContaining(because) });
});

test("a link that is no web address is left out", () => {
  expect(onlyOne(read(alert({ generatorURL: "javascript:alert(1)" }))).signal.url).toBe("");
});
