import { expect, test } from "vitest";
import { accountReports, type Unreached } from "../../../src/core/card/unreachable-people.ts";
import type { Deployment } from "../../../src/core/policy/model.ts";
import { plain } from "../../../src/core/words/words.ts";
import {
  assistant,
  id,
  type Key,
  keyOf,
  people,
  policyWith,
  withAuthority,
} from "../../support/builders.ts";

/** Who hears of somebody whom a chat cannot reach, and what they read. */

function unreached(key: Key, because: Unreached["because"] = "closed"): Unreached {
  const person = people.get(id(key));
  if (!person) throw new Error(`nobody is called ${key}`);
  return { person, because };
}

function reports(
  deployments: readonly Deployment[],
  key: Key,
  { because = "closed" as Unreached["because"], gone = [] as readonly Key[] } = {},
) {
  const policy = {
    ...policyWith(),
    deployments: new Map(deployments.map((deployment) => [deployment.id, deployment])),
  };
  const isReached = (person: string) => !gone.some((name) => id(name) === person);
  return accountReports(policy, { people, unreached: unreached(key, because), isReached }).map(
    ({ to, line }) => [keyOf(to), plain(line)] as const,
  );
}

test("the owner reads whose account it is, what they are named for, and what to do", () => {
  expect(reports([assistant], "chidi")).toEqual([
    [
      "dana",
      "The policy names Chidi Lindt, whose account is closed: nobody can ask them here. It concerns Assistant (production), where they decide. Until then the next in line is asked. Correct their account in the policy, or name somebody else.",
    ],
  ]);
});

test.each([
  ["guest", "whose account is a guest's, and guests do not decide"],
  ["bot", "whose account is a bot's, and bots do not decide"],
  ["unknown", "whose account is not known here"],
  ["no-account", "for whom the policy gives no account"],
] as const)("an account that is “%s” is said to be so", (because, words) => {
  expect(reports([assistant], "erin", { because })[0]?.[1]).toContain(`Erin Sato, ${words}`);
});

test("somebody in a rotation is named too", () => {
  expect(reports([assistant], "ana")[0]?.[1]).toContain("where they acknowledge or may stop it");
});

test("somebody the policy names nowhere is nobody's concern", () => {
  expect(reports([assistant], "gina")).toEqual([]);
});

test("an owner of several is told once, each owner of theirs", () => {
  const beta: Deployment = { ...assistant, id: "beta", name: "Search beta" };
  const agents: Deployment = { ...assistant, id: "agents", name: "Agents EU", owner: id("ana") };

  const told = reports([assistant, beta, agents], "erin");

  expect(told.map(([to]) => to)).toEqual(["dana", "ana"]);
  expect(told[0]?.[1]).toContain(
    "Assistant (production), where they stand in and approve a resume and Search beta, where",
  );
  expect(told[1]?.[1]).toContain(
    "It concerns Agents EU, where they stand in and approve a resume.",
  );
});

test("without an owner who can be reached, the next in line is told; with nobody left, nobody", () => {
  const alone = withAuthority({}, { ...assistant, owner: null });

  expect(reports([alone], "chidi").map(([to]) => to)).toEqual(["erin"]);
  expect(reports([assistant], "chidi", { gone: ["dana"] }).map(([to]) => to)).toEqual(["erin"]);
  expect(reports([assistant], "chidi", { gone: ["ana", "bob", "dana", "erin", "frank"] })).toEqual(
    [],
  );
});
