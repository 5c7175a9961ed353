import { type Capability, holders, isOwner, ruleFor } from "./authority.ts";
import { liveFor, open, timeoutCause } from "./escalation.ts";
import type { Commitment, EscalationId, Instant, Millis, PersonId } from "./ids.ts";
import type { AuthorityRule, Deviation, ScopeId, TimeoutCause } from "./log/entry.ts";
import { nearest } from "./nearest.ts";
import type { Actor } from "./people.ts";
import type { DecisionKind, Deployment, Response } from "./policy/model.ts";
import { levelOf, narrower, paused, scopeAt, strengthOf } from "./posture.ts";
import { breakGlassReview, reassessBy, reassessNoLater } from "./reassessment.ts";
import type { Refusal } from "./refusal.ts";
import {
  type BodyOf,
  type Draft,
  deploymentOf,
  escalationIn,
  isDecidable,
  isUnmatched,
  type Situation,
  undecided,
} from "./situation.ts";
import type { EscalationState } from "./state.ts";
import { rfc3339 } from "./time.ts";

/** Restricting: any one of the people named may, at once, even from a stale card. It never widens. */

export interface Asked {
  readonly actor: PersonId;
  /** The escalation said, or null for the deployment as a whole. */
  readonly escalation: EscalationId | null;
  readonly reason: Commitment | "";
  readonly breakGlass: boolean;
  /** Posture version the button showed; null when typed. */
  readonly version: number | null;
}

export interface AskedToRestrict extends Asked {
  readonly do: "narrow" | "pause";
  /** For narrow: the scope named, or null for the next narrower. */
  readonly to: ScopeId | null;
  readonly askAgainIn: Millis | null;
}

/** Which capability a decision runs under, or who could instead. */
export const authorized = (
  situation: Situation,
  asked: Asked,
  what: string,
  capability: "restrict" | "start",
  escalations: readonly (EscalationState | null)[],
): AuthorityRule | Refusal => {
  const needed = asked.breakGlass ? "breakGlass" : capability;
  const rules = escalations.map((one) => ruleFor(situation, needed, asked.actor, one));
  // Restricting is easier than widening: one escalation whose rules allow it is enough; widening needs them all.
  const rule =
    capability === "restrict"
      ? rules.find((one) => one !== null)
      : rules.every((one) => one !== null) && rules[0];
  return rule || notAuthorized(situation, asked, what, capability, escalations);
};

type NotAuthorized = Extract<Refusal, { readonly refused: "not-authorized" }>;

/** Says that this person may not, and who may instead: strongest first, release owners never behind a resume. */
export const notAuthorized = (
  situation: Situation,
  asked: Asked,
  what: string,
  capability: "restrict" | "start",
  escalations: readonly (EscalationState | null)[],
): NotAuthorized => {
  const needed = asked.breakGlass ? "breakGlass" : capability;
  const resumes = what === "resume";
  const may = escalations.map((one) =>
    [...holders(situation, needed, one).keys()].filter(
      (person) => !(resumes && isOwner(situation, person, one)),
    ),
  );
  const all = [...new Set(may.flat())];
  return {
    refused: "not-authorized",
    asked: asked.breakGlass ? `breakglass ${what}` : what,
    deployment: situation.state.id,
    who:
      capability === "restrict"
        ? all
        : all.filter((person) => may.every((people) => people.includes(person))),
    confirmers: resumes && !asked.breakGlass ? inAll(situation, "confirm", escalations) : [],
    mayRestrict: escalations.some(
      (one) => ruleFor(situation, "restrict", asked.actor, one) !== null,
    ),
    bar: null,
  };
};

/** Who holds a capability whichever of the escalations is asked. */
export const inAll = (
  situation: Situation,
  capability: Capability,
  escalations: readonly (EscalationState | null)[],
): readonly PersonId[] => {
  const [first, ...rest] = escalations.map((one) => [
    ...holders(situation, capability, one).keys(),
  ]);
  return (first ?? []).filter((person) => rest.every((others) => others.includes(person)));
};

/**
 * The escalations a restriction is said to: the one named, else all undecided, else the last settled one. A signal that no trigger
 * matches is answered only by what is said to it: what is said to the deployment may have been said without having read it.
 */
const addressed = (
  situation: Situation,
  named: EscalationId | null,
): readonly EscalationState[] => {
  const { state } = situation;
  const one = named && escalationIn(state, named);
  if (one && (isDecidable(one) || isUnmatched(one))) return [one];
  const waiting = undecided(state);
  if (waiting.length > 0) return waiting;
  const settled = state.escalations
    .filter((each) => each.status === "settled" && isDecidable(each))
    .at(-1);
  return settled ? [settled] : [];
};

/** Whether a narrowing or a pause would be taken from this person, said to this escalation or to the deployment. */
export const mayRestrict = (
  situation: Situation,
  person: PersonId,
  named: EscalationId | null,
): boolean => {
  const answered = addressed(situation, named);
  return (answered.length > 0 ? answered : [null]).some(
    (one) => ruleFor(situation, "restrict", person, one) !== null,
  );
};

/** Whether what is in force after a restriction is at least what was written down. */
export const meets = (deployment: Deployment, response: Response | null, after: ScopeId): boolean =>
  response === null || levelOf(deployment, after) >= strengthOf(deployment, response);

