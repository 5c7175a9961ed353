import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "../../src/sources/inspect.ts";
import { bytes, context, observations } from "./context.ts";
import { log, score } from "./inspect-log.ts";

const home = context({ source: "inspect", deployment: "assistant-prod" });
const read = (body: unknown) => parse(bytes(body), home);

describe("hostile logs", () => {
  test.each([
    ["no log", {}, "no object “eval”"],
    ["a list", [log()], "no object “eval”"],
    ["null", "null", "no object “eval”"],
    ["eval is text", { eval: "x" }, "no object “eval”"],
    ["no task", log({ spec: { task: null } }), "does not name its task"],
  ])("%s is unmapped with a sentence", (_, body, because) => {
    expect(read(body)).toEqual({ unmapped: expect.stringContaining(because) });
  });

  test("any JSON in any place is read as a run that gave no result, or as numbers that are finite", () => {
    const anything = fc.jsonValue({ maxDepth: 3 });
    const anyLog = fc.record(
      {
        status: fc.oneof(fc.constant("success"), anything),
        eval: fc.record({ task: fc.constant("t"), config: anything, dataset: anything }, {}),
        results: fc.oneof(
          anything,
          fc.record({
            total_samples: fc.oneof(fc.constant(3), anything),
            completed_samples: fc.oneof(fc.constant(3), anything),
            scores: fc.oneof(anything, fc.array(fc.record({ metrics: anything, name: anything }))),
          }),
        ),
        stats: anything,
        tags: anything,
        error: anything,
      },
      { requiredKeys: ["eval"] },
    );

    fc.assert(
      fc.property(anyLog, (body) => {
        const found = observations(read(body));

        expect(found).not.toEqual([]);
        for (const { signal } of found) {
          expect(signal.kind).toBe("eval");
          expect(signal.status === "ok").toBe(Number.isFinite(signal.value));
        }
      }),
    );
  });

  test("keys named like parts of a prototype are harmless", () => {
    const body = JSON.stringify(log())
      .replace('"mean":', '"__proto__":{"value":9},"constructor":{"value":3},"mean":')
      .replace(
        '"dataset"',
        '"__proto__":{"deployment":"x"},"metadata":{"__proto__":{"a":1}},"dataset"',
      );

    const found = observations(parse(bytes(body), home));

    expect(found.map(({ signal }) => signal.metric)).toEqual(["constructor", "mean"]);
    expect(found[0]?.signal).toMatchObject({ deployment: "assistant-prod", labels: {} });
    expect(Object.hasOwn(Object.prototype, "deployment")).toBe(false);
  });

  test("of 10,000 scores the first 500 are read, and that is said", () => {
    const scores = Array.from({ length: 10_000 }, (_, index) => score({ name: `s${index}` }));

    const found = observations(read(log({ results: { scores } })));

    expect(found).toHaveLength(500);
    expect(found[0]?.caveat).toContain("first 500 of 10000");
  });

  test("long names stay two names", () => {
    const long = "x".repeat(400);
    const scores = [score({ name: `${long}1` }), score({ name: `${long}2` })];

    const [first, second] = observations(read(log({ results: { scores } })));

    expect(first?.condition.length).toBeLessThanOrEqual(300);
    expect(first?.condition).not.toBe(second?.condition);
  });
});
