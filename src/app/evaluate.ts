import { updateOf } from "../core/elapse.ts";
import { liveFor, open } from "../core/escalation.ts";
import type { EscalationId, Instant } from "../core/ids.ts";
import { conditionOf } from "../core/own-notice.ts";
import { ownSource } from "../core/policy/expectation.ts";
import type { Policy, Trigger } from "../core/policy/model.ts";
import { contextOf } from "../core/policy/reading.ts";
import { lapse } from "../core/restrict.ts";
import { missedConditions } from "../core/retest.ts";
import { needsAnswer, seenOf, severityOf, signalText, unmappedSignal } from "../core/seen.ts";
import type { Observed, Parsed, SignalStatus, SourceContext } from "../core/signal.ts";
import type { Draft } from "../core/situation.ts";
import { rfc3339 } from "../core/time.ts";
import type { Verdict } from "../core/trigger.ts";
import { pageMeant, takeIn } from "./acknowledged-elsewhere.ts";
import { least, merged, most } from "./counting.ts";
import type { Desk } from "./desk.ts";
import type { Journal } from "./journal.ts";
import { type Arrived, byDelivery, placesOf } from "./places.ts";
import { type ConditionRow, type Delivery, Fault, type SignalRow, type Store } from "./ports.ts";
import { followRuns, isOver, noteMissed } from "./retests.ts";
import type { Rules } from "./rules.ts";

/** From stored deliveries to escalations: parse, ask every rule that names the deployment, count, open. */

export interface EvaluatorParts {
  readonly store: Store;
  readonly journal: Journal;
  readonly rules: Rules;
  readonly parse: (type: string, body: Uint8Array, context: SourceContext) => Parsed;
  /** Reads Holdpoint's own notices of silence, which no source of the policy sends. */
  readonly parseOwn: (body: Uint8Array) => Parsed;
}

const batch = 200;
const leaseMs = 10_000; // a second taker loses at the commit, so a short lease only costs work

interface Item {
  readonly delivery: Delivery;
  readonly position: number;
  readonly observed: Observed;
}

/** Evaluates waiting deliveries until none are left; answers how many there were. */
export const evaluateWaiting = async (parts: EvaluatorParts): Promise<number> => {
  let total = 0;
  for (;;) {
    const deliveries = await parts.store.claimDeliveries(batch, leaseMs);
    if (deliveries.length === 0) return total;
    await evaluateAll(parts, deliveries);
    total += deliveries.length;
  }
};

/** Together where that works. One that cannot be evaluated must not hold up the others: it surfaces as unmapped. */
const evaluateAll = async (
  parts: EvaluatorParts,
  deliveries: readonly Delivery[],
): Promise<void> => {
  try {
    await evaluate(parts, deliveries);
  } catch (fault) {
    if (mayWorkLater(fault)) throw fault;
    for (const delivery of deliveries) await evaluateAlone(parts, delivery);
  }
};

const mayWorkLater = (fault: unknown): boolean => fault instanceof Fault && fault.retry === "later";

const evaluateAlone = async (parts: EvaluatorParts, delivery: Delivery): Promise<void> => {
  try {
    await evaluate(parts, [delivery]);
  } catch (fault) {
    if (mayWorkLater(fault)) throw fault;
    const because = fault instanceof Error ? fault.message : String(fault);
    const parse = (): Parsed => ({ unmapped: `It could not be evaluated: ${because}` });
    await evaluate({ ...parts, parse, parseOwn: parse }, [delivery]);
  }
};

const evaluate = async (parts: EvaluatorParts, deliveries: readonly Delivery[]): Promise<void> => {
  const { store, journal, rules } = parts;
  const policy = rules.policy((await journal.look([])).org.policy);
  const all = deliveries.flatMap((delivery) => observed(parts, policy, delivery));
  const pages = await takeInPages(parts, all);
  const left = deliveries.filter(({ id }) => !pages.has(id));
  if (left.length === 0) return;
  const items = all.filter(({ delivery }) => !pages.has(delivery.id));
  const places = await placesOf(store, policy, items);
  const deployments = [...new Set(places.values())];
  await journal.write({ key: null, surface: "webhook", deployments }, async (desk) => {
    const known = await conditionsIn(store, desk, deployments, items);
    for (const arrived of byDelivery(items, places))
      await weighAll({ store, desk }, known, arrived);
    desk.extra.deliveries.push(...left.map(({ id }) => id));
  });
};

