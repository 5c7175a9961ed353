import { readFileSync } from "node:fs";
import { type PersonId, personId } from "../../../src/core/ids.ts";
import { canonicalPolicy, compilePolicy } from "../../../src/core/policy/canonical.ts";
import type { Policy } from "../../../src/core/policy/model.ts";
import type { PolicyDoc } from "../../../src/core/policy/schema.ts";
import { problemLine, readPolicyText } from "../../../src/policy-file.ts";

/** The example policy of the repository, as text. */
export const exampleText = readFileSync("policy.example.yaml", "utf8");

/** One piece of the example's text and what stands there instead. */
export type Edit = readonly [piece: string, instead: string];

/** The example with pieces of its text replaced; a piece that is not there exactly once is a mistake of the test. */
export const edited = (...edits: readonly Edit[]): string =>
  edits.reduce((text, [piece, instead]) => {
    if (text.split(piece).length !== 2) throw new Error(`not once in the example: ${piece}`);
    return text.replace(piece, () => instead);
  }, exampleText);

/** What is said about a policy's text, a line each, the name of the file left out. */
export const saidOf = (text: string): readonly string[] => {
  const read = readPolicyText("p", text);
  return (read.ok ? read.warnings : read.problems).map((one) =>
    problemLine(one).slice("p:".length),
  );
};

/** The same without places. */
export const wordsOf = (text: string): readonly string[] =>
  saidOf(text).map((line) => line.replace(/^\d+:\d+ /, ""));

/** A policy's text as a document; a test that gives a wrong one fails with its problems. */
export const docOf = (text: string): PolicyDoc => {
  const read = readPolicyText("p", text);
  if (!read.ok) throw new Error(read.problems.map(problemLine).join("\n"));
  return read.doc;
};

/** The random id a test gives a person: readable, and nowhere in the file. */
export const idOf = (key: string): PersonId => personId(`p_${[...key].reverse().join("")}`);

/** A commitment a test can recognise. */
export const commitmentOf = (text: string): string => `c_${text.length}`;

/** The canonical form of a policy's text. */
export const canonicalOf = (text: string): object =>
  canonicalPolicy(docOf(text), idOf, commitmentOf);

/** The runtime policy of a policy's text. */
export const policyOf = (text: string): Policy => compilePolicy(canonicalOf(text));
