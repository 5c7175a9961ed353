import { describe, expect, test } from "vitest";
import { compileCondition } from "../../../../src/core/policy/condition.ts";
import { compileExpression } from "../../../../src/core/policy/mapping-expression.ts";

/**
 * What people write in a condition that other languages would take, and what they are told to
 * write.
 */

describe("a condition of another language", () => {
  const share = (character: number, percent: string, number: string) =>
    `${percent} is not a number here: write ${number} (character ${character} of the condition).`;
  const compare = (character: number, sign: string) =>
    `use == to compare, not ${sign} (character ${character} of the condition).`;

  test.each([
    ["signal.value > 3%", [share(16, "3%", "0.03")]],
    ['signal.value > 3% && signal.kind == "eval"', [share(16, "3%", "0.03")]],
    ["3 % < signal.value", [share(1, "3%", "0.03")]],
    ["signal.value >= 100%", [share(17, "100%", "1.0")]],
    ["signal.value > 2.5 percent", [share(16, "2.5%", "0.025")]],
    ["signal.value > 0,5%", [share(16, "0,5%", "0.005")]],
    [
      "3% < signal.value and signal.value < 7%",
      [
        share(1, "3%", "0.03"),
        "write && for and (character 19 of the condition).",
        share(38, "7%", "0.07"),
      ],
    ],
    ["signal.value > 0,05", ["write 0.05 with a point, not 0,05 (character 16 of the condition)."]],
    ['signal.metric = "x"', [compare(15, "=")]],
    ['signal.metric === "x"', [compare(15, "===")]],
    ['signal.kind is "eval"', [compare(13, "is")]],
    [
      'signal.kind <> "eval"',
      ["use != where two things differ, not <> (character 13 of the condition)."],
    ],
    [
      'signal.kind is not "eval"',
      ["use != where two things differ, not is not (character 13 of the condition)."],
    ],
    ["signal.value => 0.1", ["write >= for at least, not => (character 14 of the condition)."]],
    ["signal.value ≤ 0.1", ["write <= for at most, not ≤ (character 14 of the condition)."]],
    ["has(signal.value) AND true", ["write && for and (character 19 of the condition)."]],
    ["has(signal.value) & true", ["write && for and, not & (character 19 of the condition)."]],
    ["has(signal.value) or true", ["write || for or (character 19 of the condition)."]],
    [
      "not has(signal.value)",
      ["write ! for not, like !has(signal.value) (character 1 of the condition)."],
    ],
    ["not(has(signal.value))", ["write ! for not."]],
    [
      'signal.kind not in ["eval"]',
      ["write !(a in b) for a not in b (character 13 of the condition)."],
    ],
    [
      "signal.kind == “eval”",
      ['write straight quotes around text, like "eval" (character 16 of the condition).'],
    ],
    [
      'signal.kind == "eval',
      ['a quotation mark is not closed: end the text with " (character 16 of the condition).'],
    ],
    [
      "(has(signal.value)",
      ["a ( is not closed: write ) where it ends (character 1 of the condition)."],
    ],
    [
      "has(signal.value))",
      ["there is one ) too many: take it out (character 18 of the condition)."],
    ],
    [
      'signal.summary contains "x"',
      ['write signal.summary.contains("…") (character 1 of the condition).'],
    ],
    [
      "signal.kind == eval",
      [
        'there is nothing called “eval”: text is written in quotes, "eval", and a field with signal. before it, like signal.value.',
      ],
    ],
    ["value > 0.1", ["there is nothing called “value”: write signal.value."]],
    ["True", ["write true in small letters, not True."]],
    [
      'signal.value > "3%"',
      [
        "a number is compared with text (double > string): write a number without quotes, a share as 0.03, at character 1 of the condition.",
      ],
    ],
    [
      "0.1 < signal.value < 0.3",
      [
        "one comparison at a time: write 0.1 < signal.value && signal.value < 0.3, at character 1 of the condition.",
      ],
    ],
    [
      "signal.metric && true",
      [
        'text is not true or false: compare it with something, like signal.metric == "mean" or signal.value > 0.05, at character 1 of the condition.',
      ],
    ],
  ])("%s", (source, problems) => {
    const read = compileCondition(source);

    expect("problems" in read ? read.problems : []).toEqual(problems);
  });

  test.each([
    'signal.summary == "3% and = not or" && signal.kind == "eval"',
    "signal.metric == 'a, 3% = b' && signal.kind == 'eval'",
    "signal.value in [0.1,0.2]",
    'signal.labels["and"] == "x" || "or" in signal.labels',
    "double(size(signal.metric) % 2) > 0.5",
  ])("%s is good", (source) => {
    expect(compileCondition(source)).toHaveProperty("evaluate");
  });

  test("a slip in a text is none, and one beside it is named at its place", () => {
    const read = compileCondition('signal.summary == "3% and" and signal.metric = "a or b"');

    expect("problems" in read ? read.problems : []).toEqual([
      "write && for and (character 28 of the condition).",
      "use == to compare, not = (character 46 of the condition).",
    ]);
  });

  test("a mapping's expression is told the same", () => {
    const read = compileExpression("item.rate > 3% and item.ok", "bool");

    expect("problems" in read ? read.problems : []).toEqual([
      "3% is not a number here: write 0.03 (character 13 of the expression).",
      "write && for and (character 16 of the expression).",
    ]);
  });
});
