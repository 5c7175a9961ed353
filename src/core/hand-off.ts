import { mayConfirm } from "./decision/confirm-resume.ts";
import { live } from "./decision/resume-request.ts";
import { isAskedToAcknowledge } from "./escalation/acknowledgement.ts";
import { absence, nextInChain } from "./escalation/passing-on.ts";
import type { Instant, PersonId } from "./ids.ts";
import type { HandedDuty } from "./log/entry-fields.ts";
import {
  chainOf,
  chainRefs,
  confirmRefs,
  governing,
  personFor,
  schedulesFor,
  schedulesIn,
} from "./people/authority.ts";
import { nextChangeOnCall, whoIsOnCall } from "./policy/on-call.ts";
import {
  type BodyOf,
  type Draft,
  isAcknowledgeOnly,
  isUnmatched,
  type Situation,
} from "./state/situation.ts";
import type { EscalationState } from "./state/state.ts";
import { rfc3339 } from "./time.ts";

/**
 * A schedule hands off while something waits: whoever is on call now takes over what the one before
 * was asked. It is found by comparing whom a schedule means now with whom it meant when somebody
 * was last asked, so that a late look over several hand-offs finds one, and a policy that changes
 * the rota counts as one. No deadline moves.
 */

type Changed = BodyOf<"oncall.changed">;

interface Handed {
  readonly schedule: string;
  /** "" = the schedule was not among those asked before. */
  readonly from: PersonId | "";
  readonly to: PersonId;
}

/** The schedules that mean somebody else now than when they were last asked about this. */
const handed = (
  situation: Situation,
  schedules: readonly string[],
  told: { readonly onCall?: Readonly<Record<string, PersonId>>; readonly at: Instant },
): readonly Handed[] =>
  schedules.flatMap((id) => {
    const schedule = situation.policy.schedules.get(id);
    const to = personFor(situation, `schedule:${id}`);
    if (!schedule || !to) return [];
    // What an older version wrote does not say whom it meant.
    const known = told.onCall ?? { [id]: whoIsOnCall(schedule, told.at) };
    const from = (Object.hasOwn(known, id) && known[id]) || "";
    return from === to ? [] : [{ schedule: id, from, to }];
  });

/**
 * The next hand-off of an open escalation that is not recorded yet; nothing where there is none.
 */
export function handOff(situation: Situation, escalation: EscalationState): readonly Draft[] {
  if (escalation.status !== "open") return [];
  const schedules = schedulesIn([
    ...(governing(situation, escalation)?.authority.acknowledge ?? []),
    ...chainRefs(situation, escalation),
  ]);
  const { onCall, openedAt } = escalation;
  const told = { ...(onCall ? { onCall } : {}), at: openedAt };
  const [first] = handed(situation, schedules, told);
  return first ? takenOver(situation, escalation, first) : [];
}

interface Turn {
  /** Whether whoever is on call now stands where the one before was asked to decide. */
  readonly isTheirs: boolean;
  /** Whether they are the one who decides from now on. */
  readonly decides: boolean;
}

function turnOf(
  situation: Situation,
  escalation: EscalationState,
  { schedule, from, to }: Handed,
): Turn {
  const { decider, named } = escalation;
  const nobodyDecides = decider === "" || absence(situation, decider) !== null;
  const isAsked = !isAcknowledgeOnly(escalation) && !isUnmatched(escalation);
  const chain = isAsked ? chainOf(situation, escalation) : [];
  const inChain = schedulesIn(chainRefs(situation, escalation)).includes(schedule);
  // Somebody who stands in the chain under their own name as well stays where they are.
  const hadTheTurn = from !== "" && named.includes(from) && !chain.includes(from);
  const isTheirs = inChain && chain.includes(to) && (hadTheTurn || nobodyDecides);
  return { isTheirs, decides: isTheirs && (decider === from || nobodyDecides) };
}

function dutiesOf(
  situation: Situation,
  {
    escalation,
    handed: { schedule, to },
    turn: { isTheirs, decides },
  }: { readonly escalation: EscalationState; readonly handed: Handed; readonly turn: Turn },
): readonly HandedDuty[] {
  const isToSee =
    isAskedBy(situation, { escalation, schedule }) &&
    isAskedToAcknowledge(situation, escalation, to);
  const mayDecide = decides || (isTheirs && !escalation.named.includes(to));
  return [
    ...(isToSee ? (["acknowledge"] as const) : []),
    ...(mayDecide ? (["decide"] as const) : []),
  ];
}

function takenOver(
  situation: Situation,
  escalation: EscalationState,
  change: Handed,
): readonly Draft[] {
  const { decider, named, id, decideBy } = escalation;
  const { to } = change;
  const turn = turnOf(situation, escalation, change);
  const { decides } = turn;
  const body: Changed = {
    kind: "oncall.changed",
    deployment: situation.state.id,
    escalation: id,
    proposal: "",
    ...change,
    asked: dutiesOf(situation, { escalation, handed: change, turn }),
    decider: decides ? to : decider,
  };
  const drafts: Draft[] = [{ actor: { type: "policy" }, body }];
  const because = absence(situation, to);
  if (decides && because) {
    const next = nextInChain(situation, { ...escalation, named: [...named, to] }) ?? "";
    const deadline = decideBy === null ? "" : rfc3339(decideBy);
    const passed = { escalation: id, from: to, to: next, because, decideBy: deadline } as const;
    drafts.push({ actor: { type: "policy" }, body: { kind: "authority.passed", ...passed } });
  }
  return drafts;
}

const isAskedBy = (
  situation: Situation,
  { escalation, schedule }: { readonly escalation: EscalationState; readonly schedule: string },
): boolean =>
  schedulesIn(governing(situation, escalation)?.authority.acknowledge ?? []).includes(schedule);

/** The next hand-off among those who may confirm the resume that waits. */
export function handOffOfResume(situation: Situation): readonly Draft[] {
  const { proposal, id } = situation.state;
  if (!proposal || proposal.expires <= situation.now) return [];
  const schedules = schedulesIn(confirmRefs(situation, live(situation)));
  const { onCall, at } = proposal;
  const [first] = handed(situation, schedules, { ...(onCall ? { onCall } : {}), at });
  if (!first) return [];
  const body: Changed = {
    kind: "oncall.changed",
    deployment: id,
    escalation: "",
    proposal: proposal.entry,
    ...first,
    asked: mayConfirm(situation, first.to) ? ["confirm"] : [],
    decider: "",
  };
  return [{ actor: { type: "policy" }, body }];
}

/**
 * When the people of a deployment with something live change next; its cards name them. Null where
 * nothing is live.
 */
export function nextHandOff(situation: Situation): Instant | null {
  const { state, now, policy } = situation;
  if (state.escalations.length === 0 && !state.proposal) return null;
  const isWaiting =
    state.escalations.some((escalation) => handOff(situation, escalation).length > 0) ||
    handOffOfResume(situation).length > 0;
  if (isWaiting) return now;
  const changes = schedulesFor(situation).flatMap((id) => {
    const schedule = policy.schedules.get(id);
    const at = schedule ? nextChangeOnCall(schedule, now) : null;
    return at === null ? [] : [at];
  });
  return changes.length === 0 ? null : Math.min(...changes);
}
