import { live } from "./agreed.ts";
import { ready, settling } from "./decision.ts";
import { breakGlassReview, reassessBy } from "./reassessment.ts";
import type { Refusal } from "./refusal.ts";
import { type Asked, authorized, decisionBody } from "./restrict.ts";
import type { Draft, Situation } from "./situation.ts";

/** Keep: leave it as it is, said why, and ask again later. */
export const keep = (situation: Situation, asked: Asked): readonly Draft[] | Refusal => {
  const prepared = ready(situation, asked, "keep");
  if ("refused" in prepared) return prepared;
  const { deployment, posture, escalation } = prepared;
  const rule = authorized(situation, asked, "keep", "start", live(situation.state));
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
    reassess: reassessBy(
      deployment,
      "keep",
      situation.now,
      asked.breakGlass ? breakGlassReview : null,
    ),
    reason: asked.reason,
    reasonToFollow: false,
    people: [asked.actor],
    breakGlass: asked.breakGlass,
    cause: "",
  });
  return [{ actor: { type: "person", person: asked.actor }, body }];
};
