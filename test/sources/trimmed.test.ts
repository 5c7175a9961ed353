import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse as inspect } from "../../src/sources/inspect.ts";
import { parse as promptfoo } from "../../src/sources/promptfoo.ts";
import { trimmed } from "../../src/sources/trimmed.ts";
import { bytes, context, observations } from "./context.ts";
import { log, score } from "./inspect-log.ts";
import { mappedBy } from "./mapping.ts";
import { file, metrics, prompt } from "./promptfoo-file.ts";

/** What is left out of a large result file changes nothing of what it says. */

const home = context({ deployment: "assistant-prod" });
const captured = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));
const less = (body: Uint8Array): Uint8Array => trimmed(body)?.body ?? new Uint8Array();
const padding = "x".repeat(10_000);

describe("a log of Inspect AI", () => {
  const whole = bytes(
    log({
      status: "error",
      spec: {
        metadata: { deployment: "assistant-prod", gate: "nightly" },
        tags: ["a"],
        dataset: { samples: 100, sample_ids: [padding] },
        model_args: { secret: padding },
        task_args: { text: padding },
      },
      // Fewer than the dataset has: how many that is must not go.
      results: {
        total_samples: 60,
        completed_samples: 50,
        scores: [score({ reducer: "max", scored_samples: 50 })],
      },
      more: {
        samples: [{ input: padding }],
        reductions: [padding],
        plan: { steps: [padding] },
        error: { message: "OOM", traceback: padding },
      },
    }),
  );

  test("keeps what its signals are made of, and says what went", () => {
    expect(inspect(less(whole), home)).toEqual(inspect(whole, home));
    expect(less(whole).length).toBeLessThan(2_000);
    expect(trimmed(whole)?.without).toBe("samples, reductions, solvers and arguments");
  });

  test.each(["three-scores-success", "errored-no-results", "success-but-sample-errored"])(
    "of the real program says the same: %s",
    (name) => {
      const body = captured(`inspect-ai/${name}.v0.3.260.header.json`);

      expect(inspect(less(body), home)).toEqual(inspect(body, home));
    },
  );

  test("with a bare NaN in it stays a measurement that failed", () => {
    const body = bytes(JSON.stringify(log()).replace("0.082", "NaN"));

    expect(inspect(less(body), home)).toEqual(inspect(body, home));
  });
});

describe("a results file of promptfoo", () => {
  const tests = [
    { vars: { q: padding, tone: ["a", padding] }, assert: [padding] },
    { vars: { q: `file://${padding}` }, options: { repeat: 3 } },
    { vars: padding },
    {},
  ];

  test.each<readonly [string, object]>([
    ["tests", { tests }],
    [
      "tests that all are plain",
      { tests: Array.from({ length: 60 }, () => ({ vars: { q: padding } })) },
    ],
    ["tests of some prompts", { tests: [{ prompts: [padding] }, { providers: [padding] }] }],
    ["tests in a file", { tests: "file://x.csv" }],
    ["a red team", { redteam: { plugins: [padding] }, tests }],
    ["scenarios", { scenarios: [{ tests: [padding] }], tests: tests.slice(2) }],
    [
      "what every test begins with",
      {
        defaultTest: { metadata: { deployment: "c" }, assert: [padding], vars: { a: ["b"] } },
        tests,
      },
    ],
    ["what every test begins with in a file", { defaultTest: "file://x", tests }],
    [
      "tags",
      { tags: { team: "a" }, prompts: [padding], providers: [padding], env: { KEY: padding } },
    ],
    ["a filter", { commandLineOptions: { filterFirstN: 1 } }],
  ])("with %s says the same, and is smaller", (_, config) => {
    const { results, ...rest } = file({ config, prompts: [prompt({ raw: padding })] }) as {
      results: object;
    };
    const whole = bytes({
      ...rest,
      results: { ...results, results: [{ response: padding }], table: { body: [padding] } },
      runtimeOptions: { repeat: 2 },
      vars: [padding],
    });

    expect(promptfoo(less(whole), home)).toEqual(promptfoo(whole, home));
    expect(less(whole).length).toBeLessThan(whole.length / 3);
  });

  test("of the real program, and of version 2, says the same", () => {
    const body = captured("promptfoo/eval-results.v3.json");
    const table = {
      head: { prompts: [prompt({ raw: padding, metrics: metrics() })] },
      body: [padding],
    };
    const old = bytes({
      results: { version: 2, stats: { successes: 38, failures: 2 }, table },
      config: {},
    });

    expect(promptfoo(less(body), home)).toEqual(promptfoo(body, home));
    expect(promptfoo(less(old), home)).toEqual(promptfoo(old, home));
  });
});

describe("a report of garak", () => {
  const text =
    'forEach: /*\nwhen: has(item.entry_type) && item.entry_type == "eval"\nkind: { value: eval }\ndeployment: { value: d }\nmetric: /probe\n';
  const entries = [
    { entry_type: "init", run: "r" },
    ...Array.from({ length: 100 }, () => ({ entry_type: "attempt", prompt: padding })),
    { entry_type: "eval", probe: "dan", passed: 1 },
  ];
  const lines = entries.map((entry) => JSON.stringify(entry)).join("\n");

  test.each([
    ["as lines", bytes(`${lines}\n`)],
    ["as lines that end too early", bytes(`${lines}\n{"entry_type": "ev`)],
    ["as a list", bytes(entries)],
  ])("%s loses its attempts alone", (_, body) => {
    const small = less(body);
    const metricsIn = (uint8Array: Uint8Array) =>
      observations(mappedBy(text, Buffer.from(uint8Array).toString())).map(
        ({ signal }) => signal.metric,
      );

    expect(metricsIn(small)).toEqual(["dan"]);
    expect(mappedBy(text, Buffer.from(small).toString()).lost?.length ?? 0).toBe(
      mappedBy(text, Buffer.from(body).toString()).lost?.length ?? 0,
    );
    expect(small.length).toBeLessThan(500);
    expect(trimmed(body)?.without).toBe("100 attempts");
  });
});

describe("what is none of these", () => {
  test.each([
    "",
    "text",
    "{}",
    "[]",
    "null",
    "[{}]",
    '{"a":1}\n{"b":2}',
    '{"eval":{}}',
    '{"results":{}}',
  ])("is left as it is: %s", (body) => {
    expect(trimmed(bytes(body))).toBeNull();
  });

  test("any JSON in the place of any part says the same without what is left out", () => {
    const anything = fc.jsonValue({ maxDepth: 3 });
    const odd = fc.record({
      status: anything,
      eval: fc.record({
        task: fc.constant("t"),
        dataset: anything,
        config: anything,
        tags: anything,
      }),
      error: anything,
      results: anything,
      samples: anything,
    });
    const oddFile = fc.record({
      config: fc.record({
        tests: fc.oneof(anything, fc.array(anything)),
        defaultTest: anything,
        redteam: anything,
        scenarios: anything,
      }),
      results: fc.record({
        prompts: anything,
        stats: anything,
        table: anything,
        results: anything,
      }),
    });

    fc.assert(
      fc.property(odd, oddFile, (item, two) => {
        const [a, b] = [bytes(item), bytes(two)];
        expect(inspect(trimmed(a)?.body ?? a, home)).toEqual(inspect(a, home));
        expect(promptfoo(trimmed(b)?.body ?? b, home)).toEqual(promptfoo(b, home));
      }),
    );
  });
});
