import type { EscalationId, Instant, Millis, PersonId } from "../ids.ts";
import type { TimeoutCause } from "../log/entry-fields.ts";
import { chainOf, chainRefs, personFor, schedulesIn } from "../people/authority.ts";
import type { Ref } from "../policy/model.ts";
import { type Draft, isAcknowledgeOnly, isAway, type Situation } from "../state/situation.ts";
import type { EscalationState } from "../state/state.ts";
import { rfc3339 } from "../time.ts";
import { byPolicy, isSeen } from "./acknowledgement.ts";

/** Who decides next: when time runs out, when somebody is away, and when no chat reaches them. */

export function inOrNone(now: Instant, within: Millis | null | undefined) {
  return within == null ? "" : rfc3339(now + within);
}

/**
 * Walks the chain from its head to the first who can answer, one entry a step; the clock is not
 * restarted by it.
 */
export function passUntilReachable(
  situation: Situation,
  {
    id,
    chain,
    decideBy,
  }: { readonly id: EscalationId; readonly chain: readonly PersonId[]; readonly decideBy: string },
): readonly Draft[] {
  const steps: Draft[] = [];
  for (const [position, person] of chain.entries()) {
    const because = absence(situation, person);
    if (!because) break;
    const to = chain[position + 1] ?? "";
    steps.push({
      actor: byPolicy,
      body: { kind: "authority.passed", escalation: id, from: person, to, because, decideBy },
    });
  }
  return steps;
}

/** Why a person cannot answer now; null if they can. */
export function absence(situation: Situation, person: PersonId): "away" | "unreachable" | null {
  if (situation.unreachable(person)) return "unreachable";
  return isAway(situation, person) ? "away" : null;
}

/**
 * Who decides now about a deployment: the first in line who can be asked, else whom the policy
 * names; "" = nobody.
 */
export function firstToDecide(
  situation: Situation,
  escalation: EscalationState | null,
): PersonId | "" {
  const chain = chainOf(situation, escalation);
  return chain.find((person) => absence(situation, person) === null) ?? chain[0] ?? "";
}

/**
 * The next person to name: in the chain, not named before, and able to answer. A schedule whose
 * turn has come is not asked once more because somebody else is on call by now: that is a hand-off.
 */
export function nextInChain(situation: Situation, escalation: EscalationState): PersonId | null {
  const { named, onCall } = escalation;
  const hadItsTurn = (ref: Ref): boolean =>
    schedulesIn([ref]).some((schedule) => {
      const told = onCall && Object.hasOwn(onCall, schedule) ? onCall[schedule] : undefined;
      return told !== undefined && named.includes(told);
    });
  const ahead = chainRefs(situation, escalation)
    .filter((ref) => !hadItsTurn(ref))
    .map((ref) => personFor(situation, ref));
  return (
    chainOf(situation, escalation).find(
      (person) =>
        ahead.includes(person) && !named.includes(person) && absence(situation, person) === null,
    ) ?? null
  );
}

/**
 * Who is named when the time of the one named now passes, or null when the written rule answers
 * then.
 */
export function nextOnTimeout(situation: Situation, escalation: EscalationState): PersonId | null {
  const trigger = situation.pinned(escalation.policy).triggers.get(escalation.trigger);
  if (trigger?.onTimeout !== "pass") return null;
  const { decideBy, answerBy } = escalation;
  const isSpent =
    answerBy != null && decideBy !== null && decideBy + (trigger.decideWithin ?? 0) > answerBy;
  return isSpent ? null : nextInChain(situation, escalation);
}

/**
 * Why the policy had to answer: nobody had seen it, somebody had but nobody decided, or the named
 * person could not be reached.
 */
export function timeoutCause(situation: Situation, escalation: EscalationState): TimeoutCause {
  const unreached = escalation.decider === "" || absence(situation, escalation.decider) !== null;
  if (unreached) return "unreachable";
  return isKnownToSomebody(escalation) ? "seen, not decided" : "nobody seen";
}

/**
 * The same, or somebody stopped and took it back: they have seen it as well, though the clock that
 * they stopped goes on.
 */
export function isKnownToSomebody(
  escalation: Pick<EscalationState, "acknowledged" | "decided" | "undone">,
): boolean {
  return isSeen(escalation) || (escalation.undone ?? []).length > 0;
}

/**
 * What happens when decideWithin passes: the next person is named, or null when it is the policy's
 * turn to answer.
 */
export function passOnTimeout(situation: Situation, escalation: EscalationState): Draft | null {
  const to = nextOnTimeout(situation, escalation);
  if (!to) return null;
  const trigger = situation.pinned(escalation.policy).triggers.get(escalation.trigger);
  const decideBy = inOrNone(situation.now, trigger?.decideWithin);
  return {
    actor: byPolicy,
    body: {
      kind: "authority.passed",
      escalation: escalation.id,
      from: escalation.decider,
      to,
      because: "time",
      decideBy,
    },
  };
}

/**
 * When somebody named goes away, the next who can answer is named at once, without restarting the
 * clock.
 */
export function passAway(situation: Situation, person: PersonId): readonly Draft[] {
  return passFrom(situation, "away", (id) => id === person);
}

/** The same when no chat reaches somebody named any more. */
export function passUnreached(situation: Situation): readonly Draft[] {
  return passFrom(situation, "unreachable", situation.unreachable);
}

function passFrom(
  situation: Situation,
  because: "away" | "unreachable",
  cannotAnswer: (decider: PersonId) => boolean,
): readonly Draft[] {
  return situation.state.escalations
    .filter((escalation) => escalation.status === "open" && !isAcknowledgeOnly(escalation))
    .flatMap((escalation) =>
      escalation.decider !== "" && cannotAnswer(escalation.decider)
        ? [{ ...escalation, decider: escalation.decider }]
        : [],
    )
    .map((person) => ({
      actor: byPolicy,
      body: {
        kind: "authority.passed" as const,
        escalation: person.id,
        from: person.decider,
        to: nextInChain(situation, person) ?? ("" as const),
        because,
        decideBy: person.decideBy === null ? ("" as const) : rfc3339(person.decideBy),
      },
    }));
}
