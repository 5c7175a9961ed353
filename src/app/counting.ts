import { updateOf } from "../core/elapse.ts";
import type { EscalationId, Instant } from "../core/ids.ts";
import { ownSource } from "../core/policy/expectation.ts";
import { type Judged, nothingShown, type Shown, shownAfter, shownOf } from "../core/shown.ts";
import type { Observed } from "../core/signal.ts";
import { escalationIn } from "../core/situation.ts";
import type { Evidence } from "../core/state.ts";
import { modelOf, saidAt } from "../core/told-by.ts";
import type { Verdict } from "../core/trigger.ts";
import type { Desk } from "./desk.ts";
import type { ConditionRow, CountedRow, Delivery, SignalRow } from "./ports.ts";

/** How signals count for an escalation, and conditions add up to what its card says of them. */

/** A signal, and where in which delivery it came. */
export interface Item {
  readonly delivery: Delivery;
  readonly position: number;
  readonly observed: Observed;
}

/** Conditions by {@link conditionKey}: the newest of each that was counted so far. */
export type Conditions = Map<string, ConditionRow>;

/** `rule` is a trigger's id, or what stands in its place. */
export const conditionKey = ({
  deployment,
  trigger,
  condition,
  occurrence,
}: Pick<ConditionRow, "deployment" | "trigger" | "condition" | "occurrence">): string =>
  JSON.stringify([deployment, trigger, condition, occurrence]);

/**
 * A condition as it is counted: two sources that use the same name mean two things, and so do two models of which the same is
 * measured. Of silence the name is ours alone, and says whose it is.
 */
export const countedAs = (observed: Pick<Observed, "signal">, condition: string): string => {
  const { source } = observed.signal;
  const model = modelOf(observed);
  if (source === ownSource) return condition;
  return model === "" ? `${source}/${condition}` : `${source}/${condition}/${model}`;
};

/** As older versions counted it: of whatever model. */
export const countedOnce = ({ signal: { source } }: Pick<Observed, "signal">, condition: string) =>
  source === ownSource ? condition : `${source}/${condition}`;

/** The key under which a signal is counted for a rule. */
const keyOf = (
  deployment: string,
  trigger: string,
  observed: Observed,
  condition = countedAs(observed, observed.condition),
): string =>
  conditionKey({ deployment, trigger, condition, occurrence: observed.occurrence ?? "" });

/** What was counted before of this very occurrence. */
export const countedBefore = (
  known: Conditions,
  deployment: string,
  rule: string,
  observed: Observed,
): ConditionRow | undefined =>
  known.get(keyOf(deployment, rule, observed)) ??
  known.get(keyOf(deployment, rule, observed, countedOnce(observed, observed.condition)));

/** When a delivery came: never after now, whichever process's clock stamped it. */
export const heardAt = (desk: Desk, { receivedAt }: Delivery): Instant =>
  Math.min(receivedAt, desk.now);

/** A signal as it is kept; it counts for no escalation where that is "". */
export const rowOf = (
  desk: Desk,
  { delivery, position, observed }: Item,
  escalation: EscalationId | "",
): SignalRow => ({
  delivery: delivery.id,
  position,
  at: heardAt(desk, delivery),
  observed,
  escalation,
});

/** Counts a signal for a live escalation; what changed by it enters the log, where that is due. */
export const count = (
  desk: Desk,
  known: Conditions,
  item: Item,
  as: {
    readonly deployment: string;
    readonly rule: string;
    readonly verdict: Verdict;
    /** What its value is held against. */
    readonly against: Pick<Judged, "limit" | "worse" | "isMeasured">;
    readonly escalation: EscalationId;
    readonly isNewName: boolean;
  },
): void => {
  const { deployment, rule, escalation } = as;
  const key = keyOf(deployment, rule, item.observed);
  const before = known.get(key);
  const same = before?.escalation === escalation ? before : undefined;
  const row = counted(desk, item, as, same);
  known.set(key, { ...row, signals: (same?.signals ?? 0) + 1 });
  const { verdict, against } = as;
  const judged = { ...judgedOf(desk, item), verdict, ...against };
  const counts = merged(desk.evidenceOf(escalation), row, same, as.isNewName);
  const evidence = { ...counts, shown: shownAfter(shownNow(desk, deployment, escalation), judged) };
  desk.count(row, evidence, rowOf(desk, item, escalation));
  note(desk, deployment, escalation, evidence);
};

const judgedOf = (desk: Desk, { delivery, observed }: Item) => ({
  observed,
  at: heardAt(desk, delivery),
  ends: false,
});

