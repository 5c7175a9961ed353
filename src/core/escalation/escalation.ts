import type { Commitment, EscalationId, Instant, Millis, PersonId } from "../ids.ts";
import type { EvidenceReference, NamedSignal, SignalEvidence, SignalName } from "../log/entry.ts";
import type { OnCall } from "../log/entry-fields.ts";
import {
  chainOf,
  chainRefs,
  governing,
  personFor,
  ruledNow,
  schedulesIn,
} from "../people/authority.ts";
import type { Actor } from "../people/person.ts";
import type { Ref, Response, Trigger } from "../policy/model.ts";
import { meantNow } from "../policy/posture.ts";
import type { Severity } from "../policy/severity.ts";
import type { EscalationEvidence } from "../state/evidence.ts";
import {
  type BodyOf,
  type Draft,
  deploymentOf,
  type Situation,
  unmatchedName,
} from "../state/situation.ts";
import type { DeploymentState, EscalationState } from "../state/state.ts";
import { rfc3339 } from "../time.ts";
import { byPolicy } from "./acknowledgement.ts";
import { absence, inOrNone, passUntilReachable } from "./passing-on.ts";

/**
 * One open escalation per trigger and deployment: how it opens, who decides, who decides next, and
 * when it closes.
 */

/** Settled, an escalation closes after this long without a new signal. */
const quietBeforeClosing: Millis = 3_600_000;

/** A changed value of an open escalation is logged at most this often. */
export const updateEvery: Millis = 60_000;

export interface Opening {
  readonly id: EscalationId;
  /** A trigger's id, `unmatched`, `by-hand` or `raised`. */
  readonly name: string;
  /** The trigger, or null for the other three. */
  readonly trigger: Trigger | null;
  readonly severity: Severity;
  readonly verdict: EscalationState["verdict"];
  readonly because: string;
  readonly seen: SignalEvidence | null;
  /** The signal that opens it, then the earlier ones that decided. */
  readonly evidence?: readonly EvidenceReference[];
  readonly reason: Commitment | "";
  readonly actor: Actor;
  /** Of `unmatched`: what it is about, and the first names where several share it. */
  readonly about?: SignalName;
  readonly named?: readonly NamedSignal[];
}

/**
 * Opens an escalation: the entry that names the decider, and one more for each named person who
 * cannot answer.
 */
export function open(situation: Situation, opening: Opening): readonly Draft[] {
  const { state } = situation;
  const decidable = opening.name !== unmatchedName;
  const ruled = ruledNow(situation, { trigger: opening.name, severity: opening.severity });
  const chain = decidable ? chainOf(situation, ruled) : [];
  const { acknowledgeBy, decideBy, answerBy } = clocks(situation, {
    trigger: opening.trigger,
    chain,
    decidable,
  });
  const response = responseNow(situation, opening.trigger);
  const opened: BodyOf<"escalation.opened"> = {
    kind: "escalation.opened",
    escalation: opening.id,
    deployment: state.id,
    trigger: opening.name,
    severity: opening.severity,
    verdict: opening.verdict,
    because: opening.because,
    seen: opening.seen,
    ...(opening.evidence && { evidence: opening.evidence }),
    ...modelIn(situation),
    reason: opening.reason,
    response,
    decider: chain[0] ?? "",
    acknowledgeBy,
    decideBy,
    answerBy,
    onCall: onCallFor(situation, [
      ...(governing(situation, ruled)?.authority.acknowledge ?? []),
      ...chainRefs(situation, ruled),
    ]),
    channel: channelFor(situation, opening.name),
    ...(opening.about ? { about: opening.about } : {}),
    ...(opening.named ? { named: opening.named } : {}),
  };
  return [
    { actor: opening.actor, body: opened },
    ...passUntilReachable(situation, { id: opening.id, chain, decideBy }),
  ];
}

/** The clocks of an escalation that is asked again. */
export function clocksOf(situation: Situation, trigger: Trigger, escalation: EscalationState) {
  return clocks(situation, { trigger, chain: chainOf(situation, escalation), decidable: true });
}

const clocks = (
  situation: Situation,
  {
    trigger,
    chain,
    decidable,
  }: {
    readonly trigger: Trigger | null;
    readonly chain: readonly PersonId[];
    readonly decidable: boolean;
  },
) => ({
  acknowledgeBy: inOrNone(situation.now, trigger?.acknowledgeWithin),
  decideBy: decidable ? inOrNone(situation.now, trigger?.decideWithin) : "",
  answerBy: decidable ? promisedBy(situation, trigger, chain) : "",
});

/** The response of a trigger, as it is meant where the posture of this moment is in force. */
export function responseNow(situation: Situation, trigger: Trigger | null): Response | null {
  if (!trigger) return null;
  const deployment = deploymentOf(situation);
  const scope = situation.state.posture?.scope;
  return deployment && scope !== undefined
    ? meantNow(deployment, trigger.response, scope)
    : trigger.response;
}

/** The deployment's model by the policy in force, as a key of an entry. */
export function modelIn(situation: Situation): { readonly model?: string } {
  const model = deploymentOf(situation)?.model ?? "";
  return model === "" ? {} : { model };
}

/**
 * The policy's key of the channel in which an escalation of this name is asked about; "" where the
 * policy names none.
 */
function channelFor(situation: Situation, name: string): string {
  const { unmatchedChannel } = situation.policy;
  const deployment = deploymentOf(situation);
  const own = name === unmatchedName ? unmatchedChannel : undefined;
  return own ?? deployment?.channel ?? unmatchedChannel ?? "";
}

/** Under a policy that names another channel for a deployment, its live escalations go along. */
export function moveChannels(situation: Situation): readonly Draft[] {
  return situation.state.escalations.flatMap(({ id, trigger, channel: from }) => {
    const to = channelFor(situation, trigger);
    if (to === "" || to === from) return [];
    const body = { kind: "escalation.moved", escalation: id, from, to } as const;
    return [{ actor: byPolicy, body }];
  });
}

/**
 * One period for each person who can answer now. A later change of who is on call changes who is
 * asked, but not the deadline.
 */
function promisedBy(
  situation: Situation,
  trigger: Trigger | null,
  chain: readonly PersonId[],
): string {
  if (!trigger?.decideWithin) return "";
  const able = chain.filter((person) => absence(situation, person) === null).length;
  const periods = trigger.onTimeout === "pass" ? Math.max(1, able) : 1;
  return rfc3339(situation.now + periods * trigger.decideWithin);
}

/** Whom the schedules among references mean now. */
export function onCallFor(situation: Situation, refs: readonly Ref[]): readonly OnCall[] {
  return schedulesIn(refs).flatMap((schedule) => {
    const person = personFor(situation, `schedule:${schedule}`);
    return person ? [{ schedule, person }] : [];
  });
}

/** When a settled escalation closes if nothing more is heard; null while it is open. */
export function closesAt(
  escalation: EscalationState,
  evidence: EscalationEvidence | undefined,
): Instant | null {
  return escalation.settledAt === null
    ? null
    : Math.max(escalation.settledAt, evidence?.lastAt ?? 0) + quietBeforeClosing;
}

/** Live escalation of a trigger, if any. */
export function liveFor(state: DeploymentState, trigger: string): EscalationState | undefined {
  return state.escalations.find(
    (escalation) => escalation.trigger === trigger && escalation.status !== "closed",
  );
}
