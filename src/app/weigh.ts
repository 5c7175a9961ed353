import { liveFor, open } from "../core/escalation.ts";
import type { EscalationId } from "../core/ids.ts";
import { conditionOf } from "../core/own-notice.ts";
import { ownSource } from "../core/policy/expectation.ts";
import type { Trigger } from "../core/policy/model.ts";
import { lapse } from "../core/restrict.ts";
import { missedConditions } from "../core/retest.ts";
import { needsAnswer, seenOf, signalText } from "../core/seen.ts";
import type { Observed, SignalStatus } from "../core/signal.ts";
import type { Draft } from "../core/situation.ts";
import { rfc3339 } from "../core/time.ts";
import type { Verdict } from "../core/trigger.ts";
import { type Conditions, conditionKey, count, type Item, rowOf, stop } from "./counting.ts";
import type { Desk } from "./desk.ts";
import { firingOf } from "./live-conditions.ts";
import type { Arrived } from "./places.ts";
import type { ConditionRow, Store } from "./ports.ts";
import { handOver, joinUnmatched, knownNames, type News, stopUnmatched } from "./unmatched.ts";

/** One signal against every rule that names its deployment: it joins what is open, opens, calms, or is only kept. */

/** What weighing needs to know, and what it finds out. */
export interface Weighing {
  readonly desk: Desk;
  readonly known: Conditions;
  /** Rules that each shared escalation has conditions of. */
  readonly names: Map<EscalationId, Set<string>>;
  readonly news: News;
}

/** Reads what was counted before of these signals: whether it was said before, and what they can calm. */
export const prepared = async (
  store: Store,
  desk: Desk,
  deployments: readonly string[],
  arrived: readonly Arrived[],
): Promise<Weighing> => {
  const occurrences = arrived.flatMap(({ deployment, observed: { condition, occurrence } }) =>
    occurrence === null ? [] : [{ deployment, condition, occurrence }],
  );
  const said = arrived.flatMap(({ deployment, observed: { signal, condition, occurrence, run } }) =>
    // A later run of an eval, and what comes without an occurrence, speak of the earlier ones too.
    firingOf(desk, deployment, [condition, run ?? condition], {
      every: signal.kind === "eval" || occurrence === null,
    }),
  );
  const missed = deployments.flatMap((one) =>
    firingOf(desk, one, missedConditions(desk.state(one)).map(conditionOf), { every: true }),
  );
  const rows = await store.conditionsOf({ occurrences, firing: [...said, ...missed] });
  const known = new Map(rows.map((row) => [conditionKey(row.deployment, row.trigger, row), row]));
  const names = await knownNames(store, desk, deployments, arrived);
  return { desk, known, names, news: new Map() };
};

/** Weighs one signal. */
export const weigh = (at: Weighing, item: Item, deployment: string): void => {
  const { desk } = at;
  const { policy } = desk.situation(deployment);
  const { signal } = item.observed;
  const triggers = policy.deployments.has(deployment)
    ? [...policy.triggers.values()].filter((one) => one.deployments.includes(deployment))
    : [];
  const verdicts = triggers.map((trigger) => ({ trigger, verdict: trigger.evaluate(signal) }));
  const fired = verdicts.filter(({ verdict }) => verdict.is !== "quiet");
  for (const { trigger, verdict } of fired) join(at, item, deployment, trigger, verdict);
  for (const { trigger } of verdicts.filter(({ verdict }) => verdict.is === "quiet"))
    calm(at, item, liveFor(desk.state(deployment), trigger.id)?.id, () => true);
  const matched = fired.find(({ verdict }) => verdict.is === "fired");
  if (matched) handOver(at, item, deployment);
  else if (fired.length === 0 && needsAnswer(signal)) joinUnmatched(at, item, deployment);
  else if (fired.length === 0) {
    stopUnmatched(at, item, deployment, calm);
    desk.keepSignal(rowOf(desk, item, ""));
  }
  noteChange(desk, item, deployment);
};

/** A change the policy listens for brings the question forward to now. */
const noteChange = (desk: Desk, { observed: { signal } }: Item, deployment: string): void => {
  const situation = desk.situation(deployment);
  const rules = situation.policy.deployments.get(deployment);
  const { reassess } = situation.state;
  if (signal.kind !== "change" || !rules?.reassess.on.includes(signal.change)) return;
  if (reassess && reassess.by <= desk.now) return;
  const body = {
    kind: "reassessment.set" as const,
    deployment,
    reassessBy: rfc3339(desk.now),
    because: "change" as const,
    change: signal.change,
  };
  desk.add(`deployment:${deployment}`, [{ actor: { type: "policy" }, body }]);
};

/** Joins the open escalation of this rule, or opens one, unless this very occurrence was answered before. */
const join = (
  { desk, known }: Weighing,
  item: Item,
  deployment: string,
  trigger: Trigger,
  verdict: Verdict,
): void => {
  const before = known.get(conditionKey(deployment, trigger.id, item.observed));
  const live = liveFor(desk.state(deployment), trigger.id);
  if (!live && before && item.observed.occurrence !== null) {
    desk.keepSignal(rowOf(desk, item, before.escalation));
    return;
  }
  const escalation = live?.id ?? opened(desk, item, deployment, trigger, verdict);
  const as = { deployment, rule: trigger.id, verdict: verdict.is, escalation, isNewName: false };
  count(desk, known, item, as);
};

const opened = (
  desk: Desk,
  { observed: { signal } }: Item,
  deployment: string,
  trigger: Trigger,
  verdict: Verdict,
): EscalationId => {
  const situation = desk.situation(deployment);
  const id: EscalationId = `HP-${situation.lastNumber + 1}`;
  const lapsed = lapse(situation, "escalation opened").map(
    (body): Draft => ({ actor: { type: "policy" }, body }),
  );
  // Of silence the summary says what a condition cannot: since when.
  const said = signal.source === ownSource ? signal.summary : verdict.because;
  const drafts = open(situation, {
    id,
    name: trigger.id,
    trigger,
    severity: trigger.severity,
    verdict: verdict.is === "indeterminate" ? "indeterminate" : "fired",
    because: [...said].slice(0, 300).join(""),
    seen: seenOf(signal, desk.text(signalText(signal))),
    reason: "",
    actor: { type: "policy" },
  });
  desk.add(`deployment:${deployment}`, [...lapsed, ...drafts]);
  return id;
};

/** Statuses of a measurement that failed: it says nothing about what was measured before. */
const saysNothing: readonly SignalStatus[] = ["errored", "incomplete", "no_data"];

/** A quiet word about conditions of an escalation that were firing: they no longer are. */
const calm = (
  { desk, known }: Weighing,
  item: Item,
  escalation: EscalationId | undefined,
  isIts: (row: ConditionRow) => boolean,
): void => {
  if (!escalation || saysNothing.includes(item.observed.signal.status)) return;
  for (const [key, row] of known)
    if (row.escalation === escalation && row.firing && isIts(row) && isMeant(item.observed, row))
      stop(desk, known, item, key);
};

/** How conditions are calmed. */
export type Calm = typeof calm;

/**
 * The same condition, and the same occurrence where both say one; a later run of an eval speaks of the earlier ones too, and
 * any number of it of a run that had none.
 */
const isMeant = ({ condition, occurrence, run, signal }: Observed, row: ConditionRow): boolean =>
  (row.condition === condition || row.condition === run) &&
  (occurrence === null ||
    row.occurrence === "" ||
    row.occurrence === occurrence ||
    signal.kind === "eval");
