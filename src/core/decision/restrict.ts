import { nearestNames } from "../did-you-mean.ts";
import { liveFor, open } from "../escalation/escalation.ts";
import type { Commitment, EscalationId, Instant, Millis, PersonId, ScopeId } from "../ids.ts";
import type { DecidedTogether } from "../log/decision-entries.ts";
import type { AuthorityRule, Deviation, TimeoutCause } from "../log/entry-fields.ts";
import type { Actor } from "../people/person.ts";
import type { DecisionKind, Deployment, Response } from "../policy/model.ts";
import { levelOf, narrower, paused, scopeAt, strengthOf } from "../policy/posture.ts";
import { nextOverdueStep } from "../reassessment/overdue-response.ts";
import { breakGlassReview, reassessBy } from "../reassessment/reassessment.ts";
import type { Refusal } from "../state/refusal.ts";
import {
  type BodyOf,
  type Draft,
  deploymentOf,
  isDecidable,
  isUnmatched,
  type Situation,
} from "../state/situation.ts";
import type { EscalationState } from "../state/state.ts";
import { rfc3339 } from "../time.ts";
import { addressed, authorized, type DecisionRequest } from "./authorized.ts";

/**
 * Restricting: any one of the people named may, at once, even from a stale card. It never widens.
 */

export interface RestrictRequest extends DecisionRequest {
  readonly do: "narrow" | "pause";
  /** For narrow: the scope named, or null for the next narrower. */
  readonly to: ScopeId | null;
  readonly askAgainIn: Millis | null;
  /** Set where it is said of a group or a model. */
  readonly group?: DecidedTogether | null;
}

/** Whether what is in force after a restriction is at least what was written down. */
export function meets(deployment: Deployment, response: Response | null, after: ScopeId): boolean {
  return response === null || levelOf(deployment, after) >= strengthOf(deployment, response);
}

function deviationOf(
  deployment: Deployment,
  escalation: EscalationState | undefined,
  after: ScopeId,
): Deviation {
  if (!escalation?.response) return "unplanned";
  const plan = strengthOf(deployment, escalation.response);
  const did = levelOf(deployment, after);
  if (did === plan) return "none";
  return did > plan ? "stricter" : "weaker";
}

function target(
  deployment: Deployment,
  current: ScopeId,
  asked: RestrictRequest,
): ScopeId | Refusal {
  if (asked.do === "pause") return paused;
  if (asked.to !== null) {
    if (asked.to === paused || deployment.scopes.some((scope) => scope.id === asked.to))
      return asked.to;
    const names = deployment.scopes.map((scope) => scope.id);
    return {
      refused: "unknown-scope",
      name: asked.to,
      deployment: deployment.id,
      nearest: nearestNames(asked.to, names),
    };
  }
  const next = scopeAt(deployment, levelOf(deployment, current) + 1);
  if (next !== paused || current === paused) return next;
  return { refused: "already-narrowest", deployment: deployment.id, scope: current };
}

/** Narrow or pause by a person: opens a by-hand escalation where there is none to answer. */
export function restrict(situation: Situation, asked: RestrictRequest): readonly Draft[] | Refusal {
  const deployment = deploymentOf(situation);
  const { posture } = situation.state;
  if (!deployment || !posture)
    return { refused: "unknown-deployment", name: situation.state.id, nearest: [] };
  const answered = addressed(situation, asked.escalation);
  const rule = authorized(situation, {
    asked,
    what: asked.do,
    capability: "restrict",
    escalations: answered.length > 0 ? answered : [null],
  });
  if (typeof rule !== "string") return rule;
  const requested = target(deployment, posture.scope, asked);
  if (typeof requested !== "string") return requested;
  const actor: Actor = { type: "person", person: asked.actor };
  const byHand = answered.length > 0 ? [] : openByHand(situation, asked, actor);
  const opened = byHand[0]?.body;
  const made = restriction(situation, deployment, {
    do: asked.do,
    requested,
    rule,
    reason: asked.reason,
    askAgainIn: asked.askAgainIn,
    people: [asked.actor],
    breakGlass: asked.breakGlass,
    cause: "",
    main: answered.at(-1),
    openedByHand: opened?.kind === "escalation.opened" ? opened.escalation : null,
    group: asked.group ?? null,
  });
  return [...byHand, ...made.map((body): Draft => ({ actor, body }))];
}

function openByHand(situation: Situation, asked: RestrictRequest, actor: Actor): readonly Draft[] {
  const settled = liveFor(situation.state, "by-hand");
  if (settled) return [];
  return open(situation, {
    id: `HP-${situation.lastNumber + 1}`,
    name: "by-hand",
    trigger: null,
    severity: "high",
    verdict: "none",
    because: "",
    seen: null,
    reason: asked.reason,
    actor,
  }).slice(0, 1);
}

interface Restriction {
  readonly do: "narrow" | "pause";
  readonly requested: ScopeId;
  readonly rule: AuthorityRule;
  readonly reason: Commitment | "";
  readonly askAgainIn: Millis | null;
  readonly people: readonly PersonId[];
  readonly breakGlass: boolean;
  readonly cause: TimeoutCause | "";
  readonly main: EscalationState | undefined;
  readonly openedByHand: EscalationId | null;
  readonly group?: DecidedTogether | null;
}

