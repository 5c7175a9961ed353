import {
  type Past,
  type Questions,
  questionsOf,
  type Reading,
  seenAs,
  type WantedReadings,
} from "../../core/escalation/readings.ts";
import { factsWith, type Remembered, remembered } from "../../core/escalation/remembered.ts";
import type { Verdict } from "../../core/policy/condition.ts";
import { type Trigger, triggersOf } from "../../core/policy/model.ts";
import type { Store } from "../ports.ts";
import type { UnitOfWork } from "../unit-of-work.ts";
import { type AddedReadings, addedReadings, newestOf } from "./added-readings.ts";
import { type Concerned, concernedBy, factsOf, type JudgedBy } from "./concerned-triggers.ts";
import type { ResolvedSignal } from "./deployment-resolution.ts";
import type { ReceivedSignal } from "./evidence-counts.ts";
import { type Fill, fillNew, markerOf } from "./remember-stored.ts";

/**
 * What rules with a memory remember: read before a batch is judged, asked at each of its signals,
 * and written in the same commit. A policy without such rules pays nothing for it.
 */
export interface Recall {
  /** By {@link keyOf} what was asked for: what was stored before. */
  readonly stored: ReadonlyMap<string, readonly Reading[]>;
  /** What this batch adds. */
  readonly added: AddedReadings;
  /** The triggers that each signal of the batch is about. */
  readonly concerned: ReadonlyMap<ReceivedSignal, readonly Concerned[]>;
}

/** What one trigger makes of one signal. */
export interface TriggerVerdict extends Remembered {
  readonly trigger: Trigger;
}

const keyOf = (wanted: WantedReadings): string => JSON.stringify(wanted);

/** Reads what the rules will ask of these signals. */
export async function recall(
  store: Store,
  work: UnitOfWork,
  arrived: readonly ResolvedSignal[],
): Promise<Recall> {
  const wanted = new Map<string, WantedReadings>();
  const fills = new Map<string, Fill>();
  const about = new Map<ReceivedSignal, readonly Concerned[]>();
  for (const signal of arrived) {
    const concerned = concernedBy(work, signal, signal.deployment);
    about.set(signal, concerned);
    for (const { trigger, own } of concerned) {
      const asked = trigger.memory && questionsIn(work, trigger, own);
      for (const one of Object.values(asked ?? {}).flat()) wanted.set(keyOf(one), one);
      const fill = { trigger, deployment: own.deployment, marker: markerOf(own) };
      fills.set(keyOf(fill.marker), fill);
    }
  }
  const added = addedReadings();
  if (wanted.size + fills.size === 0) return { stored: new Map(), added, concerned: about };
  await fillNew(store, work, [...fills.values()]);
  const all = [...wanted.values()];
  const rows = await store.readingsOf(all);
  for (const reading of work.extra.readings) added.put(reading);
  const stored = new Map(all.map((one, at) => [keyOf(one), rows[at] ?? []]));
  return { stored, added, concerned: about };
}

const questionsIn = (work: UnitOfWork, trigger: Trigger, own: Reading): Questions | null =>
  trigger.memory && questionsOf(trigger.memory, trigger, { own, ruleOf: ruleIn(work, own) });

const ruleIn =
  (work: JudgedBy, { deployment }: Reading) =>
  (trigger: string): string =>
    work.situation(deployment).policy.triggers.get(trigger)?.rule ?? "";

/** What each trigger makes of a signal; what they remember of it is written with the commit. */
export function verdictsWith(
  { work, recalled }: { readonly work: UnitOfWork; readonly recalled: Recall },
  received: ReceivedSignal,
  deployment: string,
): readonly TriggerVerdict[] {
  const readings = (wanted: WantedReadings) => answered(recalled, wanted);
  const concerned = recalled.concerned.get(received);
  const by = { by: work, readings, concerned };
  const { judged, remember: all } = judgedBy(by, received, deployment);
  for (const reading of all) remember(work, recalled, reading);
  return judged;
}

