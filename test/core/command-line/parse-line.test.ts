import { describe, expect, test } from "vitest";
import { commands } from "../../../commands/index.ts";
import { readLine, unreadable } from "../../../src/app/commands/read-line.ts";
import { meantFirst, scopeMeant } from "../../../src/core/command-line/find-target.ts";
import { numbersFrom } from "../../support/random.ts";

/**
 * What is typed on a phone, in a hurry, means what it would mean typed with care. A resume is never
 * read into anything.
 */

const deployments = [
  { id: "agents-eu-prod", name: "Agents EU" },
  { id: "agents-us-prod", name: "Agents US" },
  { id: "agents", name: "Agents" },
  { id: "assistant-prod", name: "Assistant (production)" },
];
const scopes = ["full", "readonly", "internal", "no-tools"].map((id) => ({
  id,
  audience: "",
  tools: false,
  more: {},
}));

/** Which command, on what, and the words that are left. */
function read(line: string) {
  const typed = readLine(line, commands);
  if (unreadable(typed, commands)) return `refused: ${unreadable(typed, commands)?.refused}`;
  const meant = meantFirst(typed.words, deployments);
  const what = meant?.escalation ?? meant?.deployments.join("|") ?? "?";
  const left = (meant?.left ?? typed.words).join(" ");
  return [typed.verb, what, left, typed.reason].join(" / ");
}

test("back takes an absence back, one's own or another's", () => {
  const { verb, words } = readLine("I'm back.", commands);
  expect([verb, ...words]).toEqual(["away", "until", "now"]);
  expect(readLine("back bob", commands).words).toEqual(["bob", "until", "now"]);
});

test.each([
  ["ack HP-1 pause HP-2", "pause HP-2"],
  ["ack HP-1 because I look\npause HP-2 because it lies", "pause HP-2 because it lies"],
  ["pause HP-1 because it lies\n\nStop! HP-2", "Stop! HP-2"],
  ["resume HP-1 and stop agents", "stop agents"],
  ["ack HP-1 please stop", ""],
  ["pause HP-1 and halt agents", ""], // said by the command itself
  ["breakglass pause HP-1", ""],
  ["raise agents because they do not stop it", ""],
])("a stop behind another command is found, so that it is said: %s", (line, stop) => {
  expect(readLine(line, commands).stop).toBe(stop);
});

