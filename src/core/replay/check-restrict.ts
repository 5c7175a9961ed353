import { addressed } from "../decision/authorized.ts";
import { saidBy } from "../decision/by-policy.ts";
import { actFirst, meets } from "../decision/restrict.ts";
import { live } from "../decision/resume-request.ts";
import { acknowledgementDue } from "../escalation/acknowledgement.ts";
import { isKnownToSomebody } from "../escalation/passing-on.ts";
import { isSealed } from "../log/sealed-names.ts";
import type { Deployment, Response } from "../policy/model.ts";
import { levelOf, narrower, paused, strengthOf } from "../policy/posture.ts";
import { escalationIn, isAway, isDecidable, isUnmatched } from "../state/situation.ts";
import type { EscalationState } from "../state/state.ts";
import { rfc3339 } from "../time.ts";
import { checkDeviation, checkHolds, checkSettles, type Governed, isMild } from "./check-rights.ts";
import { type Findings, inconsistent, unauthorized } from "./finding.ts";
import { actorOf, type Moment } from "./moment.ts";

/** Narrow and pause, by people and by policy: they never widen, and answer what they meet. */

type Made = Moment<"decision.made">;

/** One escalation that lets them is enough: restricting is easier than widening. */
export function* checkMayRestrict(moment: Made): Findings {
  const { entry, situation } = moment;
  const person = actorOf(moment);
  if (person === null) return;
  const named = addressed(situation, entry.escalation === "" ? null : entry.escalation);
  const all = [null, ...named, ...live(situation)];
  yield* checkHolds(moment, { person, capability: "restrict", escalations: all });
}

/** A restriction never widens, settles what it answers, and says how it differs from the plan. */
export function* checkRestricts(moment: Made, here: Governed): Findings {
  const { entry, situation } = moment;
  const { deployment, scope } = here;
  const { after, decision } = entry;
  if (levelOf(deployment, after) < levelOf(deployment, scope))
    yield unauthorized(`it is a decision to ${decision} and widens “${scope}” to “${after}”`);
  if (decision === "pause" && after !== narrower(deployment, scope, paused))
    yield inconsistent(`it is a pause, and leaves “${after}” in force`);
  const main = escalationIn(situation.state, entry.escalation || "HP-0");
  if (entry.escalation !== "" && !main)
    yield inconsistent(`it answers ${entry.escalation}, which is not open`);
  yield* checkSettles(moment, settledBy(moment, here));
  yield* checkDeviation(moment, deviationOf(deployment, main?.response ?? null, after));
  const isToFollow = entry.reason === "" && entry.cause === "";
  if (entry.reasonToFollow !== isToFollow)
    yield inconsistent("whether its reason is to follow does not fit whether it has one");
}

function settledBy({ entry, situation }: Made, { deployment }: Governed): readonly string[] {
  return situation.state.escalations
    .filter(({ status }) => status === "open")
    .filter((found) => isDecidable(found) || (isUnmatched(found) && found.id === entry.escalation))
    .filter(({ response }) => meets(deployment, response, entry.after))
    .filter(({ id }) => entry.authority !== actFirst || id !== entry.escalation)
    .map(({ id }) => id);
}

function deviationOf(
  deployment: Deployment,
  response: Response | null,
  after: string,
): Made["entry"]["deviation"] {
  if (response === null) return "unplanned";
  const plan = strengthOf(deployment, response);
  const did = levelOf(deployment, after);
  if (did === plan) return "none";
  return did > plan ? "stricter" : "weaker";
}

/** The written response, when nobody decided in time, and not before. */
export function* checkByPolicy(moment: Made, here: Governed): Findings {
  const { entry, situation } = moment;
  const found = escalationIn(situation.state, entry.escalation || "HP-0");
  if (entry.authority !== "onTimeout.respond")
    yield unauthorized(`the policy decides by onTimeout.respond alone, not by ${entry.authority}`);
  const response = found?.response ?? null;
  const isAside = found !== undefined && isAsideOf(moment, found);
  if (!found || !isDecidable(found) || response === null || (found.status !== "open" && !isAside))
    return yield unauthorized(
      `the policy answers ${entry.escalation || "nothing"}, which waits for no answer of its own`,
    );
  yield* checkTimePassed(moment, found);
  yield* checkCause(moment, found);
  if (isAside) yield* checkSettles(moment, []);
  else yield* checkWrittenResponse(moment, here, response);
}

