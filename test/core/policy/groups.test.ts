import { describe, expect, test } from "vitest";
import { targetField } from "../../../commands/fields.ts";
import { canonicalText } from "../../../src/core/log/bytes.ts";
import { narrowedTo } from "../../../src/core/people/readers.ts";
import { canonicalPolicy } from "../../../src/core/policy/canonical.ts";
import { allTogether, togetherAs } from "../../../src/core/policy/groups.ts";
import { relaxationsOf } from "../../../src/core/policy/relaxations/relaxations.ts";
import { readPolicyText } from "../../../src/policy-file.ts";
import { threeDeployments } from "../../support/policies.ts";
import { compiledOf } from "./compiled.ts";
import { exampleText } from "./example.ts";
import { changed, said, smallPolicy } from "./small-policy.ts";

const grouped = (text: string): string =>
  threeDeployments(exampleText).replace(/^triggers:/m, `groups:\n${text}\ntriggers:`);
const both = compiledOf(grouped("  agents: [agents-eu, search-beta]"));

describe("groups of a policy", () => {
  test("stand for their deployments, and models for those that run them", () => {
    expect(togetherAs(both, "group:agents")).toEqual(["agents-eu", "search-beta"]);
    expect(togetherAs(both, "model:aurora-3")).toEqual([
      "agents-eu",
      "assistant-prod",
      "search-beta",
    ]);
    expect(allTogether(both).map(({ name }) => name)).toEqual(["group:agents", "model:aurora-3"]);
  });

  test.each([
    "group:nothing",
    "model:nothing",
    "model:",
    "group:",
    "agents",
    "group:model:aurora-3",
    "",
  ])("“%s” stands for nothing", (name) => {
    expect(togetherAs(both, name)).toBeNull();
  });

  test("are no part of the canonical form of a policy that has none", () => {
    const read = readPolicyText("p", smallPolicy);
    if (!read.ok) throw new Error("the small policy is refused");
    const canonical = canonicalPolicy(
      read.doc,
      (key) => `p_${key}` as never,
      () => "c_" as never,
    );

    expect(canonicalText(canonical)).not.toContain("groups");
  });

  test("are offered in the forms of pause and narrow, as models are that several run", () => {
    const model = "m".repeat(180);
    const long = compiledOf(
      grouped("  agents: [agents-eu, search-beta]\n  one: [agents-eu]").replaceAll(
        "model: aurora-3",
        `model: ${model}`,
      ),
    );

    expect(targetField(both).options.map(({ value }) => value)).toEqual([
      "agents-eu",
      "assistant-prod",
      "search-beta",
      "group:agents",
      "model:aurora-3",
    ]);
    expect(targetField(long).options.at(-1)).toEqual({
      value: "group:agents",
      label: "group:agents (2 deployments)",
    });
  });

  test("are, for a reader of some deployments, what is left of them", () => {
    const narrowed = narrowedTo(both, new Set(["agents-eu"]));

    expect([...narrowed.groups]).toEqual([["agents", ["agents-eu"]]]);
    expect(narrowedTo(both, new Set(["assistant-prod"])).groups.size).toBe(0);
  });

  test("loosen something about what leaves them, and nothing about what joins them", () => {
    const one = compiledOf(grouped("  agents: [agents-eu]"));

    expect(relaxationsOf(both, one)).toEqual([
      { deployment: "search-beta", what: "Search beta: it is no longer in the group agents." },
    ]);
    expect(relaxationsOf(one, both)).toEqual([]);
  });
});

describe("policy check", () => {
  test.each([
    ["[asistant]", "no deployment “asistant”; did you mean assistant?"],
    ["[assistant, assistant]", "names assistant twice: name it once"],
    ["[]", "must name at least one deployment"],
    [`[${Array.from({ length: 101 }, () => "assistant").join(", ")}]`, "at most 100 deployments"],
  ])("of a group %s", (members, words) => {
    expect(said(["triggers:\n", `groups:\n  all: ${members}\ntriggers:\n`]).join("\n")).toContain(
      words,
    );
  });

  test("of a group with a name that cannot be typed", () => {
    expect(said(["triggers:\n", "groups:\n  All Agents: [assistant]\ntriggers:\n"])[0]).toContain(
      "groups",
    );
    expect(readPolicyText("p", changed(["triggers:\n", "groups: {}\ntriggers:\n"])).ok).toBe(true);
  });
});

describe("a sender that means a group or a model", () => {
  const withSource = (groups: string, source: string): string =>
    grouped(groups).replace(/^sources:.*$/m, `sources:\n  runs: ${source}`);
  const of = (source: string, groups = "  agents: [agents-eu, search-beta]") =>
    compiledOf(withSource(groups, `{ type: signal, auth: { bearer: env:T }, ${source} }`));
  const changes = (before: ReturnType<typeof of>, after: ReturnType<typeof of>) =>
    relaxationsOf(before, after).map(({ deployment, what }) => `${deployment}: ${what}`);

  test("is expected to be heard about each of its deployments", () => {
    const { sources } = of(
      'deployment: group:agents, expect: [1d, { suite: jailbreak, by: { every: 1w, on: monday, at: "10:00" } }, { suite: bio, deployment: model:aurora-3, by: { every: 1w, on: monday, at: "10:00" } }]',
    );
    const said = (sources.get("runs")?.expect ?? []).map((found) =>
      found.kind === "run" ? `${found.suite} ${found.deployment}` : found.deployments.join(" "),
    );

    expect(said).toEqual([
      "agents-eu search-beta",
      "jailbreak agents-eu",
      "jailbreak search-beta",
      "bio agents-eu",
      "bio assistant-prod",
      "bio search-beta",
    ]);
  });

  test("loosens something about what it no longer means, however that comes about", () => {
    const group = of("deployment: group:agents");
    const model = of("deployment: model:aurora-3");
    const mapped = of("map: { kai: group:agents }, deployment: assistant-prod");
    const fewer = of("deployment: group:agents", "  agents: [agents-eu]");

    expect(changes(group, model)).toEqual([]);
    expect(changes(model, group)).toEqual([
      "assistant-prod: Assistant (production): runs is read differently than before.",
    ]);
    expect(changes(group, fewer)).toContain(
      "search-beta: Search beta: runs is read differently than before.",
    );
    expect(changes(mapped, of("map: { kai: agents-eu }, deployment: assistant-prod"))).toEqual([
      "search-beta: Search beta: runs is read differently than before.",
    ]);
    expect(changes(of("map: { kai: agents-eu }, deployment: assistant-prod"), mapped)).toEqual([]);
  });

  test.each([
    ["deployment: group:agnts", "no group “agnts”; did you mean agents?"],
    [
      "deployment: model:aurora-4",
      "no deployment has the model “aurora-4”; did you mean aurora-3?",
    ],
    ["map: { kai: group:others }", "no group “others”"],
    ["map: { kai: model: }", ""],
    ["expect: { every: 1d, deployment: group:others }", "no group “others”"],
    ["deployment: group:constructor", "no group “constructor”"],
  ])("%s is found", (source, words) => {
    const text = withSource(
      "  agents: [agents-eu, search-beta]",
      `{ type: signal, auth: { bearer: env:T }, ${source} }`,
    );
    const read = readPolicyText("p", text);

    expect(read.ok).toBe(false);
    expect(JSON.stringify(read)).toContain(words);
  });
});
