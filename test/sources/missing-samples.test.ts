import fc from "fast-check";
import { expect, test } from "vitest";
import { parse as inspect } from "../../src/sources/inspect.ts";
import { parse as promptfoo } from "../../src/sources/promptfoo.ts";
import { bytes, context, partly } from "./context.ts";
import { log, score } from "./inspect-log.ts";

/**
 * Whatever the samples that are missing would have scored, the number of the whole run lies within
 * the bounds.
 */

const home = context({ deployment: "assistant-prod" });
const nearly = 1e-9;

const mean = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0) / all.length;

function encloses(parsed: ReturnType<typeof inspect>, whole: number): void {
  for (const [, atLeast, atMost] of partly(parsed)) {
    expect(atLeast).toBeLessThanOrEqual(whole + nearly);
    expect(atMost).toBeGreaterThanOrEqual(whole - nearly);
  }
}

const one = fc.oneof(fc.constantFrom(0, 0.5, 1), fc.double({ min: 0, max: 1, noNaN: true }));

const reducers: Readonly<Record<string, (epochs: readonly number[]) => number>> = {
  mean,
  max: (epochs) => Math.max(...epochs),
  pass_at_2: (epochs) => (epochs.filter((epoch) => epoch === 1).length >= 1 ? 1 : 0),
};

const runs = fc
  .record({
    samples: fc.integer({ min: 1, max: 12 }),
    epochs: fc.integer({ min: 1, max: 3 }),
    reducer: fc.constantFrom("mean", "max", "pass_at_2"),
  })
  .chain(({ samples, epochs, reducer }) =>
    fc.record({
      epochs: fc.constant(epochs),
      reducer: fc.constant(reducer),
      scores: fc.array(
        fc.array(fc.record({ score: one, isThere: fc.boolean() }), {
          minLength: epochs,
          maxLength: epochs,
        }),
        { minLength: samples, maxLength: samples },
      ),
    }),
  );

test("an Inspect run of any number of epochs, with any of them missing", () => {
  let bounded = 0;
  fc.assert(
    fc.property(runs, fc.constantFrom("cancelled", "error", "success"), (run, status) => {
      const { epochs, reducer, scores } = run;
      const reduce = (all: readonly number[]): number => reducers[reducer]?.(all) ?? Number.NaN;
      const there = scores
        .map((sample) => sample.filter(({ isThere }) => isThere).map(({ score: is }) => is))
        .filter((sample) => sample.length > 0);
      const completed = there.flat().length;
      fc.pre(there.length > 0 && completed < scores.length * epochs);

      const parsed = inspect(
        bytes(
          log({
            status,
            spec: { dataset: { samples: scores.length } },
            config: { epochs },
            results: {
              total_samples: scores.length * epochs,
              completed_samples: completed,
              scores: [
                score({
                  reducer,
                  scored_samples: there.length,
                  metrics: { accuracy: { value: mean(there.map(reduce)) } },
                }),
              ],
            },
          }),
        ),
        home,
      );

      bounded += partly(parsed).length;
      encloses(parsed, mean(scores.map((sample) => reduce(sample.map(({ score: is }) => is)))));
    }),
  );
  expect(bounded).toBeGreaterThan(20);
});

test("a promptfoo run with any of its tests left out or ended with an error", () => {
  let bounded = 0;
  const tests = fc.array(fc.constantFrom("passed", "missed", "failed", "left out"), {
    minLength: 1,
    maxLength: 30,
  });
  fc.assert(
    fc.property(tests, fc.infiniteStream(fc.boolean()), fc.boolean(), (all, luck, isRedTeam) => {
      const count = (what: string): number => all.filter((name) => name === what).length;
      const [passed, missed, failed] = [count("passed"), count("missed"), count("failed")];
      const parsed = promptfoo(
        bytes({
          results: {
            version: 3,
            prompts: [
              {
                metrics: {
                  testPassCount: passed,
                  testFailCount: missed,
                  testErrorCount: failed,
                },
              },
            ],
            stats: { successes: passed, failures: missed, errors: failed },
          },
          config: {
            tests: all.map((_, at) => ({ vars: { at } })),
            ...(isRedTeam ? { redteam: {} } : {}),
          },
        }),
        home,
      );

      const ended = all.map((name) =>
        name === "passed" || name === "missed" ? name : luck.next().value ? "passed" : "missed",
      );
      const of = ended.filter((name) => name === (isRedTeam ? "missed" : "passed")).length;
      bounded += partly(parsed).length;
      encloses(parsed, of / all.length);
    }),
  );
  expect(bounded).toBeGreaterThan(20);
});
