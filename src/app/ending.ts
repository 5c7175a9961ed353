import type { EscalationId, Millis } from "../core/ids.ts";
import { canBeginAgain, endsWhatFires } from "../core/seen.ts";
import type { Observed } from "../core/signal.ts";
import { escalationIn } from "../core/situation.ts";
import type { Verdict } from "../core/trigger.ts";
import { isRuleOf } from "../core/unmatched.ts";
import { type Conditions, conditionKey, countedAs, type Item, stop } from "./counting.ts";
import type { Desk } from "./desk.ts";
import type { ConditionRow } from "./ports.ts";

/** What a sender says is over: on which cards it was, and what is to be done where its end is heard first. */

/** What ends are heard with. */
interface Hearing {
  readonly desk: Desk;
  readonly known: Conditions;
  readonly over: Set<EscalationId>;
}

/** The names under which a signal's condition may be counted: its own, and of an eval that of a run without numbers. */
export const namesOf = (observed: Observed): readonly string[] => {
  const { condition, run = condition } = observed;
  return [...new Set([condition, run])].map((one) => countedAs(observed, one));
};

/** Whether this very occurrence was answered before. What was over and begins again was not. */
export const isAnswered = (observed: Observed, before: ConditionRow): boolean =>
  observed.occurrence !== null && (before.firing || !canBeginAgain(observed.signal));

/**
 * Ends what a signal says is over, wherever it was counted: also on the card of a trigger that the policy has no more, or calls
 * otherwise, and for an escalation that is closed, so that it is new when it begins again.
 */
export const endWhatItMeans = (
  { desk, known, over }: Hearing,
  item: Item,
  deployment: string,
  verdicts: ReadonlyMap<string, Verdict>,
): void => {
  const { observed } = item;
  const names = new Set(namesOf(observed));
  let isKnown = false;
  for (const [key, row] of known) {
    if (row.deployment !== deployment || !isMeant(observed, names, row)) continue;
    isKnown = true;
    if (!row.firing || isStillMet(desk, row, observed, verdicts)) continue;
    stop(desk, known, item, key);
    if (row.escalation !== "" && !escalationIn(desk.state(deployment), row.escalation))
      over.add(row.escalation);
  }
  if (!isKnown) rememberEnd({ desk, known }, item, deployment);
};

/** Whether the rule that a condition was counted for still holds. One that the policy has no more is asked as it was then written. */
const isStillMet = (
  desk: Desk,
  { deployment, trigger, escalation }: ConditionRow,
  { signal }: Observed,
  verdicts: ReadonlyMap<string, Verdict>,
): boolean => {
  const verdict = verdicts.get(trigger);
  if (verdict) return verdict.is !== "quiet";
  if (signal.kind !== "eval") return false;
  const situation = desk.situation(deployment);
  const live = escalation === "" ? undefined : escalationIn(situation.state, escalation);
  const then = live && situation.pinned(live.policy).triggers.get(trigger);
  return then !== undefined && then.evaluate(signal).is !== "quiet";
};

/**
 * The same condition of the same source, and the same occurrence where both say one; a later run of an eval speaks of the earlier
 * ones too, and any number of it of a run that had none.
 */
const isMeant = (
  { occurrence, signal }: Observed,
  names: ReadonlySet<string>,
  row: ConditionRow,
): boolean =>
  names.has(row.condition) &&
  (!row.trigger.startsWith("unmatched/") || isRuleOf(row.trigger, signal.source)) &&
  (occurrence === null ||
    row.occurrence === "" ||
    row.occurrence === occurrence ||
    row.occurrence === signal.startedAt ||
    signal.kind === "eval");

/** Stands in the place of a rule where an end was heard of what nobody had heard begin. A trigger's id has no slash. */
const endedRule = "ended/";

/** The beginning of what is over may still come: senders repeat what failed, and messages overtake each other. */
const rememberEnd = (
  { desk, known }: Pick<Hearing, "desk" | "known">,
  item: Item,
  deployment: string,
): void => {
  const { delivery, observed } = item;
  if (observed.occurrence === null || !canBeginAgain({ ...observed.signal, status: "firing" }))
    return;
  const at = Math.min(delivery.receivedAt, desk.now);
  const row: ConditionRow = {
    ...{ deployment, trigger: endedRule, condition: countedAs(observed, observed.condition) },
    ...{ occurrence: observed.occurrence, escalation: "", firing: false },
    ...{ lowest: null, highest: null, verdict: "indeterminate", firstAt: at, lastAt: at },
    signals: 1,
  };
  known.set(conditionKey(row), row);
  desk.extra.conditions.push(row);
};

/** A beginning that is heard less than so long after its end is late; later, it has begun again. Alertmanager waits as long. */
const late: Millis = 300_000;

/** Whether a signal tells of what was said to be over before, and that nobody had heard begin: then no clock runs for it. */
export const isOverAlready = (
  { desk, known }: Pick<Hearing, "desk" | "known">,
  item: Item,
  deployment: string,
): boolean => {
  const { observed, delivery } = item;
  const { occurrence, signal } = observed;
  if (occurrence === null || !canBeginAgain(signal) || endsWhatFires(signal)) return false;
  const condition = countedAs(observed, observed.condition);
  const end = known.get(conditionKey({ deployment, trigger: endedRule, condition, occurrence }));
  const at = Math.min(delivery.receivedAt, desk.now);
  return end !== undefined && at < end.lastAt + late;
};
