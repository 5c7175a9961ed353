import { describe, expect, test } from "vitest";
import { looserThan } from "../../../src/core/policy/looser.ts";
import { type Edit, edited, exampleText, policyOf } from "./example.ts";

/** What got looser when these pieces of the example changed, said without the deployment's name. */
const looserBy = (...edits: readonly Edit[]): readonly string[] =>
  looserThan(policyOf(exampleText), policyOf(edited(...edits))).map(({ what }) =>
    what.replace("Assistant (production): ", ""),
  );

/** The same the other way round: the changed policy is the older one. */
const tighterBy = (...edits: readonly Edit[]): readonly string[] =>
  looserThan(policyOf(edited(...edits)), policyOf(exampleText)).map(({ what }) => what);

const alsoMay: Edit = ["alsoMay: [schedule:model-oncall, dana]", "alsoMay: [dana]"];

describe("what is looser", () => {
  test("a policy is no looser than itself", () => {
    expect(looserThan(policyOf(exampleText), policyOf(exampleText))).toEqual([]);
  });

  test("each way says its deployment and a sentence that begins with its name", () => {
    const [one] = looserThan(policyOf(exampleText), policyOf(edited(["undo: 10m", "undo: 1h"])));

    expect(one).toEqual({
      deployment: "assistant-prod",
      what: "Assistant (production): a mistaken restriction may be undone within 1h, before 10m.",
    });
  });

  test.each<readonly [string, readonly Edit[], readonly string[]]>([
    [
      "one more confirmer",
      [["by: [erin, frank]", "by: [erin, frank, bob]"]],
      ["1 more person may confirm a resume."],
    ],
    [
      "one more starter",
      [["deputies: [erin]                  # start it", "deputies: [erin, bob] # start it"]],
      ["1 more person may start a resume or keep."],
    ],
    [
      "a schedule of two as confirmers",
      [["by: [erin, frank]", "by: [erin, frank, schedule:model-oncall]"]],
      ["2 more people may confirm a resume."],
    ],
    [
      "one more to break the glass",
      [["breakGlass: [frank]", "breakGlass: [frank, dana]"]],
      ["1 more person may break the glass."],
    ],
    ["fewer who may stop it", [alsoMay], ["2 fewer people may stop it."]],
    [
      "notOwner dropped",
      [["notOwner: true", "notOwner: false"]],
      ["notOwner was taken from its confirmers."],
    ],
    [
      "another owner",
      [["owner: dana ", "owner: bob "]],
      ["its owner changed: who was barred from its resumes may not be any more."],
    ],
    [
      "a reassessment asked later",
      [["pause: 1d,", "pause: 2d,"]],
      ["a pause is asked again after 2d, before 1d."],
    ],
    [
      "overdue said less often",
      [["overdue: { every: 1d }", "overdue: { every: 1w }"]],
      ["overdue is said every 1w, before 1d."],
    ],
    [
      "a change that no longer asks",
      [["on: [model.changed, ", "on: ["]],
      ["model.changed no longer asks the question again."],
    ],
    [
      "no fixed day",
      [['      every: { every: 1w, on: monday, at: "10:00" }\n', ""]],
      ["it is no longer looked at on a fixed day."],
    ],
    [
      "a scope with tools",
      [
        [
          "no-tools: { audience: everyone, tools: false }",
          "no-tools: { audience: everyone, tools: true }",
        ],
      ],
      ["the scope no-tools may mean more than before."],
    ],
    [
      "a scope for others",
      [["staff:    { audience: staff, ", "staff:    { audience: partners, "]],
      ["the scope staff may mean more than before."],
    ],
    [
      "a new widest scope",
      [
        [
          "      full:     {",
          "      all:      { audience: world, tools: true }\n      full:     {",
        ],
      ],
      ["its widest scope is all, which is new."],
    ],
    [
      "a scope gone",
      [["      staff:    { audience: staff,    tools: false }\n", ""]],
      ["it can no longer be narrowed to staff."],
    ],
    [
      "a weaker response",
      [["response: pause", "response: monitor"]],
      ["the written response to refusal-collapse is weaker."],
    ],
    [
      "another condition",
      [["signal.value > 0.05", "signal.value > 0.5"]],
      ["the condition of jailbreak-rate changed."],
    ],
    [
      "a lower severity",
      [["severity: critical", "severity: high"]],
      ["jailbreak-rate is high, before critical."],
    ],
    [
      "longer clocks",
      [
        [
          "acknowledgeWithin: 10m\n    decideWithin: 30m",
          "acknowledgeWithin: 15m\n    decideWithin: 2h",
        ],
      ],
      [
        "jailbreak-rate must be seen within 15m, before 10m.",
        "jailbreak-rate must be decided within 2h, before 30m.",
      ],
    ],
    [
      "no clock",
      [["    acknowledgeWithin: 1h\n", ""]],
      ["score-unavailable need no longer be seen in time."],
    ],
    [
      "passing on instead of answering",
      [["onTimeout: respond", "onTimeout: pass"]],
      ["jailbreak-rate is passed on instead of answered when time is up."],
    ],
  ])("%s is said", (_name, edits, said) => {
    expect(looserBy(...edits)).toEqual(said);
  });

  test("somebody new in a schedule that may confirm is one more who may confirm", () => {
    const scheduled: Edit = ["by: [erin, frank]", "by: [frank, schedule:model-oncall]"];
    const before = policyOf(edited(scheduled));
    const after = policyOf(
      edited(scheduled, ["rotation: [ana, bob]", "rotation: [ana, bob, erin]"]),
    );

    expect(looserThan(before, after).map(({ what }) => what)).toEqual([
      "Assistant (production): 1 more person may confirm a resume.",
    ]);
  });

  test("a trigger taken away is said, and so is a deployment", () => {
    const cut = exampleText.indexOf("  score-unavailable:");
    const fewer = exampleText.slice(0, cut) + exampleText.slice(exampleText.indexOf("unmatched:"));
    const renamed = exampleText.replaceAll("assistant-prod", "assistant-eu");

    expect(looserThan(policyOf(exampleText), policyOf(fewer)).map(({ what }) => what)).toEqual([
      "Assistant (production): the trigger score-unavailable no longer watches it.",
    ]);
    expect(looserThan(policyOf(exampleText), policyOf(renamed))).toEqual([
      { deployment: "assistant-prod", what: "Assistant (production): is no longer in the policy." },
    ]);
  });
});

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
    const [one, both] = [policyOf(edited(three)), policyOf(edited(three, two))];

    expect(looserThan(one, both)).toEqual([]);
    expect(looserThan(both, one).map(({ what }) => what)).toEqual([
      "Assistant (production): a resume needs 1 besides its starter, before 2.",
    ]);
  });
});