describe("a pause is understood through what a phone makes of it", () => {
  test.each([
    ["pause HP-1", "pause / HP-1 /  / "],
    ["pause HP-1. It lies", "pause / HP-1 / It lies / "],
    ["pls pause agents-eu-prod", "pause / agents-eu-prod /  / "],
    ["STOP!! agents-eu-prod", "pause / agents-eu-prod /  / "],
    ["kill HP-1", "pause / HP-1 /  / "],
    ["pause 🔥HP-1🔥", "pause / HP-1 /  / "],
    [":octagonal_sign: pause HP-1", "pause / HP-1 /  / "],
    ["pause :fire:HP-1:fire: because :fire: x", "pause / HP-1 /  / :fire: x"],
    [":+1::skin-tone-2: stop HP-1", "pause / HP-1 /  / "],
    ["\u202Bpause \u200FHP-1\u200F because x", "pause / HP-1 /  / x"],
    ["pause\tHP-1\tbecause x", "pause / HP-1 /  / x"],
    ["pause:HP-1", "pause / HP-1 /  / "],
    ["pause=HP-1", "pause / HP-1 /  / "],
    ["pause…HP-1 because x", "pause / HP-1 /  / x"],
    ["please stop!HP-1", "pause / HP-1 /  / "],
    ["pause-HP-1", "pause / HP-1 /  / "],
    ["pause HP_1", "pause / HP-1 /  / "],
    ["pause HP:1", "pause / HP-1 /  / "],
    ["pause hp#1", "pause / HP-1 /  / "],
    ["emergency stop HP-1", "pause / HP-1 /  / "],
    ["We need to pause HP-1", "pause / HP-1 /  / "],
    ["pause HP-1, it lies", "pause / HP-1 / it lies / "],
    ["pause HP-1.It lies", "pause / HP-1 / It lies / "],
    ["pause HP–1 because x", "pause / HP-1 /  / x"],
    ["pause HP\u20111 because x", "pause / HP-1 /  / x"],
    ["pause HP—1", "pause / HP-1 /  / "],
    ["pause HP−1", "pause / HP-1 /  / "],
    ["pause ＨＰ－１", "pause / HP-1 /  / "],
    ["pause hp 1 because x", "pause / HP-1 /  / x"],
    ["pause #HP-1", "pause / HP-1 /  / "],
    ["pause (HP-1)", "pause / HP-1 /  / "],
    ["pause HP-1: it lies", "pause / HP-1 / it lies / "],
    ["pause “agents-eu-prod”", "pause / agents-eu-prod /  / "],
    ['pause "agents-eu-prod"', "pause / agents-eu-prod /  / "],
    ["pause «agents-eu-prod»", "pause / agents-eu-prod /  / "],
    ["pause ‘agents-eu-prod’", "pause / agents-eu-prod /  / "],
    ["pause `agents-eu-prod`", "pause / agents-eu-prod /  / "],
    ["```pause agents-eu-prod```", "pause / agents-eu-prod /  / "],
    ["*pause* agents-eu-prod", "pause / agents-eu-prod /  / "],
    ["**pause** _agents-eu-prod_", "pause / agents-eu-prod /  / "],
    ["~pause agents-eu-prod~", "pause / agents-eu-prod /  / "],
    ["“pause agents-eu-prod because it lies”", "pause / agents-eu-prod /  / it lies"],
    ["pause agents-eu-prod!", "pause / agents-eu-prod /  / "],
    ["pause agents-eu-prod…", "pause / agents-eu-prod /  / "],
    ["pause agents-eu-prod\u200B because x", "pause / agents-eu-prod /  / x"],
    ["pause\u00A0agents-eu-prod\u00A0because\u00A0x", "pause / agents-eu-prod /  / x"],
    ["\uFEFFpause agents\u00AD-eu-prod", "pause / agents-eu-prod /  / "],
    ["pause agents‑eu‑prod", "pause / agents-eu-prod /  / "],
    ["pause AGENTS-EU-PROD", "pause / agents-eu-prod /  / "],
    ["PAUSE Agents-Eu-Prod Because It Lies", "pause / agents-eu-prod /  / It Lies"],
    ["pause Agents EU because x", "pause / agents-eu-prod /  / x"],
    ["pause “Agents EU” it lies", "pause / agents-eu-prod / it lies / "],
    ["pause agents eu prod", "pause / agents-eu-prod /  / "],
    ["pause agents_eu_prod", "pause / agents-eu-prod /  / "],
    ["pause Agents lies", "pause / agents / lies / "],
    ["pause Assistant (production) now", "pause / assistant-prod / now / "],
    ["pause assistant production", "pause / assistant-prod /  / "],
    ["stop agents-eu-prod", "pause / agents-eu-prod /  / "],
    ["Halt! agents-eu-prod", "pause / agents-eu-prod /  / "],
    ["kill agents-eu-prod", "pause / agents-eu-prod /  / "],
    ["/pause agents-eu-prod", "pause / agents-eu-prod /  / "],
    ["please pause agents-eu-prod", "pause / agents-eu-prod /  / "],
    ["Hey, can you please stop Agents EU?", "pause / agents-eu-prod /  / "],
    ["holdpoint pause HP-1", "pause / HP-1 /  / "],
    ["pause HP-1 – because: it lies", "pause / HP-1 /  / it lies"],
    ["pause HP-1, *because* it lies", "pause / HP-1 /  / it lies"],
    ["pause because it leaks", "pause / ? /  / it leaks"],
  ])("%s", (line, meaning) => {
    expect(read(line)).toBe(meaning);
  });

  test("what is no name of anything is not taken for one", () => {
    for (const line of ["pause agentz-eu", "pause HP-", "pause 1", "pause HP-1.5", "pause hp"])
      expect(read(line), line).toMatch(/^pause \/ \? \//);
    expect(read("do not pause HP-1")).toBe("refused: unknown-command");
    expect(read("unpause HP-1")).toBe("refused: unknown-command");
  });
});

describe("what widens is said plainly", () => {
  test.each([
    ["resume agents-eu-prod because fixed", "resume / agents-eu-prod /  / fixed"],
    ["Resume Agents EU because fixed", "resume / agents-eu-prod /  / fixed"],
    ["/resume HP–1 because fixed", "resume / HP-1 /  / fixed"],
    ["*resume* agents-eu-prod because fixed", "refused: say-plainly"],
    ["“resume agents-eu-prod because fixed”", "refused: say-plainly"],
    ["please resume agents-eu-prod because fixed", "refused: say-plainly"],
    ["resume: agents-eu-prod because fixed", "refused: say-plainly"],
    ["re\u200Bsume agents-eu-prod because fixed", "refused: say-plainly"],
    ["undo, HP-1", "refused: say-plainly"],
    ["please keep HP-1 because fine", "refused: say-plainly"],
    ["_breakglass_ resume HP-1 because fine", "refused: say-plainly"],
    ["*breakglass* stop HP-1 because fire", "breakglass / ? / stop HP-1 / fire"],
    ["start agents-eu-prod", "refused: unknown-command"],
    ["unpause agents-eu-prod", "refused: unknown-command"],
  ])("%s", (line, meaning) => {
    expect(read(line)).toBe(meaning);
  });
});

const next = numbersFrom(7);
const pick = <T>(of: readonly [T, ...T[]]): T => of[Math.floor(next() * of.length)] ?? of[0];

type Marks = readonly [before: string, after: string];

const around: readonly [Marks, ...Marks[]] = [
  ["", ""],
  ...([
    ["", ""],
    ["“", "”"],
    ['"', '"'],
    ["‘", "’"],
    ["«", "»"],
    ["`", "`"],
    ["```", "```"],
  ] as const),
  ...([
    ["*", "*"],
    ["**", "**"],
    ["_", "_"],
    ["~", "~"],
    ["(", ")"],
    ["#", ""],
    ["", "."],
  ] as const),
  ...([
    ["", ","],
    ["", "!"],
    ["", "…"],
    ["\u200B", ""],
    ["", "\u200D"],
    ["\uFEFF", "\u2060"],
  ] as const),
];
const spaces: readonly [string, ...string[]] = [
  " ",
  "  ",
  "\u00A0",
  "\u202F",
  "\u3000",
  " \u200B",
  "\u2003",
];
const hyphens: readonly [string, ...string[]] = [
  "-",
  "\u2010",
  "\u2011",
  "\u2012",
  "\u2013",
  "\u2014",
  "\u2212",
  "\uFF0D",
];
type Case = (text: string) => string;

const casing: readonly [Case, ...Case[]] = [
  (text: string) => text,
  (text: string) => text.toUpperCase(),
  (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1),
];

function phoned(word: string): string {
  const [left, right] = pick(around);
  const dashed = word.replaceAll("-", () => pick(hyphens));
  return `${left}${pick(casing)(dashed)}${right}`;
}

describe("properties", () => {
  test("a pause typed on a phone is the pause typed with care", () => {
    for (let round = 0; round < 3_000; round += 1) {
      const verb = pick(["pause", "stop", "halt", "kill", "narrow"]);
      const target = pick(["HP-1", "HP-23", "agents-eu-prod", "agents-us-prod", "assistant-prod"]);
      const reason = pick(["", "it lies", "8.2 %, samples look real"]);
      const care = `${verb} ${target}${reason === "" ? "" : ` because ${reason}`}`;
      const words = [pick(["", "", "please", "Hey,"]), phoned(verb), phoned(target)];
      const said = words.filter((word) => word !== "").join(pick(spaces));
      const because = `${pick(spaces)}${pick(["because", "Because", "because:", "*because*"])} `;
      const line = reason === "" ? said : `${said}${because}${reason}`;

      expect(read(line), JSON.stringify(line)).toBe(read(care));
    }
  });

  test("no text is a resume but one that begins with that word", () => {
    const pieces: readonly [string, ...string[]] = [
      "resume",
      "resume",
      "Resume",
      "res\u200Bume",
      "*resume*",
      "“resume",
      "resume:",
      "resumé",
      "ｒｅｓｕｍｅ",
      "pause",
      "stop",
      "please",
      "hey",
      "can",
      "you",
      "HP-1",
      "HP–1",
      "agents-eu-prod",
      "Agents",
      "EU",
      "because",
      "to",
      "full",
      "/",
      "/resume",
      "//resume",
      "-",
      "“",
      "”",
      "**",
      "breakglass",
    ];
    let resumes = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const count = 1 + (round % 6);
      const line = Array.from({ length: count }, () => pick(pieces)).join(
        pick([" ", " ", "\u00A0", ""]),
      );
      const typed = readLine(line, commands);
      if (typed.verb !== "resume" || unreadable(typed, commands)) continue;
      resumes += 1;
      expect(line.trim(), JSON.stringify(line)).toMatch(/^\/?resume(?:\s|$)/i);
    }
    expect(resumes).toBeGreaterThan(100);
  });
});

