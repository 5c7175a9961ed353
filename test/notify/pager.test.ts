import { expect, test } from "vitest";
import type { Paging } from "../../src/app/ports.ts";
import { pagerEventOf } from "../../src/notify/pager.ts";
import { receiver } from "../support/receiver.ts";
import { faultOf, outward, pager, resolving, routingKey } from "./start.ts";

const paging: Paging = {
  escalation: "HP-7",
  action: "trigger",
  summary: "CRITICAL Assistant: 8.2 % (limit 5 %). HP-7",
  severity: "critical",
  deployment: "assistant-prod",
  trigger: "jailbreak-rate",
  openedAt: Date.parse("2026-11-23T10:00:00Z"),
};

const publicUrl = "https://holdpoint.example.org";

test.each([
  ["info", "info"],
  ["warning", "warning"],
  ["high", "error"],
  ["critical", "critical"],
] as const)("%s is %s to PagerDuty", (severity, theirs) => {
  expect(pagerEventOf({ ...paging, severity }, publicUrl)).toMatchObject({
    payload: { severity: theirs },
  });
});

test("what is longer than PagerDuty takes is cut, between characters", () => {
  const summary = "🔴".repeat(2_000);

  expect(pagerEventOf({ ...paging, summary }, publicUrl)).toMatchObject({
    payload: { summary: "🔴".repeat(1_024) },
  });
});

test.each([
  ["us", "events.pagerduty.com"],
  ["eu", "events.eu.pagerduty.com"],
] as const)("the region %s is asked at %s", async (region, host) => {
  const asked: string[] = [];
  const resolve = resolving({}, asked);

  const fault = await faultOf(outward({ resolve }).page({ ...pager, region }, paging, 1));

  expect(asked).toEqual([host]);
  expect(fault.retry).toBe("later");
});

test("an event carries the routing key and goes to one path", async () => {
  const pagerduty = await receiver(() => 202);

  await outward({ pagerdutyUrl: pagerduty.url }).page(pager, paging, 1);

  const [{ path, text } = { path: "", text: "{}" }] = pagerduty.heard;
  expect([path, JSON.parse(text).routing_key]).toEqual(["/v2/enqueue", routingKey]);
});

test.each([400, 401, 403, 404, 413])(
  "what PagerDuty refuses with %i is not repeated",
  async (status) => {
    const pagerduty = await receiver(() => status);

    const fault = await faultOf(outward({ pagerdutyUrl: pagerduty.url }).page(pager, paging, 1));

    expect([fault.retry, fault.message]).toEqual([
      "never",
      `PagerDuty refuses pages of oncall (HTTP ${status})`,
    ]);
  },
);

test.each([
  [429, 1, {}, 2_000],
  [429, 1, { "retry-after": "40" }, 40_000],
  [500, 1, {}, 2_000],
  [500, 2, {}, 4_000],
  [502, 5, {}, 30_000],
  [503, 2_000, {}, 30_000],
  [408, 3, {}, 8_000],
])("%i at attempt %i is tried again soon", async (status, attempt, headers, wait) => {
  const pagerduty = await receiver(() => ({ status, headers }));

  const sender = outward({ pagerdutyUrl: pagerduty.url });
  const fault = await faultOf(sender.page(pager, paging, attempt));

  expect([fault.retry, fault.retryIn]).toEqual(["later", wait]);
});

test("a pager without its key says so, and asks nobody", async () => {
  const pagerduty = await receiver();
  const sender = outward({ pagerdutyUrl: pagerduty.url, secretFor: () => undefined });

  const fault = await faultOf(sender.page(pager, paging, 1));

  expect([fault.message, fault.retry]).toEqual([
    "KEY is not set: the routing key of oncall",
    "never",
  ]);
  expect(pagerduty.heard).toEqual([]);
});

test("no fault tells the routing key", async () => {
  const pagerduty = await receiver(() => 400);

  const fault = await faultOf(outward({ pagerdutyUrl: pagerduty.url }).page(pager, paging, 1));

  expect(`${fault.message} ${fault.stack}`).not.toContain(routingKey);
});
