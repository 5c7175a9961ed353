import { describe, expect, test } from "vitest";
import { observations, onlyOne } from "./context.ts";
import { mappedBy } from "./mapping.ts";

const probes = `
forEach: /entries
when: item.entry_type == "eval"
kind: { value: eval }
deployment: { value: assistant-prod }
suite: { value: garak }
scorer: /detector
score: /probe
metric: { value: failed }
value: { cel: "double(item.fails) / double(item.total_evaluated)" }
worse: higher
samples: { completed: /total_evaluated, total: /total_processed }
occurredAt: body:/ended
dedupe:
  condition: { cel: 'item.probe + "/" + item.detector' }
  occurrence: body:/run
labels:
  version: body:/garak_version
`;

const entry = (more: object = {}) => ({
  entry_type: "eval",
  probe: "dan.Dan_11_0",
  detector: "mitigation.MitigationBypass",
  passed: 6,
  fails: 2,
  total_evaluated: 8,
  total_processed: 8,
  ...more,
});
const report = (...entries: readonly object[]) => ({
  run: "r1",
  garak_version: "0.13.3",
  ended: "2026-11-21T10:08:02Z",
  entries,
});

describe("a report with one entry per probe", () => {
  test("gives a signal per entry that is meant, computed where no pointer reaches", () => {
    const body = report(
      { entry_type: "init" },
      entry(),
      entry({ probe: "xss.Markdown", fails: 0 }),
    );

    const [first, second, ...others] = observations(mappedBy(probes, body));

    expect(others).toEqual([]);
    expect(first).toMatchObject({
      condition: "dan.Dan_11_0/mitigation.MitigationBypass",
      occurrence: "r1",
      caveat: null,
    });
    expect(first?.signal).toEqual({
      id: "",
      source: "monitor",
      kind: "eval",
      status: "ok",
      deployment: "assistant-prod",
      model: "",
      severity: "",
      summary: "",
      url: "",
      occurredAt: "2026-11-21T10:08:02Z",
      startedAt: "",
      labels: { version: "0.13.3" },
      metric: "failed",
      value: 0.25,
      threshold: null,
      worse: "higher",
      suite: "garak",
      scorer: "mitigation.MitigationBypass",
      score: "dan.Dan_11_0",
      stderr: null,
      samples: { completed: 8, total: 8 },
      change: "",
      reducer: "",
      group: "",
      atLeast: null,
      atMost: null,
    });
    expect(second?.signal.value).toBe(0);
  });

  test("says incomplete where fewer samples were scored than there are", () => {
    const body = report(entry({ total_evaluated: 5 }));

    expect(onlyOne(mappedBy(probes, body)).signal.status).toBe("incomplete");
  });

  test("says no_data, and never ok, where there is no number", () => {
    const counted = probes.replace(/value: \{ cel.*\n/, "value: /rate\n");

    const { signal, caveat } = onlyOne(mappedBy(counted, report(entry())));

    expect(signal).toMatchObject({ status: "no_data", value: null });
    expect(caveat).toContain("nothing stands at /rate");
  });

  test("leaves the others alone where an expression fails for one", () => {
    const body = report(entry({ fails: "two" }), entry({ probe: "xss" }), entry({ probe: 3 }));

    const all = observations(mappedBy(probes, body));

    expect(all.map(({ signal }) => [signal.score, signal.status])).toEqual([
      ["dan.Dan_11_0", "errored"],
      ["xss", "ok"],
      ["3", "ok"],
    ]);
    expect(all[0]?.caveat).toContain("value: ");
  });

  test("in which nothing is meant gives no signal, and is no failure", () => {
    expect(mappedBy(probes, report({ entry_type: "init" }))).toEqual({ mapped: [] });
  });

  test("without a single entry is unmapped: silence is not calm", () => {
    expect(mappedBy(probes, report())).toEqual({ unmapped: "The body carries no signal." });
    expect(mappedBy(probes, { run: "r1" })).toEqual({ unmapped: "No list stands at /entries." });
  });

  test("whose entries cannot be told apart as meant or not surfaces", () => {
    expect(mappedBy(probes, report({ entry: "eval" }))).toMatchObject({
      unmapped: expect.stringContaining("item.entry_type is missing"),
    });
  });
});

const alarm = `
parse: /Message
kind: { value: alert }
status: { at: /Message/NewStateValue, map: { ALARM: firing, OK: resolved, INSUFFICIENT_DATA: no_data } }
deployment: /Message/Dimensions/0/value
summary: /Message/NewStateReason
metric: /Message/AlarmName
threshold: /Message/Threshold
occurredAt: /Message/StateChangeTime
dedupe: { condition: /Message/AlarmArn }
`;
const message = (more: object = {}) => ({
  AlarmName: "refusals",
  AlarmArn: "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:refusals",
  NewStateValue: "ALARM",
  NewStateReason: "Threshold Crossed",
  StateChangeTime: "2026-11-22T15:43:51.730+0000",
  Threshold: "5.0",
  Dimensions: [{ name: "DeploymentName", value: "assistant-prod" }],
  ...more,
});
const notification = (inner: unknown) => ({
  Type: "Notification",
  Message: typeof inner === "string" ? inner : JSON.stringify(inner),
});

describe("a body that holds JSON as text", () => {
  test("is read through both, numbers in text included", () => {
    const { signal, condition } = onlyOne(mappedBy(alarm, notification(message())));

    expect(signal).toMatchObject({
      kind: "alert",
      status: "firing",
      deployment: "assistant-prod",
      metric: "refusals",
      threshold: 5,
      occurredAt: "2026-11-22T15:43:51.730+00:00",
      worse: "unknown",
    });
    expect(condition).toBe("arn:aws:cloudwatch:eu-west-1:111122223333:alarm:refusals");
  });

  test.each([
    ["ALARM", "firing"],
    ["OK", "resolved"],
    ["INSUFFICIENT_DATA", "no_data"],
    ["firing", "errored"],
    ["ok", "errored"],
    ["__proto__", "errored"],
    ["", "errored"],
  ])("with the state %j is %s", (state, status) => {
    const body = notification(message({ NewStateValue: state }));

    expect(onlyOne(mappedBy(alarm, body)).signal.status).toBe(status);
  });

  test("with a state that its map does not have says so", () => {
    const body = notification(message({ NewStateValue: "MUTED" }));

    expect(onlyOne(mappedBy(alarm, body)).caveat).toContain("“MUTED” is not in its map");
  });

  test("with no state at all is errored, not firing and not ok", () => {
    const { signal, caveat } = onlyOne(
      mappedBy(alarm, notification(message({ NewStateValue: undefined }))),
    );

    expect(signal.status).toBe("errored");
    expect(caveat).toContain("nothing stands at /Message/NewStateValue");
  });

  test("that is sent as JSON already is read as well", () => {
    const body = { Type: "Notification", Message: message() };

    expect(onlyOne(mappedBy(alarm, body)).signal.status).toBe("firing");
  });

  test.each([
    ["prose", notification("You have chosen to subscribe"), "The text at /Message is not JSON."],
    ["nothing", { Type: "Notification" }, "Nothing to read stands at /Message."],
    ["too much depth", notification("[".repeat(65)), "nested deeper than 64"],
  ])("that is %s is unmapped", (_what, body, because) => {
    expect(mappedBy(alarm, body)).toMatchObject({ unmapped: expect.stringContaining(because) });
  });
});

const minimal = "kind: { value: finding }\ndeployment: { value: d }\n";

describe("a pointer", () => {
  const tricky = {
    "a/b": "slash",
    "m~n": "tilde",
    "~1": "written",
    "": "empty",
    " ": "space",
    list: ["zero", "one"],
    constructor: "own",
    "acc,none": "comma",
  };

  test.each([
    ["/a~1b", "slash"],
    ["/m~0n", "tilde"],
    ["/~01", "written"],
    ["/", "empty"],
    ["/ ", "space"],
    ["/list/0", "zero"],
    ["/list/1", "one"],
    ["/constructor", "own"],
    ["/acc,none", "comma"],
    ["body:/list/1", "one"],
  ])("%j reads %j", (pointer, found) => {
    const text = `${minimal}metric: ${JSON.stringify(pointer)}\n`;

    expect(onlyOne(mappedBy(text, tricky)).signal.metric).toBe(found);
  });

  test.each([
    "/list/2",
    "/list/-1",
    "/list/-",
    "/list/01",
    "/list/1e0",
    "/list/length",
    "/list/99999999999999999999",
    "/toString",
    "/__proto__",
    "/hasOwnProperty/name",
    "/constructor/name",
    "/a~1b/length",
    "/a~1b/0",
    "/list/0/0",
  ])("%j reads nothing", (pointer) => {
    const text = `${minimal}metric: ${JSON.stringify(pointer)}\n`;

    expect(onlyOne(mappedBy(text, tricky)).signal.metric).toBe("");
  });

  test("into a list or an object reads nothing, and says so", () => {
    const { signal, caveat } = onlyOne(mappedBy(`${minimal}metric: /list\n`, tricky));

    expect(signal.metric).toBe("");
    expect(caveat).toBe("metric: a list stands at /list.");
  });

  test("that has no deployment to give makes no signal", () => {
    const text = "kind: { value: finding }\ndeployment: /where\n";

    expect(mappedBy(text, {})).toEqual({ unmapped: "“deployment” is missing." });
    expect(onlyOne(mappedBy(text, {}, { deployment: "own" })).signal.deployment).toBe("own");
    expect(mappedBy(text, { where: ["d"] }, { deployment: "own" })).toEqual({
      unmapped: "deployment: a list stands at /where.",
    });
  });
});

describe("forEach", () => {
  const each = (pointer: string) => `${minimal}forEach: ${pointer}\nmetric: { cel: key }\n`;
  const metrics = (pointer: string, body: unknown) =>
    observations(mappedBy(each(pointer), body)).map(({ signal }) => signal.metric);

  test("with * goes over the values of an object, whose names are key", () => {
    expect(metrics("/results/*", { results: { mmlu: {}, gsm8k: {} } })).toEqual(["mmlu", "gsm8k"]);
  });

  test("with * alone goes over a body that is a list itself", () => {
    expect(metrics("/*", [{}, {}])).toEqual(["0", "1"]);
  });

  test("with * on the way goes through all there is", () => {
    const body = { groups: [{ alerts: [1, 2] }, {}, { alerts: [3] }] };

    expect(metrics("/groups/*/alerts", body)).toEqual(["0", "1", "0"]);
    expect(metrics("/groups/*/alerts/*", body)).toEqual(["0", "1", "0"]);
  });

  test.each(["/results", "/text", "/none", "/text/*", "/constructor/*", "/__proto__/*"])(
    "%s, which is no list, is unmapped",
    (pointer) => {
      expect(mappedBy(each(pointer), { results: {}, text: "abc" })).toEqual({
        unmapped: `No list stands at ${pointer}.`,
      });
    },
  );

  test("keeps 500 signals of a body and says how many there were", () => {
    const body = { all: Array.from({ length: 700 }, (_, at) => at) };

    const all = observations(mappedBy(each("/all"), body));

    expect(all).toHaveLength(500);
    expect(all[0]?.caveat).toContain("first 500 of 700");
  });

  test("looks at 10,000 items for those that are meant", () => {
    const body = { all: Array.from({ length: 20_000 }, (_, at) => at) };
    const text = `${each("/all")}when: item == 9999\n`;

    const { signal, caveat } = onlyOne(mappedBy(text, body));

    expect(signal.metric).toBe("9999");
    expect(caveat).toContain("10000 more items were not looked at");
    expect(mappedBy(`${each("/all")}when: item == 10000\n`, body)).toHaveProperty("unmapped");
  });
});

describe("an expression", () => {
  const given = (cel: string, body: unknown, more = "") =>
    onlyOne(mappedBy(`${minimal}metric: { cel: '${cel}' }\n${more}`, body));

  test.each([
    ["names that every object has", "item.constructor", { constructor: "c" }, "c"],
    ["a whole number", "1 + 2", {}, "3"],
    ["true", "item.n > 1", { n: 2 }, "true"],
    ["a loop", 'item.l.exists(x, x == "a") ? "yes" : "no"', { l: ["a"] }, "yes"],
    ["null", "item.n", { n: null }, ""],
    ["size", "size(item.l)", { l: [1, 2] }, "2"],
  ])("may give %s", (_what, cel, body, metric) => {
    expect(given(cel, body).signal.metric).toBe(metric);
  });

  test.each([
    ["a missing name", "item.toString", "item.toString is missing"],
    ["a name only prototypes have", "body.__proto__.x", "is missing"],
    ["division by nothing", "1 / size(item.l)", "division by zero"],
    ["a list", "item.l", "neither text nor a number"],
    ["an object", "item", "neither text nor a number"],
    ["an index out of range", "item.l[3]", "missing"],
  ])("that gives %s leaves its field empty and says why", (_what, cel, because) => {
    const { signal, caveat } = given(cel, { l: [] });

    expect(signal.metric).toBe("");
    expect(caveat).toContain(because);
  });

  test("sees the event that a header names", () => {
    const text = `${minimal}event: X-Event\nmetric: { cel: event }\n`;

    const { signal } = onlyOne(mappedBy(text, {}, { attributes: { "x-event": "issue.created" } }));

    expect(signal.metric).toBe("issue.created");
  });

  test("that goes through a large body for every item is stopped, and the rest says so", () => {
    const text = `forEach: /all\n${minimal}metric: { cel: 'body.all.exists(x, x == item) ? "a" : "b"' }\n`;
    const body = { all: Array.from({ length: 5_000 }, (_, at) => at) };

    const all = observations(mappedBy(text, body));

    expect(all[0]?.signal.metric).toBe("a");
    expect(all.at(-1)?.caveat).toContain("too large for the mapping's expressions");
  });

  test("that does not look at the item is worked out once", () => {
    const text = `forEach: /all\n${minimal}metric: { cel: 'body.all.exists(x, x == 4999) ? "a" : "b"' }\n`;
    const body = { all: Array.from({ length: 5_000 }, (_, at) => at) };

    const all = observations(mappedBy(text, body));

    expect(new Set(all.map(({ signal }) => signal.metric))).toEqual(new Set(["a"]));
  });
});

describe("which way is worse", () => {
  const scored = (worse: string) => `${minimal}value: /score\nworse: ${worse}\n`;

  test.each([
    ["higher", "higher"],
    ["lower", "lower"],
    ["{ at: /up, map: { 'true': lower, 'false': higher } }", "lower"],
    ['{ cel: \'item.up ? "lower" : "higher"\' }', "lower"],
    ["{ cel: 'item.none' }", "unknown"],
  ])("%s is read as %s", (worse, said) => {
    const body = { score: "0.5", up: true };

    expect(onlyOne(mappedBy(scored(worse), body)).signal).toMatchObject({
      value: 0.5,
      worse: said,
    });
  });
});
