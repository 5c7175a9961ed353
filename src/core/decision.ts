import {
  confirmationsThatStand,
  live,
  type Proposal,
  secondsNeeded,
  starterStands,
} from "./agreed.ts";
import { isOwner, ruleFor } from "./authority.ts";
import { onCallFor } from "./escalation.ts";
import type { EscalationId, Instant, Millis, PersonId } from "./ids.ts";
import type { Agreed, AuthorityRule, ScopeId } from "./log/entry.ts";
import { canObject, linkedBehind, objectionUntil } from "./login-links.ts";
import { nearest } from "./nearest.ts";
import type { Deployment } from "./policy/model.ts";
import { levelOf, paused } from "./posture.ts";
import { breakGlassReview, reassessBy } from "./reassessment.ts";
import type { Refusal } from "./refusal.ts";
import { type Asked, authorized, decisionBody, inAll, lapse, notAuthorized } from "./restrict.ts";
import {
  type Draft,
  deploymentOf,
  escalationIn,
  isAcknowledgeOnly,
  isDecidable,
  type Situation,
  undecided,
} from "./situation.ts";
import type { DeploymentState, EscalationState } from "./state.ts";
import { rfc3339 } from "./time.ts";

/** Widening and the answers that restrict nothing: resume with its second person, re-test, monitor, undo. */

/** A resume waits this long for its second person. */
const proposalLasts: Millis = 86_400_000;

export interface AskedToResume extends Asked {
  readonly to: ScopeId | null;
}

/** The one escalation a decision is about: the one named, the only undecided one, the last settled one, or none. */
const about = (
  state: DeploymentState,
  named: EscalationId | null,
  asked: string,
): EscalationState | null | Refusal => {
  if (named) {
    const one = escalationIn(state, named);
    if (!one) return { refused: "closed", escalation: named };
    return isAcknowledgeOnly(one) ? { refused: "acknowledge-only", escalation: named } : one;
  }
  const waiting = undecided(state);
  if (waiting.length > 1)
    return { refused: "several-open", asked, escalations: waiting.map((one) => one.id) };
  return (
    waiting[0] ??
    state.escalations.filter((one) => one.status === "settled" && isDecidable(one)).at(-1) ??
    null
  );
};

const isRefused = (value: EscalationState | null | Refusal): value is Refusal =>
  value !== null && "refused" in value;

const staleness = (situation: Situation, asked: Asked, what: string): Refusal | null => {
  const { posture, id } = situation.state;
  if (!posture || asked.version === null || asked.version === posture.version) return null;
  const { decided } = posture;
  return {
    refused: "stale",
    deployment: id,
    asked: what,
    scope: posture.scope,
    by: decided?.people ?? [],
    at: decided?.at ?? posture.since,
    entry: decided?.entry ?? null,
  };
};

interface Ready {
  readonly deployment: Deployment;
  readonly posture: NonNullable<DeploymentState["posture"]>;
  readonly escalation: EscalationState | null;
}

/** What every non-restricting decision checks first: the deployment, the escalation meant, and that the card is current. */
export const ready = (situation: Situation, asked: Asked, what: string): Ready | Refusal => {
  const deployment = deploymentOf(situation);
  const { posture } = situation.state;
  if (!deployment || !posture)
    return { refused: "unknown-deployment", name: situation.state.id, nearest: [] };
  const escalation = about(situation.state, asked.escalation, what);
  if (isRefused(escalation)) return escalation;
  return staleness(situation, asked, what) ?? { deployment, posture, escalation };
};

/** What a decision about this escalation settles. */
export const settling = (escalation: EscalationState | null): readonly EscalationId[] =>
  escalation?.status === "open" ? [escalation.id] : [];

const resumeTarget = ({ deployment, posture }: Ready, to: ScopeId | null): ScopeId | Refusal => {
  const { id, scopes } = deployment;
  const current = levelOf(deployment, posture.scope);
  if (current === 0) return { refused: "already-widest", deployment: id };
  const wider = scopes.slice(0, current).map((scope) => scope.id);
  const wanted = to ?? posture.restrictedFrom.at(-1) ?? null;
  if (wanted === null) return { refused: "name-scope", deployment: id, scopes: wider };
  if (wanted !== paused && !scopes.some((scope) => scope.id === wanted)) {
    return {
      refused: "unknown-scope",
      name: wanted,
      deployment: id,
      nearest: nearest(wanted, wider),
    };
  }
  if (levelOf(deployment, wanted) >= current)
    return { refused: "not-wider", deployment: id, scope: posture.scope, to: wanted };
  return wanted;
};

/** Resume: the decider starts it, an independent second completes it; break-glass alone, flagged. */
export const resume = (situation: Situation, asked: AskedToResume): readonly Draft[] | Refusal => {
  const prepared = ready(situation, asked, "resume");
  if ("refused" in prepared) return prepared;
  const others = othersOpen(situation.state, prepared);
  if (others) return others;
  const { proposal } = situation.state;
  // The tick that lets it lapse may be late; a confirmation after its time never counts.
  const lapsed = proposal !== null && isOver(proposal, situation.now);
  if (!proposal || lapsed || asked.breakGlass) return start(situation, prepared, asked, lapsed);
  return proposal.waits
    ? takesEffectLater(situation, proposal, proposal.waits)
    : confirm(situation, prepared, asked, proposal);
};

