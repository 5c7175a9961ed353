import type { AuthTestResponse, UsersInfoResponse } from "@slack/web-api";

/** Whose people count: asked by every door and by the doctor, so that both say the same. */

/** Where the app is installed, as Slack says of its token. */
export interface Ours {
  /** The workspace; "" where Slack names none. */
  readonly team: string;
  /** The organisation (Enterprise Grid) that it belongs to; "" = none. */
  readonly enterprise: string;
}

/** Where an account is at home, as Slack says. */
export interface Home {
  /** The workspace that the answer names; "" = none, as happens in an organisation. */
  readonly team: string;
  readonly enterprise: string;
  /** Every workspace of its organisation that it is in. */
  readonly teams: readonly string[];
  /** Slack's own word for somebody of another organisation. */
  readonly stranger: boolean;
}

/** An account as Slack knows it. */
export interface Account extends Home {
  readonly is: "member" | "guest" | "bot" | "closed" | "unknown";
}

/** Why an account decides nothing here. `unsaid`: Slack does not say where it is at home. */
export type Because = Exclude<Account["is"], "member"> | "elsewhere" | "unsaid";

/** Nothing is known of it. */
export const nowhereAtHome: Home = { team: "", enterprise: "", teams: [], stranger: false };

/**
 * Where we are, from `auth.test`; null where Slack says neither a workspace nor an organisation.
 */
export function oursIn({ team_id, enterprise_id }: AuthTestResponse): Ours | null {
  const ours = { team: team_id ?? "", enterprise: enterprise_id ?? "" };
  return ours.team === "" && ours.enterprise === "" ? null : ours;
}

/** An account, from `users.info`. */
export function accountIn(user: NonNullable<UsersInfoResponse["user"]>): Account {
  const { team_id, profile, enterprise_user, is_stranger } = user;
  const home: Home = {
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
 * Why somebody decides nothing here; null = nothing speaks against it. In an organisation one
 * account serves several workspaces, and `team_id` names whichever it came from, or nothing:
 * whoever is of our organisation is one of ours. `abroad`: what they sent names another workspace,
 * and then only an organisation that both are in makes them one of ours.
 */
export function whyNot(account: Account, ours: Ours, abroad = false): Because | null {
  const { is } = account;
  if (is === "closed" || is === "bot" || is === "unknown") return is;
  if (!isOneOfOurs(account, ours, abroad)) return isUnsaid(account) ? "unsaid" : "elsewhere";
  return is === "guest" ? "guest" : null;
}

function isOneOfOurs(home: Home, ours: Ours, abroad: boolean): boolean {
  if (home.stranger) return false;
  const same = (name: string, other: string) => name !== "" && name === other;
  return (
    same(home.enterprise, ours.enterprise) ||
    home.teams.some((team) => same(team, ours.team)) ||
    (!abroad && same(home.team, ours.team))
  );
}

const isUnsaid = ({ team, enterprise, teams, stranger }: Home): boolean =>
  !stranger && team === "" && enterprise === "" && teams.length === 0;
