import { describe, expect, test } from "vitest";
import { parse } from "../../src/sources/pagerduty.ts";
import { bytes, context, onlyOne } from "./context.ts";
import { pagerDutyEvent as event } from "./pagerduty-events.ts";

const read = (body: unknown, more = {}) => onlyOne(parse(bytes(body), context(more)));

describe("an incident of another service", () => {
  test("becomes an alert without numbers, known by its id and when it was opened", () => {
    const { signal, condition, occurrence, caveat, page } = read(event("triggered"));

    expect(signal).toMatchObject({
      kind: "alert",
      status: "firing",
      deployment: "PSVC001",
      severity: "high",
      summary: "Classifier latency above 2 s",
      metric: "Safety classifier",
      value: null,
      threshold: null,
      url: "https://example.pagerduty.com/incidents/Q1INCIDENT",
      occurredAt: "2026-11-23T08:05:00.000Z",
      startedAt: "2026-11-23T08:00:00Z",
      labels: { event: "incident.triggered", key: "b3f1c0de", priority: "P1", urgency: "high" },
    });
    expect(condition).toBe("Q1INCIDENT");
    expect(occurrence).toBe("2026-11-23T08:00:00Z");
    expect(caveat).toBeNull();
    expect(page).toBeUndefined();
  });

  test.each([
    "triggered",
    "acknowledged",
    "unacknowledged",
    "escalated",
    "reassigned",
    "priority_updated",
    "reopened",
  ])("is still there when it was %s", (type) => {
    expect(read(event(type)).signal.status).toBe("firing");
  });

  test("is over when it was resolved, also where the event is late", () => {
    expect(read(event("resolved")).signal.status).toBe("resolved");
    expect(read(event("priority_updated", { status: "resolved" })).signal.status).toBe("resolved");
  });

  test("is not over when it was merged into another", () => {
    const merged = { resolve_reason: { type: "merge_resolve_reason", incident: { id: "Q2" } } };

    const { signal, caveat } = read(event("resolved", merged));

    expect(signal.status).toBe("firing");
    expect(caveat).toContain("merged into another");
  });

  test("that was opened again is another occurrence", () => {
    const again = read(event("reopened", { reopened_at: "2026-11-23T09:00:00Z" }));

    expect(again.condition).toBe("Q1INCIDENT");
    expect(again.occurrence).toBe("2026-11-23T09:00:00Z");
  });

  test("belongs to the deployment its service is mapped to, by id or name, else to the source's", () => {
    const byId = new Map([["PSVC001", "assistant-prod"]]);
    const byName = new Map([["Safety classifier", "assistant-prod"]]);

    expect(read(event("triggered"), { map: byId }).signal.deployment).toBe("assistant-prod");
    expect(read(event("triggered"), { map: byName }).signal.deployment).toBe("assistant-prod");
    expect(read(event("triggered"), { deployment: "ours" }).signal.deployment).toBe("ours");
  });

  test.each(["ok", "", null, 1, "snoozed", "constructor"])(
    "of the status %j is errored, never over",
    (status) => {
      expect(read(event("triggered", { status })).signal.status).toBe("errored");
    },
  );
});

describe("our own page", () => {
  const ours = { incident_key: "HP-142" };

  test("is known by its key, and by whom it was acknowledged is said", () => {
    expect(read(event("acknowledged", ours)).page).toEqual({
      escalation: "HP-142",
      acknowledgedBy: { account: "PDANA01", name: "Ana Kovač" },
    });
    expect(read(event("triggered", ours)).page).toEqual({
      escalation: "HP-142",
      acknowledgedBy: null,
    });
  });

  test("that was acknowledged by nobody who is named has no name", () => {
    expect(read(event("acknowledged", ours, { agent: null })).page?.acknowledgedBy).toEqual({
      account: "",
      name: "",
    });
  });

  test.each([
    "HP-",
    "HP-0",
    "HP-01",
    "hp-142",
    "HP-142 ",
    "HP-142\n",
    "xHP-142",
    "HP-1e3",
    "HP-99999999999",
    142,
    null,
    ["HP-142"],
  ])("has no key like %j", (incident_key) => {
    expect(read(event("acknowledged", { incident_key })).page).toBeUndefined();
  });
});

describe("other events", () => {
  test.each([
    { event_type: "incident.annotated", data: { type: "incident_note", content: "hello" } },
    { event_type: "pagey.ping", data: { type: "ping", message: "Hello" } },
    { event_type: "service.updated", data: { type: "service", summary: "API" } },
    { event_type: "incident.triggered", data: null },
  ])("ask nobody anything: %j", (more) => {
    const { signal, page } = read(event("triggered", {}, more));

    expect(signal).toMatchObject({ kind: "report", status: "info" });
    expect(page).toBeUndefined();
  });

  test.each([
    ["{}"],
    ["[]"],
    ["null"],
    ['{"messages":[{"event":"incident.trigger"}]}'],
    ['{"event":{}}'],
    ['{"event":[]}'],
    ['{"event":{"event_type":"incident.triggered","data":{"type":"incident"}}}'],
  ])("%s is unmapped", (body) => {
    expect(parse(bytes(body), context())).toHaveProperty("unmapped");
  });
});
