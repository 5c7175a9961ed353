import { updateOf } from "../../core/escalation/changed-values.ts";
import { modelOf, saidAt } from "../../core/escalation/condition-identity.ts";
import type { Reading } from "../../core/escalation/readings.ts";
import {
  type Judged,
  nothingShown,
  shownAfter,
  shownOf,
} from "../../core/escalation/shown-conditions.ts";
import { referenceTo, short } from "../../core/escalation/signal-evidence.ts";
import type { Digest, EscalationId, Instant } from "../../core/ids.ts";
import { decimal } from "../../core/log/bytes.ts";
import { digestOf } from "../../core/log/commitment.ts";
import type { EvidenceReference } from "../../core/log/entry.ts";
import type { Verdict } from "../../core/policy/condition.ts";
import { ownSource } from "../../core/policy/expectation.ts";
import type { ObservedSignal, Signal } from "../../core/signal.ts";
import type { EscalationEvidence, ShownConditions } from "../../core/state/evidence.ts";
import { escalationIn } from "../../core/state/situation.ts";
import {
  type ConditionRow,
  type CountedRow,
  type Delivery,
  greatest,
  joinConditions,
  least,
  type SignalRow,
} from "../ports.ts";
import type { UnitOfWork } from "../unit-of-work.ts";

/** Counts signals for an escalation, and sums its conditions up for the card. */

/** A signal, and where in which delivery it came. */
export interface ReceivedSignal {
  readonly delivery: Delivery;
  readonly position: number;
  readonly observed: ObservedSignal;
  /** Hex SHA-256 of the delivery's body, where the body is not at hand. */
  readonly digest?: Digest;
}

/** A signal as what an escalation rests on. */
export function evidenceIn({ delivery, observed, digest }: ReceivedSignal): EvidenceReference {
  return referenceTo(observed, { delivery: delivery.id, body: digest ?? digestOf(delivery.body) });
}

/** With the signal itself so many are written. */
const mostEvidence = 20;

/**
 * The earlier signals that decided, newest first. Of what was stored before a rule was new the
 * digest is not known, and it is left out.
 */
export function earlierEvidence(
  { suite }: Signal,
  decided: readonly Reading[],
): readonly EvidenceReference[] {
  return decided
    .filter(({ body }) => body !== "")
    .slice(0, mostEvidence - 1)
    .map(({ delivery, body, value }) => ({
      delivery,
      body,
      suite: short(suite),
      occurrence: "",
      model: "",
      value: value === null ? "" : decimal(value),
    }));
}

/** Conditions by {@link conditionKey}: the newest of each that was counted so far. */
export type Conditions = Map<string, ConditionRow>;

/** Those that `isMeant`, without a copy of all: a batch asks once for each of its signals. */
export function rowsAmong(
  known: Conditions,
  isMeant: (row: ConditionRow) => boolean,
): [string, ConditionRow][] {
  const found: [string, ConditionRow][] = [];
  for (const [key, row] of known) if (isMeant(row)) found.push([key, row]);
  return found;
}

/** `rule` is a trigger's id, or what stands in its place. */
export function conditionKey({
  deployment,
  trigger,
  condition,
  occurrence,
}: Pick<ConditionRow, "deployment" | "trigger" | "condition" | "occurrence">): string {
  return JSON.stringify([deployment, trigger, condition, occurrence]);
}

/**
 * A condition as it is counted: two sources that use the same name mean two things, and so do two
 * models of which the same is measured. Of silence the name is ours alone, and says whose it is.
 */
export function countedAs(observed: Pick<ObservedSignal, "signal">, condition: string): string {
  const { source } = observed.signal;
  const model = modelOf(observed);
  if (source === ownSource) return condition;
  return model === "" ? `${source}/${condition}` : `${source}/${condition}/${model}`;
}

/** As older versions counted it: of whatever model. */
export function countedOnce(
  { signal: { source } }: Pick<ObservedSignal, "signal">,
  condition: string,
) {
  return source === ownSource ? condition : `${source}/${condition}`;
}

