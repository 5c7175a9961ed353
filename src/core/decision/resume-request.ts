import type { Instant, PersonId } from "../ids.ts";
import { governing, isOwner, peopleFor, type Ruled } from "../people/authority.ts";
import { ruledFor } from "../policy/authority-for.ts";
import type { Ref } from "../policy/model.ts";
import { isDecidable, type Situation } from "../state/situation.ts";
import type { EscalationState, Proposal } from "../state/state.ts";
import { inAll } from "./authorized.ts";

/**
 * What a started resume stands on when it is to be completed: nobody's word counts who may not give
 * it any more.
 */

/**
 * The live escalations that count for widening, or [null] where there is none: all of their pinned
 * rules must allow it. Where a severity or a trigger has rules of its own, what was restricted for
 * it counts until it is widened again, also once the escalation is closed.
 */
export function live(situation: Situation): readonly (Ruled | null)[] {
  const { state } = situation;
  const all = state.escalations.filter(
    (escalation) => escalation.status !== "closed" && isDecidable(escalation),
  );
  const closed = (state.posture?.under ?? [])
    .filter((one) => hasOwnRules(situation, one))
    .filter(({ policy, trigger }) =>
      all.every((other) => other.policy !== policy || other.trigger !== trigger),
    );
  const ruled = [...all, ...closed.map((one) => ({ ...one, named: [] }))];
  return ruled.length > 0 ? ruled : [null];
}

const hasOwnRules = (
  { policy, pinned, state }: Situation,
  one: Pick<EscalationState, "policy" | "trigger" | "severity">,
): boolean =>
  [policy, pinned(one.policy)].some(
    (by) => ruledFor(by, state.id, one) !== by.deployments.get(state.id),
  );

/**
 * How many people besides its starter a resume needs: what it was started with, what an open
 * escalation keeps and what the policy in force says, whichever is most.
 */
export function secondsNeeded(situation: Situation, proposal: Proposal | null): number {
  const { policy, pinned, state } = situation;
  const rules = live(situation).flatMap((escalation) =>
    [policy, ...(escalation === null ? [] : [pinned(escalation.policy)])].map((by) =>
      ruledFor(by, state.id, escalation),
    ),
  );
  const started = proposal ? (proposal.people ?? proposal.needs + proposal.confirmedBy.length) : 1;
  return Math.max(1, started, ...rules.map((rule) => rule?.authority.widen.confirm.people ?? 1));
}

/**
 * Whether who started it would still be let start it under the rules in force, read for the moment
 * they did or for now: a hand-off or an override that ended meanwhile takes nothing back, a policy
 * that names them no more, or as the release owner, does.
 */
export function starterStands(situation: Situation, { by, at }: Proposal): boolean {
  const all = live(situation);
  if (all.some((escalation) => isOwner(situation, by, escalation))) return false;
  return [at, situation.now].some((now) =>
    all.every((escalation) => {
      const widen = governing(situation, escalation)?.authority.widen;
      const refs = widen ? [widen.decider, ...widen.deputies] : [];
      return meansAt(situation, { refs, now, person: by });
    }),
  );
}

const meansAt = (
  situation: Situation,
  {
    refs,
    now,
    person,
  }: { readonly refs: readonly Ref[]; readonly now: Instant; readonly person: PersonId },
): boolean => peopleFor({ ...situation, now }, refs).includes(person);

/** Those of who confirmed it already whose word still counts, in order, judged in the same way. */
export function confirmationsThatStand(
  situation: Situation,
  { at, confirmedBy, confirmedAt }: Proposal,
): readonly PersonId[] {
  return confirmedBy.filter((person, position) =>
    [confirmedAt?.[position] ?? at, situation.now].some((now) =>
      inAll({ ...situation, now }, "confirm", live(situation)).includes(person),
    ),
  );
}
