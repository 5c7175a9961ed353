import { describe, expect, test } from "vitest";
import { relaxationsOf } from "../../../src/core/policy/relaxations/relaxations.ts";
import { problemLine, readPolicyText } from "../../../src/policy-file.ts";
import { bytesOf, compiledOf } from "./compiled.ts";
import { changed } from "./small-policy.ts";

const door = "map: { api: assistant } }";

/** The small policy, whose only source is expected to say something. */
const expecting = (words: string): string =>
  changed([door, `map: { api: assistant }, expect: ${words} }`]);

function said(text: string): readonly string[] {
  const read = readPolicyText("p", text);
  return (read.ok ? read.warnings : read.problems).map((warning) => problemLine(warning).slice(2));
}

const expectedIn = (words: string) => compiledOf(expecting(words)).sources.get("signals")?.expect;

const monday = '{ every: 1w, on: monday, at: "10:00" }';
const weekly = `{ suite: jailbreak, by: ${monday}, deployment: assistant }`;

describe("what is written", () => {
  test("a length alone and a mapping mean the same heartbeat", () => {
    const heartbeat = { kind: "heartbeat", every: 300_000, deployments: ["assistant"] };

    expect(expectedIn("5m")).toEqual([heartbeat]);
    expect(expectedIn("{ every: 5m }")).toEqual([heartbeat]);
    expect(expectedIn("[{ every: 5m }]")).toEqual([heartbeat]);
  });

  test("a source that expects nothing has nothing expected of it", () => {
    expect(compiledOf(changed()).sources.get("signals")?.expect).toEqual([]);
  });

  test("a run is expected in the zone of its deployment's hours unless another is said", () => {
    const run = {
      kind: "run",
      suite: "jailbreak",
      by: { every: { count: 1, unit: "weeks" }, on: 1, at: "10:00", from: null },
      deployment: "assistant",
    };

    expect(expectedIn(weekly)).toEqual([{ ...run, timezone: "Europe/London" }]);
    expect(expectedIn(weekly.replace('"10:00"', '"10:00", timezone: Asia/Tokyo'))).toEqual([
      { ...run, timezone: "Asia/Tokyo" },
    ]);
  });

  test("the log keeps it as it was written", () => {
    expect(bytesOf(expecting(`[5m, ${weekly}]`))).toContain('"expect":["5m",{"by":{"at":"10:00"');
  });
});

const shape = "must be a duration like 5m, { every: 5m }, { suite: …";

describe("what is refused", () => {
  test.each([
    ["a length that is none", "soon", shape],
    ["no length at all", "{ every: 0m }", shape],
    ["a key nobody knows", "{ every: 5m, loud: true }", "loud: is not a key here"],
    ["a suite without a time", "{ suite: jailbreak }", shape],
    ["a suite of nothing", `{ suite: " ", by: ${monday} }`, shape],
    ["a suite in two lines", `{ suite: "a\\nb", by: ${monday} }`, shape],
    ["an empty list", "[]", shape],
  ])("%s", (_, words, because) => {
    const [only = "", ...more] = said(expecting(words));

    expect(more).toEqual([]);
    expect(only).toContain("error: sources.signals.expect");
    expect(only).toContain(because);
  });

  test.each([
    ["a heartbeat twice", "[5m, { every: 10m }]", "expect.1: is expected a second time"],
    ["a run twice", `[${weekly}, ${weekly}]`, "expect.1: is expected a second time"],
    [
      "a run of nobody",
      `{ suite: jailbreak, by: ${monday} }`,
      "expect: deployment is missing: whose run is expected (allowed: assistant)",
    ],
    [
      "a deployment nobody knows",
      "{ every: 5m, deployment: asistant }",
      "no deployment “asistant”; did you mean assistant?",
    ],
    [
      "a zone that does not exist",
      weekly.replace('"10:00"', '"10:00", timezone: Europe/Londn'),
      "expect.by.timezone: no time zone “Europe/Londn”",
    ],
    [
      "a period of minutes",
      weekly.replace("1w, on: monday", "90m"),
      "expect.by.every: “90m” is no period to repeat by",
    ],
  ])("%s", (_, words, because) => {
    const [only = "", ...more] = said(expecting(words));

    expect(more).toEqual([]);
    expect(only).toContain("error: sources.signals.");
    expect(only).toContain(because);
  });

  test("a source under the name of Holdpoint's own signals", () => {
    expect(said(changed(["  signals: {", "  holdpoint: {"]))).toEqual([
      expect.stringContaining(
        "error: sources.holdpoint: holdpoint is a name the program gives itself",
      ),
    ]);
  });
});

describe("what is doubted", () => {
  test("a run expected from a source that reports none", () => {
    const [only] = said(
      expecting(weekly)
        .replace("type: signal", "type: alertmanager")
        .replace("standardWebhooks", "bearer"),
    );

    expect(only).toContain("sources of type alertmanager report no runs: this is never heard");
  });

  test("a heartbeat whose silence would open several cards", () => {
    const two = expecting("5m")
      .replace("map: { api: assistant }, ", "")
      .replace("triggers:", "  other:\n    name: Other\n@triggers:");
    const [, body = ""] = /assistant:\n {4}name: Assistant\n([\s\S]*?)\n {2}other:/.exec(two) ?? [];

    const found = said(two.replace("@", `${body}\n`)).filter((name) => name.includes("expect"));

    expect(found).toEqual([
      expect.stringContaining("silence opens a card for each of 2 deployments"),
    ]);
  });
});

describe("what is looser", () => {
  const looser = (before: string, after: string): readonly string[] =>
    relaxationsOf(compiledOf(before), compiledOf(after)).map(({ what }) => what);
  const twice = `[${weekly}, ${weekly.replace("monday", "thursday")}]`;

  test.each([
    ["a heartbeat gone", expecting("5m"), changed(), "nobody need hear from signals any more."],
    [
      "a longer silence",
      expecting("5m"),
      expecting("10m"),
      "signals may be silent for 10 min (was 5 min).",
    ],
    [
      "a run gone",
      expecting(weekly),
      changed(),
      "a run of jailbreak is no longer expected from signals.",
    ],
    [
      "a rarer run",
      expecting(weekly),
      expecting(weekly.replace("1w", "2w")),
      "a run of jailbreak is less often expected from signals.",
    ],
    [
      "one run of two",
      expecting(twice),
      expecting(weekly),
      "a run of jailbreak is less often expected from signals.",
    ],
  ])("%s", (_, before, after, words) => {
    expect(looser(before, after)).toEqual([`Assistant: ${words}`]);
    expect(looser(after, before)).toEqual([]);
  });

  test("a source gone", () => {
    const renamed = expecting("5m").replace("  signals: {", "  signal: {");

    expect(looser(expecting("5m"), renamed)).toEqual(["Assistant: signals is no longer a source."]);
  });

  test("another hour and another day ask no less", () => {
    const moved = weekly.replace("monday", "friday").replace("10:00", "18:00");

    expect(looser(expecting(weekly), expecting(moved))).toEqual([]);
  });
});
