import { updatesNow } from "../escalation/changed-values.ts";
import type { Instant, PersonId, ScopeId } from "../ids.ts";
import type { Deviation } from "../log/entry-fields.ts";
import type { Deployment, Response } from "../policy/model.ts";
import { breakGlassReview, reassessNoLater } from "../reassessment/reassessment.ts";
import type { Refusal } from "../state/refusal.ts";
import type { Draft, Situation } from "../state/situation.ts";
import type { EscalationState } from "../state/state.ts";
import { rfc3339 } from "../time.ts";
import { authorized, type DecisionRequest } from "./authorized.ts";
import { ready, settling } from "./ready.ts";
import { decisionBody, meets } from "./restrict.ts";
import { live } from "./resume-request.ts";

export interface WatchRequest extends DecisionRequest {
  readonly do: "retest" | "monitor";
  readonly suite: string;
  readonly by: PersonId | "";
  readonly due: Instant | null;
  readonly monitor: string;
}

/**
 * Re-test or monitor. Less than a written restriction is never a silent end: it settles the
 * escalation when the plan was no stronger, or when the person named to decide says it; from
 * anybody else the clock keeps running.
 */
export function watch(situation: Situation, asked: WatchRequest): readonly Draft[] | Refusal {
  const prepared = ready(situation, { ...asked, version: null }, asked.do);
  if ("refused" in prepared) return prepared;
  const { deployment, posture, escalation } = prepared;
  const rule = authorized(situation, {
    asked,
    what: asked.do,
    capability: "restrict",
    escalations: live(situation),
  });
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
    deviation: deviationFrom(deployment, { scope: posture.scope, plan, did: asked.do }),
    reassess: reassessNoLater(situation, {
      deployment,
      kind: asked.do,
      atMost: asked.breakGlass ? breakGlassReview : null,
    }),
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
  return [
    ...updatesNow(situation, escalation),
    { actor: { type: "person", person: asked.actor }, body },
  ];
}

const restrictsNothing = (plan: Response): boolean =>
  plan.kind === "retest" || plan.kind === "monitor";

function endsIt(escalation: EscalationState | null, actor: PersonId): boolean {
  if (!escalation) return false;
  const { response, named } = escalation;
  return response === null || restrictsNothing(response) || named.includes(actor);
}

function deviationFrom(
  deployment: Deployment,
  {
    scope,
    plan,
    did,
  }: {
    readonly scope: ScopeId;
    readonly plan: Response | null;
    readonly did: "retest" | "monitor";
  },
): Deviation {
  if (plan === null) return "unplanned";
  const isMet = !restrictsNothing(plan) && meets(deployment, plan, scope);
  if (plan.kind === did || isMet) return "none";
  return restrictsNothing(plan) ? "other" : "weaker";
}
