import { describe, expect, test } from "vitest";
import { edited, wordsOf } from "./example.ts";

/** What a trigger or a severity may say in place of a deployment's authority. */

const trigger = "    severity: critical                    #";
const undo = "    undo: 10m ";

const onTrigger = (change: string): readonly string[] =>
  errorsIn(edited([trigger, `    authority: ${change}\n${trigger}`]));
const onSeverity = (change: string): readonly string[] =>
  errorsIn(edited([undo, `    severities: { critical: { authority: ${change} } }\n${undo}`]));

const errorsIn = (text: string): readonly string[] =>
  wordsOf(text).filter((line) => line.startsWith("error"));

describe.each([
  ["a trigger", onTrigger, "triggers.jailbreak-rate.authority"],
  ["a severity", onSeverity, "deployments.assistant-prod.severities.critical.authority"],
] as const)("%s", (_what, said, place) => {
  test("names another decider, second people, or who acknowledges", () => {
    expect(said("{ restrict: { decider: erin }, acknowledge: [frank] }")).toEqual([]);
    expect(said("{ widen: { confirm: { by: [frank, erin], people: 1 } } }")).toEqual([]);
  });

  test.each([
    ["{ restrict: { decider: erinn } }", "restrict.decider: no person “erinn”; did you mean erin?"],
    ["{ acknowledge: [schedule:nobody] }", "acknowledge.0: no schedule “nobody”"],
    ["{ acknowledge: [] }", "acknowledge: must name at least one person or schedule"],
    ["{ breakGlass: [dan] }", "breakGlass.0: no person “dan”; did you mean dana?"],
    ["{ widen: { decider: dana } }", "widen.decider: dana owns the release"],
    [
      "{ widen: { confirm: { people: 3 } } }",
      "widen.confirm: a resume that chidi requests could never be completed: 3 more needed, 2 named",
    ],
    [
      "{ widen: { decider: erin, confirm: { by: [erin] } } }",
      "widen.confirm: a resume that erin requests could never be completed: 1 more needed, 0 named",
    ],
    ["{ widen: { confirm: { people: 0 } } }", "widen.confirm.people: must be at least 1"],
    ["{ restrct: { decider: erin } }", "restrct: is not a key here; did you mean restrict?"],
  ])("%s is a mistake", (change, what) => {
    expect(said(change).join("\n")).toContain(`error: ${place}.${what}`);
  });
});
