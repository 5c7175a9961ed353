import {
  type Bounds,
  type EvalFigure,
  type EvalRun,
  isCount,
  noBounds,
  rounded,
} from "./eval-run.ts";
import { type Fields, fieldsOf, isFields, numberOf, own, textOf } from "./fields.ts";
import { roundedShare } from "./missing-samples.ts";

/** One prompt on one provider, with the counts of its tests. */
export interface Prompt {
  readonly provider: string;
  /**
   * Identifies the prompt in the run: provider and label; further ones of the same name are
   * numbered.
   */
  readonly apart: string;
  readonly passed: number;
  readonly missed: number;
  /** Tests that ended with an error, which count neither as passed nor as failed. */
  readonly failed: number;
  /**
   * For each named assertion: the sum of its scores, their number, and the sum of their weights,
   * which promptfoo before about 0.120 does not write.
   */
  readonly sums: Fields;
  readonly counts: Fields;
  readonly weights: Fields;
}

/** The prompts of a results file. Version 2 has them in the head of its table. */
function sentPrompts(results: Fields): readonly unknown[] {
  const inHead = own(fieldsOf(own(fieldsOf(own(results, "table")), "head")), "prompts");
  const prompts = own(results, "prompts") ?? inHead;
  return Array.isArray(prompts) ? prompts : [];
}

/** The prompts of a results file that carry metrics. */
export function promptsOf(results: Fields): readonly Prompt[] {
  const told = new Map<string, number>();
  return sentPrompts(results)
    .filter(isFields)
    .flatMap((prompt) => {
      const metrics = own(prompt, "metrics");
      if (!isFields(metrics)) return [];
      const count = (name: string): number => {
        const sent = own(metrics, name);
        return isCount(sent) ? sent : 0;
      };
      return [
        {
          provider: textOf(own(prompt, "provider")),
          apart: apartFrom(told, prompt),
          passed: count("testPassCount"),
          missed: count("testFailCount"),
          failed: count("testErrorCount"),
          sums: fieldsOf(own(metrics, "namedScores")),
          counts: fieldsOf(own(metrics, "namedScoresCount")),
          weights: fieldsOf(own(metrics, "namedScoreWeights")),
        },
      ];
    });
}

/** The number of prompts that are not objects, or have no metrics. */
export function unreadablePrompts(results: Fields): number {
  return sentPrompts(results).filter(
    (prompt) => !isFields(prompt) || !isFields(own(prompt, "metrics")),
  ).length;
}

function apartFrom(told: Map<string, number>, prompt: Fields): string {
  const name = ["provider", "label"].map((part) => textOf(own(prompt, part))).join("/");
  const nth = (told.get(name) ?? 0) + 1;
  told.set(name, nth);
  return nth === 1 ? name : `${name}#${nth}`;
}

/**
 * The figures of one prompt: a rate over its tests, and one for each named assertion. In a red
 * team, where a test passes if the attack was resisted, the rate is that of successful attacks;
 * otherwise that of passed tests.
 */
export function promptFiguresOf(
  run: EvalRun,
  {
    prompt,
    isRedTeam,
    isOneOfMany,
  }: { readonly prompt: Prompt; readonly isRedTeam: boolean; readonly isOneOfMany: boolean },
): readonly EvalFigure[] {
  const item = { run, prompt, isOneOfMany };
  const names = Object.keys(prompt.sums).filter((name) => name !== "__proto__");
  const [weightless, named] = [true, false].map((is) =>
    names.filter((name) => (own(prompt.weights, name) === 0) === is),
  );
  const caveat = (weightless ?? [])
    .map((name) => `All assertions of ${textOf(name)} have weight 0: promptfoo gives it no score.`)
    .join(" ");
  const rate = share(item, isRedTeam);
  return [
    { ...rate, caveat: caveat === "" ? null : caveat },
    ...(named ?? []).map((name) => namedFigure(item, name)),
  ];
}

