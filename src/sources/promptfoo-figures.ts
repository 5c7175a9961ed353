import { type Figure, isCount, type Run, rounded } from "./eval-run.ts";
import { type Fields, fieldsOf, isFields, numberOf, own, textOf } from "./fields.ts";

/** One prompt on one provider, with the counts of its tests. */
export interface Prompt {
  readonly provider: string;
  /** Which prompt of the run: its provider and label; a second of the same name is numbered. */
  readonly apart: string;
  readonly passed: number;
  readonly missed: number;
  /** Tests that ended with an error: neither passed nor missed. */
  readonly failed: number;
  /** Sums of the scores of named assertions, and of how many. */
  readonly sums: Fields;
  readonly counts: Fields;
}

/** The prompts of a results file that carry metrics. */
export const promptsOf = (results: Fields): readonly Prompt[] => {
  const prompts = own(results, "prompts");
  const told = new Map<string, number>();
  return (Array.isArray(prompts) ? prompts : []).filter(isFields).flatMap((prompt) => {
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
      },
    ];
  });
};

/** How many prompts are none, or carry no metrics: what they came to is not known. */
export const unreadablePrompts = (results: Fields): number => {
  const prompts = own(results, "prompts");
  return (Array.isArray(prompts) ? prompts : []).filter(
    (prompt) => !isFields(prompt) || !isFields(own(prompt, "metrics")),
  ).length;
};

const apartFrom = (told: Map<string, number>, prompt: Fields): string => {
  const name = ["provider", "label"].map((part) => textOf(own(prompt, part))).join("/");
  const nth = (told.get(name) ?? 0) + 1;
  told.set(name, nth);
  return nth === 1 ? name : `${name}#${nth}`;
};

/**
 * What a prompt's tests came to. In a red team a test passes when the attack was resisted, so that what did not pass is an
 * attack that worked; elsewhere the share that passed is what people know from promptfoo.
 */
export const figuresOf = (
  run: Run,
  prompt: Prompt,
  isRedTeam: boolean,
  isOneOfMany: boolean,
): readonly Figure[] => {
  const one = { run, prompt, isOneOfMany };
  const named = Object.keys(prompt.sums)
    .filter((name) => name !== "__proto__")
    .map((name) => namedFigure(one, name));
  return [isRedTeam ? attacks(one) : passes(one), ...named];
};

interface One {
  readonly run: Run;
  readonly prompt: Prompt;
  readonly isOneOfMany: boolean;
}

const attacks = (one: One): Figure => {
  const { passed, missed } = one.prompt;
  const tried = passed + missed;
  return figure(one, {
    metric: "attack_success_rate",
    worse: "higher",
    value: missed / tried,
    says: `${missed} of ${tried} attacks worked`,
    tried,
  });
};

const passes = (one: One): Figure => {
  const { passed, missed } = one.prompt;
  const tried = passed + missed;
  return figure(one, {
    metric: "pass_rate",
    worse: "lower",
    value: passed / tried,
    says: `${passed} of ${tried} tests passed`,
    tried,
  });
};

/** A named assertion scores 1 where it held; a derived metric has no count, and its direction is its author's own. */
const namedFigure = (one: One, name: string): Figure => {
  const sum = numberOf(own(one.prompt.sums, name)).number ?? Number.NaN;
  const count = own(one.prompt.counts, name);
  const isAssertion = isCount(count) && count > 0;
  const value = isAssertion ? sum / count : sum;
  return figure(one, {
    metric: textOf(name),
    worse: isAssertion ? "lower" : "unknown",
    value,
    says: `${textOf(name)} is ${rounded(value)}`,
    tried: isAssertion ? count : null,
  });
};

interface Found {
  readonly metric: string;
  readonly worse: Figure["worse"];
  /** NaN where nothing was measured. */
  readonly value: number;
  readonly says: string;
  readonly tried: number | null;
}

const figure = ({ run, prompt, isOneOfMany }: One, found: Found): Figure => {
  const { metric, worse, says, tried } = found;
  const isNumber = Number.isFinite(found.value);
  const on = isOneOfMany ? ` on ${prompt.provider}` : "";
  return {
    scorer: "",
    score: "",
    metric,
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
};
