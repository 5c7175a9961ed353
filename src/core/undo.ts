import { ruleFor } from "./authority.ts";
import type { EscalationId, Instant, PersonId } from "./ids.ts";
import { reassessBy } from "./reassessment.ts";
import type { Refusal } from "./refusal.ts";
import { type Asked, decisionBody, lapse } from "./restrict.ts";
import { type Draft, deploymentOf, escalationIn, type Situation, undecided } from "./situation.ts";
import type { Decided } from "./state.ts";

/** Until when `undo` would be accepted from this person, or why not. */
const undoable = (
  situation: Situation,
  id: EscalationId,
  actor: PersonId,
): { until: Instant } | Refusal => {
  const last = situation.state.lastDecision;
  const deployment = deploymentOf(situation);
  if (deployment && decidedSince(situation, actor))
    return { refused: "no-undo", because: "decided-since", until: null };
  if (!deployment || !last || !restricted(last) || !isAbout(last, id)) {
    const other = escalationIn(situation.state, id)?.decided;
    const because = last && other && other.entry !== last.entry ? "decided-since" : "none";
    return { refused: "no-undo", because, until: null };
  }
  const until = last.at + deployment.undo;
  if (last.people[0] !== actor) return { refused: "no-undo", because: "not-yours", until };
  const mayStill = capabilities.some((one) => ruleFor(situation, one, actor, null) !== null);
  if (!mayStill) return { refused: "no-undo", because: "no-longer", until };
  if (situation.now > until) return { refused: "no-undo", because: "too-late", until };
  if (undecided(situation.state).some((one) => one.id !== id)) {
    return { refused: "no-undo", because: "others-open", until };
  }
  return { until };
};

/** Whether this person did restrict it, and somebody decided after that. */
const decidedSince = ({ state }: Situation, actor: PersonId): boolean =>
  Object.hasOwn(state.restrictedBy, actor) &&
  state.restrictedBy[actor] !== state.lastDecision?.entry;

/** A later policy may take authority away: then a resume by two others is the way back. */
const capabilities = ["restrict", "breakGlass"] as const;

const restricted = ({ decision, before, after }: Decided): boolean =>
  (decision === "narrow" || decision === "pause") && before !== after;

const isAbout = ({ escalation, settles }: Decided, id: EscalationId): boolean =>
  escalation === id || settles.includes(id);

/** Takes back one's own mistaken restriction within minutes: the posture before, and the escalation open again. */
export const undo = (
  situation: Situation,
  asked: Asked & { readonly escalation: EscalationId },
): readonly Draft[] | Refusal => {
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
    reassess: reassessBy(deployment, "resume", situation.now),
    reason: asked.reason,
    reasonToFollow: false,
    people: [asked.actor],
    breakGlass: false,
    cause: "",
    undoes: last.entry,
  });
  const closes = situation.state.escalations
    .filter((one) => one.trigger === "by-hand" && last.settles.includes(one.id))
    .map(
      (one): Draft => ({
        actor,
        body: { kind: "escalation.closed", escalation: one.id, because: "undone" },
      }),
    );
  return [
    { actor, body },
    ...lapse(situation, "posture changed").map((one): Draft => ({ actor, body: one })),
    ...closes,
  ];
};
