import { rehearsalTimeout } from "./decision/rehearsal.ts";
import { lapse, respondByPolicy } from "./decision/restrict.ts";
import { takeEffect } from "./decision/take-effect.ts";
import { acknowledgementDue, missedAcknowledgement } from "./escalation/acknowledgement.ts";
import { closedByConfirmation, confirmBy, unconfirmedByNow } from "./escalation/enforcement.ts";
import { closesAt, updateEvery } from "./escalation/escalation.ts";
import { passOnTimeout } from "./escalation/passing-on.ts";
import { shownOf } from "./escalation/shown-conditions.ts";
import { short } from "./escalation/signal-evidence.ts";
import { isShared } from "./escalation/unmatched.ts";
import { handOff, handOffOfResume, nextHandOff } from "./hand-off.ts";
import type { EscalationId, Instant, Millis } from "./ids.ts";
import { decimal } from "./log/bytes.ts";
import type { WorstOf } from "./log/entry.ts";
import type { Deployment } from "./policy/model.ts";
import { dueReminders, nextReminder } from "./reassessment/reassessment.ts";
import { dueRetestReminders, retestDues } from "./reassessment/retest.ts";
import type { EscalationEvidence } from "./state/evidence.ts";
import {
  type BodyOf,
  type Draft,
  deploymentOf,
  isAcknowledgeOnly,
  isRehearsal,
  isUnconfirmed,
  type Situation,
} from "./state/situation.ts";
import type { DeploymentState, EscalationState } from "./state/state.ts";
import { rfc3339 } from "./time.ts";

/**
 * What time brings about by itself. A late, doubled or missing look changes nothing: the state says
 * what was done.
 */

/**
 * The next thing time has brought about by now, as one step; empty when nothing is due. Ask again
 * after folding it.
 */
export function applyDeadlines(situation: Situation): readonly Draft[] {
  for (const escalation of situation.state.escalations) {
    const drafts = passDeadlines(situation, escalation);
    if (drafts.length > 0) return drafts;
  }
  const { proposal } = situation.state;
  const effect = takeEffect(situation);
  if (effect.length > 0) return effect;
  if (proposal && !proposal.waits && proposal.expires <= situation.now) {
    return lapse(situation, "time").map((body) => ({ actor: { type: "policy" }, body }));
  }
  const unconfirmed = unconfirmedByNow(situation);
  if (unconfirmed.length > 0) return unconfirmed;
  const handed = handOffOfResume(situation);
  if (handed.length > 0) return handed;
  const retests = dueRetestReminders(situation);
  return retests.length > 0 ? retests : dueReminders(situation);
}

function passDeadlines(situation: Situation, escalation: EscalationState): readonly Draft[] {
  const missed = missedAcknowledgement(situation, escalation);
  if (missed.length > 0) return missed;
  const evidence = situation.evidence.get(escalation.id);
  const changed = evidence && updateOf(situation, escalation, evidence);
  if (changed) return [changed];
  const confirmed = closedByConfirmation(situation, escalation);
  if (confirmed.length > 0) return confirmed;
  if (isUnconfirmed(escalation) && escalation.status === "settled") return [];
  if (escalation.status === "settled") return closing(situation, escalation, evidence);
  // First the time of those who had it; who is on call by now is asked about what is left.
  if (
    isAcknowledgeOnly(escalation) ||
    escalation.decideBy === null ||
    escalation.decideBy > situation.now
  )
    return handOff(situation, escalation);
  if (isRehearsal(escalation)) return [rehearsalTimeout(situation, escalation)];
  const passed = passOnTimeout(situation, escalation);
  return passed ? [passed] : respondByPolicy(situation, escalation);
}

function closing(
  situation: Situation,
  escalation: EscalationState,
  evidence: EscalationEvidence | undefined,
): readonly Draft[] {
  const at = closesAt(escalation, evidence);
  if (at === null || at > situation.now) return [];
  return [
    {
      actor: { type: "policy" },
      body: { kind: "escalation.closed", escalation: escalation.id, because: "quiet" },
    },
  ];
}

/**
 * What the signals say now that the log does not say yet; null when nothing, or too soon after the
 * last time.
 */
export function updateOf(
  situation: Situation,
  escalation: EscalationState,
  evidence: EscalationEvidence,
): Draft | null {
  if (situation.now < updatesAtFirst(escalation)) return null;
  const difference = differenceOf(escalation, evidence);
  if (!difference || situation.now < updatesFrom(escalation, difference)) return null;
  return { actor: { type: "policy" }, body: difference };
}

/** How many names a shared escalation has is recorded, and said to people, at most this often. */
const countedEvery: Millis = 600_000;

function updatesFrom(escalation: EscalationState, { names }: Difference): Instant {
  return names !== undefined ? escalation.updatedAt + countedEvery : updatesAtFirst(escalation);
}

/** The first change of an escalation is recorded at once, the next a minute after the last. */
function updatesAtFirst({ openedAt, updatedAt }: EscalationState): Instant {
  return updatedAt === openedAt ? openedAt : updatedAt + updateEvery;
}

type Difference = BodyOf<"escalation.updated">;

