import { readFileSync } from "node:fs";
import { problemLine, readPolicyText } from "../../../src/policy-file.ts";

/** The example policy of the repository, as text. */
export const exampleText = readFileSync("policy.example.yaml", "utf8");

/** One piece of the example's text and what stands there instead. */
export type Edit = readonly [piece: string, instead: string];

/**
 * The example with pieces of its text replaced; a piece that is not there exactly once is a mistake
 * of the test.
 */
export function edited(...edits: readonly Edit[]): string {
  return edits.reduce((text, [piece, instead]) => {
    if (text.split(piece).length !== 2) throw new Error(`not once in the example: ${piece}`);
    return text.replace(piece, () => instead);
  }, exampleText);
}

/** What is said about a policy's text, a line each, the name of the file left out. */
export function placedWordsOf(text: string): readonly string[] {
  const read = readPolicyText("p", text);
  return (read.ok ? read.warnings : read.problems).map((warning) =>
    problemLine(warning).slice("p:".length),
  );
}

/** The same without places. */
export function wordsOf(text: string): readonly string[] {
  return placedWordsOf(text).map((line) => line.replace(/^\d+:\d+ /, ""));
}
