import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mayRead, narrowedTo, readableBy, readsOnly } from "../../../src/core/people/readers.ts";
import { assistant, id, type Key, policyWith } from "../../support/builders.ts";

const other = { ...assistant, id: "other", name: "Other" };
const lonely = {
  ...assistant,
  id: "lonely",
  owner: null,
  authority: {
    acknowledge: [id("erin")],
    restrict: { decider: id("erin"), deputies: [], alsoMay: [] },
    widen: {
      decider: id("erin"),
      deputies: [],
      confirm: { by: [id("frank")], people: 1, notOwner: true },
    },
    breakGlass: [],
  },
};

function policy(readers: Readonly<Partial<Record<Key, "all" | readonly string[]>>> | null) {
  const whole = policyWith();
  const given = Object.entries(readers ?? {}).map(
    ([key, list]) => [id(key as Key), list === "all" ? list : new Set(list)] as const,
  );
  return {
    ...whole,
    people: new Set([...whole.people, id("gina")]),
    deployments: new Map([lonely, other].map((deployment) => [deployment.id, deployment])),
    readers: readers && new Map(given),
  };
}

const person = (key: Key) => ({ type: "person", person: id(key) }) as const;

describe("who may read", () => {
  test.each([
    ["without readers: anybody", null, person("gina"), "all"],
    ["without readers: a stranger", null, { type: "stranger" } as const, "all"],
    ["a reader of all", { gina: "all" } as const, person("gina"), "all"],
    ["a reader of one", { gina: ["lonely"] }, person("gina"), ["lonely"]],
    [
      "a reader of one whose rules name them elsewhere",
      { bob: ["lonely"] },
      person("bob"),
      ["lonely", "other"],
    ],
    ["no reader, named by a rule", { gina: ["lonely"] }, person("chidi"), "all"],
    ["no reader, in a rotation", { gina: ["lonely"] }, person("ana"), "all"],
    ["no reader, named by no rule", { ana: ["lonely"] }, person("gina"), []],
    ["a stranger", { gina: "all" } as const, { type: "stranger" } as const, []],
    ["the auditor's token", { gina: ["lonely"] }, { type: "auditor" } as const, "all"],
  ])("%s", (_name, readers, actor, expected) => {
    const readable = readableBy(policy(readers), actor);
    expect(readable === "all" ? "all" : [...readable].toSorted()).toEqual(expected);
  });

  test("somebody whom the policy names no more reads nothing, whatever readers says", () => {
    const left = { ...policy({ gina: "all" }), people: new Set([id("ana")]) };
    expect(readableBy(left, person("gina"))).toEqual(new Set());
  });

  test("what belongs to no deployment is read by those who read all", () => {
    expect(mayRead(new Set(["lonely"]), null)).toBe(false);
    expect(mayRead("all", null)).toBe(true);
  });

  test("only whom no rule names has nothing to do but read", () => {
    const now = policy({ gina: ["lonely"], bob: "all" });
    expect(["gina", "bob", "ana"].map((key) => readsOnly(now, id(key as Key)))).toEqual([
      true,
      false,
      false,
    ]);
    expect(readsOnly(policy(null), id("gina"))).toBe(false);
  });

  test("narrowed rules name no deployment but these, whatever they are", () => {
    const whole = policy({});
    const ids = [...whole.deployments.keys()];
    fc.assert(
      fc.property(fc.subarray(ids), (some) => {
        const narrow = narrowedTo(whole, new Set(some));
        expect([...narrow.deployments.keys()].toSorted()).toEqual(some.toSorted());
        const named = [...narrow.triggers.values()].flatMap((trigger) => trigger.deployments);
        expect(named.filter((name) => !some.includes(name))).toEqual([]);
        expect(narrow.sources.size + narrow.notify.size + narrow.wake.size).toBe(0);
      }),
    );
  });
});
