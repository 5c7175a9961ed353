import { open } from "../escalation/escalation.ts";
import { nextInChain } from "../escalation/passing-on.ts";
import type { Commitment, Millis, PersonId } from "../ids.ts";
import type { Actor } from "../people/person.ts";
import type { Deployment, Policy, Trigger } from "../policy/model.ts";
import { concerned } from "../reassessment/reassessment.ts";
import type { Refusal } from "../state/refusal.ts";
import {
  type Draft,
  deploymentOf,
  isRehearsal,
  rehearsalName,
  type Situation,
} from "../state/situation.ts";
import type { EscalationState } from "../state/state.ts";
import { rfc3339 } from "../time.ts";
import { authorized, notAuthorized } from "./authorized.ts";

/**
 * A rehearsal: the real channel, the real people, the real clock, and a question whose answer
 * changes nothing. It is an escalation that no other rule counts, and every answer to it, or none,
 * is one entry that touches neither posture nor date.
 */

const minute: Millis = 60_000;

/**
 * A rule may wait for days; a rehearsal is over after this long, so that nobody is asked for days
 * about nothing.
 */
const longest: Millis = 60 * minute;

const severities = ["critical", "high", "warning", "info"] as const;

/**
 * The rule it is rehearsed by: the gravest of the deployment's that has a clock. Null where none
 * has.
 */
const modelOf = (policy: Policy, { id }: Deployment): Trigger | null =>
  [...policy.triggers.values()]
    .filter(({ deployments }) => deployments.includes(id))
    .filter(({ shadow, decideWithin }) => !shadow && decideWithin !== null)
    .sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity))[0] ?? null;

/**
 * Opens one; people of the deployment and operators may. A second one is refused while the first is
 * live.
 */
export function rehearse(situation: Situation, actor: Actor): readonly Draft[] | Refusal {
  const deployment = deploymentOf(situation);
  const { state, policy, now } = situation;
  if (!deployment) return { refused: "unknown-deployment", name: state.id, nearest: [] };
  if (actor.type === "person" && !concerned(situation).has(actor.person))
    return notNamed(situation, actor.person);
  const running = state.escalations.find(
    (escalation) => isRehearsal(escalation) && escalation.status === "open",
  );
  if (running) return { refused: "rehearsing", escalation: running.id };
  const model = modelOf(policy, deployment);
  const drafts = open(situation, {
    id: `HP-${situation.lastNumber + 1}`,
    name: rehearsalName,
    trigger: model,
    severity: model?.severity ?? "warning",
    verdict: "none",
    because: "",
    seen: null,
    reason: "",
    actor,
  });
  return drafts.map((draft) => withClock(draft, model, now));
}

/**
 * The rule's clock, an hour at most; without one ten minutes to be seen and half an hour to be
 * decided, so that it ends.
 */
function withClock(draft: Draft, model: Trigger | null, now: number): Draft {
  const { body, actor } = draft;
  const decideBy = rfc3339(now + Math.min(model?.decideWithin ?? 30 * minute, longest));
  if (body.kind === "authority.passed") return { actor, body: { ...body, decideBy } };
  if (body.kind !== "escalation.opened") return draft;
  const acknowledgeBy = model ? body.acknowledgeBy : rfc3339(now + 10 * minute);
  return { actor, body: { ...body, acknowledgeBy, decideBy, answerBy: "" } };
}

const notNamed = (situation: Situation, person: PersonId): Refusal => ({
  ...notAuthorized(situation, {
    asked: askedBy(person, ""),
    what: "rehearse",
    capability: "restrict",
    escalations: [null],
  }),
  who: [...concerned(situation)],
  mayRestrict: false,
});

const askedBy = (actor: PersonId, reason: Commitment | "") => ({
  actor,
  reason,
  escalation: null,
  breakGlass: false,
  version: null,
});

interface RehearsalAnswer {
  readonly actor: Actor;
  /** The command's name. */
  readonly asked: string;
  readonly breakGlass: boolean;
  readonly reason: Commitment | "";
}

/** An answer to a rehearsal, by whoever could give it if it were real. */
export function answerRehearsal(
  situation: Situation,
  escalation: EscalationState,
  { actor, asked, breakGlass, reason }: RehearsalAnswer,
): readonly Draft[] | Refusal {
  if (escalation.status !== "open") return { refused: "rehearsed", escalation: escalation.id };
  if (asked === "undo" || asked === "reason")
    return { refused: "only-rehearsed", escalation: escalation.id };
  if (actor.type !== "person") return { refused: "stranger" };
  const capability = asked === "resume" || asked === "keep" ? "start" : "restrict";
  const how = { ...askedBy(actor.person, reason), breakGlass };
  const rule = authorized(situation, {
    asked: how,
    what: asked,
    capability,
    escalations: [escalation],
  });
  if (typeof rule !== "string") return rule;
  const body = { kind: "rehearsal.answered", escalation: escalation.id, asked } as const;
  return [{ actor, body: { ...body, authority: rule, reason } }];
}

/**
 * Whom time names next, null when it is over: after the last of the chain, and in any case after
 * its longest.
 */
export function nextToRehearse(situation: Situation, escalation: EscalationState): PersonId | null {
  const { decideBy, openedAt } = escalation;
  const isOver = decideBy === null || Math.max(decideBy, situation.now) >= openedAt + longest;
  return isOver ? null : nextInChain(situation, escalation);
}

/** Time is over: the next person is named, and after the last it is over without an answer. */
export function rehearsalTimeout(situation: Situation, escalation: EscalationState): Draft {
  const actor: Actor = { type: "policy" };
  const { id, decider, openedAt, decideBy } = escalation;
  const to = nextToRehearse(situation, escalation);
  if (to === null || decideBy === null) {
    const body = { kind: "rehearsal.answered", escalation: id, asked: "", authority: "" } as const;
    return { actor, body: { ...body, reason: "" } };
  }
  const period = modelPeriod(situation, escalation) ?? decideBy - openedAt;
  return {
    actor,
    body: {
      kind: "authority.passed",
      escalation: id,
      from: decider,
      to,
      because: "time",
      decideBy: rfc3339(Math.min(situation.now + period, openedAt + longest)),
    },
  };
}

function modelPeriod(situation: Situation, escalation: EscalationState): Millis | null {
  const policy = situation.pinned(escalation.policy);
  const deployment = policy.deployments.get(escalation.deployment);
  return deployment ? (modelOf(policy, deployment)?.decideWithin ?? null) : null;
}
