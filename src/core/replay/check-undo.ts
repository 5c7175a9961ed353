import { isUndoneOften } from "../decision/undo.ts";
import type { Instant } from "../ids.ts";
import { ruleFor } from "../people/authority.ts";
import { undecided } from "../state/situation.ts";
import type { Decided, EscalationState } from "../state/state.ts";
import { instantOf, rfc3339 } from "../time.ts";
import { checkSettles, type Governed } from "./check-rights.ts";
import { type Findings, inconsistent, isSameSet, listed, unauthorized } from "./finding.ts";
import { actorOf, type Moment } from "./moment.ts";

/** An undo: one's own last restriction, within minutes, and nothing else. */

type Made = Moment<"decision.made">;

export function* checkUndone(moment: Made, { deployment }: Governed): Findings {
  const { entry, situation, now } = moment;
  const last = situation.state.lastDecision;
  const person = actorOf(moment);
  if (last === null || last.entry !== entry.undoes)
    return yield inconsistent(
      `it takes back ${entry.undoes}, which is not the last decision on “${situation.state.id}”`,
    );
  yield* checkWho(moment, last);
  const until = last.at + deployment.undo;
  if (now > until)
    yield unauthorized(`it takes back a decision after ${rfc3339(until)}, when that could be done`);
  yield* checkWhat(moment, last);
  yield* checkSettles(moment, []);
  if (person !== null) yield* checkReopened(moment, last);
}

/** By whoever made it, who may still restrict. */
function* checkWho(moment: Made, last: Decided): Findings {
  const { entry, situation } = moment;
  const person = actorOf(moment);
  if (entry.authority !== "undo" || entry.decision !== "resume")
    yield inconsistent(`it takes back a decision by ${entry.authority}, not as an undo`);
  if (person === null || entry.people.length !== 1 || last.people[0] !== person)
    return yield unauthorized(
      `it takes back a decision of ${listed(last.people, "the policy")}, in the name of ${listed(entry.people)}`,
    );
  const holds = (["restrict", "breakGlass"] as const).some(
    (capability) => ruleFor(situation, { capability, person, escalation: null }) !== null,
  );
  if (!holds) yield unauthorized(`${person} may not restrict any more, and so takes nothing back`);
  if (isUndoneOften(situation.state, last))
    yield unauthorized(`${person} had taken back as many about it as anybody may`);
}

function* checkWhat({ entry, situation }: Made, last: Decided): Findings {
  const isRestriction =
    (last.decision === "narrow" || last.decision === "pause") && last.before !== last.after;
  if (!isRestriction)
    return yield unauthorized(
      `it takes back a decision to ${last.decision}, which restricted nothing`,
    );
  if (entry.after !== last.before)
    yield unauthorized(
      `it sets “${entry.after}”; before the decision that it takes back “${last.before}” was in force`,
    );
  if (last.escalation !== entry.escalation && !last.settles.some((id) => id === entry.escalation))
    yield inconsistent(`the decision that it takes back was not about ${entry.escalation}`);
  const others = undecided(situation.state).filter(({ id }) => id !== entry.escalation);
  if (others.length > 0)
    yield unauthorized(`it widens while ${listed(others.map(({ id }) => id))} waits for an answer`);
}

/** What it opens again has the time that was left, and not a moment more. */
function* checkReopened({ entry, situation, now }: Made, last: Decided): Findings {
  const { reopens } = entry;
  if (reopens === undefined) return;
  const all = situation.state.escalations.filter(({ decided }) => decided?.entry === last.entry);
  const [said, known] = [reopens, all].map((list) =>
    list.map((item) => ("escalation" in item ? item.escalation : item.id)),
  );
  if (!isSameSet(said ?? [], known ?? []))
    return yield inconsistent(
      `it opens ${listed(said ?? [], "nothing")} again; the decision had settled ${listed(known ?? [], "nothing")}`,
    );
  for (const found of all) {
    const clocks = reopens.find(({ escalation }) => escalation === found.id);
    const isLate = (by: string | undefined, was: Instant | null): boolean =>
      by !== undefined && by !== "" && instantOf(by) > latest(found, was, now);
    if (
      isLate(clocks?.decideBy, found.decideBy) ||
      isLate(clocks?.acknowledgeBy, found.acknowledgeBy)
    )
      yield inconsistent(`it gives ${found.id} more time than was left`);
  }
}

const latest = ({ settledAt }: EscalationState, by: Instant | null, now: Instant): Instant => {
  if (by === null) return Number.NEGATIVE_INFINITY;
  return settledAt === null || by <= settledAt ? by : now + (by - settledAt);
};
