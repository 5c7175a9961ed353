import { live } from "./agreed.ts";
import { ready, settling } from "./decision.ts";
import type { Instant, PersonId } from "./ids.ts";
import type { Deviation, ScopeId } from "./log/entry.ts";
import type { Deployment, Response } from "./policy/model.ts";
import { breakGlassReview, reassessNoLater } from "./reassessment.ts";
import type { Refusal } from "./refusal.ts";
import { type Asked, authorized, decisionBody, meets } from "./restrict.ts";
import type { Draft, Situation } from "./situation.ts";
import type { EscalationState } from "./state.ts";
import { rfc3339 } from "./time.ts";

export interface AskedToWatch extends Asked {
  readonly do: "retest" | "monitor";
  readonly suite: string;
  readonly by: PersonId | "";
  readonly due: Instant | null;
  readonly monitor: string;
}

/**
 * Re-test or monitor. Less than a written restriction is never a silent end: it settles the escalation when the
 * plan was no stronger, or when the person named to decide says it; from anybody else the clock keeps running.
 */
export const watch = (situation: Situation, asked: AskedToWatch): readonly Draft[] | Refusal => {
  const prepared = ready(situation, { ...asked, version: null }, asked.do);
  if ("refused" in prepared) return prepared;
  const { deployment, posture, escalation } = prepared;
  const rule = authorized(situation, asked, asked.do, "restrict", live(situation.state));
  if (typeof rule !== "string") return rule;
  const plan = escalation?.response ?? null;
  const settles = endsIt(escalation, asked.actor) ? settling(escalation) : [];
  const body = decisionBody(situation, deployment, {
    decision: asked.do,
    escalation: escalation?.id ?? "",
    settles,
    authority: rule,
    before: posture.scope,
    after: posture.scope,
    deviation: deviationFrom(deployment, posture.scope, plan, asked.do),
    reassess: reassessNoLater(
      situation,
      deployment,
      asked.do,
      asked.breakGlass ? breakGlassReview : null,
    ),
    reason: asked.reason,
    reasonToFollow: false,
    people: [asked.actor],
    breakGlass: asked.breakGlass,
    cause: "",
    suite: asked.suite,
    by: asked.by,
    due: asked.due === null ? "" : rfc3339(asked.due),
    monitor: asked.monitor,
  });
  return [{ actor: { type: "person", person: asked.actor }, body }];
};

const restrictsNothing = (plan: Response): boolean =>
  plan.kind === "retest" || plan.kind === "monitor";

const endsIt = (escalation: EscalationState | null, actor: PersonId): boolean => {
  if (!escalation) return false;
  const { response, named } = escalation;
  return response === null || restrictsNothing(response) || named.includes(actor);
};

const deviationFrom = (
  deployment: Deployment,
  scope: ScopeId,
  plan: Response | null,
  did: "retest" | "monitor",
): Deviation => {
  if (plan === null) return "unplanned";
  const isMet = !restrictsNothing(plan) && meets(deployment, plan, scope);
  if (plan.kind === did || isMet) return "none";
  return restrictsNothing(plan) ? "other" : "weaker";
};
