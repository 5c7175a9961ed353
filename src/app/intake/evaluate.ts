import type { Policy } from "../../core/policy/model.ts";
import type { ParsedDelivery } from "../../core/signal.ts";
import type { Journal } from "../journal.ts";
import type { PolicyCache } from "../policy-cache.ts";
import { type Delivery, Fault, type Store } from "../ports.ts";
import { turn } from "../turn.ts";
import { batchLength, evaluatedTogether } from "./batches.ts";
import { byDelivery, type ResolvedSignal, resolveDeployments } from "./deployment-resolution.ts";
import { type ReceivedSignal, rowOf } from "./evidence-counts.ts";
import { evaluateSignal, prepared, show } from "./judge.ts";
import type { JudgeContext } from "./judge-context.ts";
import { createObserve, type Observe } from "./observe.ts";
import { pageMeant, takeIn } from "./pagerduty-ack.ts";
import { drawAnew, followRuns, isOver, noteMissed } from "./retest-runs.ts";
import { tellNews } from "./unmatched.ts";

/**
 * From deliveries to escalations: observe what they say, resolve the deployments, judge each signal
 * by every trigger that names its deployment, open or join an escalation, count.
 */

export interface EvaluatorParts {
  readonly observe: Observe;
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
    const waiting = [...deliveries];
    while (waiting.length > 0) {
      if (isStopping()) return total;
      const some = waiting.splice(
        0,
        batchLength(waiting, evaluatedTogether, ({ body }) => body.length),
      );
      await evaluateAll(parts, some);
      total += some.length;
    }
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
    await evaluate({ ...parts, observe: createObserve({ parse, parseOwn: parse }) }, [delivery]);
  }
}

/**
 * Stores new deliveries and evaluates them in the same commit: both happen or neither. False where
 * that cannot be done, and nothing was stored by this: they are to be stored alone, and evaluated
 * later. It cannot be done for what Holdpoint's own pages bring. Rejects where a delivery is known
 * already, an earlier one of its source still waits, or the policy has changed.
 */
export async function storeEvaluated(
  parts: EvaluatorParts,
  deliveries: readonly Delivery[],
): Promise<boolean> {
  const policy = parts.rules.current();
  if (!policy) return false;
  const items = deliveries.flatMap((delivery) => parts.observe(policy, delivery).signals);
  if (items.some(({ observed: { page } }) => page)) return false;
  await commitEvaluated(parts, { policy, items, stored: deliveries, waited: [], attempts: atDoor });
  return true;
}

/** A sender waits, and its deliveries can be stored alone. */
const atDoor = 1;

async function evaluate(parts: EvaluatorParts, deliveries: readonly Delivery[]): Promise<void> {
  const { journal, rules, observe } = parts;
  const policy = rules.policy((await journal.look([])).org.policy);
  const all = deliveries.flatMap((delivery) => observe(policy, delivery).signals);
  const pages = await takeInPages(parts, all);
  const waited = deliveries.flatMap(({ id }) => (pages.has(id) ? [] : [id]));
  if (waited.length === 0) return;
  const items = all.filter(({ delivery }) => !pages.has(delivery.id));
  await commitEvaluated(parts, { policy, items, stored: [], waited, attempts: undefined });
}

/** Signals that are judged before others, whose presses wait, have a turn. */
const judgedInARow = 25;

/** Evaluates signals in one commit, with the deliveries they came in. */
async function commitEvaluated(
  { store, journal }: EvaluatorParts,
  {
    policy,
    items,
    stored,
    waited,
    attempts,
  }: {
    readonly policy: Policy;
    readonly items: readonly ReceivedSignal[];
    /** Those that the commit stores. */
    readonly stored: readonly Delivery[];
    /** The ids of those that are stored already. */
    readonly waited: readonly string[];
    readonly attempts: number | undefined;
  },
): Promise<void> {
  const places = await resolveDeployments(store, policy, items);
  const deployments = [...new Set(places.values())];
  const asked = { key: null, surface: "webhook", deployments, attempts } as const;
  await journal.write(asked, async (work) => {
    if (stored.length > 0 && work.org.policy !== policy.digest)
      throw new Fault("the policy has changed", "later");
    const all = [...byDelivery(items, places)];
    const at = await prepared(store, { work, deployments, arrived: all.flat() });
    let judged = 0;
    for (const arrived of all) {
      await evaluateSignals(store, at, arrived);
      judged += arrived.length;
      if (judged < judgedInARow) continue;
      judged = 0;
      await turn();
    }
    tellNews(at);
    work.extra.stored.push(...stored);
    work.extra.deliveries.push(...waited);
  });
}

/**
 * One delivery: what it says against the rules, then against what somebody asked to be run again.
 */
async function evaluateSignals(
  store: Store,
  at: JudgeContext,
  all: readonly ResolvedSignal[],
): Promise<void> {
  const { work, known } = at;
  const arrived = all.filter(({ observed }) => !observed.test);
  for (const arrived of all)
    if (arrived.observed.test)
      show(work, { receivedSignal: arrived, deployment: arrived.deployment, what: "test" });
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
