import { isCelError, run } from "@bufbuild/cel";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileCondition, type Verdict } from "../../../src/core/policy/condition.ts";
import type { Signal } from "../../../src/core/signal.ts";
import { signalWith } from "./signals.ts";

/** A second CEL engine, written by others, is asked the same questions. */

type Value = Parameters<typeof run>[1] extends Record<string, infer V> | undefined ? V : never;

/**
 * What CEL is told of a signal, from the contract and not from our code: null numbers and samples
 * are not there.
 */
function told(signal: Signal): Value {
  const { labels, samples, value, threshold, stderr, atLeast, atMost, ...texts } = signal;
  const fields = new Map<string, Value>(Object.entries(texts));
  fields.set("labels", new Map(Object.entries(labels)));
  if (samples) fields.set("samples", new Map(Object.entries(samples)));
  // Between what a whole measurement lies is its value.
  const whole = ["errored", "incomplete", "no_data"].includes(signal.status) ? null : value;
  const bounds = { atLeast: atLeast ?? whole, atMost: atMost ?? whole };
  for (const [name, number] of Object.entries({ value, threshold, stderr, ...bounds }))
    if (number !== null && Number.isFinite(number)) fields.set(name, number);
  return fields;
}

function oracle(source: string, signal: Signal): Verdict["is"] {
  const answer = run(source, { signal: told(signal) });
  if (isCelError(answer)) return "indeterminate";
  if (answer === true) return "fired";
  return answer === false ? "quiet" : "indeterminate";
}

function ours(source: string, signal: Signal): Verdict["is"] {
  const condition = compileCondition(source);
  if ("problems" in condition) throw new Error(`${source}: ${condition.problems.join(" ")}`);
  return condition.evaluate(signal).is;
}

const signals: readonly Signal[] = [
  signalWith(),
  signalWith({ value: null, threshold: null, stderr: null, samples: null }),
  signalWith({ kind: "alert", status: "firing", metric: "RefusalRateCollapse", value: 0 }),
  signalWith({ value: Number.NaN, labels: { team: "red", job: "gateway" } }),
  signalWith({ status: "incomplete", samples: { completed: 112, total: 600 }, stderr: null }),
  signalWith({ value: 1, threshold: 1, worse: "unknown", labels: { team: "" }, summary: "é 🙂 ß" }),
  signalWith({ status: "incomplete", value: null, atLeast: 0.06, atMost: 0.9 }),
  signalWith({ status: "errored", value: 0.5, atMost: 0.9, reducer: "max", group: "cyber" }),
  signalWith({ value: -2.5, threshold: 1e300, labels: { job: "x", zone: "eu", team: "blue" } }),
];

