import { overdueScope } from "../reassessment/overdue-response.ts";
import { instantOf, rfc3339 } from "../time.ts";
import { checkRestricts } from "./check-restrict.ts";
import type { Governed } from "./check-rights.ts";
import { type Findings, inconsistent, unauthorized } from "./finding.ts";
import { governed, isFinding, type Moment } from "./moment.ts";

/** What the policy does to an overdue review: said a day before, and never wider. */

const day = 86_400_000;

export function* checkWarned(moment: Moment<"reassessment.warned">): Findings {
  const { entry, situation, now } = moment;
  const here = governed(moment);
  if (isFinding(here)) return yield here;
  const { reassess } = situation.state;
  if (reassess === null || instantOf(entry.reassessBy) !== reassess.by)
    return yield inconsistent(
      `it is about a review by ${entry.reassessBy}; the date was ${reassess === null ? "none" : rfc3339(reassess.by)}`,
    );
  const scope = overdueScope(here.deployment, here.scope);
  if (entry.scope !== scope)
    yield inconsistent(
      `it warns of “${entry.scope}”; by the policy that is ${scope === null ? "nothing" : `“${scope}”`}`,
    );
  if (instantOf(entry.due) > now) yield inconsistent(`it was due only on ${entry.due}`);
  if (instantOf(entry.takesEffect) < Math.max(now + day, graceEnds(here, reassess.by)))
    yield inconsistent(
      `it gives until ${entry.takesEffect}, less than a day or less than the policy's grace`,
    );
}

/** A decision by reassess.onOverdue: people were told of it, and their time has passed. */
export function* checkOnOverdue(moment: Moment<"decision.made">, here: Governed): Findings {
  const { entry, situation, now } = moment;
  const { reassess } = situation.state;
  const scope = overdueScope(here.deployment, here.scope);
  if (scope === null || reassess === null)
    return yield unauthorized("by the policy nothing follows an overdue review here");
  const { warned } = reassess;
  if (warned?.scope !== entry.after)
    return yield unauthorized(`nobody was told that “${entry.after}” would follow`);
  const from = Math.max(warned.takesEffect, graceEnds(here, reassess.by));
  if (now < from)
    yield unauthorized(`the policy restricts before ${rfc3339(from)}, until when people could`);
  if (entry.after !== scope)
    yield unauthorized(`it sets “${entry.after}”; by the policy “${scope}” follows`);
  if (entry.decision !== (entry.after === "paused" ? "pause" : "narrow"))
    yield inconsistent(`it is a decision to ${entry.decision}, which does not fit its scope`);
  if (entry.cause !== "not reviewed" || entry.escalation !== "")
    yield inconsistent("it follows an overdue review, and says another cause or an escalation");
  yield* checkRestricts(moment, here);
}

const graceEnds = ({ deployment }: Governed, by: number): number =>
  by + (deployment.reassess.onOverdue?.grace ?? 0);
