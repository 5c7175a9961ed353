import { describe, expect, test } from "vitest";
import {
  type Condition,
  compileCondition,
  type Verdict,
} from "../../../src/core/policy/condition.ts";
import type { Signal } from "../../../src/core/signal.ts";
import { signalWith } from "./signals.ts";

function compiled(source: string): Condition {
  const condition = compileCondition(source);
  if ("problems" in condition) throw new Error(condition.problems.join(" "));
  return condition;
}

const ask = (source: string, parts: Partial<Signal> = {}): Verdict =>
  compiled(source).evaluate(signalWith(parts));

function problemsOf(source: string): string {
  const condition = compileCondition(source);
  return "problems" in condition ? condition.problems.join(" ") : "";
}

const warningsOf = (source: string): string => compiled(source).warnings.join(" ");

describe("three values", () => {
  // The null threshold cannot be compared: alone it is an error. `T`, `F` and `?` are what the
  // sides say.
  const T = 'signal.kind == "eval"';
  const F = 'signal.kind == "alert"';
  const unknown = "signal.threshold > 0.5";

  test.each([
    [T, "fired"],
    [F, "quiet"],
    [unknown, "indeterminate"],
    [`${T} && ${unknown}`, "indeterminate"],
    [`${unknown} && ${T}`, "indeterminate"],
    [`${F} && ${unknown}`, "quiet"],
    [`${unknown} && ${F}`, "quiet"],
    [`${T} || ${unknown}`, "fired"],
    [`${unknown} || ${T}`, "fired"],
    [`${F} || ${unknown}`, "indeterminate"],
    [`${unknown} || ${F}`, "indeterminate"],
    [`!(${unknown})`, "indeterminate"],
    [`!(${F} && ${unknown})`, "fired"],
    [`${unknown} ? ${T} : ${T}`, "indeterminate"],
    [`${T} ? ${T} : ${unknown}`, "fired"],
    [`${F} ? ${T} : ${unknown}`, "indeterminate"],
    [`(${unknown}) == (${unknown})`, "indeterminate"],
    [`(${unknown} && ${F}) || ${T}`, "fired"],
  ])("%s is %s", (source, is) => {
    expect(ask(source, { threshold: null }).is).toBe(is);
  });

  test.each([
    ["value", { value: null }, "signal.value > 0.0"],
    ["threshold", { threshold: null }, "signal.threshold > 0.0"],
    ["stderr", { stderr: null }, "signal.stderr < 1.0"],
    ["samples", { samples: null }, "signal.samples.completed < signal.samples.total"],
    ["samples", { samples: null }, "has(signal.samples.total)"],
    ["labels.team", {}, 'signal.labels.team == "x"'],
    ['labels["team"]', {}, 'signal.labels["team"] == "x"'],
  ])("without signal.%s nothing is decided, and the verdict names it", (name, parts, source) => {
    expect(ask(source, parts)).toEqual({
      is: "indeterminate",
      because: `signal.${name} is missing`,
    });
  });

  test.each([[Number.NaN], [Number.POSITIVE_INFINITY], [Number.NEGATIVE_INFINITY]])(
    "a value of %d is no value",
    (value) => {
      expect(ask("signal.value > 0.0", { value }).is).toBe("indeterminate");
      expect(ask("signal.value <= 0.0", { value }).is).toBe("indeterminate");
      expect(ask("has(signal.value)", { value }).is).toBe("quiet");
    },
  );

  test("zero and minus zero are numbers like any other", () => {
    expect(ask("signal.value >= 0.0", { value: 0 }).is).toBe("fired");
    expect(ask("signal.value == 0.0", { value: -0 }).is).toBe("fired");
    expect(ask("signal.value > 0.0", { value: 5e-324 }).is).toBe("fired");
  });

  test("has() asks whether a number, a label or the samples were said", () => {
    expect(ask("has(signal.value)").is).toBe("fired");
    expect(ask("has(signal.value)", { value: null }).is).toBe("quiet");
    expect(ask("has(signal.samples) && has(signal.samples.total)").is).toBe("fired");
    expect(ask("has(signal.samples) && has(signal.samples.total)", { samples: null }).is).toBe(
      "quiet",
    );
    expect(ask("has(signal.labels.team)", { labels: { team: "" } }).is).toBe("fired");
    expect(ask("has(signal.labels.team)").is).toBe("quiet");
    expect(ask("!has(signal.value) || signal.value > 0.05", { value: null }).is).toBe("fired");
  });

  test("a label that is asked for first decides either way", () => {
    const source = '"team" in signal.labels && signal.labels["team"] == "x"';

    expect(ask(source).is).toBe("quiet");
    expect(ask(source, { labels: { team: "x" } }).is).toBe("fired");
    expect(ask(source, { labels: { team: "y" } }).is).toBe("quiet");
  });

  test.each(["toString", "constructor", "__proto__", "hasOwnProperty", "valueOf", "size"])(
    "the label %s is missing until a sender says it",
    (label) => {
      const said: Record<string, string> = JSON.parse(`{"${label}":"x"}`);

      expect(ask(`"${label}" in signal.labels`).is).toBe("quiet");
      expect(ask(`has(signal.labels.${label})`).is).toBe("quiet");
      expect(ask(`signal.labels["${label}"] == "x"`).is).toBe("indeterminate");
      expect(ask(`signal.labels["${label}"] == "x"`, { labels: said }).is).toBe("fired");
    },
  );

  test("a missing string is empty, not missing", () => {
    expect(ask('signal.severity == ""').is).toBe("fired");
    expect(ask('signal.change.startsWith("model")').is).toBe("quiet");
  });

  test("an error outside the signal is no answer either", () => {
    expect(ask("1 / 0 > 0").is).toBe("indeterminate");
    expect(ask("int(signal.metric) > 0").is).toBe("indeterminate");
    expect(ask('["a"][3] == signal.metric').is).toBe("indeterminate");
    expect(ask("signal.labels.all(name, signal.labels[name].size() > 1 / 0)").is).toBe("fired");
  });
});

