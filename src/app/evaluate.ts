import type { Parsed } from "../core/signal.ts";
import { pageMeant, takeIn } from "./acknowledged-elsewhere.ts";
import { type Item, rowOf } from "./counting.ts";
import type { Journal } from "./journal.ts";
import { observedIn, type Readers } from "./observed.ts";
import { type Arrived, byDelivery, placesOf } from "./places.ts";
import { type Delivery, Fault, type Store } from "./ports.ts";
import { drawAnew, followRuns, isOver, noteMissed } from "./retests.ts";
import type { Rules } from "./rules.ts";
import { tellNews } from "./unmatched.ts";
import { prepared, show, type Weighing, weigh } from "./weigh.ts";

/** From stored deliveries to escalations: parse, ask every rule that names the deployment, count, open. */

export interface EvaluatorParts extends Readers {
  readonly store: Store;
  readonly journal: Journal;
  readonly rules: Rules;
}

const batch = 200;
const leaseMs = 10_000; // a second taker loses at the commit, so a short lease only costs work

/** Evaluates waiting deliveries until none are left or `isStopping`, each source in its turn; answers how many there were. */
export const evaluateWaiting = async (
  parts: EvaluatorParts,
  isStopping: () => boolean,
): Promise<number> => {
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
};

/** Where the next round begins: a source whose body filled this one has had its turn. */
const servedLast = (deliveries: readonly Delivery[], after: string): string => {
  const sources = [...new Set(deliveries.map(({ source }) => source))].sort();
  return sources.findLast((source) => source <= after) ?? sources.at(-1) ?? after;
};

/** Together where that works. One that cannot be evaluated must not hold up the others: it surfaces as unmapped. */
export const evaluateAll = async (
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
  const all = deliveries.flatMap((delivery) => observedIn(parts, policy, delivery));
  const pages = await takeInPages(parts, all);
  const left = deliveries.filter(({ id }) => !pages.has(id));
  if (left.length === 0) return;
  const items = all.filter(({ delivery }) => !pages.has(delivery.id));
  const places = await placesOf(store, policy, items);
  const deployments = [...new Set(places.values())];
  await journal.write({ key: null, surface: "webhook", deployments }, async (desk) => {
    const all = [...byDelivery(items, places)];
    const at = await prepared(store, desk, deployments, all.flat());
    for (const arrived of all) await weighAll(store, at, arrived);
    tellNews(at);
    desk.extra.deliveries.push(...left.map(({ id }) => id));
  });
};

/** One delivery: what it says against the rules, then against what somebody asked to be run again. */
const weighAll = async (store: Store, at: Weighing, all: readonly Arrived[]): Promise<void> => {
  const { desk, known } = at;
  const arrived = all.filter(({ observed }) => !observed.test);
  for (const one of all) if (one.observed.test) show(desk, one, one.deployment, "test");
  for (const one of arrived) {
    if (isOver(desk, one)) {
      desk.keepSignal(rowOf(desk, one, ""));
      continue;
    }
    weigh(at, one, one.deployment);
    noteMissed(desk, one);
  }
  const ended = await followRuns({ store, desk }, known.values(), arrived);
  for (const [more, one] of ended.entries())
    weigh(at, { ...one, position: all.length + more }, one.deployment);
  const [{ deployment } = { deployment: "" }] = arrived;
  for (const id of at.over) await drawAnew(store, desk, deployment, id);
  at.over.clear();
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