export function restriction(
  situation: Situation,
  deployment: Deployment,
  what: Restriction,
): readonly Draft["body"][] {
  const { state, now } = situation;
  const before = state.posture?.scope ?? paused;
  const after = narrower(deployment, before, what.requested);
  const isMain = ({ id }: EscalationState): boolean => id === what.main?.id;
  const settles = state.escalations
    .filter((escalation) => escalation.status === "open")
    .filter(
      (escalation) => isDecidable(escalation) || (isUnmatched(escalation) && isMain(escalation)),
    )
    .filter((escalation) => meets(deployment, escalation.response, after))
    .filter((escalation) => what.rule !== actFirst || !isMain(escalation))
    .map((escalation) => escalation.id);
  const made = decisionBody(situation, deployment, {
    decision: what.do,
    escalation: what.openedByHand ?? what.main?.id ?? "",
    settles: what.openedByHand ? [...settles, what.openedByHand] : settles,
    authority: what.rule,
    before,
    after,
    deviation: deviationOf(deployment, what.main, after),
    reassess: reassessBy(deployment, {
      kind: what.do,
      now,
      atMost: what.breakGlass ? breakGlassReview : what.askAgainIn,
      byPeople: what.cause === "",
    }),
    reason: what.reason,
    reasonToFollow: what.reason === "" && what.cause === "",
    people: what.people,
    breakGlass: what.breakGlass,
    cause: what.cause,
    ...(what.group && { group: what.group }),
  });
  // Somebody who says stop has not agreed to the resume that waits, even where nothing gets
  // narrower by it.
  const lapsed: readonly Draft["body"][] = lapse(situation, "posture changed");
  return [made, ...lapsed];
}

type Made = BodyOf<"decision.made">;

/** Fills in the parts of a decision that most decisions leave empty. */
export function decisionBody(
  situation: Situation,
  deployment: Deployment,
  made: Pick<
    Made,
    | "escalation"
    | "settles"
    | "authority"
    | "before"
    | "after"
    | "deviation"
    | "reason"
    | "people"
    | "breakGlass"
    | "cause"
  > & {
    readonly decision: DecisionKind;
    readonly reassess: Instant;
    readonly reasonToFollow: boolean;
  } & Partial<
      Pick<Made, "undoes" | "suite" | "by" | "due" | "monitor" | "byLink" | "agreed" | "group">
    >,
): Made {
  const { reassess, byLink = situation.link === null ? [] : made.people, ...rest } = made;
  const version = (situation.state.posture?.version ?? 0) + (made.before === made.after ? 0 : 1);
  return {
    undoes: "",
    suite: "",
    by: "",
    due: "",
    monitor: "",
    ...rest,
    ...(byLink.length > 0 && { byLink }),
    kind: "decision.made",
    deployment: deployment.id,
    version,
    reassessBy: rfc3339(reassess),
  };
}

/** Ends a pending resume, said why; nothing when there is none. */
export function lapse(
  situation: Situation,
  because: BodyOf<"decision.lapsed">["because"],
): readonly Draft["body"][] {
  const { proposal, id } = situation.state;
  return proposal
    ? [{ kind: "decision.lapsed", deployment: id, proposal: proposal.entry, because }]
    : [];
}

/** The rule by which the policy acts first, and then asks. */
export const actFirst = "act.first";

/**
 * The response of a trigger that acts first, as soon as it has opened; the escalation stays open.
 * Nothing where it would narrow nothing, or where the trigger could not tell.
 */
export function respondFirst(situation: Situation, escalation: EscalationState): readonly Draft[] {
  const deployment = deploymentOf(situation);
  const { posture } = situation.state;
  const { response, verdict } = escalation;
  if (!deployment || !posture || verdict !== "fired") return [];
  if (response?.kind !== "narrow" && response?.kind !== "pause") return [];
  if (meets(deployment, response, posture.scope)) return [];
  return restriction(situation, deployment, {
    do: response.kind,
    requested: response.kind === "pause" ? paused : response.scope,
    rule: actFirst,
    reason: "",
    askAgainIn: null,
    people: [],
    breakGlass: false,
    cause: "at once",
    main: escalation,
    openedByHand: null,
  }).map((body) => ({ actor: { type: "policy" }, body }));
}

/** What the policy does because nobody answered an overdue review, a day after people were told. */
export function overdueByPolicy(situation: Situation): readonly Draft[] {
  const deployment = deploymentOf(situation);
  const next = deployment ? nextOverdueStep(deployment, situation.state) : null;
  if (!deployment || !next || next.warns || next.at > situation.now) return [];
  return restriction(situation, deployment, {
    do: next.scope === paused ? "pause" : "narrow",
    requested: next.scope,
    rule: "reassess.onOverdue",
    reason: "",
    askAgainIn: null,
    people: [],
    breakGlass: false,
    cause: "not reviewed",
    main: undefined,
    openedByHand: null,
  }).map((body) => ({ actor: { type: "policy" }, body }));
}