const { any } = fc.letrec<{ any: string; all: string; leaf: string }>((tie) => {
  const field = fc.constantFrom("kind", "status", "metric", "scorer", "worse", "summary", "change");
  const text = fc.constantFrom("eval", "mean", "firing", "team", "", "é", "🙂", "Refusal");
  const figure = fc.oneof(
    fc.constantFrom(
      "value",
      "threshold",
      "stderr",
      "samples.total",
      "samples.completed",
      "atLeast",
      "atMost",
    ),
    fc.constant("value"),
  );
  const number = fc.oneof(
    fc.constantFrom("0.0", "1.0", "0.05", "0.082", "-2.5", "1e300", "600.0"),
    fc.double({ min: -10, max: 10, noNaN: true }).map((n) => n.toFixed(4)),
  );
  const order = fc.constantFrom("<", "<=", ">", ">=");
  const either = fc.constantFrom("==", "!=", "<", "<=", ">", ">=");
  const label = fc.constantFrom("team", "job", "zone", "nope");
  const sum = fc
    .tuple(figure, fc.constantFrom("+", "-", "*", "/"), number)
    .map(([name, op, n]) => `(signal.${name} ${op} ${n})`);
  const quoted = text.map((t) => JSON.stringify(t));
  const safeField = fc.constantFrom("metric", "scorer", "summary", "change");
  const leaf = fc.oneof(
    fc
      .tuple(safeField, fc.constantFrom("==", "!="), quoted)
      .map(([f, op, t]) => `signal.${f} ${op} ${t}`),
    fc.constantFrom(
      'signal.kind == "eval"',
      'signal.status in ["ok", "firing"]',
      'signal.worse != "lower"',
    ),
    fc.tuple(figure, either, number).map(([f, op, n]) => `signal.${f} ${op} ${n}`),
    fc.tuple(number, either, figure).map(([n, op, f]) => `${n} ${op} signal.${f}`),
    fc
      .tuple(figure, order, fc.integer({ min: 0, max: 600 }))
      .map(([f, op, n]) => `signal.${f} ${op} ${n}`),
    fc.tuple(figure, either, figure).map(([a, op, b]) => `signal.${a} ${op} signal.${b}`),
    fc.tuple(sum, either, number).map(([s, op, n]) => `${s} ${op} ${n}`),
    fc
      .constantFrom("value", "threshold", "stderr", "samples", "labels.team")
      .map((f) => `has(signal.${f})`),
    fc.constant("has(signal.samples.total)"),
    label.map((name) => `"${name}" in signal.labels`),
    fc.tuple(label, quoted).map(([name, t]) => `signal.labels["${name}"] == ${t}`),
    fc.tuple(label, quoted).map(([name, t]) => `signal.labels.${name} != ${t}`),
    fc
      .tuple(field, fc.constantFrom("startsWith", "endsWith", "contains"), quoted)
      .map(([f, call, t]) => `signal.${f}.${call}(${t})`),
    fc
      .tuple(field, order, fc.integer({ min: 0, max: 9 }))
      .map(([f, op, n]) => `size(signal.${f}) ${op} ${n}`),
    fc.tuple(safeField, order, quoted).map(([f, op, t]) => `signal.${f} ${op} ${t}`),
    fc
      .tuple(fc.constantFrom("all", "exists", "exists_one"), either, quoted)
      .map(([loop, op, t]) => `signal.labels.${loop}(name, signal.labels[name] ${op} ${t})`),
    fc
      .tuple(fc.constantFrom("all", "exists", "exists_one"), figure, number)
      .map(([loop, f, n]) => `["a", "team"].${loop}(x, x in signal.labels || signal.${f} > ${n})`),
    fc
      .tuple(figure, number)
      .map(([f, n]) => `[0.05, 1.0].exists(limit, signal.${f} > limit + ${n})`),
    fc.constantFrom("true", "false", "1 / 0 > 0", 'int("x") == 1', '["a"][2] == "a"'),
    fc.tuple(quoted, quoted).map(([a, b]) => `signal.metric in [${a}, ${b}]`),
    fc.tuple(figure, number, number).map(([f, a, b]) => `signal.${f} in [${a}, ${b}]`),
  );
  return {
    leaf,
    all: fc.oneof({ maxDepth: 3, withCrossShrink: true }, leaf, tie("any")),
    any: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      leaf,
      fc
        .tuple(tie("all"), fc.constantFrom("&&", "||"), tie("all"))
        .map(([a, op, b]) => `(${a}) ${op} (${b})`),
      tie("all").map((a) => `!(${a})`),
      fc.tuple(tie("all"), tie("all"), tie("all")).map(([a, b, c]) => `(${a}) ? (${b}) : (${c})`),
      fc.tuple(tie("all"), tie("all")).map(([a, b]) => `(${a}) == (${b})`),
    ),
  };
});

describe("a second CEL engine", () => {
  test("gives the same of three answers to 600 generated conditions on seven signals", () => {
    const answers = new Map<string, number>();
    fc.assert(
      fc.property(any, (source) => {
        for (const signal of signals) {
          const answer = ours(source, signal);
          answers.set(answer, (answers.get(answer) ?? 0) + 1);

          expect(`${source} is ${answer}`).toBe(`${source} is ${oracle(source, signal)}`);
        }
      }),
      { seed: 20_261_123, numRuns: 600 },
    );

    // A generator that only ever errs would agree, too.
    expect([...answers.keys()].sort()).toEqual(["fired", "indeterminate", "quiet"]);
    expect(Math.min(...answers.values())).toBeGreaterThan(300);
  });

  /**
   * Where the two differ, each with why that is no matter. A new difference belongs here only with
   * a reason.
   */
  const differences = [
    // the oracle makes NaN of it; no answer is the safer one
    ["text that is no number", 'double("x") > 1.0', "indeterminate", "quiet"],
    ["empty text as a number", 'double("") == 0.0', "indeterminate", "fired"], // JavaScript's zero, not CEL's
    ["blanks around a number", 'int(" 1") == 1', "indeterminate", "fired"], // JavaScript's reading
    ["hexadecimal text", 'int("0x10") == 16', "indeterminate", "fired"], // JavaScript's reading
    ["inf as text", 'double("inf") > 1.0', "fired", "quiet"], // Go's ParseFloat takes it, and so does our engine
    // ours counts on; larger stays larger
    ["an int beyond 64 bits", "int(9.3e18) > 0", "fired", "indeterminate"],
    ["a map key twice", '{"a": 1, "a": 2}.size() == 1', "fired", "indeterminate"], // in the policy's own text, never in a signal
  ] as const;

  test.each(differences)("is known to differ on %s", (_, source, answer, other) => {
    expect(ours(source, signalWith())).toBe(answer);
    expect(oracle(source, signalWith())).toBe(other);
  });

  test.each(["[1, 2.0].size() == 2", 'signal.value in [1.0, "a"]'])(
    "takes a list of mixed types, which we refuse when the policy is loaded: %s",
    (source) => {
      expect(oracle(source, signalWith())).not.toBe("indeterminate");
      expect(() => ours(source, signalWith())).toThrow("same type");
    },
  );
});
