import { decided, explained } from "./fold-decision.ts";
import { handedOff, onCallIn, passed } from "./fold-passing.ts";
import { confirmed, proposed } from "./fold-proposal.ts";
import { retestFollowed } from "./fold-retest.ts";
import { type AboutIdentity, isAboutIdentity } from "./identity.ts";
import type { EscalationId, Instant } from "./ids.ts";
import { escalationNumber } from "./ids.ts";
import type { Entry, EntryOf } from "./log/entry.ts";
import { isAboutLogin, linksAfter } from "./login-links.ts";
import { type Actor, personIn } from "./people.ts";
import { isAcknowledgeOnly, unconfirmedName } from "./situation.ts";
import type { Carrier, DeploymentState, EscalationState, NumbersState, OrgState } from "./state.ts";
import { instantOf, timeOf } from "./time.ts";

/** The state is a fold of the log (promise P8): these functions are the only way a state changes. */

/** The states an entry changes. */
export interface Folded {
  readonly org: OrgState;
  readonly numbers: NumbersState;
}

export const nothingYet: Folded = {
  org: { policy: "", adoptedAt: 0, away: {}, linked: {}, linkedBy: {}, links: {}, changed: {} },
  numbers: { escalations: 0 },
};

/** A deployment about which the log says nothing. */
export const unheardOf = (id: string): DeploymentState => ({
  id,
  posture: null,
  reassess: null,
  proposal: null,
  escalations: [],
  denied: {},
  lastDecision: null,
  restrictedBy: {},
  carriers: {},
  retests: [],
  unconfirmed: 0,
});

/** The deployments whose stream an entry changes. */
export const deploymentsOf = (entry: Entry): readonly string[] => {
  if (entry.kind === "policy.adopted") return entry.started.map(({ deployment }) => deployment);
  return entry.subject.startsWith("deployment:") ? [entry.subject.slice("deployment:".length)] : [];
};

/** Whether an entry changes the stream `org`, or `numbers`. */
export const changesOrg = (entry: Entry): boolean =>
  entry.kind === "policy.adopted" ||
  entry.kind === "person.away" ||
  entry.kind === "identity.changed" ||
  isAboutIdentity(entry) ||
  isAboutLogin(entry);
export const changesNumbers = (entry: Entry): boolean => entry.kind === "escalation.opened";

const orNull = (timestamp: string): Instant | null =>
  timestamp === "" ? null : instantOf(timestamp);

export const foldOrg = (state: OrgState, entry: Entry): OrgState => {
  if (entry.kind === "policy.adopted")
    return { ...state, policy: entry.digest, adoptedAt: timeOf(entry) };
  if (isAboutIdentity(entry))
    return {
      ...state,
      linked: linkedAfter(state.linked, entry),
      linkedBy: linkedByAfter(state.linkedBy, entry),
    };
  if (isAboutLogin(entry)) return { ...state, links: linksAfter(state.links, entry) };
  if (entry.kind === "identity.changed")
    return { ...state, changed: { ...state.changed, [entry.person]: timeOf(entry) } };
  if (entry.kind !== "person.away") return state;
  return { ...state, away: { ...state.away, [entry.person]: instantOf(entry.until) } };
};

const linkedAfter = (
  linked: OrgState["linked"],
  { kind, person, chat }: AboutIdentity,
): OrgState["linked"] => {
  const others = (linked[person] ?? []).filter((one) => one !== chat);
  return { ...linked, [person]: kind === "identity.linked" ? [...others, chat] : others };
};

const linkedByAfter = (
  linkedBy: OrgState["linkedBy"],
  entry: AboutIdentity,
): OrgState["linkedBy"] => {
  const { person, chat } = entry;
  const { [chat]: _before, ...others } = linkedBy[person] ?? {};
  const { [person]: _theirs, ...rest } = linkedBy;
  const theirs =
    entry.kind === "identity.linked" && entry.link ? { ...others, [chat]: entry.link } : others;
  return Object.keys(theirs).length === 0 ? rest : { ...rest, [person]: theirs };
};

