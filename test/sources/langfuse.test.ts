import { describe, expect, test } from "vitest";
import { parse } from "../../src/sources/langfuse.ts";
import { bytes, context, onlyOne } from "./context.ts";

const alert = (payload: object = {}) => ({
  id: "0d3c6a52-8a11-4c5e-9f54-1f7a9e1d2b30",
  timestamp: "2026-11-23T08:00:01Z",
  type: "monitor-alert",
  apiVersion: "v1",
  payload: {
    monitorId: "monitor_refusals",
    projectId: "proj_assistant",
    permalink: "https://langfuse.example.org/project/proj_assistant/monitors/monitor_refusals",
    message: { title: "refusals crossed alert threshold", body: "avg refusals is 0.61" },
    severity: "ALERT",
    timestamp: "2026-11-23T08:00:00Z",
    view: "scores-numeric",
    filters: [],
    window: "1h",
    ...payload,
  },
});
const prompt = (more: object = {}, action: unknown = "created") => ({
  id: "5b1f",
  timestamp: "2026-11-23T08:00:00Z",
  type: "prompt-version",
  apiVersion: "v1",
  action,
  prompt: {
    name: "assistant-system",
    version: 7,
    projectId: "proj_assistant",
    labels: ["production", "latest"],
    prompt: "You are {{name}}. Never say the word.",
    tags: ["chat"],
    commitMessage: "Fewer refusals",
    ...more,
  },
});
const read = (body: unknown, more = {}) => onlyOne(parse(bytes(body), context(more)));

describe("an alert", () => {
  test("becomes one signal without numbers, known by the alert's id", () => {
    const { signal, condition, occurrence, caveat } = read(alert());

    expect(signal).toMatchObject({
      kind: "alert",
      status: "firing",
      severity: "high",
      metric: "monitor_refusals",
      value: null,
      threshold: null,
      worse: "unknown",
      summary: "refusals crossed alert threshold: avg refusals is 0.61",
      occurredAt: "2026-11-23T08:00:00Z",
      labels: { project: "proj_assistant", view: "scores-numeric", window: "1h" },
    });
    expect(condition).toBe("alert/monitor_refusals");
    expect(occurrence).toBeNull();
    expect(caveat).toBeNull();
  });

  test.each([
    ["ALERT", "firing"],
    ["WARNING", "firing"],
    ["NO_DATA", "no_data"],
    ["UNKNOWN", "no_data"],
    ["PAUSED", "no_data"],
    ["OK", "resolved"],
  ])("the severity %s is %s", (severity, status) => {
    expect(read(alert({ severity })).signal.status).toBe(status);
  });

  test.each(["ok", "", "FINE", "constructor", 7, null, undefined, { a: 1 }])(
    "the severity %j is errored, never over",
    (severity) => {
      expect(read(alert({ severity })).signal.status).toBe("errored");
    },
  );

  test("a recovery says that it may be for want of data", () => {
    expect(read(alert({ severity: "OK" })).caveat).toContain("may mean that nothing was measured");
  });

  test("its deployment is what the policy maps the alert or the project to, else the source's", () => {
    const map = new Map([
      ["proj_assistant", "assistant-prod"],
      ["monitor_costs", "costs"],
    ]);

    expect(read(alert(), { map }).signal.deployment).toBe("assistant-prod");
    expect(read(alert({ monitorId: "monitor_costs" }), { map }).signal.deployment).toBe("costs");
    expect(read(alert(), { deployment: "ours" }).signal.deployment).toBe("ours");
    expect(read(alert()).signal.deployment).toBe("monitor_refusals");
  });

  test("only a web address becomes a link", () => {
    expect(read(alert({ permalink: "javascript:alert(1)" })).signal.url).toBe("");
  });
});

describe("a prompt's version", () => {
  test.each(["created", "updated", "deleted"])("that was %s is a change", (action) => {
    const { signal, condition, occurrence } = read(prompt({}, action));

    expect(signal).toMatchObject({
      kind: "change",
      status: "info",
      change: `prompt.${action}`,
      summary: `Prompt assistant-system, version 7: ${action}, Fewer refusals`,
      labels: { prompt: "assistant-system", version: "7", labels: "production, latest" },
    });
    expect(condition).toBe("prompt/assistant-system");
    expect(occurrence).toBe("5b1f");
  });

  test("is not kept in its words", () => {
    expect(JSON.stringify(read(prompt()))).not.toContain("Never say the word");
  });

  test("belongs to the deployment the policy maps its name to", () => {
    const map = new Map([["assistant-system", "assistant-prod"]]);

    expect(read(prompt(), { map }).signal.deployment).toBe("assistant-prod");
  });

  test.each(["", "Created!", 7, null, "x".repeat(21), "__proto__"])(
    "of which %j became is unmapped",
    (action) => {
      expect(parse(bytes(prompt({}, action)), context())).toHaveProperty("unmapped");
    },
  );
});

describe("what cannot be read", () => {
  test.each([
    ["[]"],
    ["null"],
    ["{}"],
    ['{"type":"monitor-alert"}'],
    ['{"type":"monitor-alert","payload":{"monitorId":{}}}'],
    ['{"type":"prompt-version","action":"created","prompt":{"name":""}}'],
  ])("%s is unmapped", (body) => {
    expect(parse(bytes(body), context())).toHaveProperty("unmapped");
  });

  test("another type of event is named", () => {
    expect(parse(bytes({ type: "trace-created" }), context())).toEqual({
      unmapped:
        'Langfuse\'s event type "trace-created" is not known; monitor-alert and prompt-version are.',
    });
  });
});
