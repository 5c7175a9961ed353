import { z } from "zod";
import { isLoopback } from "../core/address.ts";
import type { SignInAccount } from "../core/people/person.ts";

/** The settings for sign-in by OpenID Connect, and which of them belong together. */

/** Microsoft's sign-in services; the first part of the path is the tenant, or a name for many. */
const entra: readonly string[] = [
  "login.microsoftonline.com",
  "login.microsoftonline.us",
  "login.partner.microsoftonline.cn",
];
const slack: readonly string[] = ["slack.com", "slack-gov.com"];

const says = (error: string) => ({ error, abort: true });

/** The variables. */
export const signInVariables = {
  HOLDPOINT_OIDC_ISSUER: z
    .string()
    .max(200, says("is longer than 200 characters"))
    .refine(isIssuer, says("is not an address like https://login.example.com (https, no query)"))
    .refine((text) => !namesNoTenant(text), {
      error:
        "names no tenant: with Entra ID it ends in your tenant's id, https://login.microsoftonline.com/<tenant id>/v2.0",
    })
    .optional(),
  HOLDPOINT_OIDC_CLIENT_ID: z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, "is not a client id: it has spaces, or is too long")
    .optional(),
  HOLDPOINT_OIDC_CLIENT_SECRET: z.string().min(16, "is shorter than 16 characters").optional(),
  HOLDPOINT_OIDC_ACCOUNTS: z
    .enum(["slack", "teams", "policy"], "can only be slack, teams or policy")
    .optional(),
};

interface SignInEnvironment {
  readonly HOLDPOINT_OIDC_ISSUER?: string | undefined;
  readonly HOLDPOINT_OIDC_CLIENT_ID?: string | undefined;
  readonly HOLDPOINT_OIDC_CLIENT_SECRET?: string | undefined;
  readonly HOLDPOINT_OIDC_ACCOUNTS?: "slack" | "teams" | "policy" | undefined;
}

/** The issuer, and whose accounts its people are. */
export interface SignInSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly accounts: SignInAccount;
  /** What the issuer is called on a page. */
  readonly name: string;
  /** The Entra tenant in the issuer's address; "" = none. */
  readonly tenant: string;
}

/** Null where no issuer is configured. */
export function signInOf(set: SignInEnvironment): SignInSettings | null {
  const { HOLDPOINT_OIDC_ISSUER: issuer, HOLDPOINT_OIDC_CLIENT_ID: clientId } = set;
  if (issuer === undefined || clientId === undefined) return null;
  const { host, hostname } = new URL(issuer);
  const byHost = slack.includes(hostname) ? "slack" : entra.includes(hostname) ? "teams" : "oidc";
  const { HOLDPOINT_OIDC_ACCOUNTS: said } = set;
  const accounts = said === undefined ? byHost : said === "policy" ? "oidc" : said;
  const name = { slack: "Slack", teams: "Microsoft", oidc: host }[byHost];
  return { issuer, clientId, accounts, name, tenant: tenantIn(issuer) };
}

/** Each rule, and whether it is broken. */
export function signInRules(
  set: SignInEnvironment,
  chats: { readonly slack: boolean; readonly tenants: readonly string[] },
): readonly (readonly [boolean, string])[] {
  const names = [
    "HOLDPOINT_OIDC_ISSUER",
    "HOLDPOINT_OIDC_CLIENT_ID",
    "HOLDPOINT_OIDC_CLIENT_SECRET",
  ] as const;
  const given = names.find((name) => set[name] !== undefined);
  const missing = names.map((name): readonly [boolean, string] => [
    given !== undefined && set[name] === undefined,
    `${name} is required with ${given}.`,
  ]);
  const settings = signInOf(set);
  return [
    ...missing,
    [
      set.HOLDPOINT_OIDC_ACCOUNTS !== undefined && given === undefined,
      "HOLDPOINT_OIDC_ISSUER is required with HOLDPOINT_OIDC_ACCOUNTS.",
    ],
    [
      settings?.accounts === "slack" && !chats.slack,
      "SLACK_BOT_TOKEN is required where HOLDPOINT_OIDC_ISSUER is Slack: it says which workspace is ours.",
    ],
    [
      settings?.accounts === "teams" && settings.tenant === "" && chats.tenants.length === 0,
      "HOLDPOINT_OIDC_ISSUER names no tenant, and MICROSOFT_APP_TENANT_ID and HOLDPOINT_TEAMS_TENANTS are not set: one of them says which tenant is ours.",
    ],
  ];
}

function isIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, search, hash, username, password } = new URL(text);
  const isSafe = protocol === "https:" || (protocol === "http:" && isLoopback(hostname));
  return (
    isSafe && !text.includes("?") && !text.includes("#") && !(search + hash + username + password)
  );
}

const guidIn = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

const tenantIn = (issuer: string): string =>
  guidIn.exec(new URL(issuer).pathname.toLowerCase())?.[0] ?? "";

/** Issuers of many tenants sign for whoever has an account anywhere. */
const namesNoTenant = (issuer: string): boolean =>
  entra.includes(new URL(issuer).hostname) && tenantIn(issuer) === "";
