import { expect, test } from "vitest";
import type { Source } from "../../src/core/policy/model.ts";
import { type Accounted, unaccounted } from "../support/accounted.ts";

/** The check that follows every story must refuse what it is there to refuse. */

const source = (type: string): Source => ({ type, mapping: null }) as unknown as Source;

const account = (body: unknown, more: Partial<Accounted> = {}): Accounted => ({
  source: "s",
  body: JSON.stringify(body),
  isCut: false,
  kept: [],
  lost: 0,
  isUnmapped: false,
  ...more,
});

const alerts = { alerts: [{}, {}, 7], truncatedAlerts: 4 };
const scores = (...metrics: readonly object[]) => ({
  results: { scores: metrics.map((metric) => ({ metrics: metric })) },
});

test.each<readonly [string, string, Accounted]>([
  ["an alert that is gone", "alertmanager", account(alerts, { kept: ["a"], lost: 5 })],
  ["alerts left out and not counted", "grafana", account(alerts, { kept: ["a", "b"], lost: 1 })],
  ["a signal of a list", "signal", account([{}, {}], { kept: ["a"] })],
  ["a metric of a run", "inspect", account(scores({ mean: 1 }, { max: 2 }), { kept: ["mean"] })],
  ["a whole delivery", "datadog", account({})],
  ["what was cut off", "alertmanager", account(alerts, { isCut: true })],
  ["a delivery of a type nobody counts", "another", account({})],
])("%s is found", (_what, type, accounted) => {
  expect(unaccounted(accounted, source(type))).toMatch(/^s sent /);
});

test("what is kept or counted is no finding, a run that is none is one, and word of a page of ours none", () => {
  const page = { event: { data: { incident_key: "HP-7" } } };
  const fine: readonly (readonly [string, Accounted])[] = [
    ["alertmanager", account(alerts, { kept: ["a", "b"], lost: 5 })],
    ["inspect", account(scores({ accuracy: 1, stderr: 0 }, {}), { kept: ["accuracy"] })],
    ["inspect", account(scores({ mean: 1 }, { max: 2 }), { kept: [""] })],
    ["pagerduty", account(page)],
    ["signal", account([])],
  ];

  for (const [type, accounted] of fine) expect(unaccounted(accounted, source(type))).toBeNull();
});
