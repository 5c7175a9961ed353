import type { AuthTestResponse, UsersInfoResponse } from "@slack/web-api";

/** Which accounts belong to our organization. The endpoints and the doctor use the same rule. */

/** Where the app is installed, according to its token. */
export interface Ours {
  /** The workspace; "" where Slack names none. */
  readonly team: string;
  /** The organization (Enterprise Grid) that it belongs to; "" = none. */
  readonly enterprise: string;
}

/** The workspace and organization of an account, according to Slack. */
export interface Membership {
  /** The workspace that the answer names; "" = none, as happens in an organization. */
  readonly team: string;
  readonly enterprise: string;
  /** Every workspace of its organization that it is in. */
  readonly teams: readonly string[];
  /** Slack's flag for an account of another organization. */
  readonly stranger: boolean;
}

/** An account as Slack knows it. */
export interface SlackAccount extends Membership {
  readonly is: "member" | "guest" | "bot" | "closed" | "unknown";
}

/** Why an account may not decide here. `unsaid`: Slack does not say where it belongs. */
export type Because = Exclude<SlackAccount["is"], "member"> | "elsewhere" | "unsaid";

/** Nothing is known of it. */
export const noMembership: Membership = { team: "", enterprise: "", teams: [], stranger: false };

/**
 * Our workspace, from `auth.test`; null where Slack names neither a workspace nor an organization.
 */
export function oursIn({ team_id, enterprise_id }: AuthTestResponse): Ours | null {
  const ours = { team: team_id ?? "", enterprise: enterprise_id ?? "" };
  return ours.team === "" && ours.enterprise === "" ? null : ours;
}

/** An account, from `users.info`. */
export function accountIn(user: NonNullable<UsersInfoResponse["user"]>): SlackAccount {
  const { team_id, profile, enterprise_user, is_stranger } = user;
  const home: Membership = {
    team: team_id ?? profile?.team ?? "",
    enterprise: enterprise_user?.enterprise_id ?? "",
    teams: enterprise_user?.teams ?? [],
    stranger: is_stranger === true,
  };
  if (user.deleted) return { is: "closed", ...home };
  if (user.is_bot || user.is_workflow_bot || user.id === "USLACKBOT") return { is: "bot", ...home };
  const isGuest = user.is_restricted || user.is_ultra_restricted || home.stranger;
  return { is: isGuest ? "guest" : "member", ...home };
}

/**
 * Why an account may not decide here; null = no objection. In an organization one account serves
 * several workspaces, and `team_id` names the one it came from, or none: every account of our
 * organization counts as ours. `abroad`: the request names another workspace, and then the account
 * counts only if both workspaces are in our organization.
 */
export function whyNot(account: SlackAccount, ours: Ours, abroad = false): Because | null {
  const { is } = account;
  if (is === "closed" || is === "bot" || is === "unknown") return is;
  if (!isOneOfOurs(account, ours, abroad)) return isUnsaid(account) ? "unsaid" : "elsewhere";
  return is === "guest" ? "guest" : null;
}

function isOneOfOurs(home: Membership, ours: Ours, abroad: boolean): boolean {
  if (home.stranger) return false;
  const same = (name: string, other: string) => name !== "" && name === other;
  return (
    same(home.enterprise, ours.enterprise) ||
    home.teams.some((team) => same(team, ours.team)) ||
    (!abroad && same(home.team, ours.team))
  );
}

const isUnsaid = ({ team, enterprise, teams, stranger }: Membership): boolean =>
  !stranger && team === "" && enterprise === "" && teams.length === 0;
