import { Fault } from "../ports.ts";

/** What makes the record doubtful, as this process has found it. */

/**
 * What was compared: the head with what was signed, policies with their digests, entries with their
 * hashes and columns, the folded states with the log, this clock with the database's.
 */
export type Compared = "signing" | "policies" | "log" | "state" | "clock";

/** In this order: the first is the one that people are told. */
const order: readonly Compared[] = ["signing", "log", "policies", "state", "clock"];

export interface Doubt {
  readonly about: Compared;
  /** What is wrong, for an operator. */
  readonly sentence: string;
}

/**
 * The one place that says whether the record is in doubt. While it is, nothing is signed and
 * nothing is widened; restricting goes on. A comparison that agrees again ends its doubt.
 */
export interface Doubts {
  /** What a comparison has found; null = both agree. */
  found(about: Compared, sentence: string | null): void;
  /** The most important one; null = none. */
  first(): Doubt | null;
  about(about: Compared): string | null;
  all(): readonly Doubt[];
  /** Called when another sentence is the most important one, or none is any more. */
  onChange(listener: () => void): () => void;
}

export function createDoubts(): Doubts {
  const found = new Map<Compared, string>();
  const listeners = new Set<() => void>();
  const all = (): readonly Doubt[] =>
    order.flatMap((about) => {
      const sentence = found.get(about);
      return sentence === undefined ? [] : [{ about, sentence }];
    });
  return {
    found: (about, sentence) => {
      const before = all()[0]?.sentence;
      if (sentence === null) found.delete(about);
      else found.set(about, sentence);
      if (all()[0]?.sentence !== before) for (const listener of listeners) listener();
    },
    first: () => all()[0] ?? null,
    about: (about) => found.get(about) ?? null,
    all,
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** What an operator reads at the end of each. */
export const whatToDo =
  "It was changed without Holdpoint; see docs/database.md, “When the record is in doubt”.";

/** A policy whose bytes are not those that the log names. */
export function policyWrong(digest: string): string {
  return `The policy ${digest.slice(0, 12)}… in this database is not the one that was adopted under that digest: its text was changed or removed. ${whatToDo}`;
}

/** The record is in doubt, so this was not recorded. */
export class RecordInDoubt extends Fault {
  readonly sentence: string;
  constructor(sentence: string) {
    super(`the record is in doubt: ${sentence}`, "later");
    this.name = "RecordInDoubt";
    this.sentence = sentence;
  }
}
