import type { EscalationId, Instant } from "../ids.ts";
import type { Entry, EntryOf } from "../log/entry.ts";
import type { Actor } from "../people/person.ts";
import { instantOf, timeOf } from "../time.ts";
import { decided, explained } from "./fold-decision.ts";
import { foldEscalation, withOpened } from "./fold-escalation.ts";
import { handedOff, orNull } from "./fold-on-call.ts";
import { confirmed, proposed } from "./fold-resume-request.ts";
import { retestFollowed } from "./fold-retest.ts";
import type { Carrier, DeploymentState, EscalationState, NumbersState, OrgState } from "./state.ts";

/**
 * The state is a fold of the log (promise P8): these functions are the only way a state changes.
 */

/** The states an entry changes. */
export interface Folded {
  readonly org: OrgState;
  readonly numbers: NumbersState;
}

export const emptyFold: Folded = {
  org: {
    policy: "",
    adoptedAt: 0,
    away: {},
    linked: {},
    linkedBy: {},
    links: {},
    changed: {},
    bound: {},
    rebound: {},
    erasures: {},
  },
  numbers: { escalations: 0 },
};

/** A deployment about which the log says nothing. */
export function unheardOf(id: string): DeploymentState {
  return {
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
  };
}

/** The deployments whose stream an entry changes. */
export function deploymentsOf(entry: Entry): readonly string[] {
  if (entry.kind === "policy.adopted") return entry.started.map(({ deployment }) => deployment);
  return entry.subject.startsWith("deployment:") ? [entry.subject.slice("deployment:".length)] : [];
}

/** Refusals are remembered this long, so that one is recorded once per actor, target and kind. */
export const denialLasts = 600_000;

/** Under what it is remembered that a shadow trigger was recorded. */
export const shadowKey = (trigger: string): string => `shadow ${trigger}`;

/** What identifies a refusal for {@link denialLasts}. */
export function denialKey(actor: Actor, escalation: EscalationId | "", asked: string): string {
  return `${deniedAs(actor)}|${escalation}|${asked}`;
}

function deniedAs(actor: Actor): string {
  if (actor.type === "person") return actor.person;
  return (actor.type === "stranger" && actor.account) || actor.type;
}

/** Applies one entry to the deployment it names. */
export function foldDeployment(state: DeploymentState, entry: Entry): DeploymentState {
  const at = timeOf(entry);
  switch (entry.kind) {
    case "policy.adopted":
      return started(state, entry, at);
    case "escalation.opened":
      return withOpened(state, entry, at);
    case "escalation.closed":
      return without(state, entry.escalation);
    case "oncall.changed":
      return handedOff(state, entry);
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
      return { ...state, reassess: reviewFrom(instantOf(entry.reassessBy), at) };
    case "reassessment.reminded":
    case "reassessment.overdue":
      return reminded(state, entry);
    case "reassessment.warned":
      return warned(state, entry);
    case "enforcement.reported":
      return reported(state, entry, at);
    case "retest.followed":
      return { ...state, retests: retestFollowed(state.retests, entry) };
    case "signal.noted":
    case "trigger.shadowed":
      return noted(state, entry, at);
    case "escalation.updated":
    case "escalation.acknowledged":
    case "escalation.moved":
    case "acknowledge.missed":
    case "authority.passed":
    case "rehearsal.answered":
      return change(state, entry.escalation, (escalation) => foldEscalation(escalation, entry, at));
    case "person.away":
    case "session.issued":
    case "session.used":
    case "session.ended":
    case "identity.linked":
    case "identity.unlinked":
    case "identity.bound":
    case "identity.changed":
    case "log.restored":
    case "key.rotated":
    case "redaction.asked":
    case "log.redacted":
    case "hold.placed":
    case "hold.lifted":
    case "record.read":
    case "policy.proposed":
      return state;
  }
}

/** A review date about which nothing was said yet. */
const reviewFrom = (by: Instant, setAt: Instant): DeploymentState["reassess"] => ({
  by,
  setAt,
  reminded: [],
  overdueSteps: 0,
});

function without(state: DeploymentState, id: EscalationId): DeploymentState {
  return {
    ...state,
    escalations: state.escalations.filter((escalation) => escalation.id !== id),
  };
}

const unheardCarrier: Carrier = { told: null, failed: null, applied: null };

function reported(
  state: DeploymentState,
  { gateway, what, version }: EntryOf<"enforcement.reported">,
  at: Instant,
): DeploymentState {
  const before = Object.hasOwn(state.carriers, gateway) ? state.carriers[gateway] : undefined;
  const carrier = { ...unheardCarrier, ...before, [what]: { version, at } };
  return { ...state, carriers: { ...state.carriers, [gateway]: carrier } };
}

const change = (
  state: DeploymentState,
  id: EscalationId,
  to: (escalation: EscalationState) => EscalationState,
): DeploymentState => ({
  ...state,
  escalations: state.escalations.map((escalation) =>
    escalation.id === id ? to(escalation) : escalation,
  ),
});

function started(
  state: DeploymentState,
  entry: EntryOf<"policy.adopted">,
  at: Instant,
): DeploymentState {
  const start = entry.started.find(({ deployment }) => deployment === state.id);
  if (!start || state.posture) return state;
  const posture = { scope: start.scope, version: 1, since: at, decided: null, restrictedFrom: [] };
  const by = orNull(start.reassessBy);
  return {
    ...state,
    posture,
    reassess: by === null ? null : reviewFrom(by, at),
  };
}

function denied(
  state: DeploymentState,
  entry: EntryOf<"decision.denied">,
  at: Instant,
): DeploymentState {
  const recent = Object.entries(state.denied).filter(([, when]) => when > at - denialLasts);
  const key = denialKey(entry.actor, entry.escalation, entry.asked);
  return { ...state, denied: { ...Object.fromEntries(recent), [key]: at } };
}

function noted(
  state: DeploymentState,
  entry: EntryOf<"signal.noted" | "trigger.shadowed">,
  at: Instant,
): DeploymentState {
  const key =
    entry.kind === "signal.noted" ? `${entry.what} ${entry.source}` : shadowKey(entry.trigger);
  return { ...state, noted: { ...state.noted, [key]: at } };
}

function reminded(
  state: DeploymentState,
  entry: EntryOf<"reassessment.reminded"> | EntryOf<"reassessment.overdue">,
): DeploymentState {
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
}

function warned(
  state: DeploymentState,
  { reassessBy, scope, takesEffect }: EntryOf<"reassessment.warned">,
): DeploymentState {
  const { reassess } = state;
  if (!reassess || reassess.by !== instantOf(reassessBy)) return state;
  return {
    ...state,
    reassess: { ...reassess, warned: { scope, takesEffect: instantOf(takesEffect) } },
  };
}
