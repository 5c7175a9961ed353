import { saidAt } from "../../core/escalation/condition-identity.ts";
import { type Reading, seriesOf } from "../../core/escalation/readings.ts";
import { partnersIn } from "../../core/escalation/remembered.ts";
import { endsWhatFires } from "../../core/escalation/signal-evidence.ts";
import type { Digest, Instant } from "../../core/ids.ts";
import { digestOf } from "../../core/log/commitment.ts";
import { type Facts, noFacts } from "../../core/policy/condition-facts.ts";
import { fieldIn } from "../../core/policy/memory.ts";
import { type Trigger, triggersOf } from "../../core/policy/model.ts";
import type { Signal } from "../../core/signal.ts";
import { deploymentOf, type Situation } from "../../core/state/situation.ts";
import type { Delivery } from "../ports.ts";
import { heardAt, type ReceivedSignal } from "./evidence-counts.ts";

/** Which rules with a memory a signal is about, and how each remembers it. */

/** The time and the rules by which signals are judged. */
export interface JudgedBy {
  readonly now: Instant;
  situation(deployment: string): Pick<Situation, "policy" | "state">;
}

/** The facts of a signal's deployment. */
export function factsOf(work: JudgedBy, { delivery }: ReceivedSignal, deployment: string): Facts {
  const situation = work.situation(deployment);
  const scope = situation.state.posture?.scope ?? "";
  return {
    ...noFacts,
    receivedAt: heardAt(work, delivery),
    deployment: { model: deploymentOf(situation)?.model ?? "", scope },
  };
}

export interface Concerned {
  readonly trigger: Trigger;
  readonly own: Reading;
  /**
   * What the signal is for it: one that its condition is about, one that a trigger which it asks for
   * is about, the change that it waits for, or the end of what has to last.
   */
  readonly as: "own" | "partner" | "change" | "end";
}

/** The triggers that remember and are about a signal, or ask for another that is. */
export function concernedBy(
  work: JudgedBy,
  received: ReceivedSignal,
  deployment: string,
): readonly Concerned[] {
  const { observed } = received;
  if (observed.test || observed.partial) return [];
  const triggers = triggersOf(work.situation(deployment).policy, deployment).filter(
    ({ rule }) => rule !== "",
  );
  if (triggers.length === 0) return [];
  const facts = factsOf(work, received, deployment);
  const about = new Set(
    triggers.filter((one) => one.isAbout(observed.signal, facts)).map(({ id }) => id),
  );
  return triggers.flatMap((trigger) => {
    const as = about.has(trigger.id) ? "own" : otherwise(trigger, observed.signal, about);
    return as === null
      ? []
      : [{ trigger, as, own: readingOf(work, { received, deployment, trigger }) }];
  });
}

function otherwise(
  { memory }: Trigger,
  signal: Signal,
  about: ReadonlySet<string>,
): Concerned["as"] | null {
  if (!memory) return null;
  if (memory.expect && signal.kind === "change" && signal.change === memory.expect.after)
    return "change";
  if (partnersIn(memory).some((id) => about.has(id))) return "partner";
  return memory.lasts !== null && endsWhatFires(signal) ? "end" : null;
}

/** Of each body once: it may hold hundreds of signals. */
const digests = new WeakMap<Uint8Array, Digest>();

function digestOfBody(body: Uint8Array): Digest {
  const known = digests.get(body);
  if (known !== undefined) return known;
  const digest = digestOf(body);
  digests.set(body, digest);
  return digest;
}

const utf8 = new TextEncoder();
const hashed = (parts: readonly unknown[]): string =>
  digestOf(utf8.encode(JSON.stringify(parts))).slice(0, 32);

/** A signal as a trigger remembers it, before anybody knows whether its condition holds. */
export function readingOf(
  work: JudgedBy,
  {
    received: { delivery, position, observed },
    deployment,
    trigger,
  }: {
    readonly received: Pick<ReceivedSignal, "position" | "observed"> & {
      readonly delivery: Pick<Delivery, "id" | "receivedAt"> & { readonly body?: Uint8Array };
    };
    readonly deployment: string;
    readonly trigger: Trigger;
  },
): Reading {
  const { signal, condition, occurrence } = observed;
  const heard = Math.min(delivery.receivedAt, work.now);
  const series = seriesOf(signal, condition);
  const { repeated = null, together = null, spread = null } = trigger.memory ?? {};
  const by = repeated?.by ?? (together && "deployments" in together ? together.by : "");
  const variant = fieldIn(signal, spread?.by ?? "");
  const once = occurrence ?? [delivery.id, position];
  return {
    rule: trigger.rule,
    deployment,
    seen: hashed([...series, condition, once, variant]),
    series: hashed(series),
    group: by === "" ? "" : hashed([by, fieldIn(signal, by)]),
    run: spread ? hashed(runOf(signal, spread, delivery.id)) : "",
    model: signal.model === "" ? "" : hashed([signal.model]),
    at: saidAt(observed, heard) ?? heard,
    met: false,
    value: signal.value,
    delivery: delivery.id,
    position,
    body: delivery.body ? digestOfBody(delivery.body) : "",
    due: null,
  };
}

const runNames = [
  "source",
  "suite",
  "scorer",
  "score",
  "metric",
  "group",
  "reducer",
  "model",
] as const;

const runOf = (
  signal: Signal,
  { by, run }: { readonly by: string; readonly run: string },
  delivery: string,
): readonly string[] => [
  run === "" ? delivery : fieldIn(signal, run),
  ...runNames.map((name) => (name === by ? "" : signal[name])),
];
