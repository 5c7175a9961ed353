import { describe, expect, test } from "vitest";
import { problemLine, readPolicyText } from "../../../src/policy-file.ts";
import { bytesOf, compiledOf, digestOfText } from "./compiled.ts";
import { withSource } from "./small-policy.ts";

/** What `policy check` and adoption say of a source of type mapped. */

const good = [
  "kind: { value: eval }",
  "deployment: /deployment",
  "suite: /suite",
  "metric: { value: rate }",
  "value: /rate",
  "worse: higher",
  "sample: { deployment: assistant, suite: dan, rate: 0.25 }",
];

/** The small policy with a source `probes`. */
const withMapping = (lines: readonly string[], type = "mapped"): string =>
  withSource(
    [
      "  probes:",
      `    type: ${type}`,
      "    auth: { bearer: env:PROBES_TOKEN }",
      ...(lines.length > 0 ? ["    mapping:", ...lines.map((line) => `      ${line}`)] : []),
      "",
    ].join("\n"),
  );

function said(lines: readonly string[], type?: string): readonly string[] {
  const read = readPolicyText("p", withMapping(lines, type));
  return (read.ok ? read.warnings : read.problems).map((warning) =>
    problemLine(warning).replace(/^p:\d+:\d+ /, ""),
  );
}

/** The good mapping with one line in another's place, or beside them. */
function instead(line: string): readonly string[] {
  const key = line.split(":")[0];
  return [...good.filter((name) => !name.startsWith(`${key}:`)), line];
}

test("a mapping that makes a signal of its sample is good", () => {
  expect(said(good)).toEqual([]);
});

test("it is part of what is adopted, sample and all", () => {
  const digest = digestOfText(withMapping(good));

  expect(digestOfText(withMapping(instead("worse: lower")))).not.toBe(digest);
  expect(
    digestOfText(withMapping(instead("sample: { deployment: assistant, suite: dan, rate: 0.26 }"))),
  ).not.toBe(digest);
  expect(bytesOf(withMapping(good))).toContain(String.raw`\"rate\":0.25`);
  expect(compiledOf(withMapping(good)).sources.get("probes")?.mapping?.fields.get("value")).toEqual(
    {
      is: "pointer",
      pointer: { from: "item", steps: ["rate"], text: "/rate" },
      map: null,
    },
  );
});

