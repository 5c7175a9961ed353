import { chainOf, chainRefs, holders, personOf, schedulesIn } from "./authority.ts";
import type { Commitment, EscalationId, Instant, Millis, PersonId } from "./ids.ts";
import type { NamedSignal, OnCall, Seen, SignalName, TimeoutCause } from "./log/entry.ts";
import type { Actor } from "./people.ts";
import type { Ref, Response, Severity, Trigger } from "./policy/model.ts";
import type { Refusal } from "./refusal.ts";
import {
  type BodyOf,
  type Draft,
  deploymentOf,
  isAcknowledgeOnly,
  isAway,
  type Situation,
  unmatchedName,
} from "./situation.ts";
import type { DeploymentState, EscalationState, Evidence } from "./state.ts";
import { rfc3339 } from "./time.ts";

/** One open escalation per (trigger, deployment): how it opens, who is named, who is named next, and when it closes. */

/** Settled, an escalation closes after this long without a new signal. */
const quietBeforeClosing: Millis = 3_600_000;

/** A changed figure of an open escalation enters the log at most this often. */
export const updateEvery: Millis = 60_000;

const byPolicy: Actor = { type: "policy" };

export interface Opening {
  readonly id: EscalationId;
  /** A trigger's id, `unmatched`, `by-hand` or `raised`. */
  readonly name: string;
  /** The written rule, or null for the other three. */
  readonly trigger: Trigger | null;
  readonly severity: Severity;
  readonly verdict: EscalationState["verdict"];
  readonly because: string;
  readonly seen: Seen | null;
  readonly reason: Commitment | "";
  readonly actor: Actor;
  /** Of `unmatched`: what it is about, and the first names where several share it. */
  readonly about?: SignalName;
  readonly named?: readonly NamedSignal[];
}

const inOrNone = (now: Instant, within: Millis | null | undefined) =>
  within == null ? "" : rfc3339(now + within);

/** Opens an escalation: the entry that names the decider, and one more for each named person who cannot answer. */
export const open = (situation: Situation, opening: Opening): readonly Draft[] => {
  const { now, state } = situation;
  const decidable = opening.name !== unmatchedName;
  const chain = decidable ? chainOf(situation, null) : [];
  const decideBy = decidable ? inOrNone(now, opening.trigger?.decideWithin) : "";
  const response: Response | null = opening.trigger?.response ?? null;
  const opened: BodyOf<"escalation.opened"> = {
    kind: "escalation.opened",
    escalation: opening.id,
    deployment: state.id,
    trigger: opening.name,
    severity: opening.severity,
    verdict: opening.verdict,
    because: opening.because,
    seen: opening.seen,
    reason: opening.reason,
    response,
    decider: chain[0] ?? "",
    acknowledgeBy: inOrNone(now, opening.trigger?.acknowledgeWithin),
    decideBy,
    answerBy: decidable ? promisedBy(situation, opening.trigger, chain) : "",
    onCall: onCallFor(situation, [
      ...(deploymentOf(situation)?.authority.acknowledge ?? []),
      ...chainRefs(situation, null),
    ]),
    channel: channelFor(situation, opening.name),
    ...(opening.about ? { about: opening.about } : {}),
    ...(opening.named ? { named: opening.named } : {}),
  };
  return [
    { actor: opening.actor, body: opened },
    ...passUntilReachable(situation, opening.id, chain, decideBy),
  ];
};

/** The policy's key of the channel in which an escalation of this name is asked about; "" where the policy names none. */
const channelFor = (situation: Situation, name: string): string => {
  const { unmatchedChannel } = situation.policy;
  const deployment = deploymentOf(situation);
  const own = name === unmatchedName ? unmatchedChannel : undefined;
  return own ?? deployment?.channel ?? unmatchedChannel ?? "";
};

