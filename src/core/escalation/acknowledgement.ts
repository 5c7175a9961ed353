import type { Commitment, Instant, PersonId } from "../ids.ts";
import { holders, ruledNow } from "../people/authority.ts";
import type { Actor } from "../people/person.ts";
import type { Refusal } from "../state/refusal.ts";
import { type Draft, deploymentOf, type Situation } from "../state/situation.ts";
import type { EscalationState } from "../state/state.ts";
import { rfc3339 } from "../time.ts";

/** Who is to acknowledge an escalation, by when, and what follows when nobody does. */

export const byPolicy: Actor = { type: "policy" };

/**
 * Whether somebody whom the policy names for it is still to say that they have seen it: nobody who
 * opened it or answered it has to.
 */
export function isAskedToAcknowledge(
  situation: Situation,
  escalation: EscalationState,
  person: PersonId,
): boolean {
  return (
    escalation.status === "open" &&
    !isSeen(escalation) &&
    escalation.openedBy !== person &&
    holders(situation, "acknowledge", ruledNow(situation, escalation)).get(person) === "acknowledge"
  );
}

/** Records that somebody has seen the escalation. The decision stays with the decider. */
export function acknowledge(
  situation: Situation,
  {
    escalation,
    actor,
    reason = "",
  }: {
    readonly escalation: EscalationState;
    readonly actor: PersonId;
    readonly reason?: Commitment | "" | undefined;
  },
): readonly Draft[] | Refusal {
  if (escalation.status === "closed") return { refused: "closed", escalation: escalation.id };
  const mine = escalation.acknowledged.find((person) => person.by === actor);
  if (mine)
    return { refused: "already-acknowledged", escalation: escalation.id, by: actor, at: mine.at };
  const may = deploymentOf(situation)
    ? new Set(holders(situation, "acknowledge", escalation).keys())
    : situation.policy.people;
  if (!may.has(actor)) {
    return {
      refused: "not-authorized",
      asked: "ack",
      deployment: situation.state.id,
      who: [...may],
      confirmers: [],
      mayRestrict: false,
      bar: null,
    };
  }
  return [
    {
      actor: { type: "person", person: actor },
      body: {
        kind: "escalation.acknowledged",
        escalation: escalation.id,
        ...(reason === "" ? {} : { reason }),
      },
    },
  ];
}

/** Whether somebody has seen it: they said so, or did something about it that left it open. */
export function isSeen({
  acknowledged,
  decided,
}: Pick<EscalationState, "acknowledged" | "decided">): boolean {
  return acknowledged.length > 0 || (decided?.people.length ?? 0) > 0;
}

/**
 * Until when somebody is to say that they have seen it; null where nobody has to any more. Whoever
 * answered it has seen it.
 */
export function acknowledgementDue(escalation: EscalationState): Instant | null {
  const { acknowledgeBy, acknowledgeMissed, status } = escalation;
  return status === "open" && !isSeen(escalation) && !acknowledgeMissed ? acknowledgeBy : null;
}

/**
 * The clock of one escalation, looked at now: a missed acknowledgement, and authority passing on.
 */
export function missedAcknowledgement(
  situation: Situation,
  escalation: EscalationState,
): readonly Draft[] {
  const acknowledgeBy = acknowledgementDue(escalation);
  if (acknowledgeBy === null || acknowledgeBy > situation.now) return [];
  return [
    {
      actor: byPolicy,
      body: { kind: "acknowledge.missed", escalation: escalation.id, due: rfc3339(acknowledgeBy) },
    },
  ];
}
