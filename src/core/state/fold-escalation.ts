import type { Instant } from "../ids.ts";
import type { EntryOf } from "../log/entry.ts";
import { personIn } from "../people/person.ts";
import { onCallIn, orNull, passed } from "./fold-on-call.ts";
import { isAcknowledgeOnly, unconfirmedName } from "./situation.ts";
import type { DeploymentState, EscalationState } from "./state.ts";

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
  const isNews = entry.severity !== undefined || named !== undefined;
  return isNews && escalation.status === "settled" ? openAgain(next) : next;
}

/** What was answered was less than what is known now. */
const openAgain = (escalation: EscalationState): EscalationState => ({
  ...escalation,
  status: "open",
  settledAt: null,
  decided: null,
  acknowledged: [],
  acknowledgeMissed: false,
});

/** What nobody can decide is settled by being seen. */
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
