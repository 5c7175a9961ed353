import { respondByPolicy } from "./decision/by-policy.ts";
import { rehearsalTimeout } from "./decision/rehearsal.ts";
import { lapse, overdueByPolicy } from "./decision/restrict.ts";
import { takeEffect } from "./decision/take-effect.ts";
import { acknowledgementDue, missedAcknowledgement } from "./escalation/acknowledgement.ts";
import { differenceOf, updateOf, updatesFrom } from "./escalation/changed-values.ts";
import { closedByConfirmation, confirmBy, unconfirmedByNow } from "./escalation/enforcement.ts";
import { closesAt } from "./escalation/escalation.ts";
import { passOnTimeout } from "./escalation/passing-on.ts";
import { handOff, handOffOfResume, nextHandOff } from "./hand-off.ts";
import type { EscalationId, Instant } from "./ids.ts";
import type { Deployment } from "./policy/model.ts";
import { dueWarning, nextOverdueStep } from "./reassessment/overdue-response.ts";
import { dueReminders, nextReminder } from "./reassessment/reassessment.ts";
import { dueRetestReminders, retestDues } from "./reassessment/retest.ts";
import type { EscalationEvidence } from "./state/evidence.ts";
import {
  type Draft,
  deploymentOf,
  isAcknowledgeOnly,
  isRehearsal,
  isUnconfirmed,
  type Situation,
} from "./state/situation.ts";
import type { DeploymentState, EscalationState } from "./state/state.ts";

/**
 * What time brings about by itself. A late, doubled or missing look changes nothing: the state says
 * what was done.
 */

/**
 * The next thing time has brought about by now, as one step; empty when nothing is due. Ask again
 * after folding it.
 */
export function applyDeadlines(situation: Situation): readonly Draft[] {
  for (const escalation of situation.state.escalations) {
    const drafts = passDeadlines(situation, escalation);
    if (drafts.length > 0) return drafts;
  }
  const { proposal } = situation.state;
  const effect = takeEffect(situation);
  if (effect.length > 0) return effect;
  if (proposal && !proposal.waits && proposal.expires <= situation.now) {
    return lapse(situation, "time").map((body) => ({ actor: { type: "policy" }, body }));
  }
  const unconfirmed = unconfirmedByNow(situation);
  if (unconfirmed.length > 0) return unconfirmed;
  const handed = handOffOfResume(situation);
  if (handed.length > 0) return handed;
  const retests = dueRetestReminders(situation);
  if (retests.length > 0) return retests;
  const reminders = dueReminders(situation);
  if (reminders.length > 0) return reminders;
  const warning = dueWarning(situation);
  return warning.length > 0 ? warning : overdueByPolicy(situation);
}

function passDeadlines(situation: Situation, escalation: EscalationState): readonly Draft[] {
  const missed = missedAcknowledgement(situation, escalation);
  if (missed.length > 0) return missed;
  const evidence = situation.evidence.get(escalation.id);
  const changed = evidence && updateOf(situation, escalation, evidence);
  if (changed) return [changed];
  const confirmed = closedByConfirmation(situation, escalation);
  if (confirmed.length > 0) return confirmed;
  if (isUnconfirmed(escalation) && escalation.status === "settled") return [];
  if (escalation.status === "settled") return closing(situation, escalation, evidence);
  // First the time of those who had it; who is on call by now is asked about what is left.
  if (
    isAcknowledgeOnly(escalation) ||
    escalation.decideBy === null ||
    escalation.decideBy > situation.now
  )
    return handOff(situation, escalation);
  if (isRehearsal(escalation)) return [rehearsalTimeout(situation, escalation)];
  const passed = passOnTimeout(situation, escalation);
  return passed ? [passed] : respondByPolicy(situation, escalation);
}

function closing(
  situation: Situation,
  escalation: EscalationState,
  evidence: EscalationEvidence | undefined,
): readonly Draft[] {
  const at = closesAt(escalation, evidence);
  if (at === null || at > situation.now) return [];
  return [
    {
      actor: { type: "policy" },
      body: { kind: "escalation.closed", escalation: escalation.id, because: "quiet" },
    },
  ];
}

/** One due time of a deployment: when to look again, and for what. */
export interface DueTime {
  readonly kind: string;
  readonly at: Instant;
}

/**
 * The due time of the next hand-off: cards that name who is on call are drawn anew then, also where
 * nobody is asked.
 */
export const handOffDue = "hand-off";

/**
 * Every due time the state of a deployment implies. Rebuilt whole at each change: rows never drift
 * from the state.
 */
export function duesOf(situation: Situation): readonly DueTime[] {
  const { state } = situation;
  const ofEscalations = state.escalations.flatMap((escalation) =>
    isUnconfirmed(escalation)
      ? closedByConfirmation(situation, escalation).map(() => ({
          kind: `close:${escalation.id}`,
          at: situation.now,
        }))
      : escalationDues(escalation, situation.evidence.get(escalation.id)),
  );
  const confirm = confirmBy(situation);
  const deployment = deploymentOf(situation);
  const handsOff = nextHandOff(situation);
  return [
    ...ofEscalations,
    ...lapseDues(state),
    ...(confirm === null ? [] : [{ kind: "confirm", at: confirm }]),
    ...(handsOff === null ? [] : [{ kind: handOffDue, at: handsOff }]),
    ...reviewDues(state, deployment),
    ...retestDues(situation),
  ];
}

/** Those of them that follow from the log alone, whatever signals, gateways and clocks say. */
export function certainDues(
  state: DeploymentState,
  deployment: Deployment | undefined,
): readonly DueTime[] {
  const ofEscalations = state.escalations.flatMap((escalation) =>
    isUnconfirmed(escalation) ? [] : waitingDues(escalation),
  );
  return [...ofEscalations, ...lapseDues(state), ...reviewDues(state, deployment)];
}

function reviewDues(
  state: DeploymentState,
  deployment: Deployment | undefined,
): readonly DueTime[] {
  if (!deployment) return [];
  const reminder = nextReminder(deployment, state);
  const follows = nextOverdueStep(deployment, state);
  return [
    ...(reminder ? [{ kind: "reassess", at: reminder.at }] : []),
    ...(follows ? [{ kind: "on-overdue", at: follows.at }] : []),
  ];
}

const lapseDues = ({ proposal }: DeploymentState): readonly DueTime[] =>
  proposal ? [{ kind: "lapse", at: proposal.waits?.until ?? proposal.expires }] : [];

const name = (what: string, id: EscalationId) => `${what}:${id}`;

/** What an open escalation waits for. */
function waitingDues(escalation: EscalationState): readonly DueTime[] {
  const { id, status, decideBy } = escalation;
  const acknowledge = acknowledgementDue(escalation);
  const isAsked = status === "open" && !isAcknowledgeOnly(escalation);
  return [
    ...(acknowledge === null ? [] : [{ kind: name("acknowledge", id), at: acknowledge }]),
    ...(isAsked && decideBy !== null ? [{ kind: name("decide", id), at: decideBy }] : []),
  ];
}

function escalationDues(
  escalation: EscalationState,
  evidence: EscalationEvidence | undefined,
): readonly DueTime[] {
  const dues = [...waitingDues(escalation)];
  const closes = escalation.status === "settled" ? closesAt(escalation, evidence) : null;
  if (closes !== null) dues.push({ kind: name("close", escalation.id), at: closes });
  const difference = evidence ? differenceOf(escalation, evidence) : null;
  if (difference)
    dues.push({ kind: name("update", escalation.id), at: updatesFrom(escalation, difference) });
  return dues;
}
