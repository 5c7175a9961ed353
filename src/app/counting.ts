import { updateOf } from "../core/elapse.ts";
import type { EscalationId } from "../core/ids.ts";
import type { Observed } from "../core/signal.ts";
import type { Evidence } from "../core/state.ts";
import type { Verdict } from "../core/trigger.ts";
import type { Desk } from "./desk.ts";
import type { ConditionRow, Delivery, SignalRow } from "./ports.ts";

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
export const conditionKey = (
  deployment: string,
  rule: string,
  { condition, occurrence }: Pick<Observed, "condition" | "occurrence">,
): string => JSON.stringify([deployment, rule, condition, occurrence ?? ""]);

/** A signal as it is kept; it counts for no escalation where that is "". */
export const rowOf = (
  desk: Desk,
  { delivery, position, observed }: Item,
  escalation: EscalationId | "",
): SignalRow => ({
  delivery: delivery.id,
  position,
  at: Math.min(delivery.receivedAt, desk.now),
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
    readonly verdict: Verdict["is"];
    readonly escalation: EscalationId;
    readonly isNewName: boolean;
  },
): void => {
  const { deployment, rule, escalation } = as;
  const key = conditionKey(deployment, rule, item.observed);
  const before = known.get(key);
  const same = before?.escalation === escalation ? before : undefined;
  const row = counted(desk, item, as, same);
  known.set(key, { ...row, signals: (same?.signals ?? 0) + 1 });
  const evidence = merged(desk.evidenceOf(escalation), row, same, as.isNewName);
  desk.count(row, evidence, rowOf(desk, item, escalation));
  note(desk, deployment, escalation, evidence);
};

/** Ends a condition that was firing. Nothing widens by it. */
export const stop = (desk: Desk, known: Conditions, item: Item, key: string): void => {
  const row = known.get(key);
  if (!row) return;
  known.set(key, { ...row, firing: false });
  const quiet = { ...row, firing: false, signals: 0 };
  const evidence = merged(desk.evidenceOf(row.escalation), quiet, row);
  desk.count(quiet, evidence, rowOf(desk, item, row.escalation));
  note(desk, row.deployment, row.escalation, evidence);
};

const note = (desk: Desk, deployment: string, id: EscalationId, evidence: Evidence): void => {
  const live = desk.state(deployment).escalations.find((one) => one.id === id);
  const update = live ? updateOf(desk.situation(deployment), live, evidence) : null;
  if (update) desk.add(`deployment:${deployment}`, [update]);
};

const counted = (
  desk: Desk,
  { delivery, observed: { signal, condition, occurrence } }: Item,
  { deployment, rule, verdict, escalation }: Parameters<typeof count>[3],
  before: ConditionRow | undefined,
): ConditionRow => {
  const at = Math.min(delivery.receivedAt, desk.now);
  return {
    ...{ deployment, trigger: rule, condition, occurrence: occurrence ?? "", escalation },
    firing: true,
    lowest: least(before?.lowest ?? null, signal.value),
    highest: most(before?.highest ?? null, signal.value),
    verdict: verdict === "fired" || before?.verdict === "fired" ? "fired" : "indeterminate",
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
