import type { Signal } from "../../../src/core/signal.ts";

/** An evaluation result that is complete; tests say what differs. */
export function signalWith(parts: Partial<Signal> = {}): Signal {
  return {
    id: "run-1",
    source: "signals",
    kind: "eval",
    status: "ok",
    deployment: "assistant-prod",
    model: "aurora-3",
    severity: "",
    summary: "",
    url: "",
    occurredAt: "2026-11-23T03:11:40Z",
    startedAt: "",
    labels: {},
    metric: "mean",
    value: 0.082,
    threshold: 0.05,
    worse: "higher",
    suite: "jailbreak-nightly",
    scorer: "attack_success",
    score: "",
    stderr: 0.011,
    samples: { completed: 600, total: 600 },
    change: "",
    reducer: "",
    group: "",
    atLeast: null,
    atMost: null,
    ...parts,
  };
}