export const foldNumbers = (state: NumbersState, entry: Entry): NumbersState =>
  entry.kind === "escalation.opened"
    ? { escalations: Math.max(state.escalations, escalationNumber(entry.escalation)) }
    : state;

/** Refusals are remembered this long, so that one is recorded once per actor, target and kind. */
export const denialLasts = 600_000;

/** What identifies a refusal for {@link denialLasts}. */
export const denialKey = (actor: Actor, escalation: EscalationId | "", asked: string): string =>
  `${deniedAs(actor)}|${escalation}|${asked}`;

const deniedAs = (actor: Actor): string => {
  if (actor.type === "person") return actor.person;
  return (actor.type === "stranger" && actor.account) || actor.type;
};

/** Applies one entry to the deployment it names. */
export const foldDeployment = (state: DeploymentState, entry: Entry): DeploymentState => {
  const at = timeOf(entry);
  switch (entry.kind) {
    case "policy.adopted":
      return started(state, entry, at);
    case "escalation.opened":
      return withOpened(state, entry, at);
    case "escalation.updated":
      return change(state, entry.escalation, (one) => updated(one, entry, at));
    case "escalation.acknowledged":
      return change(state, entry.escalation, (one) => acknowledged(one, entry, at));
    case "acknowledge.missed":
      return change(state, entry.escalation, (one) => ({ ...one, acknowledgeMissed: true }));
    case "authority.passed":
      return change(state, entry.escalation, (one) => passed(one, entry, at));
    case "oncall.changed":
      return handedOff(state, entry);
    case "escalation.moved":
      return change(state, entry.escalation, (one) => ({ ...one, channel: entry.to }));
    case "escalation.closed":
      return {
        ...state,
        escalations: state.escalations.filter((one) => one.id !== entry.escalation),
      };
    case "decision.proposed":
      return { ...state, proposal: proposed(entry, at) };
    case "decision.confirmed":
      return confirmed(state, entry, at);
    case "decision.lapsed":
      return { ...state, proposal: null };
    case "decision.made":
      return decided(state, entry, at);
    case "decision.explained":
      return explained(state, entry);
    case "decision.denied":
      return denied(state, entry, at);
    case "reassessment.set":
      return {
        ...state,
        reassess: { by: instantOf(entry.reassessBy), setAt: at, reminded: [], overdueSteps: 0 },
      };
    case "reassessment.reminded":
    case "reassessment.overdue":
      return reminded(state, entry);
    case "rehearsal.answered":
      return change(state, entry.escalation, (one) => rehearsed(one, entry, at));
    case "enforcement.reported":
      return reported(state, entry, at);
    case "retest.followed":
      return { ...state, retests: retestFollowed(state.retests, entry) };
    case "signal.noted":
      return noted(state, entry, at);
    case "person.away":
    case "session.issued":
    case "session.used":
    case "session.ended":
    case "identity.linked":
    case "identity.unlinked":
    case "identity.changed":
      return state;
  }
};

const unheardCarrier: Carrier = { told: null, failed: null, applied: null };

const reported = (
  state: DeploymentState,
  { gateway, what, version }: EntryOf<"enforcement.reported">,
  at: Instant,
): DeploymentState => {
  const before = Object.hasOwn(state.carriers, gateway) ? state.carriers[gateway] : undefined;
  const carrier = { ...unheardCarrier, ...before, [what]: { version, at } };
  return { ...state, carriers: { ...state.carriers, [gateway]: carrier } };
};

const change = (
  state: DeploymentState,
  id: EscalationId,
  to: (one: EscalationState) => EscalationState,
): DeploymentState => ({
  ...state,
  escalations: state.escalations.map((one) => (one.id === id ? to(one) : one)),
});

