import type { ConversationsInfoResponse } from "@slack/web-api";
import type { DoctorFinding } from "../../../app/ports.ts";
import { affectedBy } from "../../shared/doctor-roles.ts";
import type { ApiAnswer } from "./doctor-client.ts";
import type { DoctorContext } from "./doctor-context.ts";

/**
 * Every channel of the policy: whether cards arrive there, and whether people outside the
 * organization could read them.
 */
export async function examineChannels(context: DoctorContext): Promise<readonly DoctorFinding[]> {
  const findings: DoctorFinding[] = [];
  // Sequential: Slack allows about fifty of these calls a minute.
  for (const { id, slack } of context.policy.channels.values()) {
    const affected = affectedBy(context.policy, id);
    if (slack === null) {
      findings.push(notInSlack(id, affected));
      continue;
    }
    const now = await context.idNow(slack);
    if (now !== slack) findings.push(renumbered(id, slack, now));
    const asked = { id, slack: now, affected, context };
    findings.push(channelFinding(await context.ask.channel(now), asked));
  }
  return findings;
}

const notInSlack = (id: string, affected: string): DoctorFinding => ({
  is: "warning",
  what: `The channel ${id} has no Slack id, so cards for ${affected} are not shown in Slack.`,
  fix: `If they should be, put the channel's id (C…) into the policy: channels.${id}.slack.`,
});

const renumbered = (id: string, before: string, now: string): DoctorFinding => ({
  is: "warning",
  what: `Slack calls the channel ${id} ${now} now; the policy names it ${before}. Cards go to ${now}.`,
  fix: `Put the new id into the policy: channels.${id}.slack.`,
});

interface ChannelProbe {
  readonly id: string;
  readonly slack: string;
  readonly affected: string;
  readonly context: DoctorContext;
}

function channelFinding(
  told: ApiAnswer<ConversationsInfoResponse>,
  asked: ChannelProbe,
): DoctorFinding {
  const { id, slack, affected, context } = asked;
  if (!told.ok) return refused(told, asked);
  const { channel = {} } = told.answer;
  const called = `The channel ${id} (${channel.name ? `#${channel.name}, ` : ""}${slack})`;
  const lost = `cards for ${affected} do not arrive`;
  if (channel.is_archived)
    return {
      is: "wrong",
      what: `${called} is archived: ${lost}.`,
      fix: `Unarchive it and invite the app again, or name another channel in the policy: channels.${id}.slack.`,
    };
  if (!channel.is_member)
    return {
      is: "wrong",
      what: `The app is not a member of ${called.replace(/^T/, "t")}: ${lost}.`,
      fix: "Type /invite @Holdpoint in that channel.",
    };
  if (channel.is_ext_shared || channel.is_pending_ext_shared)
    return sharedFinding(called, affected, context.sharedChannels);
  return { is: "ok", what: `${called} is there, and the app is a member.`, fix: "" };
}

const sharedFinding = (called: string, affected: string, allowed: boolean): DoctorFinding =>
  allowed
    ? {
        is: "warning",
        what: `${called} is shared with another organization, whose people read the cards for ${affected}; SLACK_SHARED_CHANNELS allows it.`,
        fix: "If that is not meant, use a channel of your own and unset SLACK_SHARED_CHANNELS.",
      }
    : {
        is: "wrong",
        what: `${called} is shared with another organization (Slack Connect), so it is refused: cards for ${affected} do not go there.`,
        fix: "Use a channel of your own; or, if strangers may read the cards, set SLACK_SHARED_CHANNELS=allow.",
      };

function refused(
  { error, because }: { readonly error: string; readonly because: string },
  { id, slack, affected }: ChannelProbe,
): DoctorFinding {
  switch (error) {
    case "channel_not_found":
      return {
        is: "wrong",
        what: `Slack knows no channel ${slack} (${id} in the policy), or it is private and the app was not invited: cards for ${affected} do not arrive.`,
        fix: `Type /invite @Holdpoint in the channel, and compare channels.${id}.slack with the id at the end of the channel's details.`,
      };
    case "missing_scope":
      return {
        is: "wrong",
        what: `The channel ${id} (${slack}) could not be examined, because the app lacks a scope.`,
        fix: "Put manifest.json into the app's settings and install the app again.",
      };
    default:
      return {
        is: "warning",
        what: `The channel ${id} (${slack}) could not be examined: ${because}.`,
        fix: "Run this again in a minute.",
      };
  }
}
