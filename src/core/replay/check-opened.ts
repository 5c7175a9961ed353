import { liveFor, responseNow } from "../escalation/escalation.ts";
import { inOrNone } from "../escalation/passing-on.ts";
import { liveUnmatched } from "../escalation/unmatched.ts";
import { escalationNumber, type Millis } from "../ids.ts";
import { isSealed } from "../log/sealed-names.ts";
import { chainOf, ruledNow } from "../people/authority.ts";
import type { Trigger } from "../policy/model.ts";
import { concerned } from "../reassessment/reassessment.ts";
import { rehearsalName, unconfirmedName, unmatchedName } from "../state/situation.ts";
import { instantOf } from "../time.ts";
import { checkOnCall } from "./check-passing.ts";
import { type Findings, inconsistent, listed, named, unauthorized } from "./finding.ts";
import { actorOf, type Moment, whoMay } from "./moment.ts";

/** How an escalation begins: by which rule, for whom, until when. */

type Opened = Moment<"escalation.opened">;

const raised = "raised";
const byHand = "by-hand";
const names: ReadonlySet<string> = new Set([
  unmatchedName,
  unconfirmedName,
  rehearsalName,
  raised,
  byHand,
]);

export function* checkOpened(moment: Opened): Findings {
  const { entry, situation } = moment;
  const trigger = situation.policy.triggers.get(entry.trigger) ?? null;
  if (!names.has(entry.trigger) && !trigger?.deployments.includes(situation.state.id))
    yield inconsistent(
      `it is opened by ${named(entry.trigger)}, which is no trigger of “${situation.state.id}” in the policy in force`,
    );
  if (trigger?.shadow)
    yield inconsistent(
      `it is opened by ${named(entry.trigger)}, a shadow trigger, which opens nothing`,
    );
  yield* checkOpener(moment, trigger);
  yield* checkNumber(moment);
  yield* checkOnlyOne(moment);
  yield* checkDecider(moment);
  yield* checkOnCall(moment);
  if (trigger) yield* checkWritten(moment, trigger);
  else yield* checkUnwritten(moment);
}

/** Who may open what: a trigger is the policy's own, a by-hand one belongs to a restriction. */
function* checkOpener(moment: Opened, trigger: Trigger | null): Findings {
  const { entry, situation } = moment;
  const { type } = entry.actor;
  const person = actorOf(moment);
  const isOwn = trigger !== null || [unmatchedName, unconfirmedName].includes(entry.trigger);
  if (isOwn !== (type === "policy"))
    yield unauthorized(`an escalation ${named(entry.trigger)} is never opened by a ${type}`);
  if (person === null) return;
  const may = [...whoMay(moment, "restrict"), ...whoMay(moment, "breakGlass")];
  if (entry.trigger === byHand && !may.includes(person))
    yield unauthorized(
      `${person} opened it by hand without the right to restrict; those who had it: ${listed(may)}`,
    );
  if (entry.trigger === rehearsalName && !concerned(situation).has(person))
    yield unauthorized(
      `${person}, whom the policy does not name for this deployment, rehearsed it`,
    );
}

function* checkNumber({ entry, situation }: Opened): Findings {
  if (escalationNumber(entry.escalation) !== situation.lastNumber + 1)
    yield inconsistent(
      `it opens ${entry.escalation}; the next number was HP-${situation.lastNumber + 1}: one is missing, or is given twice`,
    );
}

/** One live escalation of each trigger; of signals that no trigger matches, one of each name. */
function* checkOnlyOne({ entry, situation: { state } }: Opened): Findings {
  const isApart = entry.trigger === unmatchedName && entry.about;
  // The name is kept beside the log: whether it is the same cannot be told.
  if (entry.about && isSealed(entry.about.name)) return;
  const live = isApart ? liveUnmatched(state, entry.about) : liveFor(state, entry.trigger);
  const isOver = entry.trigger === rehearsalName && live?.status === "settled";
  if (live && !isOver)
    yield inconsistent(`it opens ${named(entry.trigger)} while ${live.id} of the same is open`);
  const isQuestion = ![unmatchedName, unconfirmedName, rehearsalName, byHand].includes(
    entry.trigger,
  );
  if (state.proposal && isQuestion)
    yield inconsistent("it opens a question while a resume waits, which ends by it first");
}

function* checkDecider({ entry, situation }: Opened): Findings {
  const [first = ""] =
    entry.trigger === unmatchedName ? [] : chainOf(situation, ruledNow(situation, entry));
  if (entry.decider !== first)
    yield inconsistent(
      `it names ${entry.decider || "nobody"} to decide; by the policy that was ${first || "nobody"}`,
    );
}

/** The rule as it is written: its severity, response and clocks. */
function* checkWritten({ entry, situation, now }: Opened, trigger: Trigger): Findings {
  const { severity, acknowledgeWithin, decideWithin, onTimeout } = trigger;
  const response = responseNow(situation, trigger);
  if (entry.severity !== severity)
    yield inconsistent(`its severity is ${entry.severity}; the trigger says ${severity}`);
  if (!isSameResponse(entry.response, response))
    yield inconsistent(
      `its response is ${said(entry.response)}; the trigger says ${said(response)}`,
    );
  if (entry.acknowledgeBy !== inOrNone(now, acknowledgeWithin))
    yield inconsistent(
      `it is to be acknowledged by ${entry.acknowledgeBy || "no time"}, which the trigger does not say`,
    );
  if (entry.decideBy !== inOrNone(now, decideWithin))
    yield inconsistent(
      `it is to be decided by ${entry.decideBy || "no time"}, which the trigger does not say`,
    );
  const most =
    onTimeout === "pass" ? Math.max(1, chainOf(situation, ruledNow(situation, entry)).length) : 1;
  if (!isPeriods(entry, { now, decideWithin, most }))
    yield inconsistent(
      `the response follows by ${entry.answerBy || "no time"}, which the trigger does not say`,
    );
}

function isPeriods(
  { answerBy }: Opened["entry"],
  {
    now,
    decideWithin,
    most,
  }: { readonly now: number; readonly decideWithin: Millis | null; readonly most: number },
): boolean {
  if (answerBy === undefined) return true;
  if (decideWithin === null || answerBy === "") return decideWithin === null && answerBy === "";
  const periods = (instantOf(answerBy) - now) / decideWithin;
  return Number.isInteger(periods) && periods >= 1 && periods <= most;
}

/** A rehearsal is over after this long at the latest. */
const longestRehearsal: Millis = 3_600_000;

function* checkUnwritten({ entry, now }: Opened): Findings {
  if (entry.trigger === rehearsalName) {
    const decideBy = entry.decideBy === "" ? Number.POSITIVE_INFINITY : instantOf(entry.decideBy);
    if (decideBy <= now || decideBy > now + longestRehearsal)
      yield inconsistent("a rehearsal is answered within an hour, and this one would not be");
    return;
  }
  if (entry.response !== null)
    yield inconsistent(`its response is ${said(entry.response)}, but no trigger says any`);
  const [clock] = [entry.acknowledgeBy, entry.decideBy, entry.answerBy].filter(Boolean);
  if (clock !== undefined)
    yield inconsistent(`it is due by ${clock}, but without a trigger nothing says by when`);
}

type Response = Opened["entry"]["response"];

function isSameResponse(a: Response, b: Response): boolean {
  return said(a) === said(b);
}

function said(response: Response): string {
  if (response === null) return "none";
  return response.kind === "narrow" ? `narrow to ${response.scope}` : response.kind;
}
