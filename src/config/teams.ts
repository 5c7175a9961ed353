import { z } from "zod";

/** The settings for Teams, and which of them belong together. */

/** A GUID of Entra, in lower case as in activities. */
export const guid = z.guid("is not a GUID like 00000000-0000-0000-0000-000000000000").toLowerCase();

/** A list of GUIDs. */
export const guids = z
  .string()
  .transform((text) => text.split(",").map((tenant) => tenant.trim().toLowerCase()))
  .refine((tenants) => tenants.every((tenant) => guid.safeParse(tenant).success), {
    error: "is not a list of tenant ids (GUIDs), with commas between",
  });

interface TeamsEnvironment {
  readonly MICROSOFT_APP_ID?: string | undefined;
  readonly MICROSOFT_APP_PASSWORD?: string | undefined;
  readonly MICROSOFT_APP_TENANT_ID?: string | undefined;
  readonly MICROSOFT_APP_TYPE?: "SingleTenant" | "MultiTenant" | undefined;
  readonly HOLDPOINT_TEAMS_TENANTS?: readonly string[] | undefined;
  readonly HOLDPOINT_TEAMS_ANONYMOUS?: "1" | undefined;
}

/**
 * Each rule, and whether it is broken. Without an app id Microsoft's library accepts any sender, so
 * every Teams setting requires one.
 */
export function teamsRules(
  set: TeamsEnvironment,
  isOnThisMachine: boolean,
): readonly (readonly [boolean, string])[] {
  const anonymous = set.HOLDPOINT_TEAMS_ANONYMOUS === "1";
  const hasId = set.MICROSOFT_APP_ID !== undefined;
  const isMulti = set.MICROSOFT_APP_TYPE === "MultiTenant";
  const companion = companions.find((name) => set[name] !== undefined);
  return [
    [
      hasId && set.MICROSOFT_APP_PASSWORD === undefined,
      "MICROSOFT_APP_PASSWORD is required with MICROSOFT_APP_ID.",
    ],
    [
      !hasId && !anonymous && companion !== undefined,
      `MICROSOFT_APP_ID is required with ${companion}: without it a bot accepts anybody.`,
    ],
    [
      hasId && !isMulti && set.MICROSOFT_APP_TENANT_ID === undefined,
      "MICROSOFT_APP_TENANT_ID is required with MICROSOFT_APP_ID, unless MICROSOFT_APP_TYPE is MultiTenant.",
    ],
    [
      hasId && isMulti && set.HOLDPOINT_TEAMS_TENANTS === undefined,
      "HOLDPOINT_TEAMS_TENANTS is required with MICROSOFT_APP_TYPE MultiTenant.",
    ],
    [
      anonymous && !isOnThisMachine,
      "HOLDPOINT_TEAMS_ANONYMOUS is allowed only where HOST and PUBLIC_URL are loopback addresses.",
    ],
    [
      anonymous && (hasId || set.MICROSOFT_APP_PASSWORD !== undefined),
      "HOLDPOINT_TEAMS_ANONYMOUS is not for a bot that has MICROSOFT_APP_ID or MICROSOFT_APP_PASSWORD.",
    ],
  ];
}

const companions = [
  "MICROSOFT_APP_PASSWORD",
  "MICROSOFT_APP_TENANT_ID",
  "MICROSOFT_APP_TYPE",
  "HOLDPOINT_TEAMS_TENANTS",
] as const;

const needed = (problem: string) => (issue: { readonly input?: unknown }) =>
  issue.input === undefined ? "is not set" : problem;

const address = "is not like https://holdpoint.example.com (https, no path, not this machine)";

const hosted = /^https:\/\/(?=[^/]*[a-z])[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{1,5})?\/?$/i;

/** The settings of the app package. */
const packaged = z.object({
  MICROSOFT_APP_ID: z.guid({ error: needed("is not a GUID") }).toLowerCase(),
  PUBLIC_URL: z
    .string({ error: needed(address) })
    .refine((text) => URL.canParse(text) && hosted.test(text), { error: address }),
});

/** Reads only that part, so that the package can be made on any machine. */
export function teamsAppIn(
  env: Readonly<Record<string, string | undefined>>,
):
  | { readonly ok: true; readonly app: { readonly appId: string; readonly publicUrl: string } }
  | { readonly ok: false; readonly problems: readonly string[] } {
  const given = (name: string): string | undefined => (env[name] === "" ? undefined : env[name]);
  const read = packaged.safeParse({
    MICROSOFT_APP_ID: given("MICROSOFT_APP_ID"),
    PUBLIC_URL: given("PUBLIC_URL"),
  });
  if (!read.success)
    return {
      ok: false,
      problems: read.error.issues.map(({ path, message }) => `${path.join(".")} ${message}.`),
    };
  const { MICROSOFT_APP_ID: appId, PUBLIC_URL: url } = read.data;
  return { ok: true, app: { appId, publicUrl: new URL(url).origin } };
}