/** Nothing is widened while another question about it waits for its answer. */
const othersOpen = (state: DeploymentState, { escalation }: Ready): Refusal | null => {
  const others = undecided(state).filter((one) => one.id !== escalation?.id);
  if (others.length === 0) return null;
  return {
    refused: "others-open",
    asked: "resume",
    deployment: state.id,
    escalations: others.map((one) => one.id),
  };
};

/** A resume that goes on from none before it. `lapsed`: the time of the one before has passed. */
const start = (
  situation: Situation,
  prepared: Ready,
  asked: AskedToResume,
  lapsed: boolean,
): readonly Draft[] | Refusal => {
  const { state } = situation;
  const to = resumeTarget(prepared, asked.to);
  if (typeof to !== "string") return to;
  if (isOwner(situation, asked.actor, prepared.escalation))
    return barred(situation, asked, "owner");
  const rules = live(state);
  const rule = authorized(situation, asked, "resume", "start", rules);
  if (typeof rule !== "string") return rule;
  if (asked.reason === "")
    return {
      refused: "needs-reason",
      asked: "resume",
      line: `resume ${asked.escalation ?? state.id}`,
    };
  const byLink = linkedBehind(situation, null, [asked.actor], asked.actor);
  const unless = byLink.filter((one) => canObject(situation, one));
  if (asked.breakGlass && unless.length === 0)
    return made(situation, prepared, {
      asked,
      to,
      rule,
      people: [asked.actor],
      byLink,
      agreed: [],
    });
  const because = asked.breakGlass && !lapsed ? "posture changed" : "time";
  return [
    ...lapse(situation, because).map((body): Draft => ({ actor: { type: "policy" }, body })),
    ...propose(situation, prepared, { asked, to, rule, unless: asked.breakGlass ? unless : [] }),
  ];
};

/** Whether the time of a started resume has passed; one that everybody agreed to waits for its own. */
const isOver = ({ waits, expires }: Proposal, now: Instant): boolean => !waits && expires <= now;

const takesEffectLater = (
  situation: Situation,
  { to, by, confirmedBy }: Proposal,
  { until, unless }: NonNullable<Proposal["waits"]>,
): Refusal => ({
  refused: "takes-effect-later",
  deployment: situation.state.id,
  to,
  by: [by, ...confirmedBy],
  until,
  unless,
});

const confirmersOf = (situation: Situation, starter: PersonId | null): readonly PersonId[] =>
  inAll(situation, "confirm", live(situation.state)).filter((person) => person !== starter);

/** Whether somebody is one of those for whose second word a started resume waits. */
export const mayConfirm = (situation: Situation, person: PersonId): boolean => {
  const { proposal } = situation.state;
  return (
    proposal !== null &&
    !proposal.waits &&
    proposal.expires > situation.now &&
    !proposal.confirmedBy.includes(person) &&
    confirmersOf(situation, proposal.by).includes(person)
  );
};

/** Whether somebody may start a resume or leave it as it is, whatever is live here. */
export const mayStart = (situation: Situation, person: PersonId): boolean =>
  live(situation.state).every((one) => ruleFor(situation, "start", person, one) !== null);

const barred = (situation: Situation, asked: Asked, bar: "owner" | null): Refusal => {
  const refusal = notAuthorized(situation, asked, "resume", "start", live(situation.state));
  const starter = situation.state.proposal?.by ?? null;
  const confirmers = refusal.confirmers.filter((person) => person !== starter);
  return { ...refusal, confirmers, bar };
};

const propose = (
  situation: Situation,
  { deployment, escalation }: Ready,
  {
    asked,
    to,
    rule,
    unless,
  }: Omit<Widening, "people" | "byLink" | "agreed"> & Pick<Waiting, "unless">,
): readonly Draft[] => [
  {
    actor: { type: "person", person: asked.actor },
    body: {
      kind: "decision.proposed",
      deployment: deployment.id,
      escalation: escalation?.id ?? "",
      to,
      reason: asked.reason,
      authority: rule,
      needs: asked.breakGlass ? 0 : secondsNeeded(situation, null),
      expires: rfc3339(situation.now + proposalLasts),
      onCall: onCallFor(situation, deployment.authority.widen.confirm.by),
      ...(unless.length > 0 && waiting(situation, unless)),
    },
  },
];

