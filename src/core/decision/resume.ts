import { nearestNames } from "../did-you-mean.ts";
import { onCallFor } from "../escalation/escalation.ts";
import type { Instant, Millis, PersonId, ScopeId } from "../ids.ts";
import { confirmRefs, isOwner, ruleFor } from "../people/authority.ts";
import { canObject, linkedBehind } from "../people/login-links.ts";
import { barredUntil } from "../people/rebind.ts";
import { levelOf, paused } from "../policy/posture.ts";
import type { Refusal } from "../state/refusal.ts";
import { type Draft, type Situation, undecided } from "../state/situation.ts";
import type { DeploymentState, Proposal } from "../state/state.ts";
import { rfc3339 } from "../time.ts";
import { authorized } from "./authorized.ts";
import { barred, confirm, made, newAccounts, type Widening } from "./confirm-resume.ts";
import { type Ready, type ResumeRequest, ready, type Waiting, waiting } from "./ready.ts";
import { lapse } from "./restrict.ts";
import { live, secondsNeeded } from "./resume-request.ts";

/**
 * Starting a resume: to which scope, whether it needs a second person, and what is refused.
 * confirm-resume.ts confirms it, resume-request.ts describes the one that waits.
 */

/** A resume waits this long for its second person. */
const proposalLasts: Millis = 86_400_000;

function resumeTarget({ deployment, posture }: Ready, to: ScopeId | null): ScopeId | Refusal {
  const { id, scopes } = deployment;
  const current = levelOf(deployment, posture.scope);
  if (current === 0) return { refused: "already-widest", deployment: id };
  const wider = scopes.slice(0, current).map((scope) => scope.id);
  const wanted = to ?? posture.restrictedFrom.at(-1) ?? null;
  if (wanted === null) return { refused: "name-scope", deployment: id, scopes: wider };
  if (wanted !== paused && !scopes.some((scope) => scope.id === wanted)) {
    return {
      refused: "unknown-scope",
      name: wanted,
      deployment: id,
      nearest: nearestNames(wanted, wider),
    };
  }
  if (levelOf(deployment, wanted) >= current)
    return { refused: "not-wider", deployment: id, scope: posture.scope, to: wanted };
  return wanted;
}

/**
 * Resume: the decider starts it, an independent second completes it; break-glass alone, flagged.
 */
export function resume(situation: Situation, asked: ResumeRequest): readonly Draft[] | Refusal {
  const prepared = ready(situation, asked, "resume");
  if ("refused" in prepared) return prepared;
  const others = othersOpen(situation.state, prepared);
  if (others) return others;
  const { proposal } = situation.state;
  // The tick that lets it lapse may be late; a confirmation after its time never counts.
  const lapsed = proposal !== null && isOver(proposal, situation.now);
  if (!proposal || lapsed || asked.breakGlass) return start(situation, { prepared, asked, lapsed });
  return proposal.waits
    ? takesEffectLater(situation, proposal, proposal.waits)
    : confirm(situation, { prepared, asked, proposal });
}

/** Nothing is widened while another question about it waits for its answer. */
function othersOpen(state: DeploymentState, { escalation }: Ready): Refusal | null {
  const others = undecided(state).filter((other) => other.id !== escalation?.id);
  if (others.length === 0) return null;
  return {
    refused: "others-open",
    asked: "resume",
    deployment: state.id,
    escalations: others.map((escalation) => escalation.id),
  };
}

/** A resume that goes on from none before it. `lapsed`: the time of the one before has passed. */
function start(
  situation: Situation,
  {
    prepared,
    asked,
    lapsed,
  }: { readonly prepared: Ready; readonly asked: ResumeRequest; readonly lapsed: boolean },
): readonly Draft[] | Refusal {
  const { state } = situation;
  const to = resumeTarget(prepared, asked.to);
  if (typeof to !== "string") return to;
  if (isOwner(situation, asked.actor, prepared.escalation))
    return barred(situation, asked, "owner");
  const rules = live(situation);
  const rule = authorized(situation, {
    asked,
    what: "resume",
    capability: "start",
    escalations: rules,
  });
  if (typeof rule !== "string") return rule;
  if (asked.reason === "")
    return {
      refused: "needs-reason",
      asked: "resume",
      line: `resume ${asked.escalation ?? state.id}`,
    };
  const until = asked.breakGlass ? barredUntil(situation, [asked.actor]) : null;
  if (until !== null) return newAccounts(situation, [asked.actor], until);
  const byLink = linkedBehind(situation, {
    proposal: null,
    people: [asked.actor],
    speaker: asked.actor,
  });
  const unless = byLink.filter((person) => canObject(situation, person));
  if (asked.breakGlass && unless.length === 0)
    return made(situation, prepared, {
      asked,
      to,
      rule,
      people: [asked.actor],
      byLink,
      agreed: [],
    });
  const because = asked.breakGlass && !lapsed ? "posture changed" : "time";
  return [
    ...lapse(situation, because).map((body): Draft => ({ actor: { type: "policy" }, body })),
    ...propose(situation, prepared, { asked, to, rule, unless: asked.breakGlass ? unless : [] }),
  ];
}

/**
 * Whether the time of a started resume has passed; one that everybody agreed to waits for its own.
 */
const isOver = ({ waits, expires }: Proposal, now: Instant): boolean => !waits && expires <= now;

const takesEffectLater = (
  situation: Situation,
  { to, by, confirmedBy }: Proposal,
  { until, unless }: NonNullable<Proposal["waits"]>,
): Refusal => ({
  refused: "takes-effect-later",
  deployment: situation.state.id,
  to,
  by: [by, ...confirmedBy],
  until,
  unless,
});

/** Whether somebody may start a resume or leave it as it is, whatever is live here. */
export function mayStart(situation: Situation, person: PersonId): boolean {
  return live(situation).every(
    (escalation) => ruleFor(situation, { capability: "start", person, escalation }) !== null,
  );
}

const propose = (
  situation: Situation,
  { deployment, escalation }: Ready,
  {
    asked,
    to,
    rule,
    unless,
  }: Omit<Widening, "people" | "byLink" | "agreed"> & Pick<Waiting, "unless">,
): readonly Draft[] => [
  {
    actor: { type: "person", person: asked.actor },
    body: {
      kind: "decision.proposed",
      deployment: deployment.id,
      escalation: escalation?.id ?? "",
      to,
      reason: asked.reason,
      authority: rule,
      needs: asked.breakGlass ? 0 : secondsNeeded(situation, null),
      expires: rfc3339(situation.now + proposalLasts),
      onCall: onCallFor(situation, confirmRefs(situation, live(situation))),
      ...(unless.length > 0 && waiting(situation, unless)),
    },
  },
];
