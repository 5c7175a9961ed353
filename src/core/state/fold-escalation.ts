import type { Instant } from "../ids.ts";
import type { EntryOf } from "../log/entry.ts";
import { personIn } from "../people/person.ts";
import { onCallIn, orNull, passed } from "./fold-on-call.ts";
import { isAcknowledgeOnly, unconfirmedName } from "./situation.ts";
import type { DeploymentState, EscalationState } from "./state.ts";

/**
 * The states of an escalation. This file and fold-decision.ts hold every move; `EscalationState` is
 * a fold of the log, so each move is an entry.
 *
 * States (`status`):
 *
 * 1. open: somebody is asked to decide, or to acknowledge where nothing can be decided.
 * 2. settled: answered. It still shows what its signals say.
 * 3. closed: over. It leaves the state; its row and its entries stay.
 *
 * Moves:
 *
 * - escalation.opened: none → 1.
 * - decision.made that settles it: 1 → 2 (fold-decision.ts).
 * - escalation.acknowledged where nothing can be decided, rehearsal.answered: 1 → 2.
 * - escalation.updated with a worse severity, a new name, or a value that is much worse than the one
 *   that was answered: 2 → 1, since what was answered was less than what is known now.
 * - decision.made that undoes the one that settled it: 2 → 1 (fold-decision.ts).
 * - escalation.closed (fold.ts): 2 → 3 after an hour without a signal; 1, 2 → 3 by a resume, when
 *   what it asked for is confirmed or taken back, or when a trigger takes its signals over.
 *
 * escalation.moved, acknowledge.missed and authority.passed change who is asked, where and until
 * when; the status stays.
 *
 * After a crash: a move is part of one commit with its entry, the due rows and the outbox rows, so
 * it has happened whole or not at all. What time should have brought about meanwhile is still due
 * and follows at the next tick (core/deadlines.ts), however late that is. A card that shows an
 * older state is drawn again by its outbox row.
 */

/** An escalation begins. */
export function withOpened(
  state: DeploymentState,
  entry: EntryOf<"escalation.opened">,
  at: Instant,
): DeploymentState {
  return {
    ...state,
    escalations: [...state.escalations, opened(entry, at)],
    unconfirmed:
      entry.trigger === unconfirmedName ? (state.posture?.version ?? 0) : state.unconfirmed,
  };
}

const opened = (entry: EntryOf<"escalation.opened">, at: Instant): EscalationState => ({
  id: entry.escalation,
  trigger: entry.trigger,
  deployment: entry.deployment,
  channel: entry.channel,
  severity: entry.severity,
  policy: entry.policy,
  verdict: entry.verdict,
  because: entry.because,
  seen: entry.seen,
  worst: entry.named ? "" : (entry.seen?.value ?? ""),
  firing: entry.seen !== null,
  updatedAt: at,
  openedAt: at,
  openedBy: personIn(entry),
  reason: entry.reason,
  response: entry.response,
  status: "open",
  acknowledged: [],
  acknowledgeBy: orNull(entry.acknowledgeBy),
  acknowledgeMissed: false,
  decider: entry.decider,
  named: entry.decider === "" ? [] : [entry.decider],
  unreachable: [],
  decideBy: orNull(entry.decideBy),
  ...(entry.answerBy === undefined ? {} : { answerBy: orNull(entry.answerBy) }),
  ...onCallIn(entry),
  decided: null,
  rehearsed: null,
  settledAt: null,
  closedAt: null,
  ...(entry.about ? { about: entry.about } : {}),
  ...(entry.named ? { others: { names: entry.named, counted: entry.named.length } } : {}),
});

/** Entries that change one escalation and nothing else of its deployment. */
type AboutOne = EntryOf<
  | "escalation.updated"
  | "escalation.acknowledged"
  | "escalation.moved"
  | "acknowledge.missed"
  | "authority.passed"
  | "rehearsal.answered"
>;

/** Applies one entry to the escalation it names. */
export function foldEscalation(
  escalation: EscalationState,
  entry: AboutOne,
  at: Instant,
): EscalationState {
  switch (entry.kind) {
    case "escalation.updated":
      return updated(escalation, entry, at);
    case "escalation.acknowledged":
      return acknowledged(escalation, entry, at);
    case "escalation.moved":
      return { ...escalation, channel: entry.to };
    case "acknowledge.missed":
      return { ...escalation, acknowledgeMissed: true };
    case "authority.passed":
      return passed(escalation, entry, at);
    case "rehearsal.answered":
      return rehearsed(escalation, entry, at);
  }
}

function updated(
  escalation: EscalationState,
  entry: EntryOf<"escalation.updated">,
  at: Instant,
): EscalationState {
  const { firing, verdict, worst, severity = escalation.severity, named, names } = entry;
  const { others } = escalation;
  const all = named ? [...(others?.names ?? []), ...named] : (others?.names ?? []);
  const next: EscalationState = {
    ...escalation,
    firing,
    verdict,
    worst,
    severity,
    seen: entry.seen ?? escalation.seen,
    updatedAt: at,
    ...(entry.of ? { worstOf: entry.of } : {}),
    ...(others ? { others: { names: all, counted: names ?? others.counted } } : {}),
  };
  if (entry.worse && escalation.status === "settled") return askedAgain(next, entry.worse);
  const isNews = entry.severity !== undefined || named !== undefined;
  return isNews && escalation.status === "settled" ? openAgain(next) : next;
}

/** What was answered is much worse by now: its clocks begin again. */
function askedAgain(
  { answered: _answered, ...escalation }: EscalationState,
  {
    was,
    decision,
    acknowledgeBy,
    decideBy,
    answerBy,
  }: NonNullable<EntryOf<"escalation.updated">["worse"]>,
): EscalationState {
  return {
    ...openAgain(escalation),
    acknowledgeBy: orNull(acknowledgeBy),
    decideBy: orNull(decideBy),
    answerBy: orNull(answerBy),
    worsened: { was, decision },
  };
}

/** The answer was given to a lower severity than is known now. */
const openAgain = (escalation: EscalationState): EscalationState => ({
  ...escalation,
  status: "open",
  settledAt: null,
  decided: null,
  acknowledged: [],
  acknowledgeMissed: false,
});

/** An escalation without a decision is settled by its acknowledgement. */
function acknowledged(
  escalation: EscalationState,
  entry: EntryOf<"escalation.acknowledged">,
  at: Instant,
): EscalationState {
  const by = personIn(entry);
  const { reason } = entry;
  const said = { at, ...(reason && { reason }) };
  const seen =
    by === ""
      ? escalation
      : { ...escalation, acknowledged: [...escalation.acknowledged, { by, ...said }] };
  return isAcknowledgeOnly(escalation) ? { ...seen, status: "settled", settledAt: at } : seen;
}

const rehearsed = (
  escalation: EscalationState,
  entry: EntryOf<"rehearsal.answered">,
  at: Instant,
): EscalationState => ({
  ...escalation,
  status: "settled",
  settledAt: at,
  rehearsed: { by: personIn(entry), asked: entry.asked, at },
});