/** Nobody had decided, or seen it, when their time was over. */
function* checkTimePassed({ now }: Made, found: EscalationState): Findings {
  const until = found.decideBy ?? Number.POSITIVE_INFINITY;
  if (until > now)
    yield unauthorized(
      `the policy answers ${found.id} before ${found.decideBy === null ? "any time" : rfc3339(until)}, until when somebody could decide`,
    );
  const seenBy = acknowledgementDue(found);
  if (seenBy !== null && seenBy <= now)
    yield inconsistent(
      `nobody acknowledged ${found.id} by ${rfc3339(seenBy)}, and no entry before it says so`,
    );
}

/**
 * Whether it is a further part of the written response: a re-test or monitoring as it is written
 * there, beside what settles the escalation, and in the same moment.
 */
function isAsideOf({ entry, situation, now }: Made, found: EscalationState): boolean {
  const parts = situation.pinned(found.policy).triggers.get(found.trigger)?.parts ?? [];
  const { decided, status } = found;
  const isSameMoment =
    status === "settled" && decided?.authority === "onTimeout.respond" && decided.at === now;
  if (entry.settles.length > 0) return false;
  return (
    (status === "open" || isSameMoment) &&
    parts.some((part) => {
      if (part.kind !== entry.decision || part.kind === "narrow" || part.kind === "pause")
        return false;
      const { suite, by, due, monitor } = saidBy({ policy: situation.policy, now }, part, found);
      const isSuite = part.kind === "monitor" || part.suite === "" || isSealed(entry.suite);
      return (
        (isSuite || entry.suite === suite) &&
        entry.by === by &&
        entry.due === due &&
        (entry.monitor === monitor || isSealed(entry.monitor))
      );
    })
  );
}

/** The response of a trigger that acts first: in the moment in which it opened, and once. */
export function* checkFirst(moment: Made, here: Governed): Findings {
  const { entry, situation, now } = moment;
  const found = escalationIn(situation.state, entry.escalation || "HP-0");
  const trigger = found && situation.pinned(found.policy).triggers.get(found.trigger);
  const isDue = found?.status === "open" && found.openedAt === now && found.decided === null;
  if (!isDue || !trigger?.actsFirst || found.verdict !== "fired" || found.response === null)
    return yield unauthorized(
      `the policy acts first on ${entry.escalation || "nothing"}, for which no trigger says so at this moment`,
    );
  if (entry.cause !== "at once")
    yield inconsistent(`it acts first, and says “${entry.cause}” for it`);
  yield* checkWrittenResponse(moment, here, found.response);
}

function* checkWrittenResponse(moment: Made, here: Governed, response: Response): Findings {
  const { entry } = moment;
  if (entry.decision !== response.kind)
    yield inconsistent(`the policy decides to ${entry.decision}; its response is ${response.kind}`);
  if (isMild(response)) {
    yield* checkSettles(moment, [entry.escalation]);
    return;
  }
  const asked = response.kind === "narrow" ? response.scope : paused;
  const after = narrower(here.deployment, here.scope, asked);
  if (entry.after !== after)
    yield inconsistent(`the policy sets “${entry.after}”; its response gives “${after}”`);
  yield* checkRestricts(moment, here);
}

function* checkCause(moment: Made, found: EscalationState): Findings {
  const { entry, situation } = moment;
  const { decider } = found;
  const isAbsent = decider === "" || isAway(situation, decider);
  if (entry.cause === "unreachable") {
    if (!isAbsent) moment.claim("somebody could not be reached in any chat");
    return;
  }
  const cause = isKnownToSomebody(found) ? "seen, not decided" : "nobody seen";
  if (isAbsent || entry.cause !== cause)
    yield inconsistent(
      `it says “${entry.cause}”; by the entries before it is “${isAbsent ? "unreachable" : cause}”`,
    );
}
