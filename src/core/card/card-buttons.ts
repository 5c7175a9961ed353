import { isUndoneOften } from "../decision/undo.ts";
import type { Deployment } from "../policy/model.ts";
import { levelOf, paused, scopeAt, stateWord } from "../policy/posture.ts";
import { unnamedSuite } from "../reassessment/retest.ts";
import { deploymentOf, isAcknowledgeOnly, isRehearsal, isUnmatched } from "../state/situation.ts";
import type { EscalationState } from "../state/state.ts";
import * as words from "../words/words.ts";
import type { Button } from "./card.ts";
import { restricted } from "./card-lines.ts";
import { reasonFrom } from "./evidence-lines.ts";
import { rehearsalButtons } from "./rehearsal-lines.ts";
import { beforeConfirming } from "./resume-request-lines.ts";
import { clockInZone, type ViewContext } from "./view-context.ts";

/** The buttons of a card, by what may be done now. */

/** Two rows at most; More… is drawn by each chat at the end of the last. */
export function buttonsOf(
  view: ViewContext,
  escalation: EscalationState,
): readonly (readonly Button[])[] {
  if (isUnmatched(escalation) && escalation.decided === null)
    return unmatchedButtons(view, escalation);
  if (isAcknowledgeOnly(escalation)) return [[acknowledgeButton(escalation)]];
  if (isRehearsal(escalation) && escalation.rehearsed) return [];
  const deployment = deploymentOf(view.situation);
  const { posture } = view.situation.state;
  if (!deployment || !posture) return [[acknowledgeButton(escalation)]];
  const rows =
    escalation.status === "open"
      ? openButtons(view, escalation, deployment)
      : decidedButtons(view, escalation, deployment);
  const filled = rows.filter((row) => row.length > 0);
  return isRehearsal(escalation) ? rehearsalButtons(filled) : filled;
}

/**
 * Nothing was written down before, so the next narrower scope is offered; of a name no policy knows
 * there is nothing to narrow.
 */
function unmatchedButtons(
  view: ViewContext,
  escalation: EscalationState,
): readonly (readonly Button[])[] {
  const deployment = deploymentOf(view.situation);
  const { posture } = view.situation.state;
  const acknowledge = [acknowledgeButton(escalation)];
  if (!deployment || !posture) return [acknowledge];
  const scope = scopeAt(deployment, levelOf(deployment, posture.scope) + 1);
  const next: EscalationState = {
    ...escalation,
    response: scope === paused ? null : { kind: "narrow", scope },
  };
  const restrict = [
    ...responseButton(view, next, deployment),
    ...pauseButton(view, escalation, deployment),
  ];
  return [restrict, acknowledge].filter((row) => row.length > 0);
}

function acknowledgeButton(escalation: EscalationState): Button {
  return {
    label: words.buttons.acknowledge,
    command: `ack ${escalation.id}`,
    style: "plain",
    form: null,
  };
}

function openButtons(
  view: ViewContext,
  escalation: EscalationState,
  deployment: Deployment,
): readonly (readonly Button[])[] {
  return [
    [...responseButton(view, escalation, deployment), ...pauseButton(view, escalation, deployment)],
    [
      acknowledgeButton(escalation),
      ...resumeButtons(view, escalation, deployment),
      keepButton(view, escalation, deployment),
    ].slice(0, 2),
  ];
}

/** The reason filled in beforehand, from what was seen: two taps, no typing. */
function filledIn(view: ViewContext, escalation: EscalationState): string {
  return words.clipped(words.plain(reasonFrom(view, escalation)), 300);
}

function responseButton(
  view: ViewContext,
  escalation: EscalationState,
  deployment: Deployment,
): readonly Button[] {
  const { response } = escalation;
  const reason = filledIn(view, escalation);
  const current = view.situation.state.posture?.scope ?? paused;
  if (!response || response.kind === "pause") return [];
  if (response.kind === "narrow") {
    if (levelOf(deployment, current) > levelOf(deployment, response.scope)) return [];
    const form = {
      ...words.forms.narrow(response.scope, deployment.name),
      reason,
      reasonRequired: false,
    };
    return [
      {
        label: words.buttons.narrow(response.scope),
        command: `narrow ${escalation.id} to ${response.scope}`,
        style: "primary",
        form,
      },
    ];
  }
  const suite =
    response.kind === "retest" ? escalation.seen?.suite || unnamedSuite : escalation.trigger;
  const form = { ...words.forms[response.kind](deployment.name), reason, reasonRequired: false };
  return [
    {
      label: words.buttons.respond[response.kind],
      command: `${response.kind} ${escalation.id} ${suite}`,
      style: "primary",
      form,
    },
  ];
}

