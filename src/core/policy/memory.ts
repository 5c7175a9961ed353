import type { Millis } from "../ids.ts";
import { canonicalText } from "../log/bytes.ts";
import { digestOf } from "../log/commitment.ts";
import type { Signal } from "../signal.ts";
import type { PolicyDoc } from "./schema/policy-schema.ts";
import { millis } from "./spans.ts";

/**
 * What a rule remembers: around its condition, which is about one signal, what earlier signals must
 * have said. Each part is null where the policy does not say it.
 */
export interface Memory {
  /** The condition must hold `times`: of the last so many measurements, or within a time. */
  readonly repeated: {
    readonly times: number;
    readonly of: number | null;
    readonly within: Millis | null;
    /** Counted apart for each value of this field; "" = all together. */
    readonly by: string;
  } | null;
  /** What `before.value` is. */
  readonly compare:
    | { readonly to: "previous" | "previousModel" }
    | ({ readonly to: "figure" } & FigureOver)
    | null;
  /** What `over.value` is. */
  readonly over: FigureOver | null;
  /** What tells the variants of a run apart, and what the run; "" = the delivery. */
  readonly spread: { readonly by: string; readonly run: string } | null;
  readonly together:
    | { readonly with: readonly string[]; readonly within: Millis }
    | { readonly deployments: number; readonly within: Millis; readonly by: string }
    | null;
  /** How long the condition must have held. */
  readonly lasts: Millis | null;
  readonly expect: {
    readonly suite: string;
    readonly after: string;
    readonly within: Millis;
  } | null;
}

export type Figure = "median" | "mean" | "min" | "max" | "p90" | "p95" | "p99";

interface FigureOver {
  readonly figure: Figure;
  readonly within: Millis;
}

type TriggerDoc = PolicyDoc["triggers"][string];

/** Null where the trigger is about one signal alone. */
export function memoryOf(doc: TriggerDoc): Memory | null {
  const { repeated, compare, over, spread, together, for: lasts, expect } = doc;
  const given = [repeated, compare, over, spread, together, lasts, expect];
  if (given.every((part) => part === undefined)) return null;
  return {
    repeated: repeated
      ? {
          times: repeated.times,
          of: repeated.of ?? null,
          within: lengthOf(repeated.within),
          by: repeated.by ?? "",
        }
      : null,
    compare: compare === undefined ? null : compared(compare),
    over: over === undefined ? null : figureIn(over),
    spread:
      spread === undefined ? null : typeof spread === "string" ? { by: spread, run: "" } : spread,
    together: together ? togetherOf(together) : null,
    lasts: lengthOf(lasts),
    expect: expect ? { ...expect, within: millis(expect.within) } : null,
  };
}

const lengthOf = (text: string | undefined): Millis | null =>
  text === undefined ? null : millis(text);

const compared = (doc: NonNullable<TriggerDoc["compare"]>): Memory["compare"] =>
  typeof doc === "string" ? { to: doc } : { to: "figure", ...figureIn(doc) };

function figureIn(doc: NonNullable<TriggerDoc["over"]>): FigureOver {
  const [[figure, within] = ["median", "0s"]] = Object.entries(doc);
  return { figure: figure as Figure, within: millis(within) };
}

const togetherOf = (doc: NonNullable<TriggerDoc["together"]>): Memory["together"] =>
  doc.with
    ? { with: doc.with, within: millis(doc.within) }
    : { deployments: doc.deployments ?? 2, within: millis(doc.within), by: doc.by ?? "" };

/**
 * Under what a rule's earlier signals are kept: another wording of it begins anew, from the signals
 * that are stored.
 */
export function ruleKey(id: string, when: string, memory: Memory | null): string {
  const bytes = new TextEncoder().encode(canonicalText({ when, memory }));
  return `${id}@${digestOf(bytes).slice(0, 16)}`;
}

/** How far back a rule without a time of its own looks. */
const longest: Millis = 92 * 86_400_000;

/** How far back a rule looks at most. */
export function memorySpan({ repeated, compare, over, together, spread }: Memory): Millis {
  const spans = [
    repeated && (repeated.within ?? longest),
    compare && (compare.to === "figure" ? compare.within : longest),
    over?.within,
    together?.within,
    spread && longest,
  ];
  return Math.max(0, ...spans.map((span) => span ?? 0));
}

/** What a signal says of a field by which is counted: `labels.<name>` or its own; "" = nothing. */
export function fieldIn(signal: Signal, by: string): string {
  if (!by.startsWith("labels.")) return by === "" ? "" : String(signal[by as keyof Signal] ?? "");
  const name = by.slice("labels.".length);
  return Object.hasOwn(signal.labels, name) ? (signal.labels[name] ?? "") : "";
}
