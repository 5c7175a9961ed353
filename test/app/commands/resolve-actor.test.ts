import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { resolveActor } from "../../../src/app/commands/resolve-actor.ts";
import { createPolicyCache } from "../../../src/app/policy-cache.ts";
import type { Speaker } from "../../../src/app/ports.ts";
import { type AccountChat, type Named, peopleOf } from "../../../src/core/people/person.ts";
import type { OrgState } from "../../../src/core/state/state.ts";
import { id, type Key, policyWith } from "../../support/builders.ts";

const org: OrgState = {
  policy: "",
  adoptedAt: 0,
  away: {},
  linked: { [id("erin")]: ["teams"] },
  linkedBy: { [id("erin")]: { teams: "e_the-link" } },
  links: {},
  changed: {},
  bound: {},
  rebound: {},
  erasures: {},
};

const nothing = { slack: null, teams: null };
const named = (key: Key, more: Partial<Named>): Named => ({
  id: id(key),
  key,
  name: key,
  pagerduty: null,
  oidc: null,
  ...nothing,
  linked: nothing,
  ...more,
});

const everybody = peopleOf([
  named("bob", { slack: "U0BOB00001", teams: "6f1c1f0e-0000-4000-8000-0000000000b0" }),
  named("erin", { linked: { slack: "W0ERIN0001", teams: "erin-in-teams" } }),
  // named by an older policy alone, with an account that Dana has now
  named("gina", { slack: "U0DANA0001" }),
  named("dana", { slack: "U0DANA0001" }),
]);

const policy = policyWith();
const rules = {
  ...createPolicyCache({
    policy: async () => undefined,
    people: async () => [],
    texts: async () => new Map(),
  }),
  current: () => policy,
  people: () => everybody,
};

const account = (chat: AccountChat, of: string): Speaker => ({
  is: "account",
  account: { chat, id: of },
});
const person = (key: Key) => ({ type: "person", person: id(key) });

test.each([
  ["an account that the policy names", account("slack", "U0BOB00001"), person("bob"), null],
  ["in capitals", account("teams", "6F1C1F0E-0000-4000-8000-0000000000B0"), person("bob"), null],
  ["one that its person linked", account("slack", "W0ERIN0001"), person("erin"), null],
  [
    "one that was linked in a session of a login link, with that link",
    account("teams", "erin-in-teams"),
    person("erin"),
    "e_the-link",
  ],
  [
    "one that was somebody's by an older policy",
    account("slack", "U0DANA0001"),
    person("dana"),
    null,
  ],
  ["one that is nobody's", account("slack", "U0MALLORY1"), { type: "stranger" }, null],
  ["Bob's, but in another chat", account("teams", "U0BOB00001"), { type: "stranger" }, null],
  ["no account", account("teams", ""), { type: "stranger" }, null],
])("who speaks: %s", (_name, speaker, actor, link) => {
  expect(resolveActor(speaker, { org, rules })).toEqual({
    actor,
    link,
    account: speaker.is === "account" ? speaker.account : null,
  });
});

test("whoever is signed in speaks as their session says, without an account", () => {
  const speaker: Speaker = { is: "person", person: id("erin"), link: "e_session" };

  expect(resolveActor(speaker, { org, rules })).toEqual({
    actor: person("erin"),
    link: "e_session",
    account: null,
  });
  expect(resolveActor({ is: "stranger" }, { org, rules })).toEqual({
    actor: { type: "stranger" },
    link: null,
    account: null,
  });
});

test("whose account it is that presses, only one file finds out: a chat and a page hand in who they authenticated", () => {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => ({ file: join("src", file), text: readFileSync(join("src", file), "utf8") }));
  const finding = files.filter(({ text }) => /\bholderOf\b.*from|\bresolveActor\(/.test(text));
  const making = files.filter(
    ({ file, text }) =>
      /^src\/(?:chat|console)\//.test(file) && /\bActor\b[^;]*from "[^"]*person\.ts"/.test(text),
  );

  expect(finding.map(({ file }) => file).sort()).toEqual([
    "src/app/commands/decide.ts",
    "src/app/commands/resolve-actor.ts",
  ]);
  expect(making).toEqual([]);
});