/** The key under which a signal is counted for a rule. */
const keyOf = (
  deployment: string,
  {
    trigger,
    observed,
    condition = countedAs(observed, observed.condition),
  }: {
    readonly trigger: string;
    readonly observed: ObservedSignal;
    readonly condition?: string | undefined;
  },
): string =>
  conditionKey({ deployment, trigger, condition, occurrence: observed.occurrence ?? "" });

/** What was counted before of this very occurrence. */
export function countedBefore(
  known: Conditions,
  {
    deployment,
    rule,
    observed,
  }: { readonly deployment: string; readonly rule: string; readonly observed: ObservedSignal },
): ConditionRow | undefined {
  return (
    known.get(keyOf(deployment, { trigger: rule, observed })) ??
    known.get(
      keyOf(deployment, {
        trigger: rule,
        observed,
        condition: countedOnce(observed, observed.condition),
      }),
    )
  );
}

/** When a delivery arrived; never in the future, even if another process's clock is ahead. */
export function heardAt(
  { now }: Pick<UnitOfWork, "now">,
  { receivedAt }: Pick<Delivery, "receivedAt">,
): Instant {
  return Math.min(receivedAt, now);
}

/** A signal as it is kept; it counts for no escalation where that is "". */
export function rowOf(
  work: UnitOfWork,
  { delivery, position, observed }: ReceivedSignal,
  escalation: EscalationId | "",
): SignalRow {
  return {
    delivery: delivery.id,
    position,
    at: heardAt(work, delivery),
    observed,
    escalation,
  };
}

/** Counts a signal for a live escalation; what changed by it enters the log, where that is due. */
export function count(
  work: UnitOfWork,
  {
    known,
    receivedSignal,
  }: { readonly known: Conditions; readonly receivedSignal: ReceivedSignal },
  as: {
    readonly deployment: string;
    readonly rule: string;
    readonly verdict: Verdict;
    /** What its value is held against. */
    readonly against: Pick<Judged, "limit" | "worse" | "isMeasured">;
    readonly escalation: EscalationId;
    readonly isNewName: boolean;
  },
): void {
  const { deployment, rule, escalation } = as;
  const key = keyOf(deployment, { trigger: rule, observed: receivedSignal.observed });
  const before = known.get(key);
  const same = before?.escalation === escalation ? before : undefined;
  const row = counted(work, { receivedSignal, parameters: as, before: same });
  known.set(key, { ...row, signals: (same?.signals ?? 0) + 1 });
  const { verdict, against } = as;
  const judged = { ...judgedOf(work, receivedSignal), verdict, ...against };
  const counts = merged(work.evidenceOf(escalation), {
    row,
    before: same,
    isNewName: as.isNewName,
  });
  const evidence = { ...counts, shown: shownAfter(shownNow(work, deployment, escalation), judged) };
  work.count(row, evidence, rowOf(work, receivedSignal, escalation));
  note(work, { deployment, id: escalation, evidence });
}

const judgedOf = (work: UnitOfWork, { delivery, observed }: ReceivedSignal) => ({
  observed,
  at: heardAt(work, delivery),
  ends: false,
});

function shownNow(work: UnitOfWork, deployment: string, id: EscalationId): ShownConditions {
  const live = escalationIn(work.state(deployment), id);
  const evidence = work.evidenceOf(id);
  return live && evidence ? shownOf(live, evidence) : nothingShown;
}

/**
 * Has a word that opens nothing stand on the card of a live escalation, where it is about what is
 * shown there. `ends`: whether it says that this is over.
 */
export function receive(
  work: UnitOfWork,
  {
    receivedSignal,
    deployment,
    id,
    ends,
  }: {
    readonly receivedSignal: ReceivedSignal;
    readonly deployment: string;
    readonly id: EscalationId;
    readonly ends: boolean;
  },
): void {
  const evidence = work.evidenceOf(id);
  if (!evidence) return;
  const before = shownNow(work, deployment, id);
  const verdict = { is: "quiet", because: "" } as const;
  const against = { limit: null, worse: "unknown", isMeasured: false } as const;
  const shown = shownAfter(before, {
    ...judgedOf(work, receivedSignal),
    verdict,
    ...against,
    ends,
  });
  if (shown !== before) work.show(deployment, id, { ...evidence, shown });
}

