import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { problemLine, readPolicyText } from "../src/policy-file.ts";
import { changed, smallPolicy } from "./core/policy/small-policy.ts";

function linesOf(text: string): readonly string[] {
  const read = readPolicyText("p.yaml", text);
  return (read.ok ? read.warnings : read.problems).map(problemLine);
}

const isRefused = (text: string): boolean => !readPolicyText("p.yaml", text).ok;

const example = readFileSync("policy.example.yaml", "utf8");

const pager =
  "wake: { p: { type: pagerduty, routingKey: env:KEY, deployments: [assistant-prod] } }\n";

describe("a good policy", () => {
  test.each([
    ["the example, once somebody is woken", `${example}${pager}`],
    ["the small one of these tests", smallPolicy],
    ["one with a byte order mark", `\uFEFF${smallPolicy}`],
    ["one with Windows line ends", smallPolicy.replaceAll("\n", "\r\n")],
    ["one between --- and ...", `---\n${smallPolicy}...\n`],
    ["one that names its schema", `$schema: ./policy.schema.json\n${smallPolicy}`],
    ["one of exactly 256 kB", `${smallPolicy}#`.padEnd(256_000, "x")],
    ["one in JSON", JSON.stringify(JSON.parse(JSON.stringify(docOf(smallPolicy))))],
  ])("%s is read without a word", (_, text) => {
    expect(linesOf(text)).toEqual([]);
    expect(isRefused(text)).toBe(false);
  });

  test("line ends, quotes and a byte order mark make no difference to what is read", () => {
    const doc = docOf(smallPolicy);

    expect(docOf(`\uFEFF${smallPolicy.replaceAll("\n", "\r\n")}`)).toEqual(doc);
    expect(docOf(smallPolicy.replace("Ana Ruiz", '"Ana Ruiz"'))).toEqual(doc);
    expect(docOf(smallPolicy.replace("Ana Ruiz", '"Ana\\u0020Ruiz"'))).toEqual(doc);
  });
});

function docOf(text: string): unknown {
  const read = readPolicyText("p.yaml", text);
  if (!read.ok) throw new Error(read.problems.map(problemLine).join("\n"));
  return read.doc;
}

test("every mistake is said at once, whatever its kind, each with its place and what is allowed", () => {
  const bad = changed(
    ["slack: U0BOB00001", "slack: bob"],
    ["timezone: Europe/London", "timezone: Europe/Londn"],
    ["rotation: [ana, bob]", "rotation: [ana, bobb]"],
    ["every: 1w, on: monday, at", "every: 90m, on: monday, at"],
    ["owner: dana", "owner: dna"],
    ["starts: full", "starts: fulll"],
    ["undo: 10m", "undo: 10 minutes"],
    ["severity: high", "severity: hihg"],
    ["response: { narrow: staff }", "respond: pause"],
    ["map: { api: assistant }", "map: { api: asistant }"],
  );

  expect(linesOf(bad)).toMatchInlineSnapshot(`
    [
      "p.yaml:4:28 error: people.bob.slack: must be a Slack member id like U0ANA00001, not a handle",
      "p.yaml:10:5 error: schedules.oncall.timezone: no time zone “Europe/Londn” (allowed: IANA names like Europe/London)",
      "p.yaml:11:21 error: schedules.oncall.rotation.1: no person “bobb”; did you mean bob? (allowed: ana, bob, chidi, dana, erin)",
      "p.yaml:12:16 error: schedules.oncall.handoff.every: “90m” is no period to repeat by (allowed: whole hours, days or weeks: 12h, 1d, 1w)",
      "p.yaml:12:28 error: schedules.oncall.handoff.on: a weekday needs a period of weeks (allowed: every: 1w)",
      "p.yaml:20:5 error: deployments.assistant.owner: no person “dna”; did you mean ana? (allowed: ana, bob, chidi, dana, erin)",
      "p.yaml:22:5 error: deployments.assistant.starts: no scope “fulll”; did you mean full? (allowed: full, staff, paused)",
      "p.yaml:31:5 error: deployments.assistant.undo: must be a duration like 45s, 10m, 4h, 3d or 2w",
      "p.yaml:39:3 error: triggers.jailbreaks.response: is missing",
      "p.yaml:43:5 error: triggers.jailbreaks.severity: cannot be “hihg”; did you mean high? (allowed: info, warning, high, critical)",
      "p.yaml:44:5 error: triggers.jailbreaks.respond: is not a key here; did you mean response? (allowed: deployments, method, when, repeated, compare, over, spread, together, for, expect, severity, authority, response, acknowledgeWithin, decideWithin, onTimeout, act, worseBy, title, unit, runbook, steps, shadow, because)",
      "p.yaml:51:83 error: sources.signals.map.api: no deployment “asistant”; did you mean assistant? (allowed: assistant)",
    ]
  `);
});