/** What each trigger makes of a signal, and what is to be remembered of it. */
export function judgedBy(
  {
    by,
    readings,
    concerned: known,
  }: { readonly by: JudgedBy; readonly concerned?: readonly Concerned[] | undefined } & Pick<
    Past,
    "readings"
  >,
  received: ReceivedSignal,
  deployment: string,
): { readonly judged: readonly TriggerVerdict[]; readonly remember: readonly Reading[] } {
  const { signal, partial } = received.observed;
  const facts = factsOf(by, received, deployment);
  const own = known ?? concernedBy(by, received, deployment);
  const concerned = new Map(own.map((one) => [one.trigger.id, one]));
  const base = triggersOf(by.situation(deployment).policy, deployment).map((trigger) => {
    const found = concerned.get(trigger.id);
    const past = found && { own: found.own, now: by.now, ruleOf: ruleIn(by, found.own), readings };
    const known = past ? factsWith(trigger, facts, past) : facts;
    return { trigger, past, as: found?.as, verdict: trigger.evaluate(signal, partial, known) };
  });
  const others = new Set(
    base.filter(({ verdict }) => verdict.is === "fired").map(({ trigger }) => trigger.id),
  );
  const judged = base.map(({ trigger, past, verdict }): TriggerVerdict => {
    if (trigger.memory === null) return { trigger, verdict, decided: [], counts: false };
    if (past) return { trigger, ...remembered(trigger, { verdict, others, past }) };
    const isOpen = verdict.is === "indeterminate";
    return { trigger, verdict: isOpen ? verdict : nothingKnown, decided: [], counts: false };
  });
  const all = base.map(({ trigger, past, as, verdict }, at) => {
    const isQuiet = judged[at]?.verdict.is === "quiet";
    return past && as && readingAfter(trigger, { past, as, verdict, isQuiet });
  });
  return { judged, remember: all.filter((reading) => reading !== undefined && reading !== null) };
}

/** What is remembered of a signal; null where it changes nothing. */
function readingAfter(
  { memory }: Trigger,
  {
    past,
    as,
    verdict,
    isQuiet,
  }: {
    readonly past: Past;
    readonly as: Concerned["as"];
    readonly verdict: Verdict;
    readonly isQuiet: boolean;
  },
): Reading | null {
  const { own, now } = past;
  if (as === "partner") return null;
  if (as === "change")
    return { ...own, at: now, met: true, due: now + (memory?.expect?.within ?? 0) };
  if (as === "end") {
    const [waiting] = past.readings(seenAs(own)).filter(({ due }) => due !== null);
    return waiting ? { ...waiting, due: null } : null;
  }
  if (verdict.is === "indeterminate") return null;
  const isMet = verdict.is === "fired";
  const lasts = memory?.lasts ?? null;
  return { ...own, met: isMet, due: isMet && isQuiet && lasts !== null ? own.at + lasts : null };
}

const nothingKnown: Verdict = { is: "quiet", because: "the rule remembers nothing of it" };

/** The stream is written too, so that of two commits at once the second counts the first. */
function remember(work: UnitOfWork, { added }: Recall, reading: Reading): void {
  added.put(reading);
  work.extra.readings.push(reading);
  work.refresh(reading.deployment);
}

/** What was stored before, and what this batch adds. */
function answered(recalled: Recall, wanted: WantedReadings): readonly Reading[] {
  const stored = recalled.stored.get(keyOf(wanted)) ?? [];
  const added = recalled.added.asked(wanted);
  if (added.length === 0) return stored;
  const newer = new Set(added.map(identityOf));
  return newestOf(
    [...added, ...stored.filter((reading) => !newer.has(identityOf(reading)))],
    wanted,
  );
}

const identityOf = ({ deployment, seen }: Reading): string => `${deployment}\n${seen}`;