/** One delivery: what it says against the rules, then against what somebody asked to be run again. */
const weighAll = async (
  at: { readonly store: Store; readonly desk: Desk },
  known: Conditions,
  arrived: readonly Arrived[],
): Promise<void> => {
  const { desk } = at;
  for (const one of arrived) {
    if (isOver(desk, one)) continue;
    weigh(desk, known, one, one.deployment);
    noteMissed(desk, one);
  }
  const ended = await followRuns(at, known.values(), arrived);
  for (const [more, one] of ended.entries())
    weigh(desk, known, { ...one, position: arrived.length + more }, one.deployment);
};

/** Word of our own pages never opens anything; answers with the deliveries it came in. */
const takeInPages = async (
  { store, journal }: EvaluatorParts,
  items: readonly Item[],
): Promise<ReadonlySet<string>> => {
  const taken = new Set<string>();
  for (const { delivery, observed: one } of items) {
    const escalation = await pageMeant(store, one);
    if (!escalation || !one.page) continue;
    await takeIn({ journal }, { delivery, escalation, by: one.page.acknowledgedBy });
    taken.add(delivery.id);
  }
  return taken;
};

const observed = (parts: EvaluatorParts, policy: Policy, delivery: Delivery): readonly Item[] => {
  const source = policy.sources.get(delivery.source);
  const parsed: Parsed = isOwn(delivery)
    ? parts.parseOwn(delivery.body)
    : source
      ? parts.parse(source.type, delivery.body, contextOf(source, delivery))
      : { unmapped: `The source ${delivery.source} is no longer in the policy.` };
  const all =
    "mapped" in parsed
      ? parsed.mapped
      : [unmappedSignal(delivery.source, source?.deployment ?? "", parsed.unmapped)];
  return all.map((one, position) => ({ delivery, position, observed: one }));
};

const isOwn = ({ source }: { readonly source: string }): boolean => source === ownSource;

type Conditions = Map<string, ConditionRow>;

const conditionKey = (
  deployment: string,
  trigger: string,
  condition: string,
  occurrence: string,
): string => JSON.stringify([deployment, trigger, condition, occurrence]);

const conditionsIn = async (
  store: Store,
  desk: Desk,
  deployments: readonly string[],
  items: readonly Item[],
): Promise<Conditions> => {
  const said = items.flatMap(({ observed: one }) => [one.condition, one.run ?? one.condition]);
  const missed = deployments.flatMap((one) => missedConditions(desk.state(one)).map(conditionOf));
  const rows = await store.conditionsOf(deployments, [...new Set([...said, ...missed])]);
  return new Map(
    rows.map((row) => [
      conditionKey(row.deployment, row.trigger, row.condition, row.occurrence),
      row,
    ]),
  );
};