describe("hostile YAML", () => {
  const bomb = [
    "a: &a [x,x,x,x,x,x,x,x,x]",
    ..."bcdefghi".split("").map((name, at) => {
      const before = "abcdefgh"[at];
      return `${name}: &${name} [${Array(9).fill(`*${before}`).join(",")}]`;
    }),
  ].join("\n");

  test.each([
    ["an empty file", "", "1:1 error: a policy is a mapping that begins with holdpoint: 1"],
    ["blanks", " \n\n", "1:1 error: a policy is a mapping"],
    ["a comment", "# nothing\n", "1:1 error: a policy is a mapping"],
    ["a list", "- holdpoint: 1\n", "1:1 error: a policy is a mapping"],
    ["a word", "hello", "1:1 error: a policy is a mapping"],
    ["null", "~", "1:1 error: a policy is a mapping"],
    ["256 kB and a byte", `${smallPolicy}#`.padEnd(256_001, "x"), "larger than 256 kB"],
    ["256 kB of two-byte letters", `#${"é".repeat(128_000)}`, "larger than 256 kB"],
    ["a bomb of aliases", bomb, "anchors (&name) are not allowed"],
    ["an anchor", changed(["people:", "people: &p"]), "anchors (&name) are not allowed"],
    ["an alias", changed(["owner: dana", "owner: *p"]), "20:12 error: aliases (*name)"],
    [
      "a key twice",
      changed(["  bob:", "  ana:"]),
      "4:3 error: ana is defined twice (lines 3 and 4)",
    ],
    ["a tag", changed(["Ana Ruiz", "!!js/function x"]), "3:16 error: tags (!name) are not allowed"],
    ["a tag of YAML's own", changed(["holdpoint: 1", "holdpoint: !!int 1"]), "1:18 error: tags"],
    ["a merge key", changed(["channels:\n", "channels:\n  <<: { x: {} }\n"]), "channels.<<"],
    ["a tab", changed(["  ana:", "\tana:"]), "3:1 error: the line begins with a tab"],
    ["two documents", `${smallPolicy}---\nholdpoint: 1\n`, "a policy is one document"],
    ["an unknown directive", `%FOO\n---\n${smallPolicy}`, "1:1 error: Unknown directive %FOO"],
    [
      "an open bracket",
      changed(["[ana, bob]", "[ana, bob"]),
      "12:5 error: the [ in line 11 is not closed: end it with ]",
    ],
    ["1,000 lists in lists", `people: ${"[".repeat(1_000)}${"]".repeat(1_000)}`, "too deeply"],
    ["100,000 open brackets", `people: ${"[".repeat(100_000)}`, "nested too deeply"],
    ["1,000 maps", `people: ${"{a: ".repeat(1_000)}1${"}".repeat(1_000)}`, "nested too deeply"],
    [
      "600 indented levels",
      Array.from({ length: 600 }, (__, k) => `${" ".repeat(k)}a:`).join("\n"),
      "nested too deeply",
    ],
    ["a key of 2,000 letters", changed(["  ana:", `  ${"a".repeat(2_000)}:`]), "3:3 error:"],
    ["__proto__ as a name", changed(["  ana:", "  __proto__:"]), "__proto__ cannot be a key"],
    ["constructor as a name", changed(["  ana:", "  constructor:"]), "is a reserved word"],
    ["an octal name", changed(["  ana:", "  0123:"]), "3:3 error: a key must be text: write 0123"],
    ["a name that YAML takes for true", changed(["  ana:", "  true:"]), "write true in quotes"],
    ["a list as a name", changed(["  ana:", "  [a, b]:"]), "3:3 error: a key must be text"],
    ["a number for a person", changed(["[ana, bob]", "[0123, bob]"]), "is the number 123 here"],
    ["yes for true", changed(["tools: true", "tools: yes"]), "must be true or false"],
    ["NUL in the file", changed(["Ana Ruiz", "Ana\0Ruiz"]), "U+0000 is not allowed"],
    ["NUL in a comment", `${smallPolicy}# \0\n`, "U+0000 is not allowed"],
    ["NUL as an escape", changed(["Ana Ruiz", '"Ana\\0Ruiz"']), "3:16 error: U+0000"],
    ["a bell", changed(["Ana Ruiz", '"\\a"']), "U+0007 is not allowed"],
    ["half a character", changed(["Ana Ruiz", '"\\ud800"']), "3:16 error: U+D800"],
    [
      "half a character in a rule",
      changed(["because: Above 5 % the safety", 'because: "\\udfff" # the']),
      "U+DFFF is not allowed",
    ],
  ])("%s is refused", (_, text, words) => {
    expect(isRefused(text)).toBe(true);
    expect(linesOf(text).join("\n")).toContain(words);
  });

  test("names that every JavaScript object has are names like any other, or none", () => {
    const name = (id: string) => changed(["jailbreaks:", `${id}:`]);

    expect(linesOf(name("valueof"))).toEqual([]);
    expect(isRefused(name("toString"))).toBe(true);
    expect(linesOf(changed(["owner: dana", "owner: toString"])).join()).toContain("no person");
    expect(linesOf(changed(["channel: risk", "channel: constructor"])).join()).toContain(
      "no channel",
    );
    expect(linesOf(changed(["narrow: staff", "narrow: __proto__"])).join()).toContain("no scope");
  });

  test("reading changes nothing in JavaScript's own objects", () => {
    linesOf(changed(["  ana: {", "  __proto__: { polluted: yes,"]));

    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test("thousands of mistakes are all said, in order", () => {
    const people = Array.from({ length: 1_000 }, (_, k) => `  p${k}: { nam: x }\n`).join("");
    const lines = linesOf(`holdpoint: 1\npeople:\n${people}`);

    expect(lines.filter((line) => line.includes("is not a key here"))).toHaveLength(1_000);
    expect(lines.at(-1)).toContain("p.yaml:1002:");
  });
});

describe("the sample of a mapping", () => {
  const withSource = (mapping: string): string =>
    example.replace(
      /^sources:.*$/m,
      (line) =>
        `${line}\n  sentry: { type: mapped, deployment: assistant-prod, auth: { header: { name: X-T, value: env:T } }, mapping: ${mapping} }`,
    );
  const saidOf = (mapping: string): readonly string[] =>
    linesOf(withSource(mapping)).filter((line) => line.includes("sources.sentry"));
  const status = "status: { at: /action, map: { created: firing, resolved: resolved } }";

  test.each([
    `{ event: Sentry-Hook-Resource, when: 'event == "issue"', kind: { value: alert }, ${status}, sample: { action: created } }`,
    `{ when: 'event in ["a.b", "c.d"]', kind: { value: alert }, ${status}, sample: { action: created } }`,
  ])("is tried as each event that the expressions name (%#)", (mapping) => {
    expect(saidOf(mapping)).toEqual([]);
  });

  test("that no event makes a signal of is refused as before", () => {
    const never = `{ event: X-E, when: 'event == "a" && event == "b"', kind: { value: alert }, ${status}, sample: { action: created } }`;

    expect(saidOf(never).join()).toContain("“when” leaves nothing of it");
    expect(isRefused(withSource(never))).toBe(true);
  });

  const items = (dedupe: string): string =>
    `{ forEach: /all, kind: { value: alert }, ${status}, ${dedupe} sample: { id: x, all: [{ n: 1, action: created }] } }`;

  test.each([
    ["dedupe: { condition: body:/id },", 1],
    ["metric: body:/id,", 1],
    ["", 1],
    ["dedupe: { condition: /n },", 0],
    ["dedupe: { condition: { cel: 'body.id + \"/\" + string(item.n)' } },", 0],
    ["metric: /n,", 0],
  ])("whose items all share a condition is a warning (%#)", (dedupe, warnings) => {
    const said = saidOf(items(dedupe));

    expect(said.filter((line) => line.includes("the same condition"))).toHaveLength(warnings);
    expect(isRefused(withSource(items(dedupe)))).toBe(false);
  });
});
