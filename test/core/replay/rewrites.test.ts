import { describe, expect, test } from "vitest";
import { verifyExport } from "../../../src/core/log/verify.ts";
import { verifyMeaning } from "../../../src/core/replay/verify-meaning.ts";
import {
  exportedAs,
  type History,
  histories,
  type Line,
  linesOf,
} from "../../support/histories.ts";
import { ofDecisions } from "./rewrites/of-decisions.ts";
import { ofErasures } from "./rewrites/of-erasures.ts";
import { ofPeople } from "./rewrites/of-people.ts";
import { ofResumes } from "./rewrites/of-resumes.ts";
import { ofRules } from "./rewrites/of-rules.ts";

const rewrites = [...ofPeople, ...ofResumes, ...ofDecisions, ...ofRules, ...ofErasures];

/** An operator who holds the key rewrites what happened: the bytes are good, the meaning is not. */

function judged(lines: readonly Line[]) {
  const exported = exportedAs(lines);
  const bytes = verifyExport(exported, { vkey: null, checkpoints: [] });
  return { bytes: { is: bytes.is, because: bytes.because }, ...verifyMeaning(exported) };
}

describe("an honest log", () => {
  test.each(Object.keys(histories) as History[])("%s is accepted", (name) => {
    const lines = linesOf(histories[name]());

    const { bytes, finding, entries } = judged(lines);

    expect(bytes.is).toBe("OK");
    expect(finding).toBeNull();
    expect(entries).toBe(lines.length);
  });
});

describe("a log rewritten in its meaning and signed again with the right key", () => {
  test.each(rewrites)("$name: $is", ({ of, is, change, says }) => {
    const lines = linesOf(histories[of]());
    const index = change(lines);

    const { bytes, finding } = judged(lines);

    expect(bytes.is).toBe("OK");
    expect(finding).toMatchObject({ is, index, because: expect.stringMatching(says) });
  });

  test("there are many more than thirty-six of them, each of its own name", () => {
    expect(new Set(rewrites.map(({ name }) => name)).size).toBe(rewrites.length);
    expect(rewrites.length).toBeGreaterThanOrEqual(80);
  });
});
