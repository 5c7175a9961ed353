import type { UsersInfoResponse } from "@slack/web-api";
import type { DoctorFinding } from "../../../app/ports.ts";
import type { Person } from "../../../core/people/person.ts";
import { partsOf } from "../../shared/doctor-roles.ts";
import { accountIn, type Because, whyNot } from "../inbound/membership.ts";
import { isNobody } from "../outbound/directory.ts";
import type { ApiAnswer } from "./doctor-client.ts";
import type { DoctorContext, Team } from "./doctor-context.ts";

/**
 * Everybody who may be asked for something: whether Slack reaches them, and whether what they press
 * counts.
 */
export async function examinePeople(
  { ask, people, policy }: DoctorContext,
  team: Team,
): Promise<readonly DoctorFinding[]> {
  const findings: DoctorFinding[] = [];
  // Sequential: Slack allows about a hundred of these calls a minute.
  for (const [id, parts] of partsOf(policy)) {
    const person = people.get(id);
    if (!person) continue;
    const who = `${person.name} (${[...parts].join("; ")})`;
    if (person.slack === null) findings.push(noAccount(person, who));
    else findings.push(personFinding(await ask.user(person.slack), { person, who, team }));
  }
  return findings;
}

const noAccount = ({ key, teams }: Person, who: string): DoctorFinding => ({
  is: teams === null ? "wrong" : "warning",
  what: `${who} has no Slack id in the policy, so Slack cannot ask, and what they press does not count.`,
  fix: `Copy the member ID from their Slack profile (U… or W…) into the policy: people.${key}.slack.`,
});

interface PersonProbe {
  readonly person: Person;
  readonly who: string;
  readonly team: Team;
}

function personFinding(told: ApiAnswer<UsersInfoResponse>, asked: PersonProbe): DoctorFinding {
  if (!told.ok) return refused(told, asked);
  const because = whyNot(accountIn(told.answer.user ?? {}), asked.team);
  return because === null
    ? { is: "ok", what: `${asked.who} is reached by Slack.`, fix: "" }
    : { is: "wrong", ...wrong(because, asked) };
}

/** The problem and what to do, for whoever maintains the policy. */
function wrong(because: Because, asked: PersonProbe): Omit<DoctorFinding, "is"> {
  const { person, who, team } = asked;
  const fix = `Name somebody else in the policy, or put the right member ID into people.${person.key}.slack.`;
  const account = `The Slack account of ${who}`;
  switch (because) {
    case "closed":
      return { what: `${account} is deactivated: they are skipped when somebody is asked.`, fix };
    case "bot":
      return {
        what: `The Slack id of ${who} belongs to a bot: software may submit evidence, never a decision.`,
        fix,
      };
    case "elsewhere":
      return {
        what: `${account} belongs to another workspace than ${team.name}, and not to its organization: what they press is refused.`,
        fix,
      };
    case "unsaid":
      return {
        what: `Slack does not say to which workspace or organization the account ${person.slack} belongs, the id of ${who}: what they press is refused.`,
        fix,
      };
    case "unknown":
      return notThere(asked);
    case "guest":
      return {
        what: `${account} is a guest's: they are skipped when somebody is asked, and what they press is refused.`,
        fix: "Make them a full member in Slack, or name somebody else in the policy.",
      };
  }
}

const notThere = ({ person, who }: PersonProbe): Omit<DoctorFinding, "is"> => ({
  what: `Slack knows no account ${person.slack}, the id of ${who}: nobody is asked in their place until time passes.`,
  fix: `Copy the member ID from their Slack profile (U… or W…) into the policy: people.${person.key}.slack.`,
});

function refused(
  { error, because }: { readonly error: string; readonly because: string },
  asked: PersonProbe,
): DoctorFinding {
  const { who } = asked;
  if (isNobody(error)) return { is: "wrong", ...notThere(asked) };
  switch (error) {
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
}
