import type { DoctorFinding } from "../../../app/ports.ts";
import type { People, Person } from "../../../core/people/person.ts";
import type { Policy } from "../../../core/policy/model.ts";
import { affectedBy, partsOf } from "../../shared/doctor-roles.ts";
import { type Bot, CallFault } from "../bot.ts";
import { type Address, guid } from "../inbound/activity.ts";
import type { Directory, TeamsAccount } from "../outbound/directory.ts";
import { refusalOf } from "../outbound/faults.ts";

/** What the doctor examines. */
export interface DoctorContext {
  readonly bot: Pick<Bot, "look">;
  readonly directory: Directory;
  readonly addressOf: (conversation: string) => Promise<Address>;
  readonly people: People;
  readonly policy: Pick<Policy, "channels" | "schedules" | "deployments" | "unmatchedChannel">;
}

/**
 * Everything that decides whether Teams reaches the people of the policy: the bot, its channels,
 * the people.
 */
export async function examine(context: DoctorContext): Promise<readonly DoctorFinding[]> {
  const channels: DoctorFinding[] = [];
  let open = "";
  // Sequential, since Teams' rate limit counts the requests of the whole bot.
  for (const { id, teams } of context.policy.channels.values()) {
    const finding =
      teams === null ? notInTeams(context, id) : await channelFinding(context, id, teams);
    if (teams !== null && finding.is === "ok" && open === "") open = teams;
    channels.push(finding);
  }
  return [...channels, ...(open === "" ? [] : await examinePeople(context, open))];
}

const notInTeams = ({ policy }: DoctorContext, id: string): DoctorFinding => ({
  is: "warning",
  what: `The channel ${id} has no Teams id, so cards for ${affectedBy(policy, id)} are not shown in Teams.`,
  fix: `If they should be, put the channel's id (19:…@thread.tacv2) into the policy: channels.${id}.teams.`,
});

async function channelFinding(
  context: DoctorContext,
  id: string,
  teams: string,
): Promise<DoctorFinding> {
  const lost = `cards for ${affectedBy(context.policy, id)} do not arrive`;
  try {
    await context.bot.look(await context.addressOf(teams), teams);
    return { is: "ok", what: `The channel ${id} is there, and the app is in its team.`, fix: "" };
  } catch (fault) {
    return closed(refusalOf(fault)?.status ?? null, { id, teams, lost, fault });
  }
}

function closed(
  status: number | null,
  {
    id,
    teams,
    lost,
    fault,
  }: {
    readonly id: string;
    readonly teams: string;
    readonly lost: string;
    readonly fault: unknown;
  },
): DoctorFinding {
  if (status === 401)
    return {
      is: "wrong",
      what: `Teams does not accept the bot's token (401): ${lost}.`,
      fix: "Compare MICROSOFT_APP_ID, MICROSOFT_APP_TENANT_ID and MICROSOFT_APP_PASSWORD with the app registration; secrets there expire.",
    };
  if (status === 403 || status === 404)
    return {
      is: "wrong",
      what: `Teams knows no channel ${teams} (${id} in the policy) that the app is in: ${lost}.`,
      fix: `Add the app to that team, and compare channels.${id}.teams with the id in the channel's link.`,
    };
  if (fault instanceof CallFault && fault.code === "NoToken")
    return {
      is: "wrong",
      what: `Microsoft gives the bot no token: ${lost}.`,
      fix: "Compare MICROSOFT_APP_ID, MICROSOFT_APP_TENANT_ID and MICROSOFT_APP_PASSWORD with the app registration (secrets there expire), and see that this machine may open connections to login.microsoftonline.com.",
    };
  const because = fault instanceof Error ? fault.message : "no answer";
  return {
    is: "wrong",
    what: `The channel ${id} could not be looked at (${because}): ${lost} as long as that lasts.`,
    fix: "If Teams has never spoken to this server: add the app to the team, and set its messaging endpoint to PUBLIC_URL/api/messages.",
  };
}

/**
 * Everybody who may be asked for something: whether Teams reaches them, and whether what they press
 * counts.
 */
async function examinePeople(
  { directory, people, policy }: DoctorContext,
  conversation: string,
): Promise<readonly DoctorFinding[]> {
  const findings: DoctorFinding[] = [];
  for (const [id, parts] of partsOf(policy)) {
    const person = people.get(id);
    if (!person) continue;
    const who = `${person.name} (${[...parts].join("; ")})`;
    const user = guid(person.teams ?? "");
    findings.push(
      user === ""
        ? noAccount(person, who)
        : personFinding(await directory.account(user, conversation), person, who),
    );
  }
  return findings;
}

const noAccount = ({ key, slack }: Person, who: string): DoctorFinding => ({
  is: slack === null ? "wrong" : "warning",
  what: `${who} has no Teams id in the policy, so Teams cannot ask, and what they press does not count.`,
  fix: `Put their object id from Microsoft Entra into the policy (people.${key}.teams), or let them say link.`,
});

function personFinding(account: TeamsAccount | null, { key }: Person, who: string): DoctorFinding {
  switch (account?.is) {
    case "member":
      return { is: "ok", what: `${who} is reached by Teams.`, fix: "" };
    case "guest":
      return {
        is: "wrong",
        what: `The Teams account of ${who} is a guest's: they are skipped when somebody is asked, and what they press is refused.`,
        fix: "Name somebody of your own organization in the policy.",
      };
    case "unknown":
      return {
        is: "wrong",
        what: `${who} is no member of the team, as far as Teams says: nobody is asked in their place until time passes.`,
        fix: `Add them to the team, or compare people.${key}.teams with their object id in Microsoft Entra.`,
      };
    case undefined:
      return {
        is: "warning",
        what: `The Teams account of ${who} could not be examined.`,
        fix: "Run this again in a minute.",
      };
  }
}
