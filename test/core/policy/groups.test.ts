import { describe, expect, test } from "vitest";
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
