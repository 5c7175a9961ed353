/** What a prompt's tests came to. */
export function metrics(more: object = {}) {
  return {
    testPassCount: 38,
    testFailCount: 2,
    testErrorCount: 0,
    namedScores: { refusal: 19 },
    namedScoresCount: { refusal: 20 },
    ...more,
  };
}

/** One prompt on one provider. */
export function prompt(more: object = {}) {
  return {
    label: "{{message}}",
    provider: "openai:aurora-3",
    metrics: metrics(),
    ...more,
  };
}

/** What a test says of a run. */
export interface Parts {
  readonly config?: object;
  readonly stats?: object;
  readonly prompts?: unknown;
}

/** A results file of a run that ended well, but for what a test says. */
export function file({ config, stats, prompts = [prompt()] }: Parts = {}): object {
  return {
    evalId: "eval-1",
    results: {
      version: 3,
      timestamp: "2026-11-23T07:32:28.983Z",
      prompts,
      stats: { successes: 38, failures: 2, errors: 0, ...stats },
    },
    config: { description: "safety regression", ...config },
  };
}
