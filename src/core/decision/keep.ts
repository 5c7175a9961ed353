import { updatesNow } from "../escalation/changed-values.ts";
import { breakGlassReview, reassessBy } from "../reassessment/reassessment.ts";
import type { Refusal } from "../state/refusal.ts";
import type { Draft, Situation } from "../state/situation.ts";
import { authorized, type DecisionRequest } from "./authorized.ts";
import { ready, settling } from "./ready.ts";
import { decisionBody } from "./restrict.ts";
import { live } from "./resume-request.ts";

/** Keep: leave it as it is, said why, and ask again later. */
export function keep(situation: Situation, asked: DecisionRequest): readonly Draft[] | Refusal {
  const prepared = ready(situation, asked, "keep");
  if ("refused" in prepared) return prepared;
  const { deployment, posture, escalation } = prepared;
  const rule = authorized(situation, {
    asked,
    what: "keep",
    capability: "start",
    escalations: live(situation),
  });
  if (typeof rule !== "string") return rule;
  if (asked.reason === "")
    return {
      refused: "needs-reason",
      asked: "keep",
      line: `keep ${asked.escalation ?? deployment.id}`,
    };
  const body = decisionBody(situation, deployment, {
    decision: "keep",
    escalation: escalation?.id ?? "",
    settles: settling(escalation),
    authority: rule,
    before: posture.scope,
    after: posture.scope,
    deviation: escalation?.status === "open" && escalation.response ? "other" : "none",
    reassess: reassessBy(deployment, {
      kind: "keep",
      now: situation.now,
      atMost: asked.breakGlass ? breakGlassReview : null,
    }),
    reason: asked.reason,
    reasonToFollow: false,
    people: [asked.actor],
    breakGlass: asked.breakGlass,
    cause: "",
  });
  return [
    ...updatesNow(situation, escalation),
    { actor: { type: "person", person: asked.actor }, body },
  ];
}