function pauseButton(
  view: ViewContext,
  escalation: EscalationState,
  deployment: Deployment,
): readonly Button[] {
  const planned = escalation.response?.kind === "pause";
  const already = view.situation.state.posture?.scope === paused;
  if (already && !planned) return [];
  const form = {
    ...words.forms.pause(deployment.name),
    reason: filledIn(view, escalation),
    reasonRequired: false,
  };
  return [{ label: words.buttons.pause, command: `pause ${escalation.id}`, style: "danger", form }];
}

function resumeButtons(
  view: ViewContext,
  escalation: EscalationState,
  deployment: Deployment,
): readonly Button[] {
  const { proposal } = view.situation.state;
  if (!restricted(view) || proposal?.waits) return [];
  const command = `resume ${escalation.id}`;
  if (proposal) {
    const form = {
      ...words.forms.confirm(deployment.name, proposal.to),
      reason: "",
      reasonRequired: false,
      told: beforeConfirming(view),
    };
    return [{ label: words.buttons.confirm, command, style: "primary", form }];
  }
  const form = { ...words.forms.resume(deployment.name), reason: "", reasonRequired: true };
  return [{ label: words.buttons.resume, command, style: "plain", form }];
}

function keepButton(
  view: ViewContext,
  escalation: EscalationState,
  deployment: Deployment,
): Button {
  const scope = view.situation.state.posture?.scope ?? paused;
  return keepOf(escalation.id, deployment, stateWord(deployment, scope));
}

function keepOf(target: string, { name }: Deployment, state: ReturnType<typeof stateWord>): Button {
  return {
    label: words.buttons.keep(state),
    command: `keep ${target}`,
    style: "plain",
    form: { ...words.forms.keep(name, state), reason: "", reasonRequired: true },
  };
}

function decidedButtons(
  view: ViewContext,
  escalation: EscalationState,
  deployment: Deployment,
): readonly (readonly Button[])[] {
  const now = view.situation.state.posture?.scope ?? paused;
  const pause = now === paused ? [] : pauseButton(view, escalation, deployment);
  return [
    [...resumeButtons(view, escalation, deployment), keepButton(view, escalation, deployment)],
    [...undoButton(view, escalation, deployment), ...pause],
  ];
}

function undoButton(
  view: ViewContext,
  escalation: EscalationState,
  deployment: Deployment,
): readonly Button[] {
  const { lastDecision } = view.situation.state;
  const { now } = view.situation;
  const mine =
    lastDecision &&
    lastDecision.entry === escalation.decided?.entry &&
    lastDecision.people.length > 0;
  const restricts = lastDecision?.decision === "narrow" || lastDecision?.decision === "pause";
  if (
    !mine ||
    !restricts ||
    lastDecision.before === lastDecision.after ||
    isUndoneOften(view.situation.state, lastDecision) ||
    now > lastDecision.at + deployment.undo
  )
    return [];
  const left = `until ${clockInZone(view, lastDecision.at + deployment.undo)}`;
  const form = { ...words.forms.undo(deployment.name), reason: "", reasonRequired: false };
  return [
    { label: words.buttons.undo(left), command: `undo ${escalation.id}`, style: "plain", form },
  ];
}

/** What may be done about a deployment without an escalation: the buttons of the posture board. */
export function postureButtons(view: ViewContext, deployment: Deployment): readonly Button[] {
  const { posture, proposal } = view.situation.state;
  const scope = posture?.scope ?? paused;
  const { id, name } = deployment;
  const plainReason = { reason: "", reasonRequired: false };
  const pause: Button = {
    label: words.buttons.pause,
    command: `pause ${id}`,
    style: "danger",
    form: { ...words.forms.pause(name), ...plainReason },
  };
  const form = proposal
    ? {
        ...words.forms.confirm(name, proposal.to),
        ...plainReason,
        told: beforeConfirming(view),
      }
    : { ...words.forms.resume(name), reason: "", reasonRequired: true };
  const resume: Button = {
    label: proposal ? words.buttons.confirm : words.buttons.resume,
    command: `resume ${id}`,
    style: "plain",
    form,
  };
  const keep = keepOf(id, deployment, stateWord(deployment, scope));
  const canResume = restricted(view) && !proposal?.waits;
  return [...(scope === paused ? [] : [pause]), ...(canResume ? [resume] : []), keep];
}
