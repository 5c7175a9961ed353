import { describe, expect, test } from "vitest";
import { compileMapping } from "../../src/core/policy/mapping.ts";
import { mapping as mappingShape } from "../../src/core/policy/schema/mapping-schema.ts";
import type { ObservedSignal } from "../../src/core/signal.ts";
import { parseDelivery } from "../../src/sources/index.ts";
import { context } from "./context.ts";

/**
 * What senders send to try whether it arrives is shown as a test, whatever it says, and what only
 * looks like one is not.
 */

function read(type: string, body: object, more: object = {}): readonly ObservedSignal[] {
  const parsed = parseDelivery(type, Buffer.from(JSON.stringify(body)), {
    ...context({ deployment: "assistant-prod" }),
    ...more,
  });
  return "mapped" in parsed ? parsed.mapped : [];
}

const mappedBy = (doc: object) => ({
  mapping: compileMapping(mappingShape.parse({ kind: { value: "alert" }, sample: {}, ...doc })),
});

const datadog = {
  alert_id: "1234",
  transition: "Triggered",
  title: "[TEST] [Triggered] Refusal rate",
  alert_cycle_key: "817",
  tags: "deployment:assistant-prod",
  date_ms: "1795417200000",
};
const grafana = (labels: object) => ({
  version: "1",
  alerts: [{ status: "firing", labels, annotations: { summary: "Notification test" } }],
});
const pagerduty = (event_type: string) => ({
  event: {
    id: "01E",
    event_type,
    data: { type: "ping", message: "Hello from your friend Pagey!" },
  },
});
const own = { kind: "alert", deployment: "assistant-prod", metric: "RefusalRateCollapse" };
const kuma = mappedBy({
  when: "item.heartbeat != null",
  test: "item.heartbeat == null",
  status: {
    at: "/heartbeat/status",
    map: { "0": "firing", "1": "resolved", "2": "info", "3": "info" },
  },
  metric: "/monitor/name",
  summary: "/msg",
});
const braintrust = mappedBy({ test: "item.is_test == true", status: { value: "firing" } });
const gcp = mappedBy({ test: 'item.version == "test"', status: { value: "firing" } });

const beat = { monitor: { name: "assistant" }, msg: "[assistant] [Down]" };

describe("a sender's own test", () => {
  test.each<[string, readonly ObservedSignal[]]>([
    ["of a Datadog monitor", read("datadog", datadog)],
    ["of a Datadog recovery", read("datadog", { ...datadog, transition: "Recovered" })],
    [
      "of a Grafana contact point",
      read("grafana", grafana({ alertname: "TestAlert", instance: "Grafana" })),
    ],
    ["of a PagerDuty webhook", read("pagerduty", pagerduty("pagey.ping"))],
    ["of our own signals", read("signal", { ...own, test: true })],
    [
      "of Uptime Kuma, which has neither heartbeat nor monitor",
      read("mapped", { heartbeat: null, monitor: null, msg: "Holdpoint Testing" }, kuma),
    ],
    ["of Braintrust", read("mapped", { is_test: true }, braintrust)],
    ["of Google Cloud", read("mapped", { version: "test" }, gcp)],
  ])("%s is a test, and no alert and no end", (_what, found) => {
    expect(found.map(({ test }) => test)).toEqual([true]);
    expect(found.map(({ signal }) => [signal.kind, signal.status])).toEqual([["report", "info"]]);
    expect(found[0]?.signal.deployment).toBe("assistant-prod");
  });

  test.each<[string, readonly ObservedSignal[]]>([
    [
      "a monitor that is called so",
      read("datadog", { ...datadog, title: "[Triggered] [TEST] Refusal rate" }),
    ],
    [
      "a rule called TestAlert",
      read("grafana", grafana({ alertname: "TestAlert", instance: "gpu-1" })),
    ],
    ["a word that is no truth", read("signal", { ...own, test: "yes" })],
    ["what says that it is none", read("mapped", { is_test: false }, braintrust)],
    ["what cannot be told", read("mapped", {}, braintrust)],
  ])("%s is taken seriously", (_what, found) => {
    expect(found.map(({ test, signal }) => [test, signal.kind, signal.status])).toEqual([
      [undefined, "alert", "firing"],
    ]);
  });

  test("maintenance in Uptime Kuma is neither down nor up", () => {
    const states = [0, 1, 2, 3].map(
      (status) => read("mapped", { ...beat, heartbeat: { status } }, kuma)[0],
    );

    expect(states.map((state) => state?.signal.status)).toEqual([
      "firing",
      "resolved",
      "info",
      "info",
    ]);
  });
});