const started = (
  state: DeploymentState,
  entry: EntryOf<"policy.adopted">,
  at: Instant,
): DeploymentState => {
  const start = entry.started.find(({ deployment }) => deployment === state.id);
  if (!start || state.posture) return state;
  const posture = { scope: start.scope, version: 1, since: at, decided: null, restrictedFrom: [] };
  const by = orNull(start.reassessBy);
  return {
    ...state,
    posture,
    reassess: by === null ? null : { by, setAt: at, reminded: [], overdueSteps: 0 },
  };
};

const withOpened = (
  state: DeploymentState,
  entry: EntryOf<"escalation.opened">,
  at: Instant,
): DeploymentState => ({
  ...state,
  escalations: [...state.escalations, opened(entry, at)],
  unconfirmed:
    entry.trigger === unconfirmedName ? (state.posture?.version ?? 0) : state.unconfirmed,
});

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

const updated = (
  one: EscalationState,
  entry: EntryOf<"escalation.updated">,
  at: Instant,
): EscalationState => {
  const { firing, verdict, worst, severity = one.severity, named, names } = entry;
  const { others } = one;
  const all = named ? [...(others?.names ?? []), ...named] : (others?.names ?? []);
  const next: EscalationState = {
    ...one,
    firing,
    verdict,
    worst,
    severity,
    seen: entry.seen ?? one.seen,
    updatedAt: at,
    ...(entry.of ? { worstOf: entry.of } : {}),
    ...(others ? { others: { names: all, counted: names ?? others.counted } } : {}),
  };
  const isNews = entry.severity !== undefined || named !== undefined;
  return isNews && one.status === "settled" ? openAgain(next) : next;
};

/** What was answered was less than what is known now. */
const openAgain = (one: EscalationState): EscalationState => ({
  ...one,
  status: "open",
  settledAt: null,
  decided: null,
  acknowledged: [],
  acknowledgeMissed: false,
});

/** What nobody can decide is settled by being seen. */
const acknowledged = (
  one: EscalationState,
  entry: EntryOf<"escalation.acknowledged">,
  at: Instant,
): EscalationState => {
  const by = personIn(entry);
  const { reason } = entry;
  const said = { at, ...(reason && { reason }) };
  const seen = by === "" ? one : { ...one, acknowledged: [...one.acknowledged, { by, ...said }] };
  return isAcknowledgeOnly(one) ? { ...seen, status: "settled", settledAt: at } : seen;
};

const rehearsed = (
  one: EscalationState,
  entry: EntryOf<"rehearsal.answered">,
  at: Instant,
): EscalationState => ({
  ...one,
  status: "settled",
  settledAt: at,
  rehearsed: { by: personIn(entry), asked: entry.asked, at },
});

const denied = (
  state: DeploymentState,
  entry: EntryOf<"decision.denied">,
  at: Instant,
): DeploymentState => {
  const recent = Object.entries(state.denied).filter(([, when]) => when > at - denialLasts);
  const key = denialKey(entry.actor, entry.escalation, entry.asked);
  return { ...state, denied: { ...Object.fromEntries(recent), [key]: at } };
};

const noted = (
  state: DeploymentState,
  { what, source }: EntryOf<"signal.noted">,
  at: Instant,
): DeploymentState => ({ ...state, noted: { ...state.noted, [`${what} ${source}`]: at } });

const reminded = (
  state: DeploymentState,
  entry: EntryOf<"reassessment.reminded"> | EntryOf<"reassessment.overdue">,
): DeploymentState => {
  if (!state.reassess || state.reassess.by !== instantOf(entry.reassessBy)) return state;
  const { reassess } = state;
  return entry.kind === "reassessment.overdue"
    ? {
        ...state,
        reassess: { ...reassess, overdueSteps: entry.step, overdueAt: instantOf(entry.due) },
      }
    : {
        ...state,
        reassess: { ...reassess, reminded: [...reassess.reminded, instantOf(entry.due)] },
      };
};
