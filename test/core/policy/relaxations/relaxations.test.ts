import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { relaxationsOf } from "../../../../src/core/policy/relaxations/relaxations.ts";
import { compiledOf } from "../compiled.ts";
import { changed, smallPolicy, withSource } from "../small-policy.ts";

const small = compiledOf(smallPolicy);
const example = compiledOf(readFileSync("policy.example.yaml", "utf8"));

const said = (before: typeof small, after: typeof small): readonly string[] =>
  relaxationsOf(before, after).map(({ what }) => what);

/** A text of the small policy, a looser one in its place, and what is said of it. */
const loosenings: readonly (readonly [name: string, from: string, to: string, words: string])[] = [
  [
    "one more who starts a resume",
    "deputies: [ana]",
    "deputies: [ana, erin]",
    "1 more person may start a resume or keep.",
  ],
  [
    "another who starts a resume",
    "widen: { decider: chidi",
    "widen: { decider: erin",
    "1 more person may start a resume or keep.",
  ],
  [
    "two more who confirm",
    "by: [erin, bob]",
    "by: [erin, bob, ana, chidi]",
    "2 more people may approve a resume.",
  ],
  [
    "one more who breaks the glass",
    "breakGlass: [bob]",
    "breakGlass: [bob, erin]",
    "1 more person may break the glass.",
  ],
  ["one fewer who stops", "alsoMay: [dana]", "alsoMay: []", "1 fewer person may stop it."],
  ["a longer undo", "undo: 10m", "undo: 1h", "time to undo a restriction 1 h (was 10 min)."],
  [
    "a later question",
    "within: { pause: 1d }",
    "within: { pause: 3d }",
    "review after a pause 3 d (was 1 d).",
  ],
  [
    "a change that no longer counts",
    "on: [model.changed]",
    "on: []",
    "model.changed no longer asks the question again.",
  ],
  [
    "no fixed day",
    '      every: { every: 1w, on: monday, at: "10:00" }\n',
    "",
    "it is no longer looked at on a fixed day.",
  ],
  [
    "a trigger that becomes a shadow",
    "    severity: high\n",
    "    severity: high\n    shadow: true\n",
    "the trigger jailbreaks is only evaluated: it asks nobody any more.",
  ],
  ["no owner", "    owner: dana\n", "", "its owner changed"],
  [
    "a scope with tools",
    "audience: staff, tools: false",
    "audience: staff, tools: true",
    "the scope staff may mean more than before.",
  ],
  [
    "a scope for others",
    "{ audience: staff",
    "{ audience: customers",
    "the scope staff may mean more than before.",
  ],
  [
    "a wider scope",
    "      full: {",
    "      all: { audience: everyone, tools: true }\n      full: {",
    "its widest scope is all, which is new.",
  ],
  [
    "a fixed day that comes less often",
    'every: { every: 1w, on: monday, at: "10:00" }',
    'every: { every: 4w, on: monday, at: "10:00" }',
    "fixed review every 4 wk (was 1 wk).",
  ],
  ["another condition", "> 0.05", "> 0.5", "the condition of jailbreaks changed."],
  [
    "a trigger lets somebody else start a resume",
    "severity: high",
    "severity: high\n    authority: { widen: { deputies: [bob] } }",
    "jailbreaks: 1 more person may start a resume or keep.",
  ],
  [
    "more is asked of earlier signals",
    "severity: high",
    "severity: high\n    repeated: { times: 3, of: 5 }",
    "what jailbreaks asks of earlier signals changed.",
  ],
  [
    "a weaker response",
    "response: { narrow: staff }",
    "response: monitor",
    "the written response to jailbreaks is weaker.",
  ],
  [
    "a lesser severity",
    "severity: high",
    "severity: warning",
    "jailbreaks: severity warning (was high).",
  ],
  [
    "more time to see it",
    "acknowledgeWithin: 10m",
    "acknowledgeWithin: 20m",
    "jailbreaks: acknowledgement time 20 min (was 10 min).",
  ],
  [
    "more time to decide",
    "decideWithin: 30m",
    "decideWithin: 2h",
    "jailbreaks: decision time 2 h (was 30 min).",
  ],
  [
    "passing on instead of an answer",
    "onTimeout: respond",
    "onTimeout: pass",
    "jailbreaks is passed on instead of answered when time is up.",
  ],
];

