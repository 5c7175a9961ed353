import { describe, expect, test } from "vitest";
import { relaxationsOf } from "../../../../src/core/policy/relaxations/relaxations.ts";
import { compiledOf } from "../compiled.ts";
import { type Edit, edited, exampleText } from "../example.ts";

/** What is said to have got looser when the example replaces a changed, laxer one. */
const tighterBy = (...edits: readonly Edit[]): readonly string[] =>
  relaxationsOf(compiledOf(edited(...edits)), compiledOf(exampleText)).map(({ what }) => what);

const alsoMay: Edit = ["alsoMay: [schedule:model-oncall, dana]", "alsoMay: [dana]"];

describe("what is tighter", () => {
  test.each<readonly [string, readonly Edit[]]>([
    ["one confirmer less", [["by: [erin, frank]", "by: [erin, frank, bob]"]]],
    ["nobody new to break the glass", [["breakGlass: [frank]", "breakGlass: [frank, dana]"]]],
    ["one more who may stop it", [alsoMay]],
    ["a shorter undo", [["undo: 10m", "undo: 1h"]]],
    ["a reassessment asked earlier", [["pause: 1d,", "pause: 2d,"]]],
    ["a stronger response", [["response: pause", "response: monitor"]]],
    ["a higher severity", [["severity: critical", "severity: high"]]],
    ["a new, narrower scope", [["      staff:    { audience: staff,    tools: false }\n", ""]]],
    ["an answer when time is up", [["onTimeout: respond", "onTimeout: pass"]]],
  ])("%s is no news", (_name, edits) => {
    expect(tighterBy(...edits)).toEqual([]);
  });

  test("two people instead of one for a resume is no news, one instead of two is", () => {
    const two: Edit = ["people: 1,", "people: 2,"];
    const three: Edit = ["by: [erin, frank]", "by: [erin, frank, ana]"];
    const [policy, both] = [compiledOf(edited(three)), compiledOf(edited(three, two))];

    expect(relaxationsOf(policy, both)).toEqual([]);
    expect(relaxationsOf(both, policy).map(({ what }) => what)).toEqual([
      "Assistant (production): a resume needs 1 besides the requester (was 2).",
    ]);
  });
});
