import type { UsersInfoResponse } from "@slack/web-api";
import type { Finding } from "../../app/ports.ts";
import type { Person } from "../../core/people.ts";
import { partsOf } from "../any/asked.ts";
import type { Ground, Team } from "./doctor.ts";
import type { Told } from "./questions.ts";

/** Everybody who may be asked for something: whether Slack reaches them, and whether what they press counts. */
export const examinePeople = async (
  { ask, people, policy }: Ground,
  team: Team,
): Promise<readonly Finding[]> => {
  const findings: Finding[] = [];
  // One after the other: Slack allows about a hundred of these a minute.
  for (const [id, parts] of partsOf(policy)) {
    const person = people.get(id);
    if (!person) continue;
    const who = `${person.name} (${[...parts].join("; ")})`;
    if (person.slack === null) findings.push(noAccount(person, who));
    else findings.push(personFinding(await ask.user(person.slack), { person, who, team }));
  }
  return findings;
};

const noAccount = ({ key, teams }: Person, who: string): Finding => ({
  is: teams === null ? "wrong" : "warning",
  what: `${who} has no Slack id in the policy, so Slack cannot ask, and what they press does not count.`,
  fix: `Copy the member ID from their Slack profile (U…) into the policy: people.${key}.slack.`,
});

interface Asked {
  readonly person: Person;
  readonly who: string;
  readonly team: Team;
}

const personFinding = (told: Told<UsersInfoResponse>, asked: Asked): Finding => {
  const { person, who, team } = asked;
  if (!told.ok) return refused(told, asked);
  const { user = {} } = told.answer;
  const replace = `Name somebody else in the policy, or put the right member ID into people.${person.key}.slack.`;
  if (user.deleted)
    return {
      is: "wrong",
      what: `The Slack account of ${who} is deactivated: they are skipped when somebody is asked.`,
      fix: replace,
    };
  if (user.is_bot || user.is_workflow_bot)
    return {
      is: "wrong",
      what: `The Slack id of ${who} belongs to a bot: software may submit evidence, never a decision.`,
      fix: replace,
    };
  if (!isOurs(user, team))
    return {
      is: "wrong",
      what: `The Slack account of ${who} belongs to another workspace than ${team.name}: what they press is refused.`,
      fix: replace,
    };
  if (user.is_restricted || user.is_ultra_restricted)
    return {
      is: "wrong",
      what: `The Slack account of ${who} is a guest's: they are skipped when somebody is asked, and what they press is refused.`,
      fix: "Make them a full member in Slack, or name somebody else in the policy.",
    };
  return { is: "ok", what: `${who} is reached by Slack.`, fix: "" };
};

/** In an organisation one account serves several workspaces, and `team_id` names whichever it came from. */
const isOurs = (
  { team_id, is_stranger, enterprise_user }: NonNullable<UsersInfoResponse["user"]>,
  team: Team,
): boolean =>
  !is_stranger && (team_id === team.id || enterprise_user?.teams?.includes(team.id) === true);

const refused = (
  { error, because }: { readonly error: string; readonly because: string },
  { person, who }: Asked,
): Finding => {
  switch (error) {
    case "user_not_found":
    case "user_not_visible":
      return {
        is: "wrong",
        what: `Slack knows no account ${person.slack}, the id of ${who}: nobody is asked in their place until time passes.`,
        fix: `Copy the member ID from their Slack profile (U…) into the policy: people.${person.key}.slack.`,
      };
    case "missing_scope":
      return {
        is: "wrong",
        what: `The Slack account of ${who} could not be examined, because the app lacks a scope: they cannot resume.`,
        fix: "Put manifest.json into the app's settings and install the app again.",
      };
    default:
      return {
        is: "warning",
        what: `The Slack account of ${who} could not be examined: ${because}.`,
        fix: "Run this again in a minute.",
      };
  }
};
