import type { Instant, Millis, ScopeId } from "../ids.ts";
import type { Deployment } from "../policy/model.ts";
import { levelOf, paused, scopeAt } from "../policy/posture.ts";
import { type Draft, deploymentOf, type Situation } from "../state/situation.ts";
import type { DeploymentState } from "../state/state.ts";
import { moveEarlierIntoHours, rfc3339 } from "../time.ts";
import { whoIsAsked } from "./reassessment.ts";

/**
 * What follows by policy when nobody answers an overdue review:
 *
 *     overdue → warned (reassessment.warned) → narrowed or paused (decision.made)
 *
 * Any decision that sets another review date ends it. A server that was down between two of them
 * goes on where it was: a warning that came late moves the consequence, so that people always have
 * a day.
 */

const day: Millis = 86_400_000;

/** What would be in force then; null where nothing would get narrower. */
export function overdueScope(deployment: Deployment, scope: ScopeId): ScopeId | null {
  const { onOverdue } = deployment.reassess;
  if (!onOverdue) return null;
  const after = targetOf(deployment, scope);
  return levelOf(deployment, after) > levelOf(deployment, scope) ? after : null;
}

/** `narrow` alone never pauses: at the narrowest scope nothing follows. */
function targetOf(deployment: Deployment, scope: ScopeId): ScopeId {
  const { onOverdue } = deployment.reassess;
  if (onOverdue?.kind === "pause") return paused;
  if (onOverdue?.scope) return onOverdue.scope;
  const next = scopeAt(deployment, levelOf(deployment, scope) + 1);
  return next === paused ? scope : next;
}

/** The next step: the warning, or what it warned of; null where nothing follows. */
export function nextOverdueStep(
  deployment: Deployment,
  { reassess, posture }: DeploymentState,
): { readonly at: Instant; readonly scope: ScopeId; readonly warns: boolean } | null {
  const { onOverdue } = deployment.reassess;
  const scope = posture ? overdueScope(deployment, posture.scope) : null;
  if (!reassess || !onOverdue || scope === null) return null;
  const follows = reassess.by + onOverdue.grace;
  if (reassess.warned?.scope === scope)
    return { at: Math.max(follows, reassess.warned.takesEffect), scope, warns: false };
  const at = moveEarlierIntoHours(deployment.hours, follows - day, reassess.by);
  return { at, scope, warns: true };
}

/** From when what would follow, as far as is known: a warning that comes late makes it later. */
export function onOverdueFrom(
  deployment: Deployment,
  { state, now }: Situation,
): { readonly at: Instant; readonly scope: ScopeId } | null {
  const next = nextOverdueStep(deployment, state);
  if (!next || !state.reassess) return null;
  return next.warns
    ? { at: followsAt(deployment, state.reassess.by, now), scope: next.scope }
    : next;
}

/** Where people are told now. */
const followsAt = (deployment: Deployment, by: Instant, now: Instant): Instant =>
  Math.max(by + (deployment.reassess.onOverdue?.grace ?? 0), now + day);

/** The warning that is due by now: at least a day before what it warns of. */
export function dueWarning(situation: Situation): readonly Draft[] {
  const deployment = deploymentOf(situation);
  const { state, now } = situation;
  const next = deployment ? nextOverdueStep(deployment, state) : null;
  if (!deployment || !state.reassess || !next?.warns || next.at > now) return [];
  return [
    {
      actor: { type: "policy" },
      body: {
        kind: "reassessment.warned",
        deployment: state.id,
        reassessBy: rfc3339(state.reassess.by),
        due: rfc3339(next.at),
        to: whoIsAsked(situation).person,
        scope: next.scope,
        takesEffect: rfc3339(followsAt(deployment, state.reassess.by, now)),
      },
    },
  ];
}
