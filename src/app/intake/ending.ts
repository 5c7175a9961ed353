import { isOlder, saidAt } from "../../core/escalation/condition-identity.ts";
import { canBeginAgain, endsWhatFires } from "../../core/escalation/signal-evidence.ts";
import { isRuleOf } from "../../core/escalation/unmatched.ts";
import type { EscalationId, Millis } from "../../core/ids.ts";
import type { Verdict } from "../../core/policy/condition.ts";
import type { Trigger } from "../../core/policy/model.ts";
import type { ObservedSignal, Signal } from "../../core/signal.ts";
import { escalationIn } from "../../core/state/situation.ts";
import type { ConditionRow } from "../ports.ts";
import type { UnitOfWork } from "../unit-of-work.ts";
import {
  type Conditions,
  conditionKey,
  countedAs,
  countedOnce,
  heardAt,
  type ReceivedSignal,
  receive,
  rowsAmong,
  stop,
} from "./evidence-counts.ts";

/**
 * Signals that end a condition: on which cards it is shown, and what happens if the end arrives
 * before the beginning.
 */

/** What is needed to end conditions. */
interface EndContext {
  readonly work: UnitOfWork;
  readonly known: Conditions;
  readonly over: Set<EscalationId>;
}

/**
 * The names under which a signal's condition may be counted: its own, and of an eval that of a run
 * without numbers.
 */
export function namesOf(observed: ObservedSignal): readonly string[] {
  const { condition, run } = observed;
  const ofCondition = [countedAs(observed, condition), countedOnce(observed, condition)];
  const ofRun = run === undefined ? [] : [countedAs(observed, run), countedOnce(observed, run)];
  return [...new Set([...ofCondition, ...ofRun])];
}

/** Whether this very occurrence was answered before. What was over and begins again was not. */
export function isAnswered(observed: ObservedSignal, before: ConditionRow): boolean {
  return observed.occurrence !== null && (before.firing || !canBeginAgain(observed.signal));
}

/**
 * Ends what a signal says is over, wherever it was counted: also on the card of a trigger that the
 * policy has no more, or calls otherwise, and for an escalation that is closed, so that it is new
 * when it begins again.
 */
export function endWhatItMeans(
  { work, known, over }: EndContext,
  {
    receivedSignal,
    deployment,
    verdicts,
  }: {
    readonly receivedSignal: ReceivedSignal;
    readonly deployment: string;
    readonly verdicts: ReadonlyMap<string, Verdict>;
  },
): ReadonlySet<EscalationId> {
  const { observed } = receivedSignal;
  const names = new Set(namesOf(observed));
  const meant = rowsAmong(
    known,
    (row) => row.deployment === deployment && isMeant(receivedSignal, names, row),
  );
  const ends = meant.filter(
    ([, row]) => row.firing && !isStillMet(work, { row, observedSignal: observed, verdicts }),
  );
  const told = new Set(
    ends.flatMap(([, { escalation }]) => (escalation === "" ? [] : [escalation])),
  );
  for (const id of told) receive(work, { receivedSignal, deployment, id, ends: true });
  for (const [key] of ends) stop(work, { known, receivedSignal, key });
  for (const id of told) if (!escalationIn(work.state(deployment), id)) over.add(id);
  if (meant.length === 0) rememberEnd({ work, known }, receivedSignal, deployment);
  return told;
}

/**
 * Whether the rule that a condition was counted for still holds. One that the policy has no more is
 * asked as it was then written.
 */
