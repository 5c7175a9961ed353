import { retestAsked } from "./fold-retest.ts";
import type { Instant } from "./ids.ts";
import type { EntryOf } from "./log/entry.ts";
import { speaksFromLinked } from "./login-links.ts";
import type { Decided, DeploymentState, EscalationState } from "./state.ts";
import { instantOf } from "./time.ts";

/** How decisions fold into the state. */

const fromLinked = (
  entry: EntryOf<"decision.made">,
  proposal: DeploymentState["proposal"],
): Pick<Decided, "fromLinked"> => {
  const now = speaksFromLinked(entry) && entry.actor.type === "person" ? [entry.actor.person] : [];
  const all = [...(proposal?.fromLinked ?? []), ...now];
  const found = (entry.byLink ?? []).filter((one) => all.includes(one));
  return found.length === 0 ? {} : { fromLinked: found };
};

const orNull = (timestamp: string): Instant | null =>
  timestamp === "" ? null : instantOf(timestamp);

/** A decision as the state keeps it; `proposal` is the resume that it completes. */
export const decisionOf = (
  entry: EntryOf<"decision.made">,
  at: Instant,
  proposal: DeploymentState["proposal"] = null,
): Decided => ({
  entry: entry.id,
  decision: entry.decision,
  at,
  people: entry.people,
  ...(entry.byLink && { byLink: entry.byLink }),
  ...fromLinked(entry, proposal),
  ...(entry.link && { link: entry.link }),
  authority: entry.authority,
  before: entry.before,
  after: entry.after,
  deviation: entry.deviation,
  reassessBy: instantOf(entry.reassessBy),
  reason: entry.reason,
  ...(entry.agreed && { agreed: entry.agreed }),
  reasonToFollow: entry.reasonToFollow,
  undoes: entry.undoes,
  breakGlass: entry.breakGlass,
  cause: entry.cause,
  settles: entry.settles,
  escalation: entry.escalation,
  suite: entry.suite,
  by: entry.by,
  due: orNull(entry.due),
  monitor: entry.monitor,
});

/** A re-test or monitoring asked for after the outcome does not take its place on the card. */
const isAside = (one: EscalationState, { decision }: Decided): boolean =>
  one.status === "settled" && (decision === "retest" || decision === "monitor");

/** What a decision makes of a deployment: its posture, what it settles, when the question is asked again. */
export const decided = (
  state: DeploymentState,
  entry: EntryOf<"decision.made">,
  at: Instant,
): DeploymentState => {
  const completes = entry.decision === "resume";
  const decision = decisionOf(entry, at, completes ? state.proposal : null);
  const settle = (one: EscalationState): EscalationState => {
    if (entry.settles.includes(one.id))
      return { ...one, status: "settled", settledAt: one.settledAt ?? at, decided: decision };
    return one.id === entry.escalation && !isAside(one, decision)
      ? { ...one, decided: decision }
      : one;
  };
  const escalations =
    entry.undoes === ""
      ? state.escalations.map(settle)
      : state.escalations.map((one) => reopened(one, entry, at));
  return {
    ...state,
    escalations,
    posture: state.posture && moved(state.posture, entry, decision, at),
    // A date that stands keeps what was said of it: nobody is reminded of one date twice.
    reassess:
      state.reassess?.by === decision.reassessBy
        ? state.reassess
        : { by: decision.reassessBy, setAt: at, reminded: [], overdueSteps: 0 },
    proposal: completes ? null : state.proposal,
    retests: retestAsked(state.retests, entry),
    lastDecision: decision,
    restrictedBy: restrictedBy(state, decision),
  };
};

const restrictedBy = (
  state: DeploymentState,
  { entry, decision, before, after, people: [person] }: Decided,
): DeploymentState["restrictedBy"] => {
  if (decision === "resume") return {};
  const narrows = (decision === "narrow" || decision === "pause") && before !== after;
  return narrows && person !== undefined
    ? { ...state.restrictedBy, [person]: entry }
    : state.restrictedBy;
};

type Posture = NonNullable<DeploymentState["posture"]>;

const moved = (
  posture: Posture,
  entry: EntryOf<"decision.made">,
  decision: Decided,
  at: Instant,
): Posture => {
  if (entry.before === entry.after) {
    const movedBy = posture.movedBy ?? posture.decided;
    return { ...posture, decided: decision, ...(movedBy && { movedBy }) };
  }
  const restricts = entry.decision !== "resume";
  // A resume goes back along the way the restrictions came; a scope named wider forgets the steps between.
  const back = posture.restrictedFrom.indexOf(entry.after);
  const left = back < 0 ? [] : posture.restrictedFrom.slice(0, back);
  return {
    scope: entry.after,
    version: entry.version,
    since: at,
    decided: decision,
    restrictedFrom: restricts ? [...posture.restrictedFrom, entry.before] : left,
  };
};

/**
 * An undone decision leaves its escalations open again, with the time that was left to each. Entries that do not say how much are
 * of older versions: there, a deadline that had passed meanwhile started again.
 */
const reopened = (
  one: EscalationState,
  { undoes, reopens, actor }: EntryOf<"decision.made">,
  at: Instant,
): EscalationState => {
  if (one.decided?.entry !== undoes) return one;
  const open: EscalationState = { ...one, status: "open", settledAt: null, decided: null };
  const clocks = reopens?.find(({ escalation }) => escalation === one.id);
  if (clocks) {
    const by = actor.type === "person" ? [actor.person] : [];
    const decideBy = orNull(clocks.decideBy);
    return {
      ...open,
      acknowledgeBy: orNull(clocks.acknowledgeBy),
      decideBy,
      ...answerBy(one, decideBy),
      undone: [...(one.undone ?? []), ...by],
    };
  }
  const late = one.decideBy !== null && one.decideBy <= at;
  const decideBy =
    late && one.decideBy !== null ? at + (one.decideBy - one.openedAt) : one.decideBy;
  return { ...open, decideBy, ...answerBy(one, decideBy) };
};

/** The written response follows as much later as the deadline does. */
const answerBy = (
  { answerBy: before, decideBy: was }: EscalationState,
  decideBy: Instant | null,
): Pick<EscalationState, "answerBy"> =>
  before == null || was === null || decideBy === null ? {} : { answerBy: before + decideBy - was };

/** A reason given later takes its place wherever the decision is kept. */
export const explained = (
  state: DeploymentState,
  entry: EntryOf<"decision.explained">,
): DeploymentState => {
  const explain = (decision: Decided | null): Decided | null =>
    decision?.entry === entry.explains
      ? { ...decision, reason: entry.reason, reasonToFollow: false }
      : decision;
  return {
    ...state,
    lastDecision: explain(state.lastDecision),
    posture: state.posture && { ...state.posture, decided: explain(state.posture.decided) },
    escalations: state.escalations.map((one) => ({ ...one, decided: explain(one.decided) })),
  };
};
