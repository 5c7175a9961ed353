import type { Config } from "../config.ts";
import type { Dependencies } from "./dependencies.ts";
import type { SignInDependencies, SignInParts } from "./sign-in-parts.ts";
import type { SlackDependencies } from "./slack-parts.ts";
import type { TeamsDependencies } from "./teams-parts.ts";

/** Parts that are there only where they are configured, and their libraries with them. */

type SlackNeeds = Pick<
  SlackDependencies,
  "store" | "clock" | "report" | "tell" | "times" | "answerTimes"
>;

/** Slack's adapter and its libraries are loaded only where Slack is configured. */
export async function slackFor(
  { slack: config, publicUrl }: Config,
  needs: SlackNeeds,
): Promise<Dependencies["slack"]> {
  if (config === null) return null;
  const { createSlackParts } = await import("./slack-parts.ts");
  return (rules) => createSlackParts({ ...needs, config, publicUrl, rules });
}

type TeamsNeeds = Pick<
  TeamsDependencies,
  "store" | "clock" | "random" | "report" | "tell" | "times" | "answerTimes"
>;

/** The same for Teams. */
export async function teamsFor(
  { teams: config, publicUrl }: Config,
  needs: TeamsNeeds,
): Promise<Dependencies["teams"]> {
  if (config === null) return null;
  const { createTeamsParts } = await import("./teams-parts.ts");
  return (rules) => createTeamsParts({ ...needs, config, publicUrl, rules });
}

/** The same for sign-in by OpenID Connect. */
export async function signInFor(
  { signIn: config, publicUrl, teams }: Config,
  needs: Pick<SignInDependencies, "clock" | "parts" | "report">,
): Promise<SignInParts | null> {
  if (config === null) return null;
  const { createSignIn } = await import("./sign-in-parts.ts");
  return createSignIn({ ...needs, config, publicUrl, tenants: teams?.tenants ?? [] });
}