function isStillMet(
  work: UnitOfWork,
  {
    row,
    observedSignal: { signal },
    verdicts,
  }: {
    readonly row: ConditionRow;
    readonly observedSignal: ObservedSignal;
    readonly verdicts: ReadonlyMap<string, Verdict>;
  },
): boolean {
  const { deployment, trigger, escalation } = row;
  const situation = work.situation(deployment);
  const verdict = verdicts.get(trigger);
  const now = situation.policy.triggers.get(trigger);
  if (verdict && now) return verdict.is !== "quiet" || isQuietForAnother(now, signal, row);
  if (signal.kind !== "eval") return false;
  const live = escalation === "" ? undefined : escalationIn(situation.state, escalation);
  const then = live && situation.pinned(live.policy).triggers.get(trigger);
  if (!then) return false;
  return then.evaluate(signal).is !== "quiet" || isQuietForAnother(then, signal, row);
}

/**
 * Whether another thing than its number keeps a rule quiet: with the number that it fired at, it
 * would be quiet as well, as where only the severity was lowered. Then it is not known that
 * anything is over.
 */
function isQuietForAnother(
  trigger: Trigger,
  signal: Signal,
  { lowest, highest }: ConditionRow,
): boolean {
  if (signal.status !== "ok" || lowest === null || highest === null) return false;
  if (!trigger.isOfValue) return false;
  if (signal.value === null) return true;
  return ![highest, lowest].some((value) => trigger.evaluate({ ...signal, value }).is === "fired");
}

/**
 * The same condition of the same source, of the same kind, and the same occurrence where both say
 * one; a later run of an eval speaks of the earlier ones of its model too, and any number of it of
 * a run that had none. An older one says nothing of them.
 */
function isMeant(
  { observed, delivery }: ReceivedSignal,
  names: ReadonlySet<string>,
  row: ConditionRow,
): boolean {
  const { occurrence, signal } = observed;
  if (!names.has(row.condition) || (row.kind !== "" && row.kind !== signal.kind)) return false;
  if (row.trigger.startsWith("unmatched/") && !isRuleOf(row.trigger, signal.source)) return false;
  if (signal.kind === "eval") return !isOlder(saidAt(observed, delivery.receivedAt), row.saidAt);
  const times = ["", occurrence, signal.startedAt];
  return occurrence === null || times.includes(row.occurrence);
}

/**
 * Stands in the place of a rule where an end was heard of what nobody had heard begin. A trigger's
 * id has no slash.
 */
const endedRule = "ended/";

/**
 * The beginning of what is over may still come: senders repeat what failed, and messages overtake
 * each other.
 */
function rememberEnd(
  { work, known }: Pick<EndContext, "work" | "known">,
  receivedSignal: ReceivedSignal,
  deployment: string,
): void {
  const { delivery, observed } = receivedSignal;
  if (observed.occurrence === null || !canBeginAgain({ ...observed.signal, status: "firing" }))
    return;
  const at = heardAt(work, delivery);
  const row: ConditionRow = {
    deployment,
    trigger: endedRule,
    condition: countedAs(observed, observed.condition),
    occurrence: observed.occurrence,
    escalation: "",
    firing: false,
    kind: observed.signal.kind,
    saidAt: saidAt(observed, at),
    lowest: null,
    highest: null,
    verdict: "indeterminate",
    firstAt: at,
    lastAt: at,
    signals: 1,
  };
  known.set(conditionKey(row), row);
  work.extra.conditions.push(row);
}

/**
 * A beginning that arrives less than this long after its end is late; after that, it is a new
 * beginning. Alertmanager waits as long.
 */
const late: Millis = 300_000;

/**
 * Whether a signal tells of what was said to be over before, and that nobody had heard begin: then
 * no clock runs for it.
 */
export function isOverAlready(
  { work, known }: Pick<EndContext, "work" | "known">,
  receivedSignal: ReceivedSignal,
  deployment: string,
): boolean {
  const { observed, delivery } = receivedSignal;
  const { occurrence, signal } = observed;
  if (occurrence === null || !canBeginAgain(signal) || endsWhatFires(signal)) return false;
  const condition = countedAs(observed, observed.condition);
  const end = known.get(conditionKey({ deployment, trigger: endedRule, condition, occurrence }));
  const at = heardAt(work, delivery);
  return end !== undefined && at < end.lastAt + late;
}