/** Under a policy that names another channel for a deployment, its live escalations go along. */
export const moveChannels = (situation: Situation): readonly Draft[] =>
  situation.state.escalations.flatMap(({ id, trigger, channel: from }) => {
    const to = channelFor(situation, trigger);
    if (to === "" || to === from) return [];
    const body = { kind: "escalation.moved", escalation: id, from, to } as const;
    return [{ actor: byPolicy, body }];
  });

/** A period for each who can answer now: who is on call later changes who is asked, never until when. */
const promisedBy = (
  situation: Situation,
  trigger: Trigger | null,
  chain: readonly PersonId[],
): string => {
  if (!trigger?.decideWithin) return "";
  const able = chain.filter((person) => absence(situation, person) === null).length;
  const periods = trigger.onTimeout === "pass" ? Math.max(1, able) : 1;
  return rfc3339(situation.now + periods * trigger.decideWithin);
};

/** Whom the schedules among references mean now. */
export const onCallFor = (situation: Situation, refs: readonly Ref[]): readonly OnCall[] =>
  schedulesIn(refs).flatMap((schedule) => {
    const person = personOf(situation, `schedule:${schedule}`);
    return person ? [{ schedule, person }] : [];
  });

/** Walks the chain from its head to the first who can answer, one entry a step; the clock is not restarted by it. */
const passUntilReachable = (
  situation: Situation,
  id: EscalationId,
  chain: readonly PersonId[],
  decideBy: string,
): readonly Draft[] => {
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
};

/** Why a person cannot answer now, or null. */
export const absence = (situation: Situation, person: PersonId): "away" | "unreachable" | null => {
  if (situation.unreachable(person)) return "unreachable";
  return isAway(situation, person) ? "away" : null;
};

/** Who decides now about a deployment: the first in line who can be asked, else whom the policy names; "" = nobody. */
export const firstToDecide = (
  situation: Situation,
  escalation: EscalationState | null,
): PersonId | "" => {
  const chain = chainOf(situation, escalation);
  return chain.find((one) => absence(situation, one) === null) ?? chain[0] ?? "";
};

/**
 * The next person to name: in the chain, not named before, and able to answer. A schedule whose turn has come is not asked once
 * more because somebody else is on call by now: that is a hand-off.
 */
export const nextInChain = (situation: Situation, escalation: EscalationState): PersonId | null => {
  const { named, onCall } = escalation;
  const hadItsTurn = (ref: Ref): boolean =>
    schedulesIn([ref]).some((schedule) => {
      const told = onCall && Object.hasOwn(onCall, schedule) ? onCall[schedule] : undefined;
      return told !== undefined && named.includes(told);
    });
  const ahead = chainRefs(situation, escalation)
    .filter((ref) => !hadItsTurn(ref))
    .map((ref) => personOf(situation, ref));
  return (
    chainOf(situation, escalation).find(
      (person) =>
        ahead.includes(person) && !named.includes(person) && absence(situation, person) === null,
    ) ?? null
  );
};

/** Who is named when the time of the one named now passes, or null when the written rule answers then. */
export const nextOnTimeout = (
  situation: Situation,
  escalation: EscalationState,
): PersonId | null => {
  const trigger = situation.pinned(escalation.policy).triggers.get(escalation.trigger);
  if (trigger?.onTimeout !== "pass") return null;
  const { decideBy, answerBy } = escalation;
  const isSpent =
    answerBy != null && decideBy !== null && decideBy + (trigger.decideWithin ?? 0) > answerBy;
  return isSpent ? null : nextInChain(situation, escalation);
};

/** Whether somebody whom the policy names for it is still to say that they have seen it: nobody who opened it or answered it has to. */
export const isAskedToAcknowledge = (
  situation: Situation,
  escalation: EscalationState,
  person: PersonId,
): boolean =>
  escalation.status === "open" &&
  !isSeen(escalation) &&
  escalation.openedBy !== person &&
  holders(situation, "acknowledge", null).get(person) === "acknowledge";

/** "I have seen it." Takes no decision away from anybody. */
export const acknowledge = (
  situation: Situation,
  escalation: EscalationState,
  actor: PersonId,
  reason: Commitment | "" = "",
): readonly Draft[] | Refusal => {
  if (escalation.status === "closed") return { refused: "closed", escalation: escalation.id };
  const mine = escalation.acknowledged.find((one) => one.by === actor);
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
};

