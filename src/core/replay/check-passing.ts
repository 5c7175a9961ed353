import { inOrNone } from "../escalation/passing-on.ts";
import { chainOf, personFor } from "../people/authority.ts";
import { isAcknowledgeOnly, isAway, isRehearsal } from "../state/situation.ts";
import type { EscalationState } from "../state/state.ts";
import { instantOf, rfc3339 } from "../time.ts";
import { type Findings, inconsistent, listed } from "./finding.ts";
import { isFinding, liveEscalation, type Moment } from "./moment.ts";

/** Who is asked next: when time passes, when somebody is away, when a schedule hands over. */

type Passed = Moment<"authority.passed">;

export function* checkPassed(moment: Passed): Findings {
  const { entry, situation } = moment;
  const found = liveEscalation(moment, entry.escalation);
  if (isFinding(found)) return yield found;
  if (found.status !== "open" || isAcknowledgeOnly(found))
    return yield inconsistent(`it passes ${found.id} on, of which nobody had to decide`);
  if (entry.from !== found.decider)
    yield inconsistent(
      `it passes ${found.id} on from ${entry.from || "nobody"}; ${found.decider || "nobody"} was named`,
    );
  const chain = chainOf(situation, found);
  const left = chain.filter((person) => !found.named.includes(person));
  const isNobody = entry.to === "" && entry.because !== "time";
  if (!isNobody && !left.some((person) => person === entry.to))
    yield inconsistent(
      `it names ${entry.to || "nobody"} to decide ${found.id}; by the rules those next were ${listed(left)}`,
    );
  if (entry.because === "time") yield* checkTime(moment, found);
  else yield* checkAbsence(moment, found);
}

/** Time passes on only where the rule says so, and starts the period again. */
function* checkTime({ entry, situation, now }: Passed, found: EscalationState): Findings {
  const { decideBy, openedAt } = found;
  if (decideBy === null || decideBy > now)
    yield inconsistent(
      `it passes ${found.id} on because time passed, which it had until ${decideBy === null ? "no time" : rfc3339(decideBy)}`,
    );
  if (isRehearsal(found)) {
    const until = entry.decideBy === "" ? Number.POSITIVE_INFINITY : instantOf(entry.decideBy);
    if (until > openedAt + 3_600_000) yield inconsistent("its rehearsal would last over an hour");
    return;
  }
  const trigger = situation.pinned(found.policy).triggers.get(found.trigger);
  if (trigger?.onTimeout !== "pass")
    yield inconsistent(`it passes ${found.id} on; its rule says that the response follows instead`);
  if (entry.decideBy !== inOrNone(now, trigger?.decideWithin))
    yield inconsistent(
      `it gives until ${entry.decideBy || "no time"}, which the rule does not say`,
    );
}

function* checkAbsence(moment: Passed, found: EscalationState): Findings {
  const { entry, situation } = moment;
  const { decideBy } = found;
  if (entry.decideBy !== (decideBy === null ? "" : rfc3339(decideBy)))
    yield inconsistent(
      `it moves the time to decide ${found.id} to ${entry.decideBy || "none"}; an absence moves no time`,
    );
  if (entry.because === "unreachable") moment.claim("somebody could not be reached in any chat");
  else if (entry.from !== "" && !isAway(situation, entry.from))
    yield inconsistent(`it says that ${entry.from} was away, which no entry before says`);
}

/** Whoever it says was on call by a schedule was. */
export function* checkOnCall({
  entry,
  situation,
}: Moment<"escalation.opened"> | Moment<"decision.proposed">): Findings {
  for (const { schedule, person } of entry.onCall ?? []) {
    const now = personFor(situation, `schedule:${schedule}`);
    if (now !== person)
      yield inconsistent(
        `it says that ${person} is on call by the schedule “${schedule}”; by the policy ${now ?? "nobody"} was`,
      );
  }
}

export function* checkHandedOff(moment: Moment<"oncall.changed">): Findings {
  const { entry, situation } = moment;
  const now = personFor(situation, `schedule:${entry.schedule}`);
  if (now !== entry.to)
    yield inconsistent(
      `it says that ${entry.to} is on call by the schedule “${entry.schedule}”; by the policy ${now ?? "nobody"} was`,
    );
  if (entry.escalation === "") {
    if (entry.proposal !== situation.state.proposal?.entry)
      yield inconsistent(`it is about the resume ${entry.proposal}, which does not wait`);
    return;
  }
  const found = liveEscalation(moment, entry.escalation);
  if (isFinding(found)) return yield found;
  const decides = entry.decider === entry.to && chainOf(situation, found).includes(entry.to);
  if (entry.decider !== found.decider && !decides)
    yield inconsistent(
      `it names ${entry.decider || "nobody"} to decide ${found.id}; ${found.decider || "nobody"} was, and the schedule means ${entry.to}`,
    );
}
