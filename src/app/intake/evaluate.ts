import type { ParsedDelivery } from "../../core/signal.ts";
import type { Journal } from "../journal.ts";
import type { PolicyCache } from "../policy-cache.ts";
import { type Delivery, Fault, type Store } from "../ports.ts";
import { byDelivery, type ResolvedSignal, resolveDeployments } from "./deployment-resolution.ts";
import { type ReceivedSignal, rowOf } from "./evidence-counts.ts";
import { evaluateSignal, prepared, show } from "./judge.ts";
import type { JudgeContext } from "./judge-context.ts";
import { observe, type Readers } from "./observe.ts";
import { pageMeant, takeIn } from "./pagerduty-ack.ts";
import { drawAnew, followRuns, isOver, noteMissed } from "./retest-runs.ts";
import { tellNews } from "./unmatched.ts";

/**
 * From stored deliveries to escalations: parse, ask every rule that names the deployment, count,
 * open.
 */

export interface EvaluatorParts extends Readers {
  readonly store: Store;
  readonly journal: Journal;
  readonly rules: PolicyCache;
}

const batch = 200;
const leaseMs = 10_000; // a second taker loses at the commit, so a short lease only costs work

/**
 * Evaluates waiting deliveries until none are left or `isStopping`, each source in its turn;
 * answers how many there were.
 */
export async function evaluateWaiting(
  parts: EvaluatorParts,
  isStopping: () => boolean,
): Promise<number> {
  let total = 0;
  let after = "";
  for (;;) {
    if (isStopping()) return total;
    const deliveries = await parts.store.claimDeliveries(batch, leaseMs, after);
    if (deliveries.length === 0) return total;
    await evaluateAll(parts, deliveries);
    total += deliveries.length;
    after = servedLast(deliveries, after);
  }
}

/** The source after which the next batch begins, so that each source gets its turn. */
function servedLast(deliveries: readonly Delivery[], after: string): string {
  const sources = [...new Set(deliveries.map(({ source }) => source))].sort();
  return sources.findLast((source) => source <= after) ?? sources.at(-1) ?? after;
}

/**
 * Evaluates the deliveries in one commit if possible. One that cannot be evaluated is reported as
 * unmapped, so that it does not hold up the others.
 */
export async function evaluateAll(
  parts: EvaluatorParts,
  deliveries: readonly Delivery[],
): Promise<void> {
  try {
    await evaluate(parts, deliveries);
  } catch (fault) {
    if (mayWorkLater(fault)) throw fault;
    for (const delivery of deliveries) await evaluateAlone(parts, delivery);
  }
}

const mayWorkLater = (fault: unknown): boolean => fault instanceof Fault && fault.retry === "later";

async function evaluateAlone(parts: EvaluatorParts, delivery: Delivery): Promise<void> {
  try {
    await evaluate(parts, [delivery]);
  } catch (fault) {
    if (mayWorkLater(fault)) throw fault;
    const because = fault instanceof Error ? fault.message : String(fault);
    const parse = (): ParsedDelivery => ({ unmapped: `It could not be evaluated: ${because}` });
    await evaluate({ ...parts, parse, parseOwn: parse }, [delivery]);
  }
}

async function evaluate(parts: EvaluatorParts, deliveries: readonly Delivery[]): Promise<void> {
  const { store, journal, rules } = parts;
  const policy = rules.policy((await journal.look([])).org.policy);
  const all = deliveries.flatMap((delivery) => observe(parts, policy, delivery));
  const pages = await takeInPages(parts, all);
  const left = deliveries.filter(({ id }) => !pages.has(id));
  if (left.length === 0) return;
  const items = all.filter(({ delivery }) => !pages.has(delivery.id));
  const places = await resolveDeployments(store, policy, items);
  const deployments = [...new Set(places.values())];
  await journal.write({ key: null, surface: "webhook", deployments }, async (work) => {
    const all = [...byDelivery(items, places)];
    const at = await prepared(store, { work, deployments, arrived: all.flat() });
    for (const arrived of all) await weighAll(store, at, arrived);
    tellNews(at);
    work.extra.deliveries.push(...left.map(({ id }) => id));
  });
}

/**
 * One delivery: what it says against the rules, then against what somebody asked to be run again.
 */
async function weighAll(
  store: Store,
  at: JudgeContext,
  all: readonly ResolvedSignal[],
): Promise<void> {
  const { work, known } = at;
  const arrived = all.filter(({ observed }) => !observed.test);
  for (const arrived of all)
    if (arrived.observed.test)
      show(work, { item: arrived, deployment: arrived.deployment, what: "test" });
  for (const signal of arrived) {
    if (isOver(work, signal)) {
      work.keepSignal(rowOf(work, signal, ""));
      continue;
    }
    evaluateSignal(at, signal, signal.deployment);
    noteMissed(work, signal);
  }
  const ended = await followRuns({ store, work }, known.values(), arrived);
  for (const [more, arrived] of ended.entries())
    evaluateSignal(at, { ...arrived, position: all.length + more }, arrived.deployment);
  const [{ deployment } = { deployment: "" }] = arrived;
  for (const id of at.over) await drawAnew(store, { work, deployment, id });
  at.over.clear();
}

/** Handles webhooks about our own pages, which open nothing; returns their deliveries. */
async function takeInPages(
  { store, journal }: EvaluatorParts,
  items: readonly ReceivedSignal[],
): Promise<ReadonlySet<string>> {
  const taken = new Set<string>();
  for (const { delivery, observed } of items) {
    const escalation = await pageMeant(store, observed);
    if (!escalation || !observed.page) continue;
    await takeIn({ journal }, { delivery, escalation, by: observed.page.acknowledgedBy });
    taken.add(delivery.id);
  }
  return taken;
}
