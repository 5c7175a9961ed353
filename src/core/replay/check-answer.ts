import { settling } from "../decision/ready.ts";
import { meets } from "../decision/restrict.ts";
import { live } from "../decision/resume-request.ts";
import type { Response } from "../policy/model.ts";
import { escalationIn, isDecidable, isUnmatched } from "../state/situation.ts";
import type { EscalationState } from "../state/state.ts";
import { checkDeviation, checkHolds, checkSettles, type Governed, isMild } from "./check-rights.ts";
import { type Findings, inconsistent } from "./finding.ts";
import { actorOf, type Moment } from "./moment.ts";

/** Keep, re-test and monitor: answers that leave the posture as it is. */

type Made = Moment<"decision.made">;

/** Everything live has to let them keep it as it is; one of it to ask for a re-test. */
export function* checkMayAnswer(moment: Made): Findings {
  const { entry, situation } = moment;
  const person = actorOf(moment);
  if (person === null) return;
  const capability = entry.decision === "keep" ? "start" : "restrict";
  yield* checkHolds(moment, { person, capability, escalations: live(situation) });
}

/** Keep, re-test and monitor: what they settle, and how they differ from the plan. */
export function* checkAnswer(moment: Made, here: Governed): Findings {
  const { entry, situation } = moment;
  const found = escalationIn(situation.state, entry.escalation || "HP-0") ?? null;
  if (entry.escalation !== "" && (!found || (!isDecidable(found) && !isUnmatched(found))))
    return yield inconsistent(`it answers ${entry.escalation}, which nobody can decide now`);
  if (entry.decision === "keep") return yield* checkKept(moment, found);
  const plan = found?.response ?? null;
  const isNamed = found?.named.some((person) => person === entry.people[0]) ?? false;
  const ends = plan === null || isMild(plan) || isNamed;
  yield* checkSettles(moment, ends ? settling(found) : []);
  yield* checkDeviation(moment, mildDeviation(here, plan, entry.decision));
}

function* checkKept(moment: Made, found: EscalationState | null): Findings {
  yield* checkSettles(moment, settling(found));
  const isOther = found?.status === "open" && found.response !== null;
  yield* checkDeviation(moment, isOther ? "other" : "none");
  if (moment.entry.reason === "")
    yield inconsistent("it leaves the posture as it is without a reason, which is refused");
}

function mildDeviation({ deployment, scope }: Governed, plan: Response | null, did: string) {
  if (plan === null) return "unplanned";
  if (plan.kind === did || (!isMild(plan) && meets(deployment, plan, scope))) return "none";
  return isMild(plan) ? "other" : "weaker";
}