/** One signal against every rule that names its deployment. */
const weigh = (desk: Desk, known: Conditions, item: Item, deployment: string): void => {
  const { policy } = desk.situation(deployment);
  const { signal } = item.observed;
  const triggers = policy.deployments.has(deployment)
    ? [...policy.triggers.values()].filter((one) => one.deployments.includes(deployment))
    : [];
  const verdicts = triggers.map((trigger) => ({ trigger, verdict: trigger.evaluate(signal) }));
  const fired = verdicts.filter(({ verdict }) => verdict.is !== "quiet");
  for (const { trigger, verdict } of fired)
    join(desk, known, item, deployment, { trigger, name: trigger.id, verdict });
  for (const { trigger } of verdicts.filter(({ verdict }) => verdict.is === "quiet"))
    calm(desk, known, item, deployment, trigger.id);
  if (fired.length === 0 && needsAnswer(signal)) {
    const because = policy.deployments.has(deployment)
      ? "no written rule names this"
      : `the policy knows no deployment “${signal.deployment}”`;
    join(desk, known, item, deployment, {
      trigger: null,
      name: "unmatched",
      verdict: { is: "fired", because },
    });
  } else if (fired.length === 0) {
    calm(desk, known, item, deployment, "unmatched");
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

interface Fired {
  readonly trigger: Trigger | null;
  readonly name: string;
  readonly verdict: Verdict;
}

const rowOf = (
  desk: Desk,
  { delivery, position, observed: one }: Item,
  escalation: EscalationId | "",
): SignalRow => ({
  delivery: delivery.id,
  position,
  at: Math.min(delivery.receivedAt, desk.now),
  observed: one,
  escalation,
});

/** Joins the open escalation of this rule, or opens one, unless this very occurrence was answered before. */
const join = (
  desk: Desk,
  known: Conditions,
  item: Item,
  deployment: string,
  fired: Fired,
): void => {
  const { condition, occurrence } = item.observed;
  const key = conditionKey(deployment, fired.name, condition, occurrence ?? "");
  const before = known.get(key);
  const live = liveFor(desk.state(deployment), fired.name);
  if (!live && before && occurrence !== null) {
    desk.keepSignal(rowOf(desk, item, before.escalation));
    return;
  }
  const escalation = live?.id ?? opened(desk, item, deployment, fired);
  const same = before?.escalation === escalation ? before : undefined;
  const row = counted(desk, item, deployment, fired, escalation, same);
  known.set(key, { ...row, signals: (same?.signals ?? 0) + 1 });
  desk.count(row, merged(desk.evidenceOf(escalation), row, same), rowOf(desk, item, escalation));
  const now = liveFor(desk.state(deployment), fired.name);
  const evidence = desk.evidenceOf(escalation);
  const update = now && evidence ? updateOf(desk.situation(deployment), now, evidence) : null;
  if (update) desk.add(`deployment:${deployment}`, [update]);
};

const opened = (
  desk: Desk,
  item: Item,
  deployment: string,
  { trigger, name, verdict }: Fired,
): EscalationId => {
  const situation = desk.situation(deployment);
  const id: EscalationId = `HP-${situation.lastNumber + 1}`;
  const { signal } = item.observed;
  const seen = seenOf(signal, desk.text(signalText(signal)));
  const severity = trigger?.severity ?? severityOf(signal);
  const indeterminate = verdict.is === "indeterminate";
  // Of silence the summary says what a condition cannot: since when.
  const said = isOwn(signal) ? signal.summary : verdict.because;
  const because = [...said].slice(0, 300).join("");
  const lapsed = lapse(situation, "escalation opened").map(
    (body): Draft => ({ actor: { type: "policy" }, body }),
  );
  const drafts = open(situation, {
    id,
    name,
    trigger,
    severity,
    verdict: indeterminate ? "indeterminate" : "fired",
    because,
    seen,
    reason: "",
    actor: { type: "policy" },
  });
  desk.add(`deployment:${deployment}`, name === "unmatched" ? drafts : [...lapsed, ...drafts]);
  return id;
};

const counted = (
  desk: Desk,
  item: Item,
  deployment: string,
  fired: Fired,
  escalation: EscalationId,
  before: ConditionRow | undefined,
): ConditionRow => {
  const { signal, condition, occurrence } = item.observed;
  const at: Instant = Math.min(item.delivery.receivedAt, desk.now);
  return {
    deployment,
    trigger: fired.name,
    condition,
    occurrence: occurrence ?? "",
    escalation,
    firing: true,
    lowest: least(before?.lowest ?? null, signal.value),
    highest: most(before?.highest ?? null, signal.value),
    verdict:
      fired.verdict.is === "fired" || before?.verdict === "fired" ? "fired" : "indeterminate",
    firstAt: before?.firstAt ?? at,
    lastAt: Math.max(before?.lastAt ?? at, at),
    signals: 1,
  };
};

/** Statuses of a measurement that failed: it says nothing about what was measured before. */
const saysNothing: readonly SignalStatus[] = ["errored", "incomplete", "no_data"];

/** A quiet word about a condition that was firing: it no longer is. Nothing widens by it. */
const calm = (
  desk: Desk,
  known: Conditions,
  item: Item,
  deployment: string,
  trigger: string,
): void => {
  const escalation = liveFor(desk.state(deployment), trigger);
  if (!escalation || saysNothing.includes(item.observed.signal.status)) return;
  for (const [key, row] of known) {
    const its = row.deployment === deployment && row.escalation === escalation.id && row.firing;
    if (!its || !isMeant(item.observed, row)) continue;
    const quiet = { ...row, firing: false, signals: 0 };
    known.set(key, { ...row, firing: false });
    const evidence = merged(desk.evidenceOf(row.escalation), quiet, row);
    desk.count(quiet, evidence, rowOf(desk, item, row.escalation));
    const update = updateOf(desk.situation(deployment), escalation, evidence);
    if (update) desk.add(`deployment:${deployment}`, [update]);
  }
};

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