describe("a scope", () => {
  test.each([
    ["to internal", "internal", ""],
    ["internal", "internal", ""],
    ["Internal.", "internal", ""],
    ["to Internal because", "internal", "because"],
    ["“internal”", "internal", ""],
    ["down to internal", "internal", ""],
    ["please to the internal scope", "internal", "scope"],
    ["read-only", "readonly", ""],
    ["no tools", "no-tools", ""],
    ["to No–Tools it lies", "no-tools", "it lies"],
    ["internal strangers see it", "internal", "strangers see it"],
    ["strangers see it", null, "strangers see it"],
    ["it lies to internal", "internal", "it lies"],
    ["", null, ""],
    ["to", null, ""],
    ["to paused", "paused", ""],
  ])("%s", (words, to, left) => {
    const found = scopeMeant(
      words.split(" ").filter((name) => name !== ""),
      { scopes },
    );

    expect({ to: found.to, unknown: found.unknown, left: found.left.join(" ") }).toEqual({
      to,
      unknown: null,
      left,
    });
  });

  test.each(["to inernal", "inernal", "interal strangers", "to nowhere", "raedonly", "fulll"])(
    "%s is asked back",
    (words) => {
      const found = scopeMeant(words.split(" "), { scopes });

      expect(found.to).toBeNull();
      expect(found.unknown).not.toBeNull();
    },
  );
});

test("a line that is too long is refused with numbers; a stop is done, cut where it can be seen", () => {
  const long = "x".repeat(4_900);

  const stop = readLine(`pause HP-1 because ${long}`, commands);
  const widening = readLine(`resume HP-1 because ${long}`, commands);

  expect(unreadable(stop, commands)).toBeNull();
  expect(stop.tooLong).toBe(4_919);
  expect(stop.reason.endsWith("…")).toBe(true);
  expect(unreadable(widening, commands)).toEqual({
    refused: "too-long",
    length: 4_920,
    most: 4_000,
  });
});
