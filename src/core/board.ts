import { ruleFor } from "./authority.ts";
import { seers } from "./card-of.ts";
import { mayConfirm } from "./decision.ts";
import { isSeen } from "./escalation.ts";
import { escalationNumber, type Instant, type PersonId } from "./ids.ts";
import type { Severity } from "./policy/model.ts";
import { isAcknowledgeOnly, isUnmatched, type Situation } from "./situation.ts";
import type { EscalationState } from "./state.ts";
import { hearersOf } from "./unmatched-lines.ts";

/** In which order somebody looks at everything that is open: what waits for them, then what is worst, then what is due first. */

/** What an escalation asks of a person now. */
export type AskedOf = "decide" | "confirm" | "acknowledge";

/** The next time at which an escalation goes on without an answer. */
interface Deadline {
  readonly to: "acknowledge" | "decide";
  readonly at: Instant;
}

/** An escalation with what decides its place. */
export interface Standing {
  readonly escalation: EscalationState;
  /** Null = it waits for others. */
  readonly mine: AskedOf | null;
  /** Of what is asked of this person, where that has one; else the one that runs out first. */
  readonly deadline: Deadline | null;
}

/** Where an escalation stands for a person; null = for somebody whom nobody asks. */
export const standingOf = (
  situation: Situation,
  escalation: EscalationState,
  person: PersonId | null,
): Standing => {
  const mine = person === null ? null : askedOf(situation, escalation, person);
  return { escalation, mine, deadline: deadlineOf(escalation, mine) };
};

const askedOf = (
  situation: Situation,
  escalation: EscalationState,
  person: PersonId,
): AskedOf | null => {
  if (awaitsWord(situation, escalation, person)) return "confirm";
  if (escalation.status !== "open") return null;
  if (escalation.named.includes(person) && mayDecide(situation, escalation, person))
    return "decide";
  const isUnseen = !isSeen(escalation);
  const others = isUnmatched(escalation) ? hearersOf(situation, escalation) : [];
  const isHearer = seers(situation).includes(person) || others.includes(person);
  return isUnseen && isHearer ? "acknowledge" : null;
};

/** Whether a resume of this escalation was started, and this person may be the second. */
export const awaitsWord = (
  situation: Situation,
  escalation: EscalationState,
  person: PersonId,
): boolean =>
  situation.state.proposal?.escalation === escalation.id && mayConfirm(situation, person);

/** Whether a decision of this person would answer it, named or not. */
export const mayDecide = (
  situation: Situation,
  escalation: EscalationState,
  person: PersonId,
): boolean =>
  escalation.status === "open" &&
  !isAcknowledgeOnly(escalation) &&
  (["restrict", "start"] as const).some(
    (capability) => ruleFor(situation, capability, person, escalation) !== null,
  );

const deadlineOf = (one: EscalationState, mine: AskedOf | null): Deadline | null => {
  if (one.status !== "open") return null;
  const isUnseen = !isSeen(one) && !one.acknowledgeMissed;
  const running: readonly Deadline[] = [
    ...(isUnseen && one.acknowledgeBy !== null
      ? [{ to: "acknowledge" as const, at: one.acknowledgeBy }]
      : []),
    ...(one.decideBy === null ? [] : [{ to: "decide" as const, at: one.decideBy }]),
  ];
  const [first = null] = running.toSorted((a, b) => a.at - b.at);
  return running.find(({ to }) => to === mine) ?? first;
};

const severities: readonly Severity[] = ["critical", "high", "warning", "info"];

/** Open before settled; the reader's own first; then severity, then deadline (none last), then the one that has waited longest. */
export const inBoardOrder = (a: Standing, b: Standing): number =>
  Number(isSettled(a)) - Number(isSettled(b)) ||
  Number(a.mine === null) - Number(b.mine === null) ||
  (isSettled(a) ? newestFirst(a, b) : mostPressingFirst(a, b));

const isSettled = ({ escalation }: Standing): boolean => escalation.status !== "open";

const mostPressingFirst = (a: Standing, b: Standing): number =>
  severities.indexOf(a.escalation.severity) - severities.indexOf(b.escalation.severity) ||
  (a.deadline?.at ?? Number.MAX_SAFE_INTEGER) - (b.deadline?.at ?? Number.MAX_SAFE_INTEGER) ||
  escalationNumber(a.escalation.id) - escalationNumber(b.escalation.id);

const newestFirst = (a: Standing, b: Standing): number =>
  (b.escalation.settledAt ?? 0) - (a.escalation.settledAt ?? 0) ||
  escalationNumber(b.escalation.id) - escalationNumber(a.escalation.id);
