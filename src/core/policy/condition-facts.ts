import type { Instant } from "../ids.ts";
import { boundsOf, type Signal, saysNothing } from "../signal.ts";
import { parseRfc3339 } from "../time.ts";

/** What a condition may ask: the fields of its signal, and what is known besides. */

/** Known besides the signal; null where it is not. */
export interface Facts {
  /** When the signal was received. */
  readonly receivedAt: Instant | null;
  /** The model by the policy, and the scope in force; "" = none. */
  readonly deployment: { readonly model: string; readonly scope: string } | null;
  /** What the rule's `compare` found among the signals before this one. */
  readonly before: number | null;
  /** What the rule's `over` gives, this signal included, and of how many signals. */
  readonly over: { readonly value: number; readonly count: number } | null;
  /** How far apart the variants of this run are, and how many there are so far. */
  readonly spread: { readonly value: number; readonly variants: number } | null;
}

export const noFacts: Facts = {
  receivedAt: null,
  deployment: null,
  before: null,
  over: null,
  spread: null,
};

const samples = { completed: "double", total: "double" };

type Sent = Record<keyof Signal, string | typeof samples>;

/**
 * The fields conditions see, with their CEL types. Every number is a double; a null one is a field
 * that is not there.
 */
export const signalFields = {
  id: "string",
  source: "string",
  kind: "string",
  status: "string",
  deployment: "string",
  model: "string",
  severity: "string",
  summary: "string",
  url: "string",
  occurredAt: "string",
  startedAt: "string",
  labels: "map<string, string>",
  metric: "string",
  value: "double",
  threshold: "double",
  worse: "string",
  suite: "string",
  scorer: "string",
  score: "string",
  stderr: "double",
  samples,
  change: "string",
  reducer: "string",
  group: "string",
  atLeast: "double",
  atMost: "double",
  /** Seconds between when the sender says that it was so and when it arrived. */
  age: "double",
  /** The 95 % Wilson interval of a share of samples. */
  lower95: "double",
  upper95: "double",
} satisfies Sent & Record<"age" | "lower95" | "upper95", string>;

/** The other variables, with their fields. */
export const factFields = {
  deployment: { model: "string", scope: "string" },
  before: { value: "double" },
  over: { value: "double", count: "double" },
  spread: { value: "double", variants: "double" },
};

/** The last signal and facts as CEL sees them: every trigger is asked about them in a row. */
let last: {
  readonly signal: Signal;
  readonly facts: Facts;
  readonly said: Readonly<Record<string, unknown>>;
} | null = null;

/** The variables of a condition as CEL sees them. */
export function spoken(signal: Signal, facts: Facts): Readonly<Record<string, unknown>> {
  if (last?.signal === signal && last.facts === facts) return last.said;
  const { receivedAt, deployment, before, over, spread } = facts;
  const isSame = last?.signal === signal && last.facts.receivedAt === receivedAt;
  const said = {
    signal: isSame ? last?.said["signal"] : fieldsSaid(signal, receivedAt),
    deployment: { model: deployment?.model || undefined, scope: deployment?.scope || undefined },
    before: { value: finite(before) },
    over: { value: finite(over?.value), count: finite(over?.count) },
    spread: { value: finite(spread?.value), variants: finite(spread?.variants) },
  };
  last = { signal, facts, said };
  return said;
}

const finite = (number: number | null | undefined): number | undefined =>
  typeof number === "number" && Number.isFinite(number) ? number : undefined;

/**
 * CEL sees only what was said: a null number is a field that is not there, and so is a number that
 * is none.
 */
function fieldsSaid(signal: Signal, receivedAt: Instant | null): Record<string, unknown> {
  const { atLeast, atMost } = boundsOf(signal);
  const { value, threshold, stderr, samples } = signal;
  return {
    ...signal,
    value: finite(value),
    threshold: finite(threshold),
    stderr: finite(stderr),
    atLeast: finite(atLeast),
    atMost: finite(atMost),
    samples: samples ?? undefined,
    // A Map: the engine asks an object for its constructor, which is a name that a label may have.
    labels: new Map(Object.entries(signal.labels)),
    age: ageOf(signal, receivedAt),
    ...intervalOf(signal),
  };
}

/** In seconds, never below 0: a sender's clock is never ahead of ours. */
function ageOf({ occurredAt }: Signal, receivedAt: Instant | null): number | undefined {
  const at = parseRfc3339(occurredAt);
  return at === null || receivedAt === null ? undefined : Math.max(0, receivedAt - at) / 1_000;
}

/** 1.96 standard deviations, to the last digit of a double. */
const z = 1.959963984540054;

/**
 * The 95 % Wilson score interval of a share of samples: of a value between 0 and 1 of so many
 * complete samples. Without both there is none, and none of a run that is not whole.
 */
export function intervalOf({
  status,
  value,
  samples,
}: Pick<Signal, "status" | "value" | "samples">): {
  readonly lower95?: number;
  readonly upper95?: number;
} {
  const n = samples?.completed ?? 0;
  if (value === null || saysNothing(status) || value < 0 || value > 1 || !(n > 0)) return {};
  const scale = 1 + z ** 2 / n;
  const middle = (value + z ** 2 / (2 * n)) / scale;
  const half = (z / scale) * Math.sqrt((value * (1 - value)) / n + z ** 2 / (4 * n ** 2));
  return { lower95: Math.max(0, middle - half), upper95: Math.min(1, middle + half) };
}
