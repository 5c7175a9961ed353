import { ownSource } from "../core/policy/expectation.ts";
import type { Policy } from "../core/policy/model.ts";
import { contextOf } from "../core/policy/reading.ts";
import { unmappedSignal } from "../core/seen.ts";
import type { Parsed, SourceContext } from "../core/signal.ts";
import { pageMeant, takeIn } from "./acknowledged-elsewhere.ts";
import { type Item, rowOf } from "./counting.ts";
import type { Journal } from "./journal.ts";
import { type Arrived, byDelivery, placesOf } from "./places.ts";
import { type Delivery, Fault, type Store } from "./ports.ts";
import { followRuns, isOver, noteMissed } from "./retests.ts";
import type { Rules } from "./rules.ts";
import { tellNews } from "./unmatched.ts";
import { prepared, type Weighing, weigh } from "./weigh.ts";

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
    const at = await prepared(store, desk, deployments, items);
    for (const arrived of byDelivery(items, places)) await weighAll(store, at, arrived);
    tellNews(at);
    desk.extra.deliveries.push(...left.map(({ id }) => id));
  });
};

/** One delivery: what it says against the rules, then against what somebody asked to be run again. */
const weighAll = async (
  store: Store,
  at: Weighing,
  arrived: readonly Arrived[],
): Promise<void> => {
  const { desk, known } = at;
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
    weigh(at, { ...one, position: arrived.length + more }, one.deployment);
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
  const read =
    "mapped" in parsed
      ? parsed.mapped
      : [unmappedSignal(delivery.source, source?.deployment ?? "", parsed.unmapped)];
  const all = [...read, ...(parsed.lost ?? [])];
  return all.map((one, position) => ({ delivery, position, observed: one }));
};

const isOwn = ({ source }: { readonly source: string }): boolean => source === ownSource;
