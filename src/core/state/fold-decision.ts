import type { EntryId, Instant } from "../ids.ts";
import type { EntryOf } from "../log/entry.ts";
import { speaksFromLinked } from "../people/login-links.ts";
import { instantOf } from "../time.ts";
import { retestAsked } from "./fold-retest.ts";
import type { Decided, DeploymentState, EscalationState } from "./state.ts";

/** How decisions fold into the state. */

function fromLinked(
  entry: EntryOf<"decision.made">,
  proposal: DeploymentState["proposal"],
): Pick<Decided, "fromLinked"> {
  const now = speaksFromLinked(entry) && entry.actor.type === "person" ? [entry.actor.person] : [];
  const all = [...(proposal?.fromLinked ?? []), ...now];
  const found = (entry.byLink ?? []).filter((person) => all.includes(person));
  return found.length === 0 ? {} : { fromLinked: found };
}

const orNull = (timestamp: string): Instant | null =>
  timestamp === "" ? null : instantOf(timestamp);

/** A decision as the state keeps it; `proposal` is the resume that it completes. */
export function decisionOf(
  entry: EntryOf<"decision.made">,
  at: Instant,
  proposal: DeploymentState["proposal"] = null,
): Decided {
  return {
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
    ...(entry.group && { group: { ...entry.group, first: entry.group.first ?? entry.id } }),
  };
}

/** A re-test or monitoring asked for after the outcome does not take its place on the card. */
const isAside = (escalation: EscalationState, { decision }: Decided): boolean =>
  escalation.status === "settled" && (decision === "retest" || decision === "monitor");

/** At which value what left the posture as it is was decided. */
const answeredAt = (
  { worst }: EscalationState,
  { decision }: Decided,
): Pick<EscalationState, "answered"> =>
  ["keep", "retest", "monitor"].includes(decision) && worst !== "" ? { answered: worst } : {};

/**
 * What a decision makes of a deployment: its posture, what it settles, when the question is asked
 * again.
 */
export function decided(
  state: DeploymentState,
  entry: EntryOf<"decision.made">,
  at: Instant,
): DeploymentState {
  const completes = entry.decision === "resume";
  const decision = decisionOf(entry, at, completes ? state.proposal : null);
  const settle = (escalation: EscalationState): EscalationState => {
    if (entry.settles.includes(escalation.id))
      return {
        ...escalation,
        status: "settled",
        settledAt: escalation.settledAt ?? at,
        decided: decision,
        ...answeredAt(escalation, decision),
      };
    return escalation.id === entry.escalation && !isAside(escalation, decision)
      ? { ...escalation, decided: decision }
      : escalation;
  };
  const escalations =
    entry.undoes === ""
      ? state.escalations.map(settle)
      : state.escalations.map((escalation) => reopened(escalation, entry, at));
  return {
    ...state,
    escalations,
    posture: state.posture && {
      ...moved(state.posture, { entry, decision, at }),
      ...restrictedFor(state, entry),
    },
    // An unchanged date keeps its reminders, so that nobody is reminded of it twice.
    reassess:
      state.reassess?.by === decision.reassessBy
        ? state.reassess
        : { by: decision.reassessBy, setAt: at, reminded: [], overdueSteps: 0 },
    proposal: completes ? null : state.proposal,
    retests: retestAsked(state.retests, entry),
    lastDecision: decision,
    restrictedBy: restrictedBy(state, decision),
  };
}

function restrictedBy(
  state: DeploymentState,
  { entry, decision, before, after, people: [person] }: Decided,
): DeploymentState["restrictedBy"] {
  if (decision === "resume") return {};
  const narrows = (decision === "narrow" || decision === "pause") && before !== after;
  return narrows && person !== undefined
    ? { ...state.restrictedBy, [person]: entry }
    : state.restrictedBy;
}

type Posture = NonNullable<DeploymentState["posture"]>;

/** What is restricted now, and for what: a resume clears it, an undo takes back its own. */
function restrictedFor(
  { posture, escalations }: DeploymentState,
  { decision, undoes, settles, escalation }: EntryOf<"decision.made">,
): Pick<Posture, "under"> {
  const before = posture?.under ?? [];
  if (undoes !== "") {
    const again = escalations.filter(({ decided }) => decided?.entry === undoes);
    return listedUnder(before.filter((one) => !again.some((other) => isSame(one, other))));
  }
  if (decision === "resume") return listedUnder([]);
  if (decision !== "narrow" && decision !== "pause") return listedUnder(before);
  const more = escalations
    .filter(({ id }) => settles.includes(id) || id === escalation)
    .filter((one) => !before.some((other) => isSame(one, other)))
    .map(({ policy, trigger, severity }) => ({ policy, trigger, severity }));
  return listedUnder([...before, ...more]);
}

