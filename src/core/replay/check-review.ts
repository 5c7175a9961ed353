import { isSealed } from "../log/sealed-names.ts";
import { concerned, remindersOf } from "../reassessment/reassessment.ts";
import { deploymentOf } from "../state/situation.ts";
import { instantOf, rfc3339 } from "../time.ts";
import { type Findings, inconsistent, listed, unauthorized } from "./finding.ts";
import { actorOf, type Moment, whoMay } from "./moment.ts";

/** Review dates and reminders, re-tests, reasons that follow, and what gateways report. */

export function* checkSet(moment: Moment<"reassessment.set">): Findings {
  const { entry, situation, now } = moment;
  const { reassess, id } = situation.state;
  const person = actorOf(moment);
  if ((person !== null) !== (entry.because === "asked"))
    yield inconsistent(`a review date is not set because of “${entry.because}” by such an actor`);
  if (person !== null && !concerned(situation).has(person))
    yield unauthorized(
      `${person}, whom the policy does not name for “${id}”, set its review date; those named: ${listed(concerned(situation))}`,
    );
  const by = instantOf(entry.reassessBy);
  if (reassess !== null && by >= reassess.by)
    yield inconsistent(
      `it moves the review to ${entry.reassessBy}, which is not earlier than ${rfc3339(reassess.by)}`,
    );
  if (entry.because === "change" && by !== now)
    yield inconsistent(`a change asks for the review at once, not by ${entry.reassessBy}`);
}

type Notice = Moment<"reassessment.reminded"> | Moment<"reassessment.overdue">;

function* checkNotice({ entry, situation, now }: Notice): Findings {
  const { reassess } = situation.state;
  if (reassess === null || instantOf(entry.reassessBy) !== reassess.by)
    yield inconsistent(
      `it is about a review by ${entry.reassessBy}; the date was ${reassess === null ? "none" : rfc3339(reassess.by)}`,
    );
  if (instantOf(entry.due) > now) yield inconsistent(`it was due only on ${entry.due}`);
}

export function* checkReminded(moment: Moment<"reassessment.reminded">): Findings {
  const { entry, situation } = moment;
  yield* checkNotice(moment);
  const { reassess } = situation.state;
  const deployment = deploymentOf(situation);
  const due = instantOf(entry.due);
  if (reassess?.reminded.includes(due)) yield inconsistent("that reminder had been made already");
  if (reassess && deployment && !remindersOf(deployment, reassess.by, reassess.setAt).includes(due))
    yield inconsistent(`no reminder of ${entry.reassessBy} is due on ${entry.due}`);
}

export function* checkOverdue(moment: Moment<"reassessment.overdue">): Findings {
  const { entry, situation } = moment;
  yield* checkNotice(moment);
  const step = (situation.state.reassess?.overdueSteps ?? 0) + 1;
  if (entry.step !== step) yield inconsistent(`it is notice ${entry.step}; the next was ${step}`);
  if (instantOf(entry.due) <= instantOf(entry.reassessBy))
    yield inconsistent(`it says that the review was overdue by ${entry.due}, when it was not due`);
}

export function* checkRetest({ entry, situation, now }: Moment<"retest.followed">): Findings {
  const retest = situation.state.retests.find(({ entry: id }) => id === entry.retest);
  if (!retest)
    return yield inconsistent(`it follows the re-test ${entry.retest}, which nobody asked for`);
  const isNamed = !isSealed(entry.suite) && !isSealed(retest.suite);
  if (isNamed && entry.suite !== retest.suite)
    yield inconsistent(`it is about “${entry.suite}”; the re-test was of “${retest.suite}”`);
  if (retest.result !== null) yield inconsistent("that re-test had its result already");
  const isEarly = entry.what === "missed" && (retest.due === null || retest.due > now);
  if (isEarly) yield inconsistent("it says that the re-test did not come, before its date");
}

export function* checkShadowed({ entry, situation }: Moment<"trigger.shadowed">): Findings {
  const trigger = situation.policy.triggers.get(entry.trigger);
  if (!trigger?.shadow || !trigger.deployments.includes(situation.state.id))
    yield inconsistent(
      `it is of “${entry.trigger}”, which is no shadow trigger of “${situation.state.id}” in the policy in force`,
    );
}

export function* checkExplained(moment: Moment<"decision.explained">): Findings {
  const { entry, situation } = moment;
  const { lastDecision, escalations } = situation.state;
  const all = [lastDecision, ...escalations.map(({ decided }) => decided)];
  const decided = all.find((decision) => decision?.entry === entry.explains);
  if (!decided)
    return yield inconsistent(`it explains ${entry.explains}, which is no decision here`);
  if (decided.people[0] !== actorOf(moment))
    yield unauthorized(`it explains a decision of ${listed(decided.people, "the policy")}`);
  if (!decided.reasonToFollow) yield inconsistent("no reason was to follow that decision");
}

export function* checkReported({ entry, situation }: Moment<"enforcement.reported">): Findings {
  const version = situation.state.posture?.version ?? 0;
  if (entry.version > version)
    yield inconsistent(
      `it is about version ${entry.version} of the posture; the newest is ${version}`,
    );
  if ((entry.what === "applied") !== (entry.actor.type === "gateway"))
    yield unauthorized(`it says “${entry.what}”, which such an actor does not report`);
  const listedGateways = deploymentOf(situation)?.enforcement?.gateways;
  if (entry.what === "applied" && listedGateways && !listedGateways.includes(entry.gateway))
    yield unauthorized(`“${entry.gateway}” is no gateway of the policy: ${listed(listedGateways)}`);
}

export function* checkDenied(moment: Moment<"decision.denied">): Findings {
  const { entry, situation } = moment;
  const number = entry.escalation === "" ? 0 : Number(entry.escalation.slice(3));
  if (number > situation.lastNumber)
    yield inconsistent(`it is about ${entry.escalation}, which had not been opened`);
  const person = actorOf(moment);
  const restricts = entry.asked === "pause" || entry.asked === "narrow";
  if (person === null || !restricts || entry.because !== "not-authorized") return;
  const may = [null, ...situation.state.escalations].every((escalation) =>
    whoMay(moment, "restrict", escalation).includes(person),
  );
  if (may)
    yield inconsistent(`it says that ${person} may not ${entry.asked}, who had the right to`);
}