const deviationOf = (
  deployment: Deployment,
  escalation: EscalationState | undefined,
  after: ScopeId,
): Deviation => {
  if (!escalation?.response) return "unplanned";
  const plan = strengthOf(deployment, escalation.response);
  const did = levelOf(deployment, after);
  if (did === plan) return "none";
  return did > plan ? "stricter" : "weaker";
};

const target = (
  deployment: Deployment,
  current: ScopeId,
  asked: AskedToRestrict,
): ScopeId | Refusal => {
  if (asked.do === "pause") return paused;
  if (asked.to !== null) {
    if (asked.to === paused || deployment.scopes.some((scope) => scope.id === asked.to))
      return asked.to;
    const names = deployment.scopes.map((scope) => scope.id);
    return {
      refused: "unknown-scope",
      name: asked.to,
      deployment: deployment.id,
      nearest: nearest(asked.to, names),
    };
  }
  const next = scopeAt(deployment, levelOf(deployment, current) + 1);
  if (next !== paused || current === paused) return next;
  return { refused: "already-narrowest", deployment: deployment.id, scope: current };
};

/** Narrow or pause by a person: opens a by-hand escalation where there is none to answer. */
export const restrict = (
  situation: Situation,
  asked: AskedToRestrict,
): readonly Draft[] | Refusal => {
  const deployment = deploymentOf(situation);
  const { posture } = situation.state;
  if (!deployment || !posture)
    return { refused: "unknown-deployment", name: situation.state.id, nearest: [] };
  const answered = addressed(situation, asked.escalation);
  const rule = authorized(
    situation,
    asked,
    asked.do,
    "restrict",
    answered.length > 0 ? answered : [null],
  );
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
  });
  return [...byHand, ...made.map((body): Draft => ({ actor, body }))];
};

const openByHand = (
  situation: Situation,
  asked: AskedToRestrict,
  actor: Actor,
): readonly Draft[] => {
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
};

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
}

const restriction = (
  situation: Situation,
  deployment: Deployment,
  what: Restriction,
): readonly Draft["body"][] => {
  const { state, now } = situation;
  const before = state.posture?.scope ?? paused;
  const after = narrower(deployment, before, what.requested);
  const isMain = ({ id }: EscalationState): boolean => id === what.main?.id;
  const settles = state.escalations
    .filter((one) => one.status === "open")
    .filter((one) => isDecidable(one) || (isUnmatched(one) && isMain(one)))
    .filter((one) => meets(deployment, one.response, after))
    .map((one) => one.id);
  const made = decisionBody(situation, deployment, {
    decision: what.do,
    escalation: what.openedByHand ?? what.main?.id ?? "",
    settles: what.openedByHand ? [...settles, what.openedByHand] : settles,
    authority: what.rule,
    before,
    after,
    deviation: deviationOf(deployment, what.main, after),
    reassess: reassessBy(
      deployment,
      what.do,
      now,
      what.breakGlass ? breakGlassReview : what.askAgainIn,
      what.cause === "",
    ),
    reason: what.reason,
    reasonToFollow: what.reason === "" && what.cause === "",
    people: what.people,
    breakGlass: what.breakGlass,
    cause: what.cause,
  });
  // Somebody who says stop has not agreed to the resume that waits, even where nothing gets narrower by it.
  const lapsed: readonly Draft["body"][] = lapse(situation, "posture changed");
  return [made, ...lapsed];
};

type Made = BodyOf<"decision.made">;

/** Fills in the parts of a decision that most decisions leave empty. */
export const decisionBody = (
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
  } & Partial<Pick<Made, "undoes" | "suite" | "by" | "due" | "monitor" | "byLink" | "agreed">>,
): Made => {
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
};

/** Ends a pending resume, said why; nothing when there is none. */
export const lapse = (
  situation: Situation,
  because: BodyOf<"decision.lapsed">["because"],
): readonly Draft["body"][] => {
  const { proposal, id } = situation.state;
  return proposal
    ? [{ kind: "decision.lapsed", deployment: id, proposal: proposal.entry, because }]
    : [];
};

/** The written response, applied because nobody with authority decided in time. */
export const respondByPolicy = (
  situation: Situation,
  escalation: EscalationState,
): readonly Draft[] => {
  const deployment = deploymentOf(situation);
  const { response } = escalation;
  if (!deployment || !situation.state.posture || !response) return [];
  const cause = timeoutCause(situation, escalation);
  const rule = "onTimeout.respond";
  const actor: Actor = { type: "policy" };
  if (response.kind === "narrow" || response.kind === "pause") {
    const requested = response.kind === "pause" ? paused : response.scope;
    return restriction(situation, deployment, {
      do: response.kind,
      requested,
      rule,
      reason: "",
      askAgainIn: null,
      people: [],
      breakGlass: false,
      cause,
      main: escalation,
      openedByHand: null,
    }).map((body) => ({ actor, body }));
  }
  const { scope } = situation.state.posture;
  const body = decisionBody(situation, deployment, {
    decision: response.kind,
    escalation: escalation.id,
    settles: [escalation.id],
    authority: rule,
    before: scope,
    after: scope,
    deviation: "none",
    reassess: reassessNoLater(situation, deployment, response.kind),
    reason: "",
    reasonToFollow: false,
    people: [],
    breakGlass: false,
    cause,
    suite: response.kind === "retest" ? (escalation.seen?.suite ?? "") : "",
  });
  return [{ actor, body }];
};
