import type { EscalationId, PersonId, ScopeId } from "../ids.ts";
import { objectionUntil } from "../people/login-links.ts";
import type { Deployment } from "../policy/model.ts";
import type { Refusal } from "../state/refusal.ts";
import {
  deploymentOf,
  escalationIn,
  isAcknowledgeOnly,
  isDecidable,
  type Situation,
  undecided,
} from "../state/situation.ts";
import type { DeploymentState, EscalationState } from "../state/state.ts";
import { rfc3339 } from "../time.ts";
import type { DecisionRequest } from "./authorized.ts";

/** What a decision is about, and what refuses it before anybody’s rights are looked at. */

export interface ResumeRequest extends DecisionRequest {
  readonly to: ScopeId | null;
}

/**
 * The one escalation a decision is about: the one named, the only undecided one, the last settled
 * one, or none.
 */
function about(
  state: DeploymentState,
  named: EscalationId | null,
  asked: string,
): EscalationState | null | Refusal {
  if (named) {
    const escalation = escalationIn(state, named);
    if (!escalation) return { refused: "closed", escalation: named };
    return isAcknowledgeOnly(escalation)
      ? { refused: "acknowledge-only", escalation: named }
      : escalation;
  }
  const waiting = undecided(state);
  if (waiting.length > 1)
    return {
      refused: "several-open",
      asked,
      escalations: waiting.map((escalation) => escalation.id),
    };
  return (
    waiting[0] ??
    state.escalations
      .filter((escalation) => escalation.status === "settled" && isDecidable(escalation))
      .at(-1) ??
    null
  );
}

function isRefused(value: EscalationState | null | Refusal): value is Refusal {
  return value !== null && "refused" in value;
}

function staleness(situation: Situation, asked: DecisionRequest, what: string): Refusal | null {
  const { posture, id } = situation.state;
  if (!posture || asked.version === null || asked.version === posture.version) return null;
  const { decided } = posture;
  return {
    refused: "stale",
    deployment: id,
    asked: what,
    scope: posture.scope,
    by: decided?.people ?? [],
    at: decided?.at ?? posture.since,
    entry: decided?.entry ?? null,
  };
}

export interface Ready {
  readonly deployment: Deployment;
  readonly posture: NonNullable<DeploymentState["posture"]>;
  readonly escalation: EscalationState | null;
}

/**
 * What every non-restricting decision checks first: the deployment, the escalation meant, and that
 * the card is current.
 */
export function ready(situation: Situation, asked: DecisionRequest, what: string): Ready | Refusal {
  const deployment = deploymentOf(situation);
  const { posture } = situation.state;
  if (!deployment || !posture)
    return { refused: "unknown-deployment", name: situation.state.id, nearest: [] };
  const escalation = about(situation.state, asked.escalation, what);
  if (isRefused(escalation)) return escalation;
  return staleness(situation, asked, what) ?? { deployment, posture, escalation };
}

/** What a decision about this escalation settles. */
export function settling(escalation: EscalationState | null): readonly EscalationId[] {
  return escalation?.status === "open" ? [escalation.id] : [];
}

export interface Waiting {
  readonly unless: readonly PersonId[];
}

/** Agreed, and in force only when there was time to say that it was not them. */
export function waiting({ now }: Situation, unless: readonly PersonId[]) {
  return {
    takesEffect: rfc3339(objectionUntil(now)),
    unless,
  };
}
