import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "../../src/sources/datadog.ts";
import { bytes, context, onlyOne } from "./context.ts";

const file = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const triggered: Record<string, string> = JSON.parse(file("../fixtures/datadog/triggered.json"));
const template: Record<string, string> = JSON.parse(
  file("../../examples/datadog/webhook-template.json"),
);
const read = (more: object = {}) => onlyOne(parse(bytes({ ...triggered, ...more }), context()));

describe("an alert", () => {
  test("becomes one signal: the limit is read from the query, the value is nowhere", () => {
    const { signal, condition, occurrence, caveat } = read();

    expect(signal).toMatchObject({
      kind: "alert",
      status: "firing",
      deployment: "chat-frontier-prod",
      model: "frontier-2026-10",
      severity: "critical",
      metric: "llm.harmful_response.ratio",
      value: null,
      threshold: 0.01,
      worse: "higher",
      occurredAt: "2026-11-23T07:00:00.000Z",
      url: "https://app.datadoghq.com/event/event?id=1234567",
      labels: { team: "safety", monitor: "", "dd-monitor": "1234", "dd-transition": "Triggered" },
    });
    expect(signal.summary).toMatch(/^\[Triggered on .* was > 0\.01 on average/);
    expect(condition).toBe("9bd4ac313a4d1e8fae2482df7b77628");
    expect(occurrence).toBe("8172634509182736455");
    expect(caveat).toBeNull();
  });

  test("is read from the template as we supply it, whose every key the sample has", () => {
    expect(Object.keys(template)).toEqual(Object.keys(triggered));
    expect(Object.values(template).filter((value) => !/^\$[A-Z_]+$/.test(value))).toEqual([
      "datadog",
    ]);
  });

  test.each([
    ["Triggered", "firing"],
    ["Re-Triggered", "firing"],
    ["Renotify", "firing"],
    ["Warn", "firing"],
    ["Re-Warn", "firing"],
    ["No Data", "no_data"],
    ["Re-No Data", "no_data"],
    ["no data", "no_data"],
    ["Recovered", "resolved"],
  ])("the transition %s is %s", (transition, status) => {
    const { signal, caveat } = read({ transition });

    expect(signal.status).toBe(status);
    expect(caveat).toBeNull();
  });

  test.each([
    "Null",
    "",
    "null",
    "$ALERT_TRANSITION",
    "OK",
    "ok",
    "constructor",
    "Re-Re-Triggered",
  ])("the transition %j is errored, never over", (transition) => {
    expect(read({ transition }).signal.status).toBe("errored");
  });

  test("a warning crossed another limit than the one the query ends with", () => {
    expect(read({ transition: "Warn" }).signal).toMatchObject({
      threshold: null,
      worse: "unknown",
      severity: "warning",
    });
  });

  test.each<[string, number | null, string]>([
    ["avg(last_5m):avg:helpful.ratio{*} < 0.5", 0.5, "lower"],
    ["avg(last_5m):avg:helpful.ratio{*} >= -3", -3, "higher"],
    ["sum(last_1h):sum:refusals{*} > 1e3", 1000, "higher"],
    ['logs("service:llm").rollup("count").last("5m") > 10', 10, "higher"],
    ["avg(last_5m):anomalies(avg:x{*}, 'basic', 2) >= 1 ", 1, "higher"],
    ["avg(last_5m):avg:x{*} > lots", null, "unknown"],
    ["avg(last_5m):avg:x{*} > 1e999", null, "unknown"],
    ["$ALERT_QUERY", null, "unknown"],
    ["", null, "unknown"],
  ])("the query %j ends with the limit %j", (query, threshold, worse) => {
    expect(read({ query }).signal).toMatchObject({ threshold, worse });
  });

  test("the group it is about goes before the monitor's tags", () => {
    const { signal } = read({ tags: "deployment:other", scope: "deployment:assistant-prod" });

    expect(signal.deployment).toBe("assistant-prod");
  });

  test("the policy may name another tag", () => {
    const labels = new Map([["deployment", "app"]]);
    const body = bytes({ ...triggered, tags: "app:assistant, deployment:x", scope: "" });

    expect(onlyOne(parse(body, context({ labels }))).signal.deployment).toBe("assistant");
  });

  test("without an aggregation key it is known by monitor and group", () => {
    expect(read({ aggreg_key: "", alert_cycle_key: "null" })).toMatchObject({
      condition: "1234/deployment:chat-frontier-prod",
      occurrence: null,
    });
  });

  test.each([
    ["P1", "critical"],
    ["P2", "high"],
    ["P3", "warning"],
    ["P5", "info"],
    ["constructor", ""],
    ["$ALERT_PRIORITY", ""],
  ])("the priority %s is %s", (priority, severity) => {
    expect(read({ priority }).signal.severity).toBe(severity);
  });
});

describe("what somebody else sends", () => {
  test("a payload of another template is unmapped, and says so", () => {
    expect(parse(bytes({ title: "[Triggered] x", body: "y" }), context())).toEqual({
      unmapped:
        "The body has no transition and no alert_id: the webhook's payload must be the one that Holdpoint supplies.",
    });
  });

  test("variables that were left in place are nothing", () => {
    expect(parse(bytes(template), context())).toHaveProperty("unmapped");
  });

  test.each([["[]"], ["null"], ['"Triggered"'], ["{}"]])("%s is unmapped", (body) => {
    expect(parse(bytes(body), context())).toHaveProperty("unmapped");
  });

  test("only a web address becomes a link, and only a time a time", () => {
    expect(read({ link: "javascript:alert(1)", date_ms: "1e99" }).signal).toMatchObject({
      url: "",
      occurredAt: "",
    });
  });

  test("a thousand tags are cut, and that is said", () => {
    const tags = Array.from({ length: 300 }, (_, at) => `t${at}:1`).join(",");

    expect(read({ tags }).caveat).toMatch(/more tags were not kept/);
  });

  test("tags called like parts of every object are tags", () => {
    expect(read({ tags: "__proto__:x,constructor:y,:z,a:b:c" }).signal.labels).toMatchObject({
      constructor: "y",
      ":z": "",
      a: "b:c",
    });
  });
});