const confirm = (
  situation: Situation,
  prepared: Ready,
  asked: AskedToResume,
  proposal: Proposal,
): readonly Draft[] | Refusal => {
  const refusal = whyNotConfirm(situation, prepared, asked, proposal);
  if (refusal) return refusal;
  const lapsed = whyLapsed(situation, prepared.deployment, proposal);
  if (lapsed) {
    return lapse(situation, lapsed).map((body) => ({ actor: { type: "policy" }, body }));
  }
  const before = confirmationsThatStand(situation, proposal);
  const needs = secondsNeeded(situation, proposal) - before.length - 1;
  if (needs > 0) {
    const { id: deployment } = prepared.deployment;
    const body = {
      kind: "decision.confirmed" as const,
      deployment,
      proposal: proposal.entry,
      needs,
      ...why(asked),
    };
    return [{ actor: { type: "person", person: asked.actor }, body }];
  }
  const people = [proposal.by, ...before, asked.actor];
  const byLink = linkedBehind(situation, proposal, people, asked.actor);
  const unless = byLink.filter((one) => canObject(situation, one));
  if (unless.length > 0) {
    const { id: deployment } = prepared.deployment;
    const agreed = { kind: "decision.confirmed" as const, deployment, proposal: proposal.entry };
    const body = { ...agreed, needs: 0, ...why(asked), ...waiting(situation, unless) };
    return [{ actor: { type: "person", person: asked.actor }, body }];
  }
  return made(situation, prepared, {
    asked: { ...asked, reason: proposal.reason },
    to: proposal.to,
    rule: `${proposal.authority}+widen.confirm`,
    ...{ people, byLink },
    agreed: [
      ...agreedBy(proposal, before),
      ...(asked.reason === "" ? [] : [{ person: asked.actor, reason: asked.reason }]),
    ],
  });
};

/** A reason as a key of its entry; no key where none was given. */
const why = ({ reason }: Asked) => (reason === "" ? {} : { reason });

/** The reasons of those whose confirmation still counts. */
export const agreedBy = ({ agreed = [] }: Proposal, standing: readonly PersonId[]) =>
  agreed.filter(({ person }) => standing.includes(person));

interface Waiting {
  readonly unless: readonly PersonId[];
}

/** Agreed, and in force only when there was time to say that it was not them. */
const waiting = ({ now }: Situation, unless: readonly PersonId[]) => ({
  takesEffect: rfc3339(objectionUntil(now)),
  unless,
});

const whyNotConfirm = (
  situation: Situation,
  prepared: Ready,
  asked: AskedToResume,
  proposal: Proposal,
): Refusal | null => {
  const { actor, to } = asked;
  const { id: deployment } = prepared.deployment;
  const confirmers = confirmersOf(situation, proposal.by);
  if (actor === proposal.by || proposal.confirmedBy.includes(actor)) {
    const { by, to: scope, expires } = proposal;
    return { refused: "waits-for-second", deployment, by, to: scope, confirmers, expires };
  }
  if (to !== null && to !== proposal.to) {
    return { refused: "other-proposal", deployment, to: proposal.to };
  }
  if (isOwner(situation, actor, prepared.escalation)) return barred(situation, asked, "owner");
  return confirmers.includes(actor) ? null : barred(situation, asked, null);
};

/** What a started resume does not survive: its scope gone from the policy, or the authority of who started it. */
export const whyLapsed = (situation: Situation, { scopes }: Deployment, proposal: Proposal) => {
  if (proposal.to !== paused && !scopes.some(({ id }) => id === proposal.to)) {
    return "posture changed";
  }
  return starterStands(situation, proposal) ? null : "authority withdrawn";
};

interface Widening {
  readonly asked: Asked;
  readonly to: ScopeId;
  readonly rule: AuthorityRule;
  readonly people: readonly PersonId[];
  readonly byLink: readonly PersonId[];
  readonly agreed: readonly Agreed[];
}

/** The entries of a resume that is in force from now on. */
export const made = (
  situation: Situation,
  { deployment, posture, escalation }: Ready,
  what: Widening,
): readonly Draft[] => {
  const actor = { type: "person" as const, person: what.asked.actor };
  const body = decisionBody(situation, deployment, {
    decision: "resume",
    escalation: escalation?.id ?? "",
    settles: settling(escalation),
    authority: what.rule,
    before: posture.scope,
    after: what.to,
    deviation: escalation?.status === "open" && escalation.response ? "weaker" : "none",
    reassess: reassessBy(
      deployment,
      "resume",
      situation.now,
      what.asked.breakGlass ? breakGlassReview : null,
    ),
    reason: what.asked.reason,
    reasonToFollow: false,
    ...{ people: what.people, byLink: what.byLink },
    ...(what.agreed.length > 0 && { agreed: what.agreed }),
    breakGlass: what.asked.breakGlass,
    cause: "",
  });
  const lapsed = what.asked.breakGlass ? lapse(situation, "posture changed") : [];
  const closes = situation.state.escalations
    .filter((one) => isDecidable(one) && (one.status === "settled" || one === escalation))
    .map((one) => ({
      kind: "escalation.closed" as const,
      escalation: one.id,
      because: "resumed" as const,
    }));
  // Closed, so that what fires after a resume is a new question and not a footnote to the old one.
  return [body, ...lapsed, ...closes].map((one) => ({ actor, body: one }));
};