describe("what held is said", () => {
  test.each([
    ["signal.value > 0.05", "signal.value 0.082 > 0.05"],
    ['signal.kind == "eval" && signal.value >= 0.05', "signal.value 0.082 >= 0.05"],
    ["signal.value > signal.threshold", "signal.value 0.082 > signal.threshold 0.05"],
    ["0.05 < signal.value", "0.05 < signal.value 0.082"],
    ["signal.value > 0.5 || signal.stderr > 0.01", "signal.stderr 0.011 > 0.01"],
    [
      "signal.value > 0.05 && signal.samples.total >= 100",
      "signal.value 0.082 > 0.05, signal.samples.total 600 >= 100",
    ],
    ["signal.value > -1.0", "signal.value 0.082 > -1"],
    ['signal.kind == "eval"', "the condition holds"],
    ["!(signal.value > 0.5)", "the condition holds"],
  ])("%s: %s", (source, because) => {
    expect(ask(source)).toEqual({ is: "fired", because });
  });

  test("a comparison is said once, however often it is written", () => {
    expect(ask("signal.value > 0.05 && signal.value > 0.05").because).toBe(
      "signal.value 0.082 > 0.05",
    );
  });

  test("a figure that is missing is not made up", () => {
    expect(ask("signal.value > 0.05 || has(signal.id)", { value: null }).because).toBe(
      "the condition holds",
    );
  });
});

