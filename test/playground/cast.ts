import { readFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import { z } from "zod";

/**
 * The people of policy.example.yaml in the Playground: the same Teams accounts, in a team with the
 * policy's channel.
 */

const examplePolicy = z.looseObject({
  people: z.record(z.string(), z.object({ name: z.string(), teams: z.string() })),
  channels: z.object({ "model-risk": z.object({ teams: z.string() }) }),
});
const example = examplePolicy.parse(parse(readFileSync("policy.example.yaml", "utf8")));

/** Whom the policy names, by its keys. */
export type Who = "ana" | "bob" | "chidi" | "dana" | "erin" | "frank";

/** A user as the Playground's configuration has them. */
export interface PlaygroundUser {
  readonly id: string;
  readonly name: string;
  readonly userPrincipleName: string;
  readonly aadObjectId: string;
  readonly givenName: string;
  readonly surname: string;
  readonly email: string;
}

/** Somebody as Teams knows them. */
export function userOf(who: Who): PlaygroundUser {
  const { name = "", teams = "" } = example.people[who] ?? {};
  const [givenName = "", surname = ""] = name.split(" ");
  const email = `${who}@example.com`;
  return {
    id: `29:${who}`,
    name,
    userPrincipleName: email,
    aadObjectId: teams,
    givenName,
    surname,
    email,
  };
}

export const tenantId = "0f4f3c6a-0000-4000-8000-000000000001";
export const bot = { id: "28:2b1d0c9e-0000-4000-8000-000000000011", name: "Holdpoint" };
export const channel = { id: example.channels["model-risk"].teams, name: "model-risk" };
export const personalChat = "a:personal-chat-of-chidi";

/** Bob is on call in every week, so that the story is the same on every day. */
export function policyText(): string {
  return stringify({
    ...example,
    schedules: {
      "model-oncall": {
        timezone: "Europe/London",
        rotation: ["bob"],
        handoff: { every: "1w", on: "monday", at: "09:00", from: "2024-01-01" },
      },
    },
  });
}

/**
 * `.m365agentsplayground.yml`: exactly five users besides the current one, and one channel besides
 * General.
 */
export function playgroundConfig(): string {
  return stringify({
    version: "0.1.1",
    tenantId,
    bot,
    currentUser: userOf("chidi"),
    users: (["ana", "bob", "dana", "erin", "frank"] as const).map(userOf),
    personalChat: { id: personalChat },
    groupChat: { id: "19:group@thread.v2", name: "Group Chat" },
    team: {
      id: "19:team-general@thread.tacv2",
      name: "Model Risk",
      aadGroupId: "9d8c7b6a-0000-4000-8000-000000000031",
      channels: [channel],
    },
  });
}
