import { acknowledgementDue } from "../escalation/acknowledgement.ts";
import { enforcementOf } from "../escalation/enforcement.ts";
import { inOrNone } from "../escalation/passing-on.ts";
import { isWorse } from "../escalation/unmatched.ts";
import type { Millis, PersonId } from "../ids.ts";
import { isDecidable, isRehearsal, isUnconfirmed, isUnmatched } from "../state/situation.ts";
import type { EscalationState } from "../state/state.ts";
import { instantOf, rfc3339 } from "../time.ts";
import { type Findings, inconsistent, listed, unauthorized } from "./finding.ts";
import { actorOf, isFinding, liveEscalation, type Moment, rulesOf, whoMay } from "./moment.ts";

/** What becomes of an escalation once it is open: seen, missed, changed, moved, closed. */

export function* checkUpdated(moment: Moment<"escalation.updated">): Findings {
  const { entry } = moment;
  const found = liveEscalation(moment, entry.escalation);
  if (isFinding(found)) return yield found;
  const { severity, named } = entry;
  if (severity !== undefined && !(isUnmatched(found) && isWorse(severity, found.severity)))
    yield inconsistent(
      `it makes ${found.id} ${severity}; it was ${found.severity}, and only a signal that no trigger matches makes its own escalation graver`,
    );
  if (named !== undefined && found.others === undefined)
    yield inconsistent(`it adds names to ${found.id}, which is about one thing only`);
  if (entry.worse) yield* checkWorse(moment, found);
}

/** It is asked again: it was answered at that value, is worse now, and its clocks are the rule's. */
function* checkWorse(
  { entry, situation, now }: Moment<"escalation.updated">,
  found: EscalationState,
): Findings {
  const { worse, worst, of } = entry;
  if (!worse) return;
  const trigger = situation.pinned(found.policy).triggers.get(found.trigger);
  const isAnswered =
    found.status === "settled" &&
    found.answered === worse.was &&
    found.decided?.decision === worse.decision;
  if (!isAnswered || !trigger)
    return yield inconsistent(
      `it asks ${found.id} again, which was not answered with ${worse.decision} at ${worse.was}`,
    );
  const further = Number(worst) - Number(worse.was);
  if (!((of?.worse === "lower" ? -further : further) > 0))
    yield inconsistent(`it asks ${found.id} again, and ${worst} is no worse than ${worse.was}`);
  if (worse.acknowledgeBy !== inOrNone(now, trigger.acknowledgeWithin))
    yield inconsistent(`${found.id} is to be acknowledged by a time that its trigger does not say`);
  if (worse.decideBy !== inOrNone(now, trigger.decideWithin))
    yield inconsistent(`${found.id} is to be decided by a time that its trigger does not say`);
}

export function* checkAcknowledged(moment: Moment<"escalation.acknowledged">): Findings {
  const { entry, situation } = moment;
  const found = liveEscalation(moment, entry.escalation);
  if (isFinding(found)) return yield found;
  const person = actorOf(moment);
  if (person === null) return;
  const known = situation.policy.deployments.has(situation.state.id);
  const may = known ? whoMay(moment, "acknowledge", found) : [...situation.policy.people];
  if (!may.includes(person))
    yield unauthorized(
      `${person} acknowledged ${found.id} without the right to; those who had it: ${listed(may)}`,
    );
  if (found.acknowledged.some(({ by }) => by === person))
    yield inconsistent(`${person} had acknowledged ${found.id} already`);
}

export function* checkMissed(moment: Moment<"acknowledge.missed">): Findings {
  const { entry, now } = moment;
  const found = liveEscalation(moment, entry.escalation);
  if (isFinding(found)) return yield found;
  const due = acknowledgementDue(found);
  if (due === null)
    return yield inconsistent(`it says that nobody acknowledged ${found.id}, but nobody had to`);
  if (instantOf(entry.due) !== due)
    yield inconsistent(
      `it says that ${found.id} was to be acknowledged by ${entry.due}; that was ${rfc3339(due)}`,
    );
  if (due > now)
    yield inconsistent(`it says that the time of ${found.id} had passed, before ${rfc3339(due)}`);
}