describe("what got looser", () => {
  test.each(loosenings)("%s", (_, from, to, words) => {
    const looser = said(small, compiledOf(changed([from, to])));

    expect(looser.filter((what) => what.includes(words))).toHaveLength(1);
    expect(looser.every((what) => what.startsWith("Assistant: "))).toBe(true);
  });

  test.each([
    ["fewer who start a resume", changed(["deputies: [ana]", "deputies: []"])],
    ["fewer who confirm", changed(["by: [erin, bob]", "by: [erin]"])],
    ["two to confirm", changed(["people: 1", "people: 2"])],
    ["one more who stops", changed(["alsoMay: [dana]", "alsoMay: [dana, bob]"])],
    [
      "nobody who breaks the glass",
      changed(["breakGlass: [bob]", "breakGlass: []"], ["alsoMay: [dana]", "alsoMay: [dana, bob]"]),
    ],
    ["a shorter undo", changed(["undo: 10m", "undo: 5m"])],
    ["an earlier question", changed(["pause: 1d", "pause: 1h"])],
    ["one more change that counts", changed(["[model.changed]", "[model.changed, tools.changed]"])],
    [
      "a narrower scope to go to",
      changed([
        "    authority:",
        "      red: { audience: red team, tools: false }\n    authority:",
      ]),
    ],
    ["a scope without tools", changed(["everyone, tools: true", "everyone, tools: false"])],
    ["a stronger response", changed(["response: { narrow: staff }", "response: pause"])],
    ["a greater severity", changed(["severity: high", "severity: critical"])],
    [
      "less time",
      changed(
        ["acknowledgeWithin: 10m", "acknowledgeWithin: 5m"],
        ["decideWithin: 30m", "decideWithin: 15m"],
      ),
    ],
    [
      "another trigger",
      changed([
        "unmatched:",
        '  more:\n    deployments: [assistant]\n    method: monitoring\n    when: signal.kind == "report"\n    severity: warning\n    response: monitor\n    because: x\nunmatched:',
      ]),
    ],
    [
      "a fixed day that comes more often",
      changed([
        'every: { every: 1w, on: monday, at: "10:00" }',
        'every: { every: 1d, at: "10:00" }',
      ]),
    ],
    ["another name", changed(["name: Assistant", "name: The assistant"])],
    ["a person's new account", changed(["U0ANA00001", "U0ANA00002"])],
    ["a reworded rule", changed(["Above 5 %", "Over 5 %"])],
  ])("tightening is no news: %s", (_, text) => {
    expect(said(small, compiledOf(text))).toEqual([]);
  });

  test("fewer who confirm besides the starter are said with the number before", () => {
    expect(said(compiledOf(changed(["people: 1", "people: 2"])), small)).toEqual([
      "Assistant: a resume needs 1 besides the requester (was 2).",
    ]);
  });

  test("a pager that no longer rings, and an endpoint that is no longer told of decisions, are named", () => {
    const gateway =
      "notify:\n  gateway: { url: https://a.example.org, secret: env:S, events: [decision.made] }\n";
    const before = compiledOf(changed(["wake:\n", `${gateway}wake:\n`]));
    const quiet = compiledOf(
      changed(
        ["wake:\n", `${gateway.replace("decision.made", "policy.adopted")}wake:\n`],
        ["env:PAGER_KEY, ", "env:PAGER_KEY, severities: [critical], "],
      ),
    );

    expect(said(before, quiet)).toEqual([
      "Assistant: gateway no longer receives its decisions.",
      "Assistant: nobody is paged any more for severity high.",
    ]);
    expect(said(quiet, before)).toEqual([]);
  });

  test("more people who may erase, or everybody, is named; fewer, and a list where there was none, is not", () => {
    const by = (who: string) =>
      compiledOf(changed(["wake:\n", `redact: { by: [${who}] }\nwake:\n`]));

    expect(said(by("ana, bob"), by("bob, chidi, dana"))).toEqual([
      "Assistant: 2 more people may erase from the record.",
    ]);
    expect(said(by("ana, bob"), small)).toEqual([
      "Assistant: everybody whom the policy names may erase from the record.",
    ]);
    expect(said(small, by("ana, bob"))).toEqual([]);
    expect(said(by("ana, bob, chidi"), by("bob, ana"))).toEqual([]);
  });

  test("an address of audit that is removed or changed is named; a new one is not looser", () => {
    const place = (more: string) =>
      compiledOf(changed(["wake:\n", `audit:\n  vault: { ${more} }\nwake:\n`]));

    expect(said(place("directory: /var/lib/a"), place("directory: /var/lib/b"))).toEqual([
      "Assistant: checkpoints of the log for vault go elsewhere.",
    ]);
    expect(said(place("directory: /var/lib/a"), small)).toEqual([
      "Assistant: checkpoints of the log no longer go to vault.",
    ]);
    expect(said(small, place("directory: /var/lib/a"))).toEqual([]);
  });

  const mapped = (more = "", value = "/score") =>
    withSource(
      `  harness:
    type: mapped
    auth: { bearer: env:HARNESS_TOKEN }
    mapping:
      kind: { value: eval }
      deployment: { value: assistant }
      metric: { value: pass_rate }
      value: ${value}
      worse: lower
      sample: { score: 0.5, other: 0.5${more} }
`,
    );

  test.each([
    [
      "a source that is gone",
      changed(["  signals: { type: signal,", "  others: { type: signal,"]),
      ["Assistant: signals is no longer a source."],
    ],
    [
      "a source that signs no more",
      changed(["standardWebhooks: env:SIGNALS_SECRET", "bearer: env:SIGNALS_SECRET"]),
      ["Assistant: signals is no longer signed: whoever learns its token may speak for it."],
    ],
    [
      "a name that leads nowhere now",
      changed(["map: { api: assistant }", "map: { old-api: assistant }"]),
      ["Assistant: signals is read differently than before."],
    ],
    ["another secret", changed(["env:SIGNALS_SECRET", "env:SIGNALS_SECRET_2"]), []],
    [
      "one more name",
      changed(["map: { api: assistant }", "map: { api: assistant, b: assistant }"]),
      [],
    ],
  ])("%s", (_, text, expected) => {
    expect(said(small, compiledOf(text))).toEqual(expected);
  });

  test("a mapping that reads another number is named, another sample is not", () => {
    const before = compiledOf(mapped());

    expect(said(before, compiledOf(mapped("", "/other")))).toEqual([
      "Assistant: harness is read differently than before.",
    ]);
    expect(said(before, compiledOf(mapped(", note: longer")))).toEqual([]);
  });

  test("whatever becomes of a shadow trigger loosens nothing", () => {
    const shadow = changed(["    severity: high\n", "    severity: high\n    shadow: true\n"]);
    const weaker = shadow.replace("signal.value > 0.05", "signal.value > 0.5");
    expect(said(compiledOf(shadow), compiledOf(weaker))).toEqual([]);
    expect(said(compiledOf(shadow), small)).toEqual([]);
  });

  test("a trigger or a deployment that is gone is named", () => {
    const gone = compiledOf(
      changed(["  jailbreaks:", "  others:"], ["    when: signal", "    when: signal"]),
    );

    expect(said(small, gone)).toEqual(["Assistant: the trigger jailbreaks no longer watches it."]);
    expect(relaxationsOf(small, example)).toEqual([
      { deployment: "assistant", what: "Assistant: is no longer in the policy." },
    ]);
  });

  test("a schedule that takes in somebody new is somebody new", () => {
    const byRota = changed(["by: [erin, bob]", "by: [erin, schedule:oncall]"]);

    expect(
      said(
        compiledOf(byRota),
        compiledOf(byRota.replace("rotation: [ana, bob]", "rotation: [ana, bob, dana]")),
      ),
    ).toEqual(["Assistant: 1 more person may approve a resume."]);
    expect(
      said(small, compiledOf(changed(["by: [erin, bob]", "by: [erin, schedule:oncall]"]))),
    ).toEqual(["Assistant: 1 more person may approve a resume."]);
  });

  test("no policy is looser than itself, whatever was changed in it", () => {
    const any = fc.uniqueArray(fc.integer({ min: 0, max: loosenings.length - 1 }), {
      maxLength: 3,
    });

    fc.assert(
      fc.property(any, (picked) => {
        const text = picked.reduce((all, at) => {
          const [, from = "", to = ""] = loosenings[at] ?? [];
          return all.replace(from, () => to);
        }, smallPolicy);
        let policy = small;
        try {
          policy = compiledOf(text);
        } catch {
          // Together two changes may make no policy.
        }

        expect(relaxationsOf(policy, policy)).toEqual([]);
      }),
      { numRuns: 60 },
    );
    expect(relaxationsOf(example, example)).toEqual([]);
  });
});
