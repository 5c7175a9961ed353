import { ruleFor } from "../people/authority.ts";
import { linkedBehind } from "../people/login-links.ts";
import { barredUntil } from "../people/rebind.ts";
import type { Deployment } from "../policy/model.ts";
import { levelOf, paused } from "../policy/posture.ts";
import {
  type Draft,
  deploymentOf,
  escalationIn,
  type Situation,
  undecided,
} from "../state/situation.ts";
import type { Proposal } from "../state/state.ts";
import { agreedBy, made, whyLapsed } from "./confirm-resume.ts";
import { lapse } from "./restrict.ts";
import { confirmationsThatStand, live, secondsNeeded } from "./resume-request.ts";

/**
 * What has become of a resume that everybody needed agreed to, and that waited for somebody to say
 * that it was not them. Nothing widens by itself: the people who agreed to it are judged once more,
 * and whatever has happened since ends it.
 */
export function takeEffect(situation: Situation): readonly Draft[] {
  const { proposal, posture } = situation.state;
  if (!proposal || !isItsTime(situation, proposal)) return [];
  const deployment = deploymentOf(situation);
  const because = deployment ? whyDropped(situation, deployment, proposal) : "posture changed";
  if (!deployment || !posture || because !== null)
    return lapse(situation, because ?? "posture changed").map((body) => ({
      actor: { type: "policy" },
      body,
    }));
  const breakGlass = proposal.authority === "breakGlass";
  const confirmers = breakGlass ? [] : confirmationsThatStand(situation, proposal);
  const people = [proposal.by, ...confirmers];
  const named =
    proposal.escalation === "" ? undefined : escalationIn(situation.state, proposal.escalation);
  const escalation = named ?? null;
  const asked = {
    actor: people.at(-1) ?? proposal.by,
    escalation: escalation?.id ?? null,
    reason: proposal.reason,
    breakGlass,
    version: null,
  };
  return made(
    situation,
    { deployment, posture, escalation },
    {
      asked,
      people,
      to: proposal.to,
      agreed: agreedBy(proposal, confirmers),
      rule: breakGlass ? proposal.authority : `${proposal.authority}+widen.confirm`,
      byLink: linkedBehind(situation, { proposal, people, speaker: null }),
    },
  );
}

/** In doubt about the record it goes on waiting. */
const isItsTime = ({ now, inDoubt }: Situation, { waits }: Proposal): boolean =>
  waits !== undefined && waits.until <= now && !inDoubt;

function whyDropped(situation: Situation, deployment: Deployment, proposal: Proposal) {
  const { state } = situation;
  const scope = state.posture?.scope ?? paused;
  if (undecided(state).some((escalation) => escalation.id !== proposal.escalation))
    return "escalation opened";
  if (levelOf(deployment, proposal.to) >= levelOf(deployment, scope)) return "posture changed";
  const confirmers = confirmationsThatStand(situation, proposal);
  if (barredUntil(situation, [proposal.by, ...confirmers]) !== null) return "accounts changed";
  if (proposal.authority === "breakGlass") {
    const may = live(situation).every((escalation) =>
      ruleFor(situation, { capability: "breakGlass", person: proposal.by, escalation }),
    );
    return may ? null : "authority withdrawn";
  }
  const lapsed = whyLapsed(situation, deployment, proposal);
  const isShort = confirmers.length < secondsNeeded(situation, proposal);
  return lapsed ?? (isShort ? "authority withdrawn" : null);
}
