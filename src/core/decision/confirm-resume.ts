import type { Instant, PersonId, ScopeId } from "../ids.ts";
import type { Agreed, AuthorityRule } from "../log/entry-fields.ts";
import { isOwner } from "../people/authority.ts";
import { canObject, linkedBehind } from "../people/login-links.ts";
import { barredUntil, isNewUntil } from "../people/rebind.ts";
import type { Deployment } from "../policy/model.ts";
import { paused } from "../policy/posture.ts";
import { breakGlassReview, reassessBy } from "../reassessment/reassessment.ts";
import type { Refusal } from "../state/refusal.ts";
import { type Draft, isDecidable, type Situation } from "../state/situation.ts";
import type { Proposal } from "../state/state.ts";
import { type DecisionRequest, inAll, notAuthorized } from "./authorized.ts";
import { type Ready, type ResumeRequest, settling, waiting } from "./ready.ts";
import { decisionBody, lapse } from "./restrict.ts";
import { confirmationsThatStand, live, secondsNeeded, starterStands } from "./resume-request.ts";

/** Confirming a resume: who may, when it completes, and why it lapses. */

function confirmersOf(situation: Situation, starter: PersonId | null): readonly PersonId[] {
  return inAll(situation, "confirm", live(situation)).filter((person) => person !== starter);
}

/** Whether somebody is one of those for whose second word a started resume waits. */
export function mayConfirm(situation: Situation, person: PersonId): boolean {
  const { proposal } = situation.state;
  return (
    proposal !== null &&
    !proposal.waits &&
    proposal.expires > situation.now &&
    !proposal.confirmedBy.includes(person) &&
    confirmersOf(situation, proposal.by).includes(person) &&
    newAmong(situation, proposal, person) === null
  );
}

/**
 * Until when this person does not complete a resume, since the accounts of everybody behind it are
 * new; null where they do, or where more people are needed anyway.
 */
function newAmong(situation: Situation, proposal: Proposal, person: PersonId): Instant | null {
  const before = confirmationsThatStand(situation, proposal);
  const needs = secondsNeeded(situation, proposal) - before.length - 1;
  return needs > 0 ? null : barredUntil(situation, [proposal.by, ...before, person]);
}

/** Somebody whose account is not new has to be among the people. */
export function newAccounts(
  situation: Situation,
  people: readonly PersonId[],
  until: Instant,
): Refusal {
  const { state } = situation;
  const others = state.proposal ? confirmersOf(situation, state.proposal.by) : [];
  const confirmers = others.filter(
    (other) => !people.includes(other) && isNewUntil(situation, other) === null,
  );
  return { refused: "new-accounts", deployment: state.id, people, until, confirmers };
}

export function barred(situation: Situation, asked: DecisionRequest, bar: "owner" | null): Refusal {
  const refusal = notAuthorized(situation, {
    asked,
    what: "resume",
    capability: "start",
    escalations: live(situation),
  });
  const starter = situation.state.proposal?.by ?? null;
  const confirmers = refusal.confirmers.filter((person) => person !== starter);
  return { ...refusal, confirmers, bar };
}

export function confirm(
  situation: Situation,
  {
    prepared,
    asked,
    proposal,
  }: { readonly prepared: Ready; readonly asked: ResumeRequest; readonly proposal: Proposal },
): readonly Draft[] | Refusal {
  const refusal = whyNotConfirm(situation, { prepared, asked, proposal });
  if (refusal) return refusal;
  const lapsed = whyLapsed(situation, prepared.deployment, proposal);
  if (lapsed) {
    return lapse(situation, lapsed).map((body) => ({ actor: { type: "policy" }, body }));
  }
  const before = confirmationsThatStand(situation, proposal);
  const until = newAmong(situation, proposal, asked.actor);
  if (until !== null) return newAccounts(situation, [proposal.by, ...before, asked.actor], until);
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
  const byLink = linkedBehind(situation, { proposal, people, speaker: asked.actor });
  const unless = byLink.filter((person) => canObject(situation, person));
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
    people,
    byLink,
    agreed: [
      ...agreedBy(proposal, before),
      ...(asked.reason === "" ? [] : [{ person: asked.actor, reason: asked.reason }]),
    ],
  });
}

/** A reason as a key of its entry; no key where none was given. */
function why({ reason }: DecisionRequest) {
  return reason === "" ? {} : { reason };
}

/** The reasons of those whose confirmation still counts. */
export function agreedBy({ agreed = [] }: Proposal, standing: readonly PersonId[]) {
  return agreed.filter(({ person }) => standing.includes(person));
}

function whyNotConfirm(
  situation: Situation,
  {
    prepared,
    asked,
    proposal,
  }: { readonly prepared: Ready; readonly asked: ResumeRequest; readonly proposal: Proposal },
): Refusal | null {
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
}

/**
 * What a started resume does not survive: its scope gone from the policy, or the authority of who
 * started it.
 */
export function whyLapsed(situation: Situation, { scopes }: Deployment, proposal: Proposal) {
  if (proposal.to !== paused && !scopes.some(({ id }) => id === proposal.to)) {
    return "posture changed";
  }
  return starterStands(situation, proposal) ? null : "authority withdrawn";
}

export interface Widening {
  readonly asked: DecisionRequest;
  readonly to: ScopeId;
  readonly rule: AuthorityRule;
  readonly people: readonly PersonId[];
  readonly byLink: readonly PersonId[];
  readonly agreed: readonly Agreed[];
}

/** The entries of a resume that is in force from now on. */
export function made(
  situation: Situation,
  { deployment, posture, escalation }: Ready,
  what: Widening,
): readonly Draft[] {
  const actor = { type: "person" as const, person: what.asked.actor };
  const body = decisionBody(situation, deployment, {
    decision: "resume",
    escalation: escalation?.id ?? "",
    settles: settling(escalation),
    authority: what.rule,
    before: posture.scope,
    after: what.to,
    deviation: escalation?.status === "open" && escalation.response ? "weaker" : "none",
    reassess: reassessBy(deployment, {
      kind: "resume",
      now: situation.now,
      atMost: what.asked.breakGlass ? breakGlassReview : null,
    }),
    reason: what.asked.reason,
    reasonToFollow: false,
    people: what.people,
    byLink: what.byLink,
    ...(what.agreed.length > 0 && { agreed: what.agreed }),
    breakGlass: what.asked.breakGlass,
    cause: "",
  });
  const lapsed = what.asked.breakGlass ? lapse(situation, "posture changed") : [];
  const closes = situation.state.escalations
    .filter(
      (candidate) =>
        isDecidable(candidate) && (candidate.status === "settled" || candidate === escalation),
    )
    .map((escalation) => ({
      kind: "escalation.closed" as const,
      escalation: escalation.id,
      because: "resumed" as const,
    }));
  // Closed, so that what fires after a resume is a new question and not a footnote to the old one.
  return [body, ...lapsed, ...closes].map((body) => ({ actor, body: body }));
}
