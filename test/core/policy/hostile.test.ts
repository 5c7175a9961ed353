import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readPolicyText } from "../../../src/policy-file.ts";
import { edited, exampleText, wordsOf } from "./example.ts";

describe("names that YAML or JavaScript would make something else of", () => {
  test.each(["0123", "1.0", "0o17", "0x1f", "1e3", "true", "null", "~"])(
    "a person called %s must be written in quotes",
    (name) => {
      const said = wordsOf(edited(["  bob:   {", `  ${name}:   {`]));

      expect(said).toContain(`error: a key must be text: write ${name} in quotes`);
    },
  );

  test("a name of digits alone is refused in quotes too: JavaScript would put it first", () => {
    const scope = '"10": { audience: everyone, tools: false }';

    expect(wordsOf(edited(["no-tools: { audience: everyone, tools: false }", scope]))).toContain(
      "error: deployments.assistant-prod.scopes.10: this name must have a letter",
    );
  });

  test("a number where a name belongs is told as what YAML made of it", () => {
    expect(wordsOf(edited(["rotation: [ana, bob]", "rotation: [ana, 0123]"]))).toEqual([
      "error: schedules.model-oncall.rotation.1: must be text, and is the number 123 here: write it in quotes",
    ]);
  });

  test.each([
    ["__proto__", "error: __proto__ cannot be a key"],
    ["constructor", "error: people.constructor: this name is a reserved word"],
    ["prototype", "error: people.prototype: this name is a reserved word"],
    [
      "toString",
      "error: people.toString: this name must be lower-case letters, digits, dots, dashes or underscores, at most 63: write tostring",
    ],
  ])("nobody can be called %s", (name, said) => {
    expect(wordsOf(edited(["  bob:   {", `  ${name}:   {`]))).toContain(said);
  });

  test.each(["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"])(
    "a reference to %s is a reference to nobody",
    (name) => {
      const said = wordsOf(
        edited(
          ["    owner: dana", `    owner: ${name}`],
          [
            "    channel: model-risk\n    starts: full",
            `    channel: ${name}\n    starts: ${name}`,
          ],
          ["acknowledge: [schedule:model-oncall]", `acknowledge: ["schedule:${name}"]`],
          ["response: { narrow: no-tools }", `response: { narrow: ${name} }`],
          ["map: { assistant-api: assistant-prod }", `map: { constructor: ${name} }`],
        ),
      );

      const errors = said.filter((line) => line.startsWith("error"));
      expect(errors.map((line) => line.replace(/;.*| \(allowed.*/, ""))).toEqual([
        `error: deployments.assistant-prod.owner: no person “${name}”`,
        `error: deployments.assistant-prod.channel: no channel “${name}”`,
        `error: deployments.assistant-prod.starts: no scope “${name}”`,
        `error: deployments.assistant-prod.authority.acknowledge.0: no schedule “${name}”`,
        `error: triggers.jailbreak-rate.response.narrow: assistant-prod has no scope “${name}”`,
        `error: sources.alertmanager.map.constructor: no deployment “${name}”`,
      ]);
    },
  );

  test("__proto__ inside a scope pollutes nothing and is refused", () => {
    const scope = '{ audience: everyone, tools: true, "__proto__": { polluted: true } }';

    expect(wordsOf(edited(["{ audience: everyone, tools: true }", scope]))).toContain(
      "error: __proto__ cannot be a key",
    );
    expect({}).not.toHaveProperty("polluted");
  });
});

describe("any file whatever", () => {
  const words = exampleText.match(/[\w.:@-]+|[^\w\s]/g) ?? [];
  const word = fc.oneof(
    fc.constantFrom(...words),
    fc.constantFrom(
      "",
      "~",
      "[]",
      "{}",
      "0123",
      "1e999",
      ".nan",
      "!!str x",
      "&a x",
      "*a",
      "- ",
      "? ",
      "#",
      "'",
      '"',
      "\n",
      "\t",
      "__proto__",
      "schedule:",
      "env:",
    ),
    fc.string({ maxLength: 12, unit: "binary" }),
  );
  /** The example with a few of its words replaced. */
  const spoilt = fc
    .array(fc.tuple(fc.nat({ max: 2_000 }), word), { minLength: 1, maxLength: 6 })
    .map((changes) =>
      changes.reduce((text, [at, instead]) => {
        const found = [...text.matchAll(/[\w.:@-]+/g)];
        const regExpExecArray = found[at % Math.max(found.length, 1)];
        if (!regExpExecArray) return text;
        return (
          text.slice(0, regExpExecArray.index) +
          instead +
          text.slice(regExpExecArray.index + regExpExecArray[0].length)
        );
      }, exampleText),
    );

  test("is read, or refused with an error that stands in the file; reading never throws", () => {
    fc.assert(
      fc.property(spoilt, (text) => {
        const read = readPolicyText("p", text);
        const lines = text.split("\n").length;

        const said = read.ok ? read.warnings : read.problems;
        expect(said.some(({ level }) => level === "error")).toBe(!read.ok);
        for (const { line, column, message } of said) {
          expect(line).toBeGreaterThan(0);
          expect(line).toBeLessThanOrEqual(lines);
          expect(column).toBeGreaterThan(0);
          expect(message).not.toMatch(/\[object|Invalid input/);
        }
      }),
      { numRuns: 300 },
    );
  });
});
