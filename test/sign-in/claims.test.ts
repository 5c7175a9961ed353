import { expect, test } from "vitest";
import { accountIn } from "../../src/sign-in/claims.ts";

const user = "https://slack.com/user_id";
const team = "https://slack.com/team_id";
const oid = "6f1c1f0e-0000-4000-8000-000000000003";
const tid = "0b2d5b1a-0000-4000-8000-0000000000aa";

test("a token of Slack, of Entra ID and of any other issuer names one account each", () => {
  const inSlack = { sub: "U0CHIDI001", [user]: "U0CHIDI001", [team]: "T0ACME0001" };
  const inTeams = { sub: "pairwise", oid: oid.toUpperCase(), tid: tid.toUpperCase() };

  expect(accountIn(inSlack, "slack")).toEqual({
    account: "slack",
    id: "U0CHIDI001",
    home: "T0ACME0001",
    guest: false,
  });
  expect(accountIn(inTeams, "teams")).toEqual({
    account: "teams",
    id: oid,
    home: tid,
    guest: false,
  });
  expect(accountIn({ ...inTeams, acct: 1 }, "teams")).toMatchObject({ guest: true });
  expect(accountIn({ ...inTeams, acct: 0 }, "teams")).toMatchObject({ guest: false });
  expect(accountIn({ sub: "auth0|5F" }, "oidc")).toMatchObject({ id: "auth0|5F", home: "" });
});

test.each([
  ["a subject of Slack in place of its user", { sub: "U0CHIDI001", [team]: "T1" }, "slack"],
  ["no workspace", { sub: "x", [user]: "U0CHIDI001" }, "slack"],
  ["a handle", { [user]: "@chidi", [team]: "T1" }, "slack"],
  ["a user that is no text", { [user]: ["U0CHIDI001"], [team]: "T1" }, "slack"],
  ["a subject of Entra in place of the object id", { sub: oid, tid }, "teams"],
  ["no tenant", { oid }, "teams"],
  ["an object id that is none", { oid: `${oid}'`, tid }, "teams"],
  ["an e-mail address, verified or not", { email: "c@x.example", email_verified: true }, "oidc"],
] as const)("%s names nobody", (_what, claims, account) => {
  expect(accountIn(claims, account)).toBeNull();
});
