import { mayConfirm } from "../decision/confirm-resume.ts";
import { isSeen } from "../escalation/acknowledgement.ts";
import { escalationNumber, type Instant, type PersonId } from "../ids.ts";
import { ruleFor } from "../people/authority.ts";
import type { Severity } from "../policy/severity.ts";
import { isAcknowledgeOnly, isUnmatched, type Situation } from "../state/situation.ts";
import type { EscalationState } from "../state/state.ts";
import { seers } from "./build-card.ts";
import { hearersOf } from "./unmatched-lines.ts";

/**
 * In which order somebody looks at everything that is open: what waits for them, then what is
 * worst, then what is due first.
 */

/** What an escalation asks of a person now. */
export type AskedOf = "decide" | "confirm" | "acknowledge";

/** The next deadline of an escalation. */
interface Deadline {
  readonly to: "acknowledge" | "decide";
  readonly at: Instant;
}

/** An escalation with what decides its place. */
export interface BoardEntry {
  readonly escalation: EscalationState;
  /** Null = it waits for others. */
  readonly mine: AskedOf | null;
  /** Of what is asked of this person, where that has one; else the one that runs out first. */
  readonly deadline: Deadline | null;
}

/** Where an escalation stands for a person; null = for somebody whom nobody asks. */
export function standingOf(
  situation: Situation,
  escalation: EscalationState,
  person: PersonId | null,
): BoardEntry {
  const mine = person === null ? null : askedOf(situation, escalation, person);
  return { escalation, mine, deadline: deadlineOf(escalation, mine) };
}

function askedOf(
  situation: Situation,
  escalation: EscalationState,
  person: PersonId,
): AskedOf | null {
  if (awaitsWord(situation, escalation, person)) return "confirm";
  if (escalation.status !== "open") return null;
  if (escalation.named.includes(person) && mayDecide(situation, escalation, person))
    return "decide";
  const isUnseen = !isSeen(escalation);
  const others = isUnmatched(escalation) ? hearersOf(situation, escalation) : [];
  const isHearer = seers(situation, escalation).includes(person) || others.includes(person);
  return isUnseen && isHearer ? "acknowledge" : null;
}

/** Whether a resume of this escalation was started, and this person may be the second. */
export function awaitsWord(
  situation: Situation,
  escalation: EscalationState,
  person: PersonId,
): boolean {
  return situation.state.proposal?.escalation === escalation.id && mayConfirm(situation, person);
}

/** Whether a decision of this person would answer it, named or not. */
export function mayDecide(
  situation: Situation,
  escalation: EscalationState,
  person: PersonId,
): boolean {
  return (
    escalation.status === "open" &&
    !isAcknowledgeOnly(escalation) &&
    (["restrict", "start"] as const).some(
      (capability) => ruleFor(situation, { capability, person, escalation }) !== null,
    )
  );
}

function deadlineOf(escalation: EscalationState, mine: AskedOf | null): Deadline | null {
  if (escalation.status !== "open") return null;
  const isUnseen = !isSeen(escalation) && !escalation.acknowledgeMissed;
  const running: readonly Deadline[] = [
    ...(isUnseen && escalation.acknowledgeBy !== null
      ? [{ to: "acknowledge" as const, at: escalation.acknowledgeBy }]
      : []),
    ...(escalation.decideBy === null ? [] : [{ to: "decide" as const, at: escalation.decideBy }]),
  ];
  const [first = null] = running.toSorted((a, b) => a.at - b.at);
  return running.find(({ to }) => to === mine) ?? first;
}

const severities: readonly Severity[] = ["critical", "high", "warning", "info"];

/**
 * Open before settled; the reader's own first; then severity, then deadline (none last), then the
 * one that has waited longest.
 */
export function inBoardOrder(a: BoardEntry, b: BoardEntry): number {
  return (
    Number(isSettled(a)) - Number(isSettled(b)) ||
    Number(a.mine === null) - Number(b.mine === null) ||
    (isSettled(a) ? newestFirst(a, b) : mostPressingFirst(a, b))
  );
}

const isSettled = ({ escalation }: BoardEntry): boolean => escalation.status !== "open";

const mostPressingFirst = (a: BoardEntry, b: BoardEntry): number =>
  severities.indexOf(a.escalation.severity) - severities.indexOf(b.escalation.severity) ||
  (a.deadline?.at ?? Number.MAX_SAFE_INTEGER) - (b.deadline?.at ?? Number.MAX_SAFE_INTEGER) ||
  escalationNumber(a.escalation.id) - escalationNumber(b.escalation.id);

const newestFirst = (a: BoardEntry, b: BoardEntry): number =>
  (b.escalation.settledAt ?? 0) - (a.escalation.settledAt ?? 0) ||
  escalationNumber(b.escalation.id) - escalationNumber(a.escalation.id);
