import { actFirst } from "../decision/restrict.ts";
import type { PersonId } from "../ids.ts";
import { togetherAs } from "../policy/groups.ts";
import { paused } from "../policy/posture.ts";
import { breakGlassReview, reassessBy, reassessNoLater } from "../reassessment/reassessment.ts";
import { instantOf, rfc3339 } from "../time.ts";
import { checkAnswer, checkMayAnswer } from "./check-answer.ts";
import { checkOnOverdue } from "./check-overdue.ts";
import { checkByPolicy, checkFirst, checkMayRestrict, checkRestricts } from "./check-restrict.ts";
import { checkResumed } from "./check-resume.ts";
import type { Governed } from "./check-rights.ts";
import { checkUndone } from "./check-undo.ts";
import { type Findings, inconsistent, isSameSet, listed, unauthorized } from "./finding.ts";
import { actorOf, governed, isFinding, type Moment } from "./moment.ts";

/** A decision that is in force: who may make it, and what it does to the posture. */

type Made = Moment<"decision.made">;

export function* checkMade(moment: Made): Findings {
  const { entry } = moment;
  const here = governed(moment);
  if (isFinding(here)) return yield here;
  yield* checkMakers(moment);
  if (entry.undoes !== "") yield* checkUndone(moment, here);
  else if (entry.decision === "resume") yield* checkResumed(moment, here);
  else if (entry.actor.type === "policy") yield* checkByRule(moment, here);
  else yield* checkByPerson(moment, here);
  yield* checkPosture(moment, here);
  yield* checkReview(moment, here);
  yield* checkLinks(moment);
  yield* checkGroup(moment);
}

function checkByRule(moment: Made, here: Governed): Findings {
  switch (moment.entry.authority) {
    case actFirst:
      return checkFirst(moment, here);
    case "reassess.onOverdue":
      return checkOnOverdue(moment, here);
    default:
      return checkByPolicy(moment, here);
  }
}

/** Whoever acted is the last of the people behind it, and each is there once. */
function* checkMakers(moment: Made): Findings {
  const { people, cause, authority, breakGlass } = moment.entry;
  const actor = actorOf(moment);
  if (new Set(people).size !== people.length)
    yield unauthorized(`it counts one person twice: ${listed(people)}`);
  if (actor !== (people.at(-1) ?? null))
    yield unauthorized(`it was made by ${actor ?? "the policy"} in the name of ${listed(people)}`);
  if ((authority === "breakGlass") !== breakGlass)
    yield inconsistent("it is marked as break-glass and made by another rule, or the reverse");
  if ((cause === "") !== people.length > 0)
    yield inconsistent("a decision by policy says why nobody decided, one of people does not");
}

/** What is true of each posture: it follows the one before, by one version. */
function* checkPosture({ entry, situation }: Made, here: Governed): Findings {
  const { before, after, decision } = entry;
  if (before !== here.scope)
    yield inconsistent(
      `it says that “${before}” was in force before; the entries before it say “${here.scope}”`,
    );
  const version = here.version + (before === after ? 0 : 1);
  if (entry.version !== version)
    yield inconsistent(`it makes version ${entry.version} of the posture; that was ${version}`);
  const isKnown = after === paused || here.deployment.scopes.some(({ id }) => id === after);
  if (!isKnown && after !== before)
    yield inconsistent(`it sets “${after}”, which is no scope of “${situation.state.id}”`);
  const stays = decision === "keep" || decision === "retest" || decision === "monitor";
  if (stays && after !== before)
    yield inconsistent(`it is a decision to ${decision}, and yet changes the posture`);
}

function* checkByPerson(moment: Made, here: Governed): Findings {
  const { entry } = moment;
  if (entry.decision === "narrow" || entry.decision === "pause") {
    yield* checkMayRestrict(moment);
    yield* checkRestricts(moment, here);
    return;
  }
  yield* checkMayAnswer(moment);
  yield* checkAnswer(moment, here);
}

/** The question is asked again no later than the policy says. */
function* checkReview({ entry, situation, now }: Made, { deployment }: Governed): Findings {
  const { decision } = entry;
  const atMost = entry.breakGlass ? breakGlassReview : null;
  const latest =
    decision === "retest" || decision === "monitor"
      ? reassessNoLater(situation, { deployment, kind: decision, atMost })
      : reassessBy(deployment, { kind: decision, now, atMost, byPeople: entry.cause === "" });
  if (instantOf(entry.reassessBy) > latest)
    yield inconsistent(
      `it is asked again on ${entry.reassessBy}; the policy says ${rfc3339(latest)} at the latest`,
    );
}

/** What was said of a group or a model was decided of deployments that are of it. */
function* checkGroup({ entry, situation }: Made): Findings {
  if (entry.group === undefined) return;
  const { name, count } = entry.group;
  const isRestriction = entry.decision === "narrow" || entry.decision === "pause";
  if (!isRestriction || entry.undoes !== "" || entry.people.length === 0)
    yield inconsistent("it is of a group, and no narrow or pause by a person");
  const members = togetherAs(situation.policy, name) ?? [];
  if (!members.includes(entry.deployment))
    yield inconsistent(`it was said of ${name}, to which “${entry.deployment}” does not belong`);
  if (count < 1 || count > members.length)
    yield inconsistent(`it is one of ${count} decisions; ${name} is ${members.length} deployments`);
}

/** Those behind it who were signed in by a login link of the operator are named. */
function* checkLinks(moment: Made): Findings {
  const { entry, situation } = moment;
  const { proposal } = situation.state;
  const isAlone = entry.breakGlass && !(proposal?.waits && proposal.authority === "breakGlass");
  const isResume = entry.decision === "resume" && entry.undoes === "";
  const isRequested = isResume && proposal !== null && !isAlone;
  const rests = (person: PersonId): boolean =>
    (isRequested && proposal.links?.[person] !== undefined) ||
    (entry.link !== undefined && person === actorOf(moment));
  const expected = entry.people.filter(rests);
  if (!isSameSet(entry.byLink ?? [], expected))
    yield inconsistent(
      `it names ${listed(entry.byLink ?? [])} as signed in by a login link; by the entries before it that is ${listed(expected)}`,
    );
}
