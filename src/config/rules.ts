import { isLoopback } from "../core/address.ts";
import type { Environment } from "./environment.ts";
import { signInRules } from "./sign-in.ts";
import { teamsRules } from "./teams.ts";

/** Rules that name more than one environment variable. */

/** Variables that are useless or dangerous without another one. */
export function pairs(set: Environment): readonly string[] {
  const rules: readonly (readonly [boolean, string])[] = [
    [
      set.DATABASE_URL !== undefined && set.HOLDPOINT_ORIGIN === undefined,
      "HOLDPOINT_ORIGIN is required with DATABASE_URL.",
    ],
    [
      set.DATABASE_URL !== undefined && set.HOLDPOINT_LOG_KEY === undefined,
      "HOLDPOINT_LOG_KEY is required with DATABASE_URL.",
    ],
    [
      set.HOLDPOINT_LOG_KEY_NEXT !== undefined && set.HOLDPOINT_LOG_KEY === undefined,
      "HOLDPOINT_LOG_KEY is required with HOLDPOINT_LOG_KEY_NEXT. A key in HOLDPOINT_DATA is replaced by one that the server makes.",
    ],
    [
      set.SLACK_BOT_TOKEN !== undefined && !set.SLACK_SIGNING_SECRET && !set.SLACK_APP_TOKEN,
      "SLACK_SIGNING_SECRET (or, for development, SLACK_APP_TOKEN) is required with SLACK_BOT_TOKEN.",
    ],
    [
      set.SLACK_BOT_TOKEN === undefined && Boolean(set.SLACK_SIGNING_SECRET ?? set.SLACK_APP_TOKEN),
      "SLACK_BOT_TOKEN is required with SLACK_SIGNING_SECRET and SLACK_APP_TOKEN.",
    ],
    ...signInRules(set, { slack: set.SLACK_BOT_TOKEN !== undefined, tenants: tenantsOf(set) }),
    ...teamsRules(set, isLoopback(set.HOST) && isLoopback(new URL(publicUrlOf(set)).hostname)),
  ];
  return rules.flatMap(([broken, problem]) => (broken ? [problem] : []));
}

/** One token for two roles would give each the other's rights. */
export function equalTokens(set: Environment): readonly string[] {
  const names = [
    "HOLDPOINT_OPERATOR_TOKEN",
    "HOLDPOINT_AUDITOR_TOKEN",
    "HOLDPOINT_GATEWAY_TOKEN",
  ] as const;
  return names.flatMap((name, index) =>
    names
      .slice(0, index)
      .filter((earlier) => set[name] !== undefined && set[name] === set[earlier])
      .map((earlier) => `${name} is the same as ${earlier}.`),
  );
}

/** Settings that are allowed on a developer's machine but not on a production server. */
export function productionRules(set: Environment): readonly string[] {
  if (set.NODE_ENV !== "production") return [];
  const rules: readonly (readonly [boolean, string])[] = [
    [set.SLACK_APP_TOKEN !== undefined, "SLACK_APP_TOKEN (Socket Mode) is for development only."],
    [
      set.HOLDPOINT_TEAMS_ANONYMOUS !== undefined,
      "HOLDPOINT_TEAMS_ANONYMOUS is for development only.",
    ],
    [
      isPlainHttp(publicUrlOf(set)),
      "PUBLIC_URL must be https:// in production: links to it carry one-time logins.",
    ],
    [isPlainHttp(set.SLACK_API_URL), "SLACK_API_URL must be https:// in production."],
    [
      isPlainHttp(set.PAGERDUTY_EVENTS_URL ?? "https://events.pagerduty.com"),
      "PAGERDUTY_EVENTS_URL must be https:// in production.",
    ],
  ];
  return rules.flatMap(([broken, problem]) => (broken ? [problem] : []));
}

function isPlainHttp(address: string): boolean {
  const url = new URL(address);
  return url.protocol === "http:" && !isLoopback(url.hostname);
}

/** The tenants whose people are ours. */
export function tenantsOf(set: Environment): readonly string[] {
  return set.HOLDPOINT_TEAMS_TENANTS ?? [set.MICROSOFT_APP_TENANT_ID ?? []].flat();
}

export function publicUrlOf(set: Environment): string {
  if (set.PUBLIC_URL !== undefined) return new URL(set.PUBLIC_URL).origin;
  return `http://${set.HOST.includes(":") ? `[${set.HOST}]` : set.HOST}:${set.PORT}`;
}