/**
 * The bounds of the rate of an incomplete prompt, of whose `total` tests only some passed or
 * failed; null if there are none. A test passes or fails, so its bounds are certain. Named
 * assertions have none, because the number of assertions in the missing tests is unknown.
 */
export function partialFigure(
  run: EvalRun,
  prompt: Prompt,
  {
    isRedTeam,
    isOneOfMany,
    total,
  }: Readonly<Record<"isRedTeam" | "isOneOfMany", boolean>> & {
    readonly total: number;
  },
): EvalFigure | null {
  const { passed, missed } = prompt;
  const missing = total - passed - missed;
  if (missing <= 0 || passed + missed === 0) return null;
  const of = isRedTeam ? missed : passed;
  const bounds = {
    atLeast: roundedShare(of / total),
    atMost: roundedShare((of + missing) / total),
  };
  const rate = share({ run, prompt, isOneOfMany }, isRedTeam, bounds);
  const samples = { completed: passed + missed, total };
  return { ...rate, value: null, status: "incomplete", samples };
}

interface PromptOfRun {
  readonly run: EvalRun;
  readonly prompt: Prompt;
  readonly isOneOfMany: boolean;
}

function share(item: PromptOfRun, isRedTeam: boolean, bounds: Bounds = noBounds): EvalFigure {
  const { passed, missed } = item.prompt;
  const tried = passed + missed;
  const { atLeast, atMost } = bounds;
  const left =
    atLeast === null || atMost === null
      ? ""
      : `, and between ${rounded(atLeast)} and ${rounded(atMost)} of all did`;
  const found: Measurement = isRedTeam
    ? {
        metric: "attack_success_rate",
        worse: "higher",
        value: missed / tried,
        says: `${missed} of ${tried} attacks worked${left}`,
        tried,
      }
    : {
        metric: "pass_rate",
        worse: "lower",
        value: passed / tried,
        says: `${passed} of ${tried} tests passed${left}`,
        tried,
      };
  return { ...figure(item, found), ...bounds };
}

/**
 * The mean score of a named assertion, weighted as promptfoo shows it: the sum divided by the
 * weights, else by the number. A derived metric has neither, and its direction is unknown.
 */
function namedFigure(item: PromptOfRun, name: string): EvalFigure {
  const { sums, counts, weights } = item.prompt;
  const sum = numberOf(own(sums, name)).number ?? Number.NaN;
  const count = own(counts, name);
  const weight = numberOf(own(weights, name) ?? count).number ?? 0;
  const isAssertion = isCount(count) && count > 0;
  const value = isAssertion ? sum / weight : sum;
  return figure(item, {
    metric: textOf(name),
    worse: isAssertion ? "lower" : "unknown",
    value,
    says: `${textOf(name)} is ${rounded(value)}`,
    tried: isAssertion ? count : null,
  });
}

interface Measurement {
  readonly metric: string;
  readonly worse: EvalFigure["worse"];
  /** NaN = nothing was measured. */
  readonly value: number;
  readonly says: string;
  readonly tried: number | null;
}

function figure({ run, prompt, isOneOfMany }: PromptOfRun, found: Measurement): EvalFigure {
  const { metric, worse, says, tried } = found;
  const isNumber = Number.isFinite(found.value);
  const on = isOneOfMany ? ` on ${prompt.provider}` : "";
  return {
    scorer: "",
    score: "",
    metric,
    named: metric,
    reducer: "",
    group: "",
    ...noBounds,
    // Prompts of one run are separate conditions: a good result of one must not end another's
    // escalation.
    apart: isOneOfMany ? prompt.apart : "",
    value: isNumber ? found.value : null,
    stderr: null,
    threshold: null,
    worse,
    status: isNumber ? "ok" : tried === 0 ? "no_data" : "errored",
    samples: tried === null ? run.ending.samples : { completed: tried, total: tried },
    summary: isNumber ? `${run.suite}: ${says}${on}.` : `${run.suite}: there is no ${metric}${on}.`,
    caveat: null,
  };
}