describe("what is wrong is said, with the key it stands at", () => {
  test.each([
    [
      "no kind",
      good.filter((name) => !name.startsWith("kind")),
      "error: sources.probes.mapping.kind: is missing",
    ],
    [
      "no sample",
      good.filter((name) => !name.startsWith("sample")),
      "error: sources.probes.mapping.sample: is missing",
    ],
    [
      "a value without a direction",
      good.filter((name) => !name.startsWith("worse")),
      "error: sources.probes.mapping: worse is missing: a number without it does not say which way is bad",
    ],
    [
      "a name that is no pointer",
      instead("suite: suite"),
      "error: sources.probes.mapping.suite: must be a JSON Pointer like /alert/name, { value: … }, { cel: … } or { at: /…, map: { theirs: ours } }",
    ],
    [
      "a tilde that escapes nothing",
      instead("suite: /a~2b"),
      "error: sources.probes.mapping.suite: must be a JSON Pointer like /alert/name, { value: … }, { cel: … } or { at: /…, map: { theirs: ours } }",
    ],
    [
      "a status that is none of ours",
      instead("status: { at: /state, map: { bad: fired } }"),
      "error: sources.probes.mapping.status: must be a JSON Pointer like /alert/name, { value: … }, { cel: … } or { at: /…, map: { theirs: ours } }; ours are firing, resolved, ok, no_data, errored, incomplete, info",
    ],
    [
      "a function that is not allowed",
      instead("suite: { cel: 'item.suite.matches(\"a+\")' }"),
      "error: sources.probes.mapping.suite.cel: matches() is not allowed: a pattern can hang on hostile text. Use ==, in, startsWith, endsWith or contains.",
    ],
    [
      "a name nobody knows",
      instead("suite: { cel: items.suite }"),
      "error: sources.probes.mapping.suite.cel: Unknown variable: items, at character 1 of the expression.",
    ],
    [
      "a list for a field",
      instead("suite: { cel: '[item.a]' }"),
      "error: sources.probes.mapping.suite.cel: the expression gives list, not text or a number.",
    ],
    [
      "a condition that is no condition",
      instead("when: size(item.suite)"),
      "error: sources.probes.mapping.when: the expression gives int, not true or false.",
    ],
    [
      "a condition under dedupe",
      instead("dedupe: { condition: { cel: 'now()' } }"),
      "error: sources.probes.mapping.dedupe.condition.cel: now() is not allowed in a condition. Allowed: contains, double, endsWith, has, int, size, startsWith, all, exists, exists_one, filter, map, string, sum, avg.",
    ],
    [
      "an event in a header that carries a secret",
      instead("event: Authorization"),
      "error: sources.probes.mapping.event: is a header that carries a secret: it would be stored",
    ],
    [
      "a key that is a slip of the pen",
      instead("sevrity: /severity"),
      "error: sources.probes.mapping.sevrity: is not a key here; did you mean severity?",
    ],
  ])("%s", (_what, lines, only) => {
    const [first, ...others] = said(lines);

    expect(others).toEqual([]);
    expect(first?.replace(/ \(allowed: .*/, "")).toBe(only);
  });

  test("no mapping at all", () => {
    expect(said([])).toEqual([
      "error: sources.probes: mapping is missing: a source of type mapped says where each field stands",
    ]);
  });

  test("a mapping of a type that is known", () => {
    expect(said(good, "alertmanager")).toEqual([
      "error: sources.probes.mapping: is for sources of type mapped: how alertmanager is read is known",
    ]);
  });

  test("a sample above 8 KiB", () => {
    const [first] = said(instead(`sample: { deployment: assistant, long: ${"x".repeat(8192)} }`));

    expect(first).toContain("error: sources.probes.mapping.sample: must be at most 8 KiB");
  });
});

describe("the sample", () => {
  const sample = "sources.probes.mapping.sample:";

  test.each([
    [
      "that names no deployment",
      instead("sample: { suite: dan, rate: 0.25 }"),
      [`error: ${sample} gives no signal: “deployment” is missing.`],
    ],
    [
      "of an unknown kind",
      instead("kind: /suite"),
      [
        `error: ${sample} gives no signal: “kind” is “dan”; it must be alert, eval, finding, report or change.`,
      ],
    ],
    [
      "whose status is not in the map",
      instead("status: { at: /suite, map: { other: ok } }"),
      [`error: ${sample} gives no signal: status: “dan” is not in its map.`],
    ],
    [
      "whose number is an object",
      instead("sample: { deployment: assistant, suite: dan, rate: { of: 1 } }"),
      [
        `error: ${sample} gives no signal: value: an object stands at /rate.`,
        `warning: ${sample} has no value: nothing stands at /rate`,
      ],
    ],
    [
      "that is not JSON",
      instead("sample: not JSON"),
      [`error: ${sample} gives no signal: The body is not JSON.`],
    ],
    [
      "that when leaves nothing of",
      instead("when: item.rate > 1.0"),
      [`error: ${sample} gives no signal: “when” leaves nothing of it.`],
    ],
    [
      "that has nothing where a pointer looks",
      instead("severity: /sevrity"),
      [`warning: ${sample} has no severity: nothing stands at /sevrity`],
    ],
    [
      "that has no such label",
      instead("labels: { version: body:/v }"),
      [`warning: ${sample} has no label version: nothing stands at body:/v`],
    ],
    [
      "about a deployment that is not in the policy",
      instead("sample: { deployment: elsewhere, suite: dan, rate: 0.25 }"),
      [`warning: ${sample} is about “elsewhere”, which is no deployment of this policy`],
    ],
  ])("%s", (_what, lines, found) => {
    expect(said(lines)).toEqual(found);
  });

  test("may be the body's own text", () => {
    expect(
      said(instead(`sample: '{"deployment":"assistant","suite":"dan","rate":"0.25"}'`)),
    ).toEqual([]);
  });
});