function differenceOf(
  escalation: EscalationState,
  evidence: EscalationEvidence,
): Difference | null {
  const { worst, ...measured } = worstNow(escalation, evidence);
  const verdict = evidence.fired ? "fired" : "indeterminate";
  const same =
    worst === escalation.worst &&
    evidence.firing === escalation.firing &&
    (measured.of === undefined || isOfSame(measured.of, escalation));
  const isUnchanged = same && (verdict === escalation.verdict || escalation.verdict === "none");
  const isMore = escalation.others !== undefined && evidence.names > escalation.others.counted;
  if (isUnchanged && !isMore) return null;
  return {
    kind: "escalation.updated",
    escalation: escalation.id,
    firing: evidence.firing,
    verdict,
    worst,
    seen: null,
    ...measured,
    ...(isUnchanged ? { names: evidence.names } : {}),
  };
}

/** The worst that was measured, and of what. Values of several names are not of one thing. */
function worstNow(
  escalation: EscalationState,
  evidence: EscalationEvidence,
): Pick<Difference, "worst" | "of" | "latest"> {
  const [top] = isShared(escalation) ? [] : shownOf(escalation, evidence).conditions;
  if (!top || top.worst.value === null) return { worst: escalation.worst };
  const { worst, latest } = top;
  const value = decimal(top.worst.value);
  if (top.key === "") return { worst: value };
  const last = {
    value: figureOf(latest.value),
    at: rfc3339(latest.at),
    ...(latest.bound ? { bound: latest.bound } : {}),
  };
  return {
    worst: value,
    of: {
      source: short(top.source),
      suite: short(top.suite),
      scorer: short(top.scorer),
      score: short(top.score),
      metric: short(top.metric),
      group: short(top.group),
      reducer: short(top.reducer),
      model: short(top.model),
      limit: figureOf(worst.limit),
      worse: worst.worse,
      ...(worst.bound === "" ? {} : { bound: worst.bound }),
    },
    ...(latest.at > worst.at ? { latest: last } : {}),
  };
}

const figureOf = (value: number | null): string => (value === null ? "" : decimal(value));

const names = ["source", "suite", "scorer", "score", "metric", "model"] as const;
const apart = ["group", "reducer"] as const;

/** Whether the log names the same condition already. Old entries lack some of its names. */
function isOfSame(of: WorstOf, { worstOf, seen }: EscalationState): boolean {
  const told = worstOf ?? seen;
  return (
    told !== null &&
    names.every((name) => (told[name] ?? of[name]) === of[name]) &&
    apart.every((name) => (worstOf?.[name] ?? of[name]) === of[name]) &&
    worstOf?.bound === of.bound
  );
}

/** One due time of a deployment: when to look again, and for what. */
export interface DueTime {
  readonly kind: string;
  readonly at: Instant;
}

/**
 * The due time of the next hand-off: cards that name who is on call are drawn anew then, also where
 * nobody is asked.
 */
export const handOffDue = "hand-off";

/**
 * Every due time the state of a deployment implies. Rebuilt whole at each change: rows never drift
 * from the state.
 */
export function duesOf(situation: Situation): readonly DueTime[] {
  const { state } = situation;
  const ofEscalations = state.escalations.flatMap((escalation) =>
    isUnconfirmed(escalation)
      ? closedByConfirmation(situation, escalation).map(() => ({
          kind: `close:${escalation.id}`,
          at: situation.now,
        }))
      : escalationDues(escalation, situation.evidence.get(escalation.id)),
  );
  const confirm = confirmBy(situation);
  const deployment = deploymentOf(situation);
  const handsOff = nextHandOff(situation);
  const reminder = deployment ? nextReminder(deployment, state) : null;
  return [
    ...ofEscalations,
    ...lapseDues(state),
    ...(confirm === null ? [] : [{ kind: "confirm", at: confirm }]),
    ...(handsOff === null ? [] : [{ kind: handOffDue, at: handsOff }]),
    ...(reminder ? [{ kind: "reassess", at: reminder.at }] : []),
    ...retestDues(situation),
  ];
}

/** Those of them that follow from the log alone, whatever signals, gateways and clocks say. */
export function certainDues(
  state: DeploymentState,
  deployment: Deployment | undefined,
): readonly DueTime[] {
  const ofEscalations = state.escalations.flatMap((escalation) =>
    isUnconfirmed(escalation) ? [] : waitingDues(escalation),
  );
  const reminder = deployment ? nextReminder(deployment, state) : null;
  return [
    ...ofEscalations,
    ...lapseDues(state),
    ...(reminder ? [{ kind: "reassess", at: reminder.at }] : []),
  ];
}

const lapseDues = ({ proposal }: DeploymentState): readonly DueTime[] =>
  proposal ? [{ kind: "lapse", at: proposal.waits?.until ?? proposal.expires }] : [];

const name = (what: string, id: EscalationId) => `${what}:${id}`;

/** What an open escalation waits for. */
function waitingDues(escalation: EscalationState): readonly DueTime[] {
  const { id, status, decideBy } = escalation;
  const acknowledge = acknowledgementDue(escalation);
  const isAsked = status === "open" && !isAcknowledgeOnly(escalation);
  return [
    ...(acknowledge === null ? [] : [{ kind: name("acknowledge", id), at: acknowledge }]),
    ...(isAsked && decideBy !== null ? [{ kind: name("decide", id), at: decideBy }] : []),
  ];
}

function escalationDues(
  escalation: EscalationState,
  evidence: EscalationEvidence | undefined,
): readonly DueTime[] {
  const dues = [...waitingDues(escalation)];
  const closes = escalation.status === "settled" ? closesAt(escalation, evidence) : null;
  if (closes !== null) dues.push({ kind: name("close", escalation.id), at: closes });
  const difference = evidence ? differenceOf(escalation, evidence) : null;
  if (difference)
    dues.push({ kind: name("update", escalation.id), at: updatesFrom(escalation, difference) });
  return dues;
}
