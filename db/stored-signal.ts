import type { Observed, Signal } from "../src/core/signal.ts";

/** Signals are most of what a webhook leaves behind, and most of their fields are empty: those are left out and put back. */

const blankSignal: Signal = {
  id: "",
  source: "",
  kind: "alert",
  status: "info",
  deployment: "",
  model: "",
  severity: "",
  summary: "",
  url: "",
  occurredAt: "",
  startedAt: "",
  labels: {},
  metric: "",
  value: null,
  threshold: null,
  worse: "unknown",
  suite: "",
  scorer: "",
  score: "",
  stderr: null,
  samples: null,
  change: "",
};

/** What is always written, because indexes ask for it. */
const always = new Set(["source", "kind", "status"]);

/** A signal as it is stored. */
export const slimObserved = ({ signal, ...about }: Observed): object => ({
  ...Object.fromEntries(Object.entries(about).filter(([, value]) => value !== null)),
  signal: Object.fromEntries(
    Object.entries(signal).filter(([name, value]) => always.has(name) || !isBlank(name, value)),
  ),
});

/** The same signal as it came; rows from before this was left out have everything already. */
export const wholeObserved = (stored: unknown): Observed => {
  const { signal, ...about } = stored as Partial<Observed>;
  return {
    condition: "",
    occurrence: null,
    caveat: null,
    ...about,
    signal: { ...blankSignal, ...signal },
  };
};

const blanks = new Map(
  Object.entries(blankSignal).map(([name, value]) => [name, JSON.stringify(value)]),
);

const isBlank = (name: string, value: unknown): boolean =>
  blanks.get(name) === JSON.stringify(value);