export function* checkMoved(moment: Moment<"escalation.moved">): Findings {
  const { entry, situation } = moment;
  const found = liveEscalation(moment, entry.escalation);
  if (isFinding(found)) return yield found;
  if (entry.from !== found.channel)
    yield inconsistent(`it moves ${found.id} from ${entry.from}; it was in ${found.channel}`);
  const { channels } = situation.policy;
  if (channels.size > 0 && !channels.has(entry.to))
    yield inconsistent(`it moves ${found.id} to ${entry.to}, which is no channel of the policy`);
}

/** Settled, an escalation closes after an hour without a new signal, and never sooner. */
const quietBeforeClosing: Millis = 3_600_000;

export function* checkClosed(moment: Moment<"escalation.closed">): Findings {
  const { entry } = moment;
  const found = liveEscalation(moment, entry.escalation);
  if (isFinding(found)) return yield found;
  switch (entry.because) {
    case "quiet":
      return yield* checkQuiet(moment, found);
    case "confirmed":
      if (!isUnconfirmed(found) || enforcementOf(moment.situation).waiting.length > 0)
        yield inconsistent(
          `it closes ${found.id} as confirmed, but not every gateway had confirmed`,
        );
      return;
    case "matched":
      if (!isUnmatched(found))
        yield inconsistent(`it closes ${found.id} as matched, which a trigger had opened`);
      return;
    case "resumed":
    case "undone":
      return yield* checkClosedByDecision(moment, found);
  }
}

function* checkQuiet(
  { now }: Moment<"escalation.closed">,
  { id, status, settledAt }: EscalationState,
): Findings {
  if (status !== "settled" || settledAt === null)
    return yield inconsistent(`it closes ${id} as quiet, which nobody had answered`);
  if (settledAt + quietBeforeClosing > now)
    yield inconsistent(`it closes ${id} as quiet less than an hour after it was settled`);
}

/** Only with the decision itself, by whoever made it. */
function* checkClosedByDecision(
  moment: Moment<"escalation.closed">,
  found: EscalationState,
): Findings {
  const { entry, memory } = moment;
  const { made } = memory;
  const isUndone = entry.because === "undone";
  if (made === null || made.at !== entry.at || (made.undoes !== "") !== isUndone)
    return yield inconsistent(
      `it closes ${found.id} as ${entry.because}, but no such decision is before it`,
    );
  if (made.decision !== "resume")
    yield inconsistent(
      `it closes ${found.id} as ${entry.because}, after a decision to ${made.decision}`,
    );
  if (actorOf(moment) !== actorOf({ entry: made }))
    yield unauthorized(`it closes ${found.id} in the name of another than who decided`);
  if (!isUndone && found.status === "open" && found.id !== made.escalation)
    yield inconsistent(`it closes ${found.id}, which the resume did not answer`);
  if (!isDecidable(found)) yield inconsistent(`it closes ${found.id}, which no decision is about`);
}

export function* checkRehearsed(moment: Moment<"rehearsal.answered">): Findings {
  const { entry, now } = moment;
  const found = liveEscalation(moment, entry.escalation);
  if (isFinding(found)) return yield found;
  if (!isRehearsal(found) || found.status !== "open")
    return yield inconsistent(`it answers ${found.id} as a rehearsal, which is none or is over`);
  const person = actorOf(moment);
  if (person !== null) return yield* checkRehearser(moment, person, found);
  const isOver = found.decideBy !== null && found.decideBy <= now;
  if (entry.asked !== "" || entry.authority !== "" || !isOver)
    yield inconsistent(`it ends the rehearsal ${found.id} before its time`);
}

function* checkRehearser(
  moment: Moment<"rehearsal.answered">,
  person: PersonId,
  escalation: EscalationState,
): Findings {
  const { asked, authority } = moment.entry;
  const starts = asked === "resume" || asked === "keep";
  const capability = authority === "breakGlass" ? "breakGlass" : starts ? "start" : "restrict";
  const { shown, claimed } = rulesOf(moment, { capability, person, escalation });
  if (shown === null && claimed !== null) moment.claim("somebody could not be reached in any chat");
  if ((shown ?? claimed) !== authority)
    yield unauthorized(
      `${person} answered the rehearsal ${escalation.id} by ${authority}, which they did not hold`,
    );
}
