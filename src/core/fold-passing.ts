import type { Instant, PersonId } from "./ids.ts";
import type { EntryOf, OnCall } from "./log/entry.ts";
import type { DeploymentState, EscalationState } from "./state.ts";
import { instantOf } from "./time.ts";

/** How naming the next person folds into the state, and naming who is on call now. */

const orNull = (timestamp: string): Instant | null =>
  timestamp === "" ? null : instantOf(timestamp);

/** Whom each schedule meant, as far as the entry says. */
export const onCallIn = ({
  onCall,
}: {
  readonly onCall?: readonly OnCall[];
}): { onCall?: Readonly<Record<string, PersonId>> } =>
  onCall === undefined
    ? {}
    : { onCall: Object.fromEntries(onCall.map(({ schedule, person }) => [schedule, person])) };

/** The next person is named. What was promised at the latest moves only by as much as nobody looked at the clock. */
export const passed = (
  one: EscalationState,
  entry: EntryOf<"authority.passed">,
  at: Instant,
): EscalationState => {
  const { answerBy, decideBy } = one;
  return {
    ...one,
    decider: entry.to,
    named: entry.to === "" ? one.named : [...one.named, entry.to],
    unreachable:
      entry.because === "time" || entry.from === ""
        ? one.unreachable
        : [...one.unreachable, entry.from],
    decideBy: orNull(entry.decideBy),
    ...(entry.because === "time" && decideBy !== null && answerBy != null
      ? { answerBy: answerBy + Math.max(0, at - decideBy) }
      : {}),
  };
};

/** Whoever is on call now takes the place of who was. */
export const handedOff = (
  state: DeploymentState,
  entry: EntryOf<"oncall.changed">,
): DeploymentState => {
  const { proposal } = state;
  const { schedule, to } = entry;
  if (entry.escalation === "")
    return proposal?.entry === entry.proposal
      ? { ...state, proposal: { ...proposal, onCall: { ...proposal.onCall, [schedule]: to } } }
      : state;
  return {
    ...state,
    escalations: state.escalations.map((one) =>
      one.id === entry.escalation
        ? {
            ...one,
            decider: entry.decider,
            named: entry.asked.includes("decide") ? instead(one.named, entry) : one.named,
            onCall: { ...one.onCall, [schedule]: to },
          }
        : one,
    ),
  };
};

const instead = (
  named: readonly PersonId[],
  { from, to }: EntryOf<"oncall.changed">,
): readonly PersonId[] =>
  from !== "" && named.includes(from)
    ? named.map((one) => (one === from ? to : one))
    : [...named, to];