describe("refused when the policy is loaded", () => {
  test.each([
    ["a mistyped field, with the nearest name", "signal.valu > 1.0", "did you mean value?"],
    ["a field of samples that is none", "signal.samples.done > 1.0", "samples.completed"],
    ["an own name of JavaScript", 'signal.constructor == "x"', "no field “constructor”"],
    ["another variable", "alert.value > 1.0", "nothing called “alert”"],
    ["a condition that gives text", "signal.kind", "gives string, not true or false"],
    ["a condition that gives a number", "signal.value", "gives double, not true or false"],
    ["text compared with a number", 'signal.value > "5"', "write a number without quotes"],
    ["a number compared with null", "signal.value == null", "has(signal.…)"],
    ["an int equal to a double", "signal.value == 1", "write 2.0, not 2"],
    ["a double times an int", "signal.value * 2 > 1.0", "write 2.0, not 2"],
    ["samples equal to an int", "signal.samples.total == 0", "write 2.0, not 2"],
    ["a pattern", 'signal.summary.matches("(a+)+$")', "can hang on hostile text"],
    ["a pattern as a function", 'matches(signal.summary, "a")', "can hang on hostile text"],
    ["a pattern deep inside", 'true || !(["a"].exists(x, x.matches("a")))', "can hang"],
    [
      "a loop in a loop",
      '["a"].exists(x, ["b"].all(y, x == y))',
      "all() inside exists() is not allowed",
    ],
    [
      "a loop in a loop's list",
      '["a"].map(x, [x].filter(y, true)).size() > 0',
      "filter() inside map()",
    ],
    ["a loop over a loop", '["a"].filter(x, true).exists(y, y == "a")', "nested loops multiply"],
    ["the clock", 'timestamp(signal.occurredAt) > timestamp("2026-01-01T00:00:00Z")', "Allowed:"],
    ["a way around the types", "dyn(signal.value) > 1", "dyn() is not allowed"],
    ["a word a field never says", 'signal.status == "fired"', "Allowed: firing, resolved"],
    ["such a word in a list", 'signal.status in ["ok", "error"]', "did you mean errored?"],
    ["such a word the other way round", '"alerts" == signal.kind', "did you mean alert?"],
    ["nothing", "", "the condition is empty: write what must be so, like signal.kind"],
    ["half a condition", "signal.value > 0.05 &&", "at character 23"],
    ["two conditions", "true; true", "cannot be read from “; true” on, at character 5"],
    ["an assignment", "signal.value = 1.0", "use == to compare, not = (character 14"],
  ])("%s", (_, source, words) => {
    expect(problemsOf(source)).toContain(words);
  });

  test.each([
    ["too many steps", Array(600).fill("true").join(" && ")],
    ["too deep", `${"(".repeat(200)}true${")".repeat(200)}`],
    ["too long a list", `signal.metric in [${Array(300).fill('"a"').join(", ")}]`],
    ["hostile depth", "!".repeat(3_999)],
    ["hostile brackets", "[".repeat(3_999)],
  ])("one that is %s", (_, source) => {
    expect(problemsOf(source)).not.toBe("");
  });

  test("every problem ends as a sentence and names no engine", () => {
    const all = ["signal.valu", "signal.kind", "1 +", "dyn(1)", 'signal.status == "x"'].map(
      problemsOf,
    );

    expect(all.filter((words) => !words.endsWith("."))).toEqual([]);
    expect(all.join(" ")).not.toMatch(/\$signal|undefined|\[object|Error:|\n/);
  });
});

test("int literals are fine where CEL orders numbers of any kind", () => {
  expect(ask("signal.value < 1").is).toBe("fired");
  expect(ask("1 > signal.value").is).toBe("fired");
  expect(ask("signal.samples.total >= 600").is).toBe("fired");
});

describe("between what a number lies", () => {
  const rule = 'signal.metric == "mean" && signal.atLeast > 0.05';
  const half: Partial<Signal> = { status: "incomplete", value: null, atLeast: 0.2, atMost: 0.7 };

  test.each<readonly [string, Partial<Signal>, Verdict["is"]]>([
    ["a whole run above the limit", { value: 0.082 }, "fired"],
    ["a whole run below it", { value: 0.02 }, "quiet"],
    ["half a run that is above it, whatever the rest scores", half, "fired"],
    ["half a run that may be above it", { ...half, atLeast: 0.01 }, "quiet"],
    ["half a run of which nothing is known", { ...half, atLeast: null }, "indeterminate"],
    ["half a run that has a number", { ...half, atLeast: null, value: 0.9 }, "indeterminate"],
    ["a run with an error", { status: "errored", value: 0.9 }, "indeterminate"],
    ["an alert with its value", { kind: "alert", status: "firing", value: 0.9 }, "fired"],
  ])("%s", (_, parts, is) => {
    expect(ask(rule, parts).is).toBe(is);
  });

  test("is said in figures where it held", () => {
    expect(ask(rule, half)).toMatchObject({ because: "signal.atLeast 0.2 > 0.05" });
    expect(ask(rule)).toMatchObject({ because: "signal.atLeast 0.082 > 0.05" });
    expect(ask("signal.atMost < 0.9", half)).toMatchObject({ because: "signal.atMost 0.7 < 0.9" });
  });

  test("a number of half a run is for those alone who ask for its bounds", () => {
    const partial = (source: string) => compiled(source).evaluate(signalWith(half), true).is;

    expect(partial('signal.status == "incomplete"')).toBe("quiet");
    expect(partial("signal.value > 0.05")).toBe("quiet");
    expect(partial("has(signal.atLeast) || signal.value > 0.05")).toBe("fired");
    expect(partial('signal["atLeast"] > 0.05')).toBe("fired");
  });
});

describe("warned about", () => {
  const guard = 'signal.kind == "eval" && signal.metric == "mean" && ';

  test("a label that is read without being asked for", () => {
    expect(warningsOf('signal.labels.team == "x"')).toContain('"team" in signal.labels');
    expect(warningsOf('signal.labels["team"] == "x"')).toContain("team");
    expect(warningsOf('"team" in signal.labels && signal.labels["team"] == "x"')).toBe("");
    expect(warningsOf('has(signal.labels.team) && signal.labels.team == "x"')).toBe("");
  });

  test("a number compared without saying whose", () => {
    expect(warningsOf("signal.value > 0.5")).toContain("without signal.kind and signal.metric");
    expect(warningsOf('signal.kind == "eval" && signal.value > 0.5')).toContain(
      "without signal.metric",
    );
    expect(warningsOf(`${guard}signal.value > 0.5`)).toBe("");
    expect(warningsOf(`${guard}signal.value > signal.threshold`)).toBe("");
    expect(warningsOf("has(signal.value)")).toBe("");
  });

  test("a bound on the side of its limit that proves nothing", () => {
    const may = "says only that a run may";
    expect(warningsOf(`${guard}signal.atLeast > 0.5 && signal.atMost < 0.9`)).toBe("");
    expect(warningsOf(`${guard}0.5 < signal.atLeast && 0.9 >= signal.atMost`)).toBe("");
    expect(warningsOf(`${guard}signal.atMost > 0.5`)).toContain(
      `signal.atMost above a limit ${may}`,
    );
    expect(warningsOf(`${guard}0.5 > signal.atLeast`)).toContain(
      `signal.atLeast below a limit ${may}`,
    );
    expect(warningsOf("signal.atLeast > 0.5")).toContain("without signal.kind and signal.metric");
  });

  test("a bound that only whole runs are asked for", () => {
    const ok = 'signal.status == "ok" && ';
    expect(warningsOf(`${guard}${ok}signal.atLeast > 0.5`)).toContain("has no other bounds than");
    expect(warningsOf(`${guard}${ok}signal.value > 0.5`)).toBe("");
  });

  test("a condition that does not look at the signal", () => {
    expect(warningsOf("true")).toContain("always the same");
    expect(warningsOf(`${guard}true`)).toBe("");
  });
});

test("asking changes nothing in the signal", () => {
  const signal = Object.freeze(signalWith({ labels: Object.freeze({ team: "x" }) }));
  const before = JSON.stringify(signal);

  compiled('signal.labels.exists(name, name == "team") && signal.value > 0.05').evaluate(signal);

  expect(JSON.stringify(signal)).toBe(before);
});
