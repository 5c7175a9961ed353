import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "../../src/sources/grafana.ts";
import { bytes, context, observations, onlyOne } from "./context.ts";

const alert = (more: object = {}) => ({
  status: "firing",
  labels: { alertname: "Refusal rate", deployment: "assistant-prod", severity: "high" },
  annotations: { summary: "Refusals fell to 0.61", threshold: "0.9" },
  startsAt: "2026-11-23T07:10:00Z",
  endsAt: "0001-01-01T00:00:00Z",
  generatorURL: "https://grafana.example.org/alerting/grafana/abc123/view",
  fingerprint: "c6eadffa33fcdf37",
  values: { A: 0.61 },
  ...more,
});
const message = (...alerts: readonly unknown[]) => ({ version: "1", alerts, truncatedAlerts: 0 });
const read = (...alerts: readonly unknown[]) => parse(bytes(message(...alerts)), context());
const ended = (reason: string | undefined, more: object = {}) =>
  onlyOne(
    read(
      alert({
        status: "resolved",
        endsAt: "2026-11-23T08:00:00Z",
        annotations: { grafana_state_reason: reason },
        ...more,
      }),
    ),
  );

describe("an alert", () => {
  test("becomes one signal with its value, known by fingerprint and start", () => {
    const { signal, condition, occurrence, caveat } = onlyOne(read(alert()));

    expect(signal).toMatchObject({
      kind: "alert",
      status: "firing",
      deployment: "assistant-prod",
      severity: "high",
      metric: "Refusal rate",
      value: 0.61,
      threshold: 0.9,
      url: "https://grafana.example.org/alerting/grafana/abc123/view",
      summary: "Refusals fell to 0.61",
    });
    expect(condition).toBe("c6eadffa33fcdf37");
    expect(occurrence).toBe("2026-11-23T07:10:00Z");
    expect(caveat).toBeNull();
  });

  test("one signal comes of each", () => {
    const two = observations(read(alert(), alert({ fingerprint: "bc97ff14869b13e3" })));

    expect(two.map(({ condition }) => condition)).toEqual(["c6eadffa33fcdf37", "bc97ff14869b13e3"]);
  });

  test("of several values none is guessed; the policy says which", () => {
    const several = alert({ values: { B: 44.2, C: 1 } });
    const named = context({ labels: new Map([["value", "B"]]) });

    expect(onlyOne(read(several)).signal.value).toBeNull();
    expect(onlyOne(parse(bytes(message(several)), named)).signal.value).toBe(44.2);
  });

  test("an annotation of the rule says the value before Grafana does", () => {
    const said = alert({ annotations: { value: "0.5" } });

    expect(onlyOne(read(said)).signal.value).toBe(0.5);
  });

  test.each([null, undefined, {}, [], "B=1", 7])("values that are %j are no number", (values) => {
    expect(onlyOne(read(alert({ values }))).signal).toMatchObject({
      value: null,
      status: "firing",
    });
  });

  test("a value that is no number leaves an alert firing, and none that was measured at its end makes it over", () => {
    const told = (status: string) => {
      const body = JSON.stringify(message(alert({ status }))).replace("0.61}", "NaN}");
      const { signal, caveat } = onlyOne(parse(bytes(body), context()));
      return [signal.status, signal.value, caveat];
    };

    const caveat = "The value is NaN, not a finite number.";
    expect(told("firing")).toEqual(["firing", null, caveat]);
    expect(told("resolved")).toEqual(["errored", null, caveat]);
  });

  test("alerts that Grafana left out are said", () => {
    const cut = { ...message(alert()), truncatedAlerts: 3 };

    expect(onlyOne(parse(bytes(cut), context())).caveat).toBe(
      "Grafana left 3 more alerts out of this message.",
    );
  });

  test("only a web address becomes a link, the panel's where the rule has none", () => {
    const panel = alert({ generatorURL: "javascript:alert(1)", panelURL: "https://g.example/p" });

    expect(onlyOne(read(panel)).signal.url).toBe("https://g.example/p");
  });
});

describe("no data", () => {
  test("a rule without data is said under the rule's own name", () => {
    const file = new URL("../fixtures/grafana/no-data.json", import.meta.url);

    const { signal, caveat } = onlyOne(parse(readFileSync(file), context()));

    expect(signal).toMatchObject({
      status: "no_data",
      metric: "Harmful response rate",
      deployment: "chat-frontier-prod",
      value: null,
    });
    expect(caveat).toBeNull();
  });

  test("a rule that could not be evaluated is errored, under its own name", () => {
    const labels = { alertname: "DatasourceError", rulename: "Refusal rate" };

    expect(onlyOne(read(alert({ labels }))).signal).toMatchObject({
      status: "errored",
      metric: "Refusal rate",
    });
  });

  test("without the rule's name the stand-in keeps its own", () => {
    expect(
      onlyOne(read(alert({ labels: { alertname: "DatasourceNoData" } }))).signal,
    ).toMatchObject({
      status: "no_data",
      metric: "DatasourceNoData",
    });
  });

  test.each([
    ["NoData", "no_data"],
    ["NoData, KeepLast", "no_data"],
    ["Error", "errored"],
    ["Recovering", "firing"],
  ])("an alert that fires because of %s is %s", (grafana_state_reason, status) => {
    const fired = alert({ annotations: { grafana_state_reason } });

    expect(onlyOne(read(fired)).signal.status).toBe(status);
  });

  test.each(["MissingSeries", "NoData", "Paused", "RuleDeleted", "Updated"])(
    "an alert that ended because of %s was not measured to be over",
    (reason) => {
      const { signal, caveat } = ended(reason);

      expect(signal.status).toBe("no_data");
      expect(caveat).toContain(`because of ${reason}`);
    },
  );

  test("an alert that ended in an error is errored", () => {
    expect(ended("Error").signal.status).toBe("errored");
  });

  test.each([undefined, "", "Normal"])("with the reason %j it is over", (reason) => {
    const { signal, caveat } = ended(reason);

    expect(signal).toMatchObject({ status: "resolved", occurredAt: "2026-11-23T08:00:00Z" });
    expect(caveat).toBeNull();
  });

  test("a stand-in is over when data is back", () => {
    const labels = { alertname: "DatasourceNoData", rulename: "Refusal rate" };

    expect(ended("MissingSeries", { labels }).signal.status).toBe("resolved");
    expect(ended("Paused", { labels }).signal.status).toBe("no_data");
  });
});

describe("what cannot be read", () => {
  test.each([[{}], [[]], [{ alerts: {} }], [{ alerts: [] }], [{ alerts: [1, null] }], ["text"]])(
    "%j is unmapped",
    (body) => {
      expect(parse(bytes(JSON.stringify(body)), context())).toHaveProperty("unmapped");
    },
  );

  test.each(["ok", "pending", "", 1, null])("the status %j is errored, never ok", (status) => {
    expect(onlyOne(read(alert({ status }))).signal.status).toBe("errored");
  });

  test("labels called like parts of every object are labels", () => {
    const labels = JSON.parse('{"__proto__": "x", "constructor": "y", "alertname": "constructor"}');

    expect(onlyOne(read(alert({ labels }))).signal).toMatchObject({
      status: "firing",
      metric: "constructor",
    });
  });
});