type For = Pick<EscalationState, "policy" | "trigger" | "severity">;

const isSame = (one: For, other: For): boolean =>
  one.policy === other.policy && one.trigger === other.trigger && one.severity === other.severity;

const listedUnder = (under: readonly For[]): Pick<Posture, "under"> =>
  under.length === 0 ? {} : { under };

function moved(
  posture: Posture,
  {
    entry,
    decision,
    at,
  }: { readonly entry: EntryOf<"decision.made">; readonly decision: Decided; readonly at: Instant },
): Posture {
  const { groups: _groups, ...before } = posture;
  const groups = groupsAfter(posture, decision);
  const stopped = groups.length > 0 ? { groups } : {};
  if (entry.before === entry.after) {
    const movedBy = posture.movedBy ?? posture.decided;
    return { ...before, ...stopped, decided: decision, ...(movedBy && { movedBy }) };
  }
  const restricts = entry.decision !== "resume";
  // A resume goes back along the way the restrictions came; a scope named wider forgets the steps
  // between.
  const back = posture.restrictedFrom.indexOf(entry.after);
  const left = back < 0 ? [] : posture.restrictedFrom.slice(0, back);
  return {
    scope: entry.after,
    version: entry.version,
    since: at,
    decided: decision,
    restrictedFrom: restricts ? [...posture.restrictedFrom, entry.before] : left,
    ...stopped,
  };
}

/** A resume ends every stop of a group; an undo ends the one that it takes back. */
function groupsAfter(
  { groups = [], decided: last, movedBy }: Posture,
  { decision, undoes, group }: Decided,
): readonly EntryId[] {
  const undone = [last, movedBy].find((before) => before?.entry === undoes)?.group;
  if (undoes !== "") return groups.filter((first) => first !== undone?.first);
  if (decision === "resume") return [];
  return group ? [...groups, group.first] : groups;
}

/**
 * An undone decision leaves its escalations open again, with the time that was left to each.
 * Entries that do not say how much are of older versions: there, a deadline that had passed
 * meanwhile started again.
 */
function reopened(
  item: EscalationState,
  { undoes, reopens, actor }: EntryOf<"decision.made">,
  at: Instant,
): EscalationState {
  if (item.decided?.entry !== undoes) return item;
  const open: EscalationState = { ...item, status: "open", settledAt: null, decided: null };
  const clocks = reopens?.find(({ escalation }) => escalation === item.id);
  if (clocks) {
    const by = actor.type === "person" ? [actor.person] : [];
    const decideBy = orNull(clocks.decideBy);
    return {
      ...open,
      acknowledgeBy: orNull(clocks.acknowledgeBy),
      decideBy,
      ...answerBy(item, decideBy),
      undone: [...(item.undone ?? []), ...by],
    };
  }
  const late = item.decideBy !== null && item.decideBy <= at;
  const decideBy =
    late && item.decideBy !== null ? at + (item.decideBy - item.openedAt) : item.decideBy;
  return { ...open, decideBy, ...answerBy(item, decideBy) };
}

/** The response by policy moves by as much as the deadline. */
const answerBy = (
  { answerBy: before, decideBy: was }: EscalationState,
  decideBy: Instant | null,
): Pick<EscalationState, "answerBy"> =>
  before == null || was === null || decideBy === null ? {} : { answerBy: before + decideBy - was };

/** Adds a reason that was given later, wherever the decision is stored. */
export function explained(
  state: DeploymentState,
  entry: EntryOf<"decision.explained">,
): DeploymentState {
  const explain = (decision: Decided | null): Decided | null =>
    decision?.entry === entry.explains
      ? { ...decision, reason: entry.reason, reasonToFollow: false }
      : decision;
  return {
    ...state,
    lastDecision: explain(state.lastDecision),
    posture: state.posture && { ...state.posture, decided: explain(state.posture.decided) },
    escalations: state.escalations.map((escalation) => ({
      ...escalation,
      decided: explain(escalation.decided),
    })),
  };
}
