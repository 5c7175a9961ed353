import type { EscalationId, Instant, PersonId } from "../ids.ts";
import { ruleFor } from "../people/authority.ts";
import { canObject } from "../people/login-links.ts";
import { reassessBy } from "../reassessment/reassessment.ts";
import type { Refusal } from "../state/refusal.ts";
import {
  type BodyOf,
  type Draft,
  deploymentOf,
  escalationIn,
  type Situation,
  undecided,
} from "../state/situation.ts";
import type { Decided, DeploymentState, EscalationState } from "../state/state.ts";
import { rfc3339 } from "../time.ts";
import type { DecisionRequest } from "./authorized.ts";
import { decisionBody, lapse } from "./restrict.ts";

/** Until when `undo` would be accepted from this person, or why not. */
function undoable(
  situation: Situation,
  id: EscalationId,
  actor: PersonId,
): { until: Instant } | Refusal {
  const last = situation.state.lastDecision;
  const deployment = deploymentOf(situation);
  if (deployment && decidedSince(situation, actor))
    return { refused: "no-undo", because: "decided-since", until: null };
  if (!deployment || !last || !restricted(last) || !isAbout(last, id))
    return { refused: "no-undo", because: whyNotLast(situation.state, id), until: null };
  const until = last.at + deployment.undo;
  if (last.people[0] !== actor) return { refused: "no-undo", because: "not-yours", until };
  if (situation.link !== null && situation.link !== last.link && canObject(situation, actor))
    return { refused: "no-undo", because: "by-link", until };
  const mayStill = capabilities.some(
    (capability) => ruleFor(situation, { capability, person: actor, escalation: null }) !== null,
  );
  if (!mayStill) return { refused: "no-undo", because: "no-longer", until };
  if (situation.now > until) return { refused: "no-undo", because: "too-late", until };
  if (isUndoneOften(situation.state, last))
    return { refused: "no-undo", because: "too-often", until };
  if (undecided(situation.state).some((escalation) => escalation.id !== id)) {
    return { refused: "no-undo", because: "others-open", until };
  }
  return { until };
}

/**
 * Why the last decision is not one to take back here: it came after the one about this escalation,
 * or there is none.
 */
function whyNotLast(state: DeploymentState, id: EscalationId): "decided-since" | "none" {
  const { lastDecision: last } = state;
  const other = escalationIn(state, id)?.decided;
  return last && other && other.entry !== last.entry ? "decided-since" : "none";
}

/** Whether it is still this person's to take back. */
export function mayUndo(situation: Situation, id: EscalationId, person: PersonId): boolean {
  return !("refused" in undoable(situation, id, person));
}

/** Whether this person did restrict it, and somebody decided after that. */
const decidedSince = ({ state }: Situation, actor: PersonId): boolean =>
  Object.hasOwn(state.restrictedBy, actor) &&
  state.restrictedBy[actor] !== state.lastDecision?.entry;

/**
 * So often one person takes back what they did about one escalation; after that it is no mistake.
 */
const mostUndone = 3;

/**
 * Whether who made this decision has taken back as many about the same escalations as anybody may.
 */
export function isUndoneOften({ escalations }: DeploymentState, { entry, people }: Decided) {
  return escalations
    .filter(({ decided }) => decided?.entry === entry)
    .some(
      ({ undone = [] }) => undone.filter((person) => person === people[0]).length >= mostUndone,
    );
}

/** A later policy may take authority away: then a resume by two others is the way back. */
const capabilities = ["restrict", "breakGlass"] as const;

const restricted = ({ decision, before, after }: Decided): boolean =>
  (decision === "narrow" || decision === "pause") && before !== after;

const isAbout = ({ escalation, settles }: Decided, id: EscalationId): boolean =>
  escalation === id || settles.includes(id);

/**
 * Takes back one's own mistaken restriction within minutes: the posture before, and the escalation
 * open again.
 */
export function undo(
  situation: Situation,
  asked: DecisionRequest & { readonly escalation: EscalationId },
): readonly Draft[] | Refusal {
  const window = undoable(situation, asked.escalation, asked.actor);
  if ("refused" in window) return window;
  const deployment = deploymentOf(situation);
  const last = situation.state.lastDecision;
  if (!deployment || !last) return { refused: "no-undo", because: "none", until: null };
  const actor = { type: "person" as const, person: asked.actor };
  const body = decisionBody(situation, deployment, {
    decision: "resume",
    escalation: asked.escalation,
    settles: [],
    authority: "undo",
    before: last.after,
    after: last.before,
    deviation: "none",
    reassess: reassessBy(deployment, { kind: "resume", now: situation.now }),
    reason: asked.reason,
    reasonToFollow: false,
    people: [asked.actor],
    breakGlass: false,
    cause: "",
    undoes: last.entry,
  });
  const reopens = situation.state.escalations
    .filter(({ decided }) => decided?.entry === last.entry)
    .map((escalation) => clocksGivenBack(escalation, situation.now));
  const closes = situation.state.escalations
    .filter(
      (escalation) => escalation.trigger === "by-hand" && last.settles.includes(escalation.id),
    )
    .map(
      (escalation): Draft => ({
        actor,
        body: { kind: "escalation.closed", escalation: escalation.id, because: "undone" },
      }),
    );
  return [
    { actor, body: { ...body, reopens } },
    ...lapse(situation, "posture changed").map((body): Draft => ({ actor, body: body })),
    ...closes,
  ];
}

type Reopened = NonNullable<BodyOf<"decision.made">["reopens"]>[number];

/**
 * What was left of each clock when the restriction stopped it, and not a moment more: whoever stops
 * and takes back again and again wins no time but what it was restricted for. A clock that was not
 * stopped goes on as it is.
 */
function clocksGivenBack(escalation: EscalationState, now: Instant): Reopened {
  const { settledAt } = escalation;
  const given = (by: Instant | null): string => {
    if (by === null) return "";
    return rfc3339(settledAt === null || by <= settledAt ? by : now + (by - settledAt));
  };
  const isSeen = escalation.acknowledged.length > 0 || escalation.acknowledgeMissed;
  return {
    escalation: escalation.id,
    acknowledgeBy:
      isSeen && escalation.acknowledgeBy !== null
        ? rfc3339(escalation.acknowledgeBy)
        : given(escalation.acknowledgeBy),
    decideBy: given(escalation.decideBy),
  };
}
