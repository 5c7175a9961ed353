import { type Bounds, type EvalFigure, isCount, noBounds, type Run, rounded } from "./eval-run.ts";
import { type Fields, fieldsOf, isFields, numberOf, own, textOf } from "./fields.ts";
import { short } from "./missing-samples.ts";

/** One prompt on one provider, with the counts of its tests. */
export interface Prompt {
  readonly provider: string;
  /** Which prompt of the run: its provider and label; a second of the same name is numbered. */
  readonly apart: string;
  readonly passed: number;
  readonly missed: number;
  /** Tests that ended with an error: neither passed nor missed. */
  readonly failed: number;
  /**
   * Sums of the scores of named assertions, of how many, and of their weights, which promptfoo
   * before 0.120 or so does not write.
   */
  readonly sums: Fields;
  readonly counts: Fields;
  readonly weights: Fields;
}

/** Where the prompts stand: version 2 of the results has them in the head of its table. */
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

/** How many prompts are none, or carry no metrics: what they came to is not known. */
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
 * What a prompt's tests came to. In a red team a test passes when the attack was resisted, so that
 * what did not pass is an attack that worked; elsewhere the share that passed is what people know
 * from promptfoo.
 */
export function figuresOf(
  run: Run,
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
 * Between what the share lies of a prompt of whose tests only some passed or failed, of `total`
 * there are. A test passes or does not, so that it is certain; how many assertions a test would
 * have had is not known, so that named ones have no bounds.
 */
export function partialFigure(
  run: Run,
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
  const bounds = { atLeast: short(of / total), atMost: short((of + missing) / total) };
  const rate = share({ run, prompt, isOneOfMany }, isRedTeam, bounds);
  const samples = { completed: passed + missed, total };
  return { ...rate, value: null, status: "incomplete", samples };
}

interface One {
  readonly run: Run;
  readonly prompt: Prompt;
  readonly isOneOfMany: boolean;
}

function share(item: One, isRedTeam: boolean, bounds: Bounds = noBounds): EvalFigure {
  const { passed, missed } = item.prompt;
  const tried = passed + missed;
  const { atLeast, atMost } = bounds;
  const left =
    atLeast === null || atMost === null
      ? ""
      : `, and between ${rounded(atLeast)} and ${rounded(atMost)} of all did`;
  const found: Found = isRedTeam
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
 * A named assertion scores 1 where it held, and its score is a mean by weight, as promptfoo shows
 * it: by the sum of the weights, else by their number. A derived metric has neither, and its
 * direction is its author's own.
 */
function namedFigure(item: One, name: string): EvalFigure {
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

interface Found {
  readonly metric: string;
  readonly worse: EvalFigure["worse"];
  /** NaN where nothing was measured. */
  readonly value: number;
  readonly says: string;
  readonly tried: number | null;
}

function figure({ run, prompt, isOneOfMany }: One, found: Found): EvalFigure {
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
    // Two prompts of one run measure different things: a good one must not speak for the other.
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
