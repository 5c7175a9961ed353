import { describe, expect, test } from "vitest";
import { type Edit, edited, exampleText, placedWordsOf } from "../example.ts";

/**
 * Mistakes that people make, and what they are told: the line, what is wrong, and what to write.
 */

const errorsIn = (text: string): readonly string[] =>
  placedWordsOf(text).filter((line) => line.includes(" error: "));

/** Each edit of the example makes exactly one error. */
const oneEach = (...all: readonly (readonly [name: string, edit: Edit, only: string])[]) =>
  test.each(all)("%s", (_name, edit, only) => {
    expect(errorsIn(edited(edit))).toEqual([only]);
  });

describe("people and schedules", () => {
  const acknowledge = (instead: string): Edit => [
    "acknowledge: [schedule:model-oncall]",
    `acknowledge: [${instead}]`,
  ];
  const place = "39:21 error: deployments.assistant-prod.authority.acknowledge.0:";
  const people = "write one of ana, bob, chidi, dana, erin, frank";

  oneEach(
    [
      "one person alone who erases",
      ["triggers:\n", "redact: { by: [chidi] }\ntriggers:\n"],
      "58:11 error: redact.by: must name at least two people: nobody erases alone",
    ],
    [
      "the same person twice who erases",
      ["triggers:\n", "redact: { by: [chidi, chidi] }\ntriggers:\n"],
      "58:23 error: redact.by.1: names chidi twice: nobody erases alone, and two are needed",
    ],
    [
      "somebody unknown who erases",
      ["triggers:\n", "redact: { by: [chidi, erim] }\ntriggers:\n"],
      "58:23 error: redact.by.1: no person “erim”; did you mean erin? (allowed: ana, bob, chidi, dana, erin, frank)",
    ],
    [
      "a schedule without its word",
      acknowledge("model-oncall"),
      `${place} model-oncall is a schedule: write schedule:model-oncall`,
    ],
    [
      "a schedule with a space",
      acknowledge("schedule: model-oncall"),
      `${place} must be text, and is a mapping here: write schedule:model-oncall, without the space`,
    ],
    [
      "a schedule with a capital",
      acknowledge('"Schedule: model-oncall"'),
      `${place} write schedule:model-oncall, in small letters and without spaces`,
    ],
    [
      "a person as a schedule",
      acknowledge("schedule:chidi"),
      `${place} chidi is a person: write chidi, without schedule:`,
    ],
    [
      "a schedule nobody knows",
      acknowledge("schedule:model-oncal"),
      `${place} no schedule “model-oncal”; did you mean model-oncall? (allowed: model-oncall)`,
    ],
    [
      "a person by name",
      acknowledge("Erin Sato"),
      `${place} “Erin Sato” is erin in people: write erin`,
    ],
    [
      "a person by account",
      acknowledge("U0ERIN0001"),
      `${place} “U0ERIN0001” is erin in people: write erin`,
    ],
    [
      "a schedule where one person must be",
      ["breakGlass: [frank]", "breakGlass: [schedule:model-oncall]"],
      `48:20 error: deployments.assistant-prod.authority.breakGlass.0: model-oncall is a schedule, and one person must be named here: ${people}`,
    ],
    [
      "a schedule as the owner",
      ["owner: dana ", "owner: model-oncall "],
      `31:5 error: deployments.assistant-prod.owner: model-oncall is a schedule, and one person must be named here: ${people}`,
    ],
  );
});

describe("YAML", () => {
  const because = (instead: string): Edit => [
    "because: A collapse in refusals has preceded every past jailbreak wave.",
    `because: ${instead}`,
  ];
  const column = "it must begin in the same column as the other lines of its part";

  oneEach(
    [
      "a colon in a text",
      because("Note: a collapse"),
      '81:14 error: quote a text that contains a colon: write because: "Note: a collapse"',
    ],
    [
      "a colon at its end",
      because("A collapse:"),
      '81:14 error: quote a text that contains a colon: write because: "A collapse:"',
    ],
    [
      "a colon beside quotes",
      because('He said "stop": so'),
      "81:14 error: quote a text that contains a colon: write because: 'He said \"stop\": so'",
    ],
    [
      "a line too far out",
      ["    severity: high\n", "   severity: high\n"],
      `76:1 error: check the indentation of line 76: ${column}`,
    ],
    [
      "a line too far in",
      ["    severity: high\n", "      severity: high\n"],
      `75:11 error: check the indentation of line 76: ${column}`,
    ],
    [
      "a part too far out",
      ["  score-unavailable:", " score-unavailable:"],
      `82:1 error: check the indentation of line 82: ${column}`,
    ],
    [
      "a tab",
      ["    severity: high\n", "\tseverity: high\n"],
      "76:1 error: the line begins with a tab: indent it with spaces",
    ],
    [
      "no colon",
      ["    severity: high\n", "    severity high\n"],
      "76:5 error: a colon and a space are missing: write severity: high",
    ],
    [
      "no space after a colon",
      ["    severity: high\n", "    severity:high\n"],
      "76:5 error: a colon and a space are missing: write severity: high",
    ],
    [
      "a key twice",
      ["    severity: high\n", "    severity: high\n    severity: critical\n"],
      "77:5 error: severity is defined twice (lines 76 and 77): keep one",
    ],
    [
      "a person twice",
      ["  chidi: {", "  bob: {"],
      "11:3 error: bob is defined twice (lines 10 and 11): keep one",
    ],
    [
      "an open list",
      ["rotation: [ana, bob]", "rotation: [ana, bob"],
      "20:5 error: the [ in line 19 is not closed: end it with ]",
    ],
    [
      "a number sign in a list",
      ["unmatched: { channel: model-risk }", "unmatched: { channel: #model-risk }"],
      "95:1 error: the { in line 93 is not closed: end it with }; what follows a # is a comment, unless it is in quotes",
    ],
    [
      "an open quote",
      because('"A collapse'),
      "81:25 error: a quotation mark is opened and not closed: end the text with \" or '",
    ],
    [
      "words after a quote",
      because('"A collapse" in refusals'),
      "81:27 error: after the closing quotation mark nothing may follow: put the whole text in quotes",
    ],
    [
      "a text that begins with @",
      acknowledgeAt(),
      "39:21 error: put a text that begins with @ in quotes",
    ],
    [
      "a text that begins with `",
      because("`A collapse`"),
      "81:14 error: put a text that begins with ` in quotes",
    ],
    [
      "a text that begins with %",
      because("%5 of refusals"),
      "81:14 error: put a text that begins with % in quotes",
    ],
    [
      "a text that begins with !",
      because("!important"),
      "81:14 error: tags (!name) are not allowed: put a text that begins with ! in quotes",
    ],
    [
      "a text that begins with #",
      because("#1 of all"),
      "81:5 error: triggers.refusal-collapse.because: must be text, and is empty here: write a text, in quotes if it begins with #",
    ],
  );

  test("somebody three times is one mistake with three lines, beside the first other one", () => {
    const text = edited(
      ["  chidi: {", "  bob: {"],
      ["  dana:  {", "  bob: {"],
      ["    severity: high\n", "   severity: high\n"],
    );

    expect(errorsIn(text)).toEqual([
      "12:3 error: bob is defined 3 times (lines 10, 11 and 12): keep one",
      expect.stringContaining("check the indentation of line"),
    ]);
  });

  function acknowledgeAt(): Edit {
    return ["acknowledge: [schedule:model-oncall]", "acknowledge: [@model-oncall]"];
  }
});

