import type { Authority, AuthorityChange, Deployment, Policy, Ref } from "./model.ts";
import type { Severity } from "./severity.ts";

/** Whose authority counts for what: the deployment's, unless a severity or a trigger says otherwise. */

/** What the rules for an escalation depend on. */
export interface RuledBy {
  readonly trigger: string;
  readonly severity: Severity;
}

/** Made once for each, because every question of authority asks for it. */
const made = new WeakMap<Deployment, Map<AuthorityChange, Deployment>>();

/**
 * A deployment with the authority that counts for an escalation, or for the deployment as a whole
 * (null). A trigger's word counts before a severity's, and that before the deployment's.
 */
export function ruledFor(
  policy: Pick<Policy, "deployments" | "triggers">,
  deployment: string,
  ruled: RuledBy | null,
): Deployment | undefined {
  const own = policy.deployments.get(deployment);
  if (!own || !ruled) return own;
  const bySeverity = own.severities.get(ruled.severity);
  const trigger = policy.triggers.get(ruled.trigger);
  const byTrigger = trigger?.deployments.includes(deployment) ? trigger.authority : null;
  const changed = bySeverity ? changedBy(own, bySeverity) : own;
  return byTrigger ? changedBy(changed, byTrigger) : changed;
}

/** Every authority of a deployment: its own, and what its severities and triggers make of it. */
export function authoritiesOf(
  policy: Pick<Policy, "deployments" | "triggers">,
  own: Deployment,
): readonly Authority[] {
  const ofTriggers = [...policy.triggers.values()].flatMap(({ authority, deployments }) =>
    authority && deployments.includes(own.id) ? [authority] : [],
  );
  const all = [...own.severities.values(), ...ofTriggers];
  return [own, ...all.map((change) => changedBy(own, change))].map(({ authority }) => authority);
}

function changedBy(deployment: Deployment, change: AuthorityChange): Deployment {
  const known = made.get(deployment) ?? new Map<AuthorityChange, Deployment>();
  made.set(deployment, known);
  const before = known.get(change);
  if (before) return before;
  const next = { ...deployment, authority: changedAuthority(deployment.authority, change) };
  known.set(change, next);
  return next;
}

/** Whoever may restrict by the deployment's own rules still may: a stop is never made harder. */
function changedAuthority(
  { acknowledge, restrict, widen, breakGlass }: Authority,
  change: AuthorityChange,
): Authority {
  const { decider, deputies, alsoMay } = restrict;
  const still: readonly Ref[] = [decider, ...deputies, ...alsoMay];
  return {
    acknowledge: change.acknowledge ?? acknowledge,
    restrict: {
      decider: change.restrict?.decider ?? decider,
      deputies: change.restrict?.deputies ?? deputies,
      alsoMay: [...new Set([...(change.restrict?.alsoMay ?? []), ...still])],
    },
    widen: {
      decider: change.widen?.decider ?? widen.decider,
      deputies: change.widen?.deputies ?? widen.deputies,
      confirm: { ...widen.confirm, ...change.widen?.confirm },
    },
    breakGlass: change.breakGlass ?? breakGlass,
  };
}