const shownNow = (desk: Desk, deployment: string, id: EscalationId): Shown => {
  const live = escalationIn(desk.state(deployment), id);
  const evidence = desk.evidenceOf(id);
  return live && evidence ? shownOf(live, evidence) : nothingShown;
};

/**
 * Has a word that opens nothing stand on the card of a live escalation, where it is about what is shown there. `ends`: whether it
 * says that this is over.
 */
export const hear = (
  desk: Desk,
  item: Item,
  deployment: string,
  id: EscalationId,
  ends: boolean,
): void => {
  const evidence = desk.evidenceOf(id);
  if (!evidence) return;
  const before = shownNow(desk, deployment, id);
  const verdict = { is: "quiet", because: "" } as const;
  const against = { limit: null, worse: "unknown", isMeasured: false } as const;
  const shown = shownAfter(before, { ...judgedOf(desk, item), verdict, ...against, ends });
  if (shown !== before) desk.show(deployment, id, { ...evidence, shown });
};

/** Ends a condition that was firing. Nothing widens by it. */
export const stop = (desk: Desk, known: Conditions, item: Item, key: string): void => {
  const row = known.get(key);
  if (!row || row.escalation === "") return;
  const { escalation, deployment } = row;
  known.set(key, { ...row, firing: false });
  const quiet = { ...row, escalation, firing: false, signals: 0 };
  const evidence = merged(desk.evidenceOf(escalation), quiet, row);
  desk.count(quiet, evidence, rowOf(desk, item, escalation));
  note(desk, deployment, escalation, evidence);
};

const note = (desk: Desk, deployment: string, id: EscalationId, evidence: Evidence): void => {
  const live = desk.state(deployment).escalations.find((one) => one.id === id);
  const update = live ? updateOf(desk.situation(deployment), live, evidence) : null;
  if (update) desk.add(`deployment:${deployment}`, [update]);
};

const counted = (
  desk: Desk,
  { delivery, observed }: Item,
  { deployment, rule, verdict, escalation }: Parameters<typeof count>[3],
  before: ConditionRow | undefined,
): CountedRow => {
  const at = heardAt(desk, delivery);
  const { signal, occurrence } = observed;
  const condition = countedAs(observed, observed.condition);
  const said = saidAt(observed, at);
  return {
    ...{ deployment, trigger: rule, condition, occurrence: occurrence ?? "", escalation },
    kind: signal.kind,
    saidAt: said === null ? (before?.saidAt ?? null) : Math.max(said, before?.saidAt ?? said),
    firing: true,
    lowest: least(before?.lowest ?? null, signal.value),
    highest: most(before?.highest ?? null, signal.value),
    verdict: verdict.is === "fired" || before?.verdict === "fired" ? "fired" : "indeterminate",
    firstAt: before?.firstAt ?? at,
    lastAt: Math.max(before?.lastAt ?? at, at),
    signals: 1,
  };
};

/** The lower of two values, where there are any. */
const least = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b);
/** The higher of two values, where there are any. */
const most = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.max(a, b);

/** An escalation's evidence after one of its conditions changed. `isNewName`: under a name that was not among its signals before. */
const merged = (
  evidence: Evidence | undefined,
  row: ConditionRow,
  before: ConditionRow | undefined,
  isNewName = false,
): Evidence => {
  const firingConditions = (evidence?.firingConditions ?? 0) + moreFiring(row, before);
  return {
    signals: (evidence?.signals ?? 0) + row.signals,
    firstAt: Math.min(evidence?.firstAt ?? row.firstAt, row.firstAt),
    lastAt: Math.max(evidence?.lastAt ?? row.lastAt, row.lastAt),
    firing: firingConditions > 0,
    firingConditions,
    lowest: least(evidence?.lowest ?? null, row.lowest),
    highest: most(evidence?.highest ?? null, row.highest),
    fired: (evidence?.fired ?? false) || row.verdict === "fired",
    names: namesWith(evidence, isNewName),
    shown: evidence?.shown ?? null,
  };
};

/** By how many the conditions that fire become more, or fewer. */
const moreFiring = (row: ConditionRow, before: ConditionRow | undefined): number => {
  const starts = row.firing && !before?.firing ? 1 : 0;
  const stops = !row.firing && before?.firing ? 1 : 0;
  return starts - stops;
};

const namesWith = (evidence: Evidence | undefined, isNewName: boolean): number =>
  (evidence?.names ?? (isNewName ? 0 : 1)) + (isNewName ? 1 : 0);