describe("a short form of a longer one", () => {
  oneEach(
    [
      "a scope",
      ["full:     { audience: everyone, tools: true }", "full: everyone"],
      "35:7 error: deployments.assistant-prod.scopes.full: must be a mapping, and is “everyone” here: write full: { audience: everyone, tools: true }",
    ],
    [
      "a person",
      [
        "bob:   { name: Bob Okafor,   slack: U0BOB00001, teams: 6f1c1f0e-0000-4000-8000-000000000002 }",
        "bob: Bob Okafor",
      ],
      "10:3 error: people.bob: must be a mapping, and is “Bob Okafor” here: write bob: { name: Bob Okafor, slack: U0ANA00001 }",
    ],
    [
      "a channel",
      [
        'model-risk: { slack: C0RISK0001, teams: "19:modelrisk@thread.tacv2" }',
        "model-risk: C0RISK0001",
      ],
      "25:3 error: channels.model-risk: must be a mapping, and is “C0RISK0001” here: write model-risk: { slack: C0RISK0001 }",
    ],
    [
      "who confirms",
      ["confirm: { by: [erin, frank], people: 1, notOwner: true }", "confirm: [erin, frank]"],
      "47:9 error: deployments.assistant-prod.authority.widen.confirm: must be a mapping, and is a list here: write confirm: { by: [erin, frank], people: 1 }",
    ],
    [
      "a list of one",
      [
        "deployments: [assistant-prod]\n    method: monitoring",
        "deployments: assistant-prod\n    method: monitoring",
      ],
      "73:5 error: triggers.refusal-collapse.deployments: must be a list, and is “assistant-prod” here: write deployments: [assistant-prod]",
    ],
    [
      "a duration without its unit",
      ["decideWithin: 20m", "decideWithin: 20"],
      "79:5 error: triggers.refusal-collapse.decideWithin: must be text, and is the number 20 here: write it with its unit, like 10m",
    ],
  );
});

describe("a name that may not be", () => {
  const letters =
    "this name must be lower-case letters, digits, dots, dashes or underscores, at most 63";

  test.each([
    [
      "a deployment",
      "assistant-prod",
      "Triage-Assistant",
      `28:3 error: deployments.Triage-Assistant: ${letters}: write triage-assistant`,
    ],
    ["a person", "chidi", "Chidi", `11:3 error: people.Chidi: ${letters}: write chidi`],
    [
      "a scope",
      "no-tools",
      "No Tools",
      `36:7 error: deployments.assistant-prod.scopes.No Tools: ${letters}: write no-tools`,
    ],
    [
      "a schedule",
      "model-oncall",
      "Model_Oncall!",
      `17:3 error: schedules.Model_Oncall!: ${letters}: write model_oncall`,
    ],
  ])("%s is refused once, wherever it is used", (_what, from, to, only) => {
    expect(errorsIn(exampleText.replaceAll(from, to))).toEqual([only]);
  });

  test("nobody is sent to it, and its legal form elsewhere is no second mistake", () => {
    const once = edited(["  assistant-prod:\n", "  Assistant-Prod:\n"]);
    const misspelt = once.replace("deployments: [assistant-prod]", "deployments: [asistant-prod]");

    expect(errorsIn(once)).toEqual([
      `28:3 error: deployments.Assistant-Prod: ${letters}: write assistant-prod`,
    ]);
    expect(errorsIn(misspelt).join()).not.toContain("did you mean Assistant-Prod");
  });
});