/** Ends a condition that was firing. This never widens anything. */
export function stop(
  work: UnitOfWork,
  {
    known,
    receivedSignal,
    key,
  }: { readonly known: Conditions; readonly receivedSignal: ReceivedSignal; readonly key: string },
): void {
  const row = known.get(key);
  if (!row || row.escalation === "") return;
  const { escalation, deployment } = row;
  known.set(key, { ...row, firing: false });
  const quiet = { ...row, escalation, firing: false, signals: 0 };
  const evidence = merged(work.evidenceOf(escalation), { row: quiet, before: row });
  work.count(quiet, evidence, rowOf(work, receivedSignal, escalation));
  note(work, { deployment, id: escalation, evidence });
}

function note(
  work: UnitOfWork,
  {
    deployment,
    id,
    evidence,
  }: {
    readonly deployment: string;
    readonly id: EscalationId;
    readonly evidence: EscalationEvidence;
  },
): void {
  const live = work.state(deployment).escalations.find((escalation) => escalation.id === id);
  const update = live ? updateOf(work.situation(deployment), live, evidence) : null;
  if (update) work.add(`deployment:${deployment}`, [update]);
}

function counted(
  work: UnitOfWork,
  {
    receivedSignal: { delivery, observed },
    parameters: { deployment, rule, verdict, escalation },
    before,
  }: {
    readonly receivedSignal: ReceivedSignal;
    readonly parameters: Parameters<typeof count>[2];
    readonly before: ConditionRow | undefined;
  },
): CountedRow {
  const at = heardAt(work, delivery);
  const { signal, occurrence } = observed;
  const condition = countedAs(observed, observed.condition);
  const row: CountedRow = {
    deployment,
    trigger: rule,
    condition,
    occurrence: occurrence ?? "",
    escalation,
    kind: signal.kind,
    saidAt: saidAt(observed, at),
    firing: true,
    lowest: signal.value,
    highest: signal.value,
    verdict: verdict.is === "fired" ? "fired" : "indeterminate",
    firstAt: at,
    lastAt: at,
    signals: 1,
  };
  return before ? { ...joinConditions(before, row), signals: 1 } : row; // the database adds it
}

/**
 * An escalation's evidence after one of its conditions changed. `isNewName`: under a name that was
 * not among its signals before.
 */
function merged(
  evidence: EscalationEvidence | undefined,
  {
    row,
    before,
    isNewName = false,
  }: {
    readonly row: ConditionRow;
    readonly before: ConditionRow | undefined;
    readonly isNewName?: boolean | undefined;
  },
): EscalationEvidence {
  const firingConditions = (evidence?.firingConditions ?? 0) + moreFiring(row, before);
  return {
    signals: (evidence?.signals ?? 0) + row.signals,
    firstAt: Math.min(evidence?.firstAt ?? row.firstAt, row.firstAt),
    lastAt: Math.max(evidence?.lastAt ?? row.lastAt, row.lastAt),
    firing: firingConditions > 0,
    firingConditions,
    lowest: least(evidence?.lowest ?? null, row.lowest),
    highest: greatest(evidence?.highest ?? null, row.highest),
    fired: (evidence?.fired ?? false) || row.verdict === "fired",
    names: namesWith(evidence, isNewName),
    shown: evidence?.shown ?? null,
  };
}

/** By how many the conditions that fire become more, or fewer. */
function moreFiring(row: ConditionRow, before: ConditionRow | undefined): number {
  const starts = row.firing && !before?.firing ? 1 : 0;
  const stops = !row.firing && before?.firing ? 1 : 0;
  return starts - stops;
}

const namesWith = (evidence: EscalationEvidence | undefined, isNewName: boolean): number =>
  (evidence?.names ?? (isNewName ? 0 : 1)) + (isNewName ? 1 : 0);
