import type { Instant, PersonId } from "../ids.ts";
import type { EntryOf } from "../log/entry.ts";
import type { OnCall } from "../log/entry-fields.ts";
import { instantOf } from "../time.ts";
import type { DeploymentState, EscalationState } from "./state.ts";

/** How naming the next person folds into the state, and naming who is on call now. */

/** The instant of a timestamp; null where the entry has none. */
export function orNull(timestamp: string): Instant | null {
  return timestamp === "" ? null : instantOf(timestamp);
}

/** Whom each schedule meant, as far as the entry says. */
export function onCallIn({ onCall }: { readonly onCall?: readonly OnCall[] }): {
  onCall?: Readonly<Record<string, PersonId>>;
} {
  return onCall === undefined
    ? {}
    : { onCall: Object.fromEntries(onCall.map(({ schedule, person }) => [schedule, person])) };
}

/**
 * The next person is named. What was promised at the latest moves only by as much as nobody looked
 * at the clock.
 */
export function passed(
  escalation: EscalationState,
  entry: EntryOf<"authority.passed">,
  at: Instant,
): EscalationState {
  const { answerBy, decideBy } = escalation;
  return {
    ...escalation,
    decider: entry.to,
    named: entry.to === "" ? escalation.named : [...escalation.named, entry.to],
    unreachable:
      entry.because === "time" || entry.from === ""
        ? escalation.unreachable
        : [...escalation.unreachable, entry.from],
    decideBy: orNull(entry.decideBy),
    ...(entry.because === "time" && decideBy !== null && answerBy != null
      ? { answerBy: answerBy + Math.max(0, at - decideBy) }
      : {}),
  };
}

/** The person on call now replaces the previous one. */
export function handedOff(
  state: DeploymentState,
  entry: EntryOf<"oncall.changed">,
): DeploymentState {
  const { proposal } = state;
  const { schedule, to } = entry;
  if (entry.escalation === "")
    return proposal?.entry === entry.proposal
      ? { ...state, proposal: { ...proposal, onCall: { ...proposal.onCall, [schedule]: to } } }
      : state;
  return {
    ...state,
    escalations: state.escalations.map((escalation) =>
      escalation.id === entry.escalation
        ? {
            ...escalation,
            decider: entry.decider,
            named: entry.asked.includes("decide")
              ? instead(escalation.named, entry)
              : escalation.named,
            onCall: { ...escalation.onCall, [schedule]: to },
          }
        : escalation,
    ),
  };
}

const instead = (
  named: readonly PersonId[],
  { from, to }: EntryOf<"oncall.changed">,
): readonly PersonId[] =>
  from !== "" && named.includes(from)
    ? named.map((person) => (person === from ? to : person))
    : [...named, to];
