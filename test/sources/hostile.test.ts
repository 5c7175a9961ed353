import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { env } from "node:process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDelivery } from "../../src/sources/index.ts";
import { bytes, context, observations, onlyOne } from "./context.ts";
import { mappingOf } from "./mapping.ts";

const types = [
  "alertmanager",
  "datadog",
  "grafana",
  "inspect",
  "langfuse",
  "mapped",
  "pagerduty",
  "promptfoo",
  "signal",
];

/** Looks everywhere a mapping can; the other types have none and are not told of it. */
const mapping = mappingOf(`
forEach: /*
when: item != 0
kind: { value: eval }
deployment: { value: d }
id: { cel: item }
model: { cel: 'item.data.toString' }
summary: { cel: 'size(item) > 0 ? string(item) : key' }
metric: /constructor
suite: /0
scorer: body:/kind
score: { at: /__proto__, map: { a: b } }
value: body:/data
threshold: { cel: 'item.threshold + 1.0' }
worse: { cel: item }
stderr: /labels
status: { at: /status, map: { ok: ok } }
url: /toString
samples: { completed: /a, total: { cel: 'item' } }
dedupe: { condition: { cel: 'item + "x"' }, occurrence: /1 }
labels: { a: /b, constructor: { cel: 'item' } }
`);

const read = (body: unknown) => parseDelivery("signal", bytes(body), context());
const nested = (depth: number) =>
  `{"kind":"eval","deployment":"d","x":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;

describe.each(types)("%s", (type) => {
  const unmapped = (body: Uint8Array) => {
    const parsed = parseDelivery(type, body, context({ mapping }));
    return "unmapped" in parsed ? parsed.unmapped : "mapped";
  };

  test("an empty body is unmapped", () => {
    expect(unmapped(new Uint8Array())).toContain("empty");
  });

  test("invalid UTF-8 is unmapped", () => {
    expect(unmapped(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]))).toContain("UTF-8");
  });

  test("a body that is no JSON is unmapped", () => {
    expect(unmapped(bytes("{'a': 1}"))).toContain("not JSON");
    expect(unmapped(bytes('{"a":1} trailing'))).toContain("not JSON");
  });

  test("a million open brackets are refused before they are parsed", () => {
    expect(unmapped(bytes("[".repeat(1_000_000)))).toContain("deeper than 64");
  });

  test("no bytes make it throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (body) => {
        expect(parseDelivery(type, body, context({ mapping }))).toBeDefined();
      }),
    );
  });

  test("no JSON makes it throw", () => {
    const wrapped = fc.jsonValue().map((value) => ({
      kind: "eval",
      deployment: "d",
      alerts: [value],
      alert_id: "1",
      event: value,
      payload: value,
      prompt: value,
      scope: value,
      tags: value,
      type: "monitor-alert",
      data: value,
      labels: value,
    }));
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), wrapped), (value) => {
        expect(unmapped(bytes(value))).not.toContain("could not be read: TypeError");
      }),
    );
  });
});

test("a source type of a later version is unmapped, not lost", () => {
  expect(parseDelivery("telepathy", bytes({}), context())).toEqual({
    unmapped: expect.stringContaining('"telepathy"'),
  });
});

test("64 levels are read, 65 are not", () => {
  expect(onlyOne(read(nested(64))).signal.deployment).toBe("d");
  expect(read(nested(65))).toEqual({ unmapped: expect.stringContaining("deeper than 64") });
});

test("brackets inside a text are not levels", () => {
  const summary = `\\"${"[{".repeat(200)}`;

  const { signal } = onlyOne(read(`{"kind":"eval","deployment":"d","summary":"${summary}"}`));

  expect(signal.summary).toContain("[{[{");
});

test("keys named like parts of a prototype are harmless", () => {
  const body =
    '{"kind":"eval","deployment":"d","__proto__":{"status":"firing","polluted":1},' +
    '"constructor":{"prototype":{"polluted":1}},"labels":{"__proto__":"x","constructor":"c","toString":"t"}}';

  const { signal } = onlyOne(read(body));

  expect(signal.status).toBe("ok");
  expect(signal.labels).toEqual({ constructor: "c", toString: "t" });
  expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
});

test("a label that is renamed to a prototype's member finds nothing", () => {
  const renamed = context({ labels: new Map([["deployment", "constructor"]]) });
  const body = bytes({ alerts: [{ status: "firing", labels: {} }] });

  expect(onlyOne(parseDelivery("alertmanager", body, renamed)).signal.deployment).toBe("");
});

test("of a repeated key the last one counts", () => {
  const body = '{"kind":"eval","deployment":"first","deployment":"last"}';

  expect(onlyOne(read(body)).signal.deployment).toBe("last");
});

test("NUL and half surrogate pairs become U+FFFD", () => {
  const body =
    '{"kind":"eval","deployment":"a\\u0000b","model":"\\ud800x","labels":{"k\\u0000":"\\udc00"}}';

  const { signal, condition } = onlyOne(read(body));

  expect([signal.deployment, signal.model, signal.labels]).toEqual([
    "a\ufffdb",
    "\ufffdx",
    { "k\ufffd": "\ufffd" },
  ]);
  expect(condition).not.toMatch(/\0|\p{Surrogate}/u);
});

test("strings are bounded: summaries to 2,000 characters, others to 300, never inside a surrogate pair", () => {
  const long = "🔴".repeat(3_000);
  const { signal } = onlyOne(
    read({
      kind: "eval",
      deployment: "d",
      summary: `x${long}`,
      model: long,
      labels: { [long]: long },
    }),
  );

  expect(signal.summary.length).toBeLessThanOrEqual(2_000);
  for (const text of [signal.model, ...Object.entries(signal.labels).flat()]) {
    expect(text.length).toBeLessThanOrEqual(300);
    expect(text).not.toMatch(/\p{Surrogate}/u);
  }
});

test("at most 64 labels are kept, and that is said", () => {
  const labels = Object.fromEntries(Array.from({ length: 70 }, (_, index) => [`l${index}`, "x"]));

  const { signal, caveat } = onlyOne(read({ kind: "eval", deployment: "d", labels }));

  expect(Object.keys(signal.labels)).toHaveLength(64);
  expect(caveat).toContain("6 more labels");
});

// biome-ignore lint/style/noProcessEnv: the folder is no part of the repository, so only the environment can name it
const recorded = env["HOLDPOINT_RECORDED_FIXTURES"] ?? "";

test.skipIf(!existsSync(join(recorded, "grafana")))(
  "Grafana's webhook, shaped after Alertmanager's, is read with a caveat about its version",
  () => {
    const body = readFileSync(join(recorded, "grafana/firing-multi.json"));

    const [first] = observations(parseDelivery("alertmanager", body, context()));

    expect(first?.signal.status).toBe("firing");
    expect(first?.caveat).toContain("version");
  },
);