/** Why the policy had to answer: nobody had seen it, somebody had but nobody decided, or the named person could not be reached. */
export const timeoutCause = (situation: Situation, escalation: EscalationState): TimeoutCause => {
  const unreached = escalation.decider === "" || absence(situation, escalation.decider) !== null;
  if (unreached) return "unreachable";
  return isKnownToSomebody(escalation) ? "seen, not decided" : "nobody seen";
};

/** Whether somebody has seen it: they said so, or did something about it that left it open. */
export const isSeen = ({
  acknowledged,
  decided,
}: Pick<EscalationState, "acknowledged" | "decided">): boolean =>
  acknowledged.length > 0 || (decided?.people.length ?? 0) > 0;

/** The same, or somebody stopped and took it back: they have seen it as well, though the clock that they stopped goes on. */
export const isKnownToSomebody = (
  escalation: Pick<EscalationState, "acknowledged" | "decided" | "undone">,
): boolean => isSeen(escalation) || (escalation.undone ?? []).length > 0;

/** Until when somebody is to say that they have seen it; null where nobody has to any more. Whoever answered it has seen it. */
export const acknowledgementDue = (escalation: EscalationState): Instant | null => {
  const { acknowledgeBy, acknowledgeMissed, status } = escalation;
  return status === "open" && !isSeen(escalation) && !acknowledgeMissed ? acknowledgeBy : null;
};

/** The clock of one escalation, looked at now: a missed acknowledgement, and authority passing on. */
export const missedAcknowledgement = (
  situation: Situation,
  escalation: EscalationState,
): readonly Draft[] => {
  const acknowledgeBy = acknowledgementDue(escalation);
  if (acknowledgeBy === null || acknowledgeBy > situation.now) return [];
  return [
    {
      actor: byPolicy,
      body: { kind: "acknowledge.missed", escalation: escalation.id, due: rfc3339(acknowledgeBy) },
    },
  ];
};

/** What happens when decideWithin passes: the next person is named, or null when it is the policy's turn to answer. */
export const passOnTimeout = (situation: Situation, escalation: EscalationState): Draft | null => {
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
};

/** When somebody named goes away, the next who can answer is named at once, without restarting the clock. */
export const passAway = (situation: Situation, person: PersonId): readonly Draft[] =>
  passFrom(situation, "away", (one) => one === person);

/** The same when no chat reaches somebody named any more. */
export const passUnreached = (situation: Situation): readonly Draft[] =>
  passFrom(situation, "unreachable", situation.unreachable);

const passFrom = (
  situation: Situation,
  because: "away" | "unreachable",
  cannotAnswer: (decider: PersonId) => boolean,
): readonly Draft[] =>
  situation.state.escalations
    .filter((one) => one.status === "open" && !isAcknowledgeOnly(one))
    .flatMap((one) =>
      one.decider !== "" && cannotAnswer(one.decider) ? [{ ...one, decider: one.decider }] : [],
    )
    .map((one) => ({
      actor: byPolicy,
      body: {
        kind: "authority.passed" as const,
        escalation: one.id,
        from: one.decider,
        to: nextInChain(situation, one) ?? ("" as const),
        because,
        decideBy: one.decideBy === null ? ("" as const) : rfc3339(one.decideBy),
      },
    }));

/** When a settled escalation closes if nothing more is heard; null while it is open. */
export const closesAt = (
  escalation: EscalationState,
  evidence: Evidence | undefined,
): Instant | null =>
  escalation.settledAt === null
    ? null
    : Math.max(escalation.settledAt, evidence?.lastAt ?? 0) + quietBeforeClosing;

/** Live escalation of a trigger, if any. */
export const liveFor = (state: DeploymentState, trigger: string): EscalationState | undefined =>
  state.escalations.find((one) => one.trigger === trigger && one.status !== "closed");
