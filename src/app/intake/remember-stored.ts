import type { Reading, WantedReadings } from "../../core/escalation/readings.ts";
import { noFacts } from "../../core/policy/condition-facts.ts";
import { memorySpan } from "../../core/policy/memory.ts";
import type { Trigger } from "../../core/policy/model.ts";
import type { ObservedSignal } from "../../core/signal.ts";
import type { Delivery, Store } from "../ports.ts";
import type { UnitOfWork } from "../unit-of-work.ts";
import { readingOf } from "./concerned-triggers.ts";

/** What a rule that is new remembers of the signals that were stored before it. */

export interface Fill {
  readonly trigger: Trigger;
  readonly deployment: string;
  /** The row that says that the stored signals were looked through. */
  readonly marker: WantedReadings;
}

const filled = "filled";

export const markerOf = ({ rule, deployment }: Reading): WantedReadings => ({
  rule,
  deployments: [deployment],
  by: "seen",
  key: filled,
  notModel: "",
  since: 0,
  until: 8.64e15,
  limit: 1,
});

/** So many of the newest signals are looked through for a rule that is new. */
const mostFilled = 5_000;

/** A rule that is new, or says something else now, begins with the signals that are stored. */
export async function fillNew(
  store: Store,
  work: UnitOfWork,
  fills: readonly Fill[],
): Promise<void> {
  const known = await store.readingsOf(fills.map(({ marker }) => marker));
  const open = fills.filter((_, at) => (known[at] ?? []).length === 0);
  for (const deployment of new Set(open.map((fill) => fill.deployment))) {
    const rules = open
      .filter((fill) => fill.deployment === deployment)
      .map(({ trigger }) => trigger);
    const span = Math.max(
      ...rules.map(({ memory }) => (memory ? memorySpan(memory) : longestAsked)),
    );
    const rows = await store.signalsSince(deployment, work.now - span, mostFilled);
    for (const trigger of rules) {
      for (const { delivery, position, at, observed } of rows)
        fill(work, trigger, {
          deployment,
          observed,
          delivery: { id: delivery, receivedAt: at },
          position,
        });
      work.extra.readings.push({
        ...blank,
        rule: trigger.rule,
        deployment,
        seen: filled,
        at: work.now,
      });
    }
    work.refresh(deployment);
  }
}

/** Of a trigger that remembers nothing for itself, as another's partner. */
const longestAsked = 31 * 86_400_000;

const blank: Reading = {
  rule: "",
  deployment: "",
  seen: "",
  series: "",
  group: "",
  run: "",
  model: "",
  at: 0,
  met: false,
  value: null,
  delivery: "",
  position: 0,
  body: "",
  due: null,
};

function fill(
  work: UnitOfWork,
  trigger: Trigger,
  {
    deployment,
    observed,
    delivery,
    position,
  }: {
    readonly deployment: string;
    readonly observed: ObservedSignal;
    readonly delivery: Pick<Delivery, "id" | "receivedAt">;
    readonly position: number;
  },
): void {
  const { test, partial, signal } = observed;
  if (test || partial || !trigger.isAbout(signal, noFacts)) return;
  const { is } = trigger.evaluate(signal, false, noFacts);
  if (is === "indeterminate") return;
  const received = { delivery, position, observed };
  const own = readingOf(work, { received, deployment, trigger });
  work.extra.readings.push({ ...own, met: is === "fired" });
}
