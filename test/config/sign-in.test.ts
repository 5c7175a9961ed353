import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { configOf, problemsOf } from "../support/config.ts";

const secret = "client-secret-0123456789";
const tenant = "0b2d5b1a-0000-4000-8000-0000000000aa";

const at = (issuer: string) => ({
  HOLDPOINT_OIDC_ISSUER: issuer,
  HOLDPOINT_OIDC_CLIENT_ID: "client",
  HOLDPOINT_OIDC_CLIENT_SECRET: secret,
});
const slack = { SLACK_BOT_TOKEN: "xoxb-1", SLACK_APP_TOKEN: "xapp-1" };
const any = at("https://login.example.com/realms/main");

describe("an OpenID Connect issuer", () => {
  test("is there with its client, whose secret prints nowhere", () => {
    const { signIn } = configOf(any);

    expect(signIn).toMatchObject({
      issuer: "https://login.example.com/realms/main",
      clientId: "client",
      accounts: "oidc",
      name: "login.example.com",
    });
    expect(signIn?.clientSecret.reveal()).toBe(secret);
    expect(inspect(signIn) + JSON.stringify(signIn)).not.toContain(secret);
    expect(configOf({}).signIn).toBeNull();
  });

  test.each([
    [{ ...at("https://slack.com"), ...slack }, "slack", "Slack"],
    [{ ...at("https://slack-gov.com"), ...slack }, "slack", "Slack"],
    [at(`https://login.microsoftonline.com/${tenant}/v2.0`), "teams", "Microsoft"],
    [at(`https://login.microsoftonline.us/${tenant}/v2.0`), "teams", "Microsoft"],
    [at("https://slack.com.example.com"), "oidc", "slack.com.example.com"],
    [{ ...any, ...slack, HOLDPOINT_OIDC_ACCOUNTS: "slack" }, "slack", "login.example.com"],
  ])("%j has people by their accounts in %s", (env, accounts, name) => {
    expect(configOf(env).signIn).toMatchObject({ accounts, name });
  });

  test.each<[string, Record<string, string>, string]>([
    ["http", at("http://login.example.com"), "HOLDPOINT_OIDC_ISSUER is not an address like"],
    ["a query", at("https://login.example.com/?a=b"), "HOLDPOINT_OIDC_ISSUER is not an address"],
    ["a password", at("https://a:b@login.example.com"), "HOLDPOINT_OIDC_ISSUER is not an address"],
    ["no address", at("login.example.com"), "HOLDPOINT_OIDC_ISSUER is not an address like"],
    ["many tenants", at("https://login.microsoftonline.com/common/v2.0"), "names no tenant"],
    ["organizations", at("https://login.microsoftonline.com/organizations/v2.0"), "no tenant"],
    ["Slack alone", at("https://slack.com"), "SLACK_BOT_TOKEN is required where"],
    [
      "no tenant of ours",
      { ...any, HOLDPOINT_OIDC_ACCOUNTS: "teams" },
      "HOLDPOINT_OIDC_ISSUER names no tenant, and MICROSOFT_APP_TENANT_ID",
    ],
    [
      "no client",
      { HOLDPOINT_OIDC_ISSUER: "https://a.example", HOLDPOINT_OIDC_CLIENT_SECRET: secret },
      "HOLDPOINT_OIDC_CLIENT_ID is required with HOLDPOINT_OIDC_ISSUER.",
    ],
    [
      "no issuer",
      { HOLDPOINT_OIDC_CLIENT_ID: "client", HOLDPOINT_OIDC_CLIENT_SECRET: secret },
      "HOLDPOINT_OIDC_ISSUER is required with HOLDPOINT_OIDC_CLIENT_ID.",
    ],
    [
      "an empty secret",
      { ...any, HOLDPOINT_OIDC_CLIENT_SECRET: "" },
      "HOLDPOINT_OIDC_CLIENT_SECRET is required with HOLDPOINT_OIDC_ISSUER.",
    ],
    [
      "a short secret",
      { ...any, HOLDPOINT_OIDC_CLIENT_SECRET: "short" },
      "HOLDPOINT_OIDC_CLIENT_SECRET is shorter than 16 characters.",
    ],
    [
      "accounts alone",
      { HOLDPOINT_OIDC_ACCOUNTS: "policy" },
      "HOLDPOINT_OIDC_ISSUER is required with HOLDPOINT_OIDC_ACCOUNTS.",
    ],
    ["other accounts", { ...any, HOLDPOINT_OIDC_ACCOUNTS: "email" }, "can only be slack, teams"],
    [
      "a misspelt name",
      { ...any, HOLDPOINT_OIDC_SECRET: secret },
      "HOLDPOINT_OIDC_SECRET is not a variable of Holdpoint.",
    ],
  ])("with %s stops the start, and no secret is said", (_what, env, says) => {
    const said = problemsOf(env).join("\n");

    expect(said).toContain(says);
    expect(said).not.toContain(secret);
  });

  test("may speak plain http on this machine alone, and closes demo mode", () => {
    const { signIn, demo } = configOf(at("http://127.0.0.1:8080"));

    expect(signIn).not.toBeNull();
    expect(demo).toEqual({
      allowed: false,
      because: ["an OpenID Connect issuer is configured"],
    });
  });
});
