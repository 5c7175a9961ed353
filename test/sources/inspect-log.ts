/** What a test says of a run. */
export interface Parts {
  readonly status?: unknown;
  readonly spec?: object;
  readonly config?: object;
  readonly results?: object | null;
  readonly more?: object;
}

/** One entry of `results.scores`. */
export function score(more: object = {}) {
  return {
    name: "attack_success",
    scorer: "attack_success",
    scored_samples: 100,
    unscored_samples: 0,
    metrics: { mean: { name: "mean", value: 0.082 }, stderr: { name: "stderr", value: 0.01 } },
    ...more,
  };
}

/** A run over everything that ended well, but for what a test says. */
export function log({ status = "success", spec, config, results, more }: Parts = {}): object {
  return {
    version: 2,
    status,
    eval: {
      eval_id: "ev1",
      run_id: "run1",
      task: "jailbreak",
      task_id: "task1",
      model: "aurora-3",
      dataset: { samples: 100 },
      config: { epochs: 1, ...config },
      ...spec,
    },
    ...(results === null
      ? {}
      : {
          results: { total_samples: 100, completed_samples: 100, scores: [score()], ...results },
        }),
    stats: { started_at: "2026-11-23T07:00:00+00:00", completed_at: "2026-11-23T08:00:00+00:00" },
    ...more,
  };
}
