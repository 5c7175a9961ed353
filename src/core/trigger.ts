import { Environment, type ParseResult } from "@marcbachmann/cel-js";
import type { Node } from "./policy/cel-tree.ts";
import { closest } from "./policy/closest.ts";
import { refusedIn, warningsIn } from "./policy/condition-checks.ts";
import { figuresOf } from "./policy/held.ts";
import type { Signal } from "./signal.ts";

/** What a condition says of a signal. `because` is a short English reason: the missing field, the error, or the comparison that held. */
export type Verdict =
  | { readonly is: "fired"; readonly because: string }
  | { readonly is: "quiet"; readonly because: string }
  | { readonly is: "indeterminate"; readonly because: string };

/** A condition checked against the typed signal, ready to be asked. */
export interface Condition {
  readonly evaluate: (signal: Signal) => Verdict;
  /** Things that are legal but likely mistakes, as sentences. */
  readonly warnings: readonly string[];
}

/** A condition that cannot be used, each reason as a sentence. */
export interface BadCondition {
  readonly problems: readonly string[];
}

const samples = { completed: "double", total: "double" };

/** The fields conditions see, with their CEL types. Every number is a double; a null one is a field that is not there. */
const signalFields = {
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
} satisfies Record<keyof Signal, string | typeof samples>;

/** Conditions are short: these limits bound what one evaluation can cost. */
const limits = {
  maxAstNodes: 500,
  maxDepth: 30,
  maxListElements: 200,
  maxMapEntries: 50,
  maxCallArguments: 8,
};

const environment = new Environment({ limits }).registerVariable({
  name: "signal",
  schema: signalFields,
});

/** Compiles a condition, or says what is wrong with it. */
export const compileCondition = (source: string): Condition | BadCondition => {
  const parsed = parse(source);
  if ("problems" in parsed) return parsed;
  const ast: Node = parsed.ast;
  const refused = refusedIn(ast);
  if (refused.length > 0) return { problems: refused };
  const { error, type } = environment.check(source);
  if (error) return { problems: [inOurWords(error)] };
  if (type !== "bool") return { problems: [`the condition gives ${type}, not true or false.`] };
  const figures = figuresOf(ast);
  return { evaluate: (signal) => ask(parsed, signal, figures), warnings: warningsIn(ast) };
};

const parse = (source: string): ParseResult | BadCondition => {
  try {
    return environment.parse(source);
  } catch (error) {
    return { problems: [inOurWords(error)] };
  }
};

interface EngineError {
  readonly summary: string;
  readonly range: { readonly start: number; readonly end: number } | null;
  readonly source: string;
}

/** The engine's errors carry a one-line summary and a place; anything else that is thrown has only its message. */
const engineError = (error: unknown): EngineError => {
  if (!(error instanceof Error)) return { summary: String(error), range: null, source: "" };
  const {
    summary = error.message,
    range = null,
    node = null,
  } = error as Error & {
    readonly summary?: string;
    readonly range?: EngineError["range"];
    readonly node?: { readonly input?: string } | null;
  };
  return { summary, range, source: node?.input ?? "" };
};

const inOurWords = (error: unknown): string => {
  const { summary, range } = engineError(error);
  const where = range ? `, at character ${range.start + 1} of the condition` : "";
  const [, key] = /^No such key: (.+)$/.exec(summary) ?? [];
  if (key !== undefined) return noSuchField(key);
  if (/\bint\b/.test(summary) && /\bdouble\b/.test(summary)) {
    return `${summary}${where}: the numbers of a signal are doubles; write 2.0, not 2.`;
  }
  if (/\bnull\b/.test(summary)) {
    return `${summary}${where}: a missing number is no value to compare with; write has(signal.…).`;
  }
  const [, limit, most] = /^Exceeded max(\w+) \((\d+)\)/.exec(summary) ?? [];
  if (limit) return `the condition is too large: more than ${most} ${partWords[limit] ?? limit}.`;
  return `${summary}${where}.`;
};

const partWords: Readonly<Record<string, string>> = {
  AstNodes: "steps",
  Depth: "levels",
  ListElements: "elements in a list",
  MapEntries: "entries in a map",
  CallArguments: "arguments",
};

const noSuchField = (key: string): string => {
  const names = [
    ...Object.keys(signalFields),
    ...Object.keys(samples).map((one) => `samples.${one}`),
  ];
  const close = closest(key, names);
  const meant = close === undefined ? "." : `; did you mean ${close}?`;
  return `a signal has no field “${key}”${meant} Allowed: ${names.join(", ")}.`;
};

/** Three-valued: an error or a missing field is indeterminate, never false. */
const ask = (parsed: ParseResult, signal: Signal, figures: (signal: Signal) => string): Verdict => {
  try {
    const result: unknown = parsed({ signal: spoken(signal) });
    if (result === true) return { is: "fired", because: figures(signal) || "the condition holds" };
    if (result === false) return { is: "quiet", because: "the condition does not hold" };
    return { is: "indeterminate", because: "the condition gave no answer" };
  } catch (error) {
    return { is: "indeterminate", because: missing(error) };
  }
};

/** CEL sees only what was said: a null number is a field that is not there, and so is a number that is none. */
const spoken = (signal: Signal): Record<string, unknown> => {
  const { value, threshold, stderr, samples: counted, labels, ...rest } = signal;
  const numbers = Object.entries({ value, threshold, stderr });
  return {
    ...rest,
    // A Map: the engine asks an object for its constructor, which is a name that a label may have.
    labels: new Map(Object.entries(labels)),
    ...Object.fromEntries(numbers.filter(([, number]) => Number.isFinite(number))),
    ...(counted === null ? {} : { samples: counted }),
  };
};

const missing = (error: unknown): string => {
  const { summary, range, source } = engineError(error);
  const [, key] = /^No such key: (.+)$/.exec(summary) ?? [];
  if (key === undefined) return summary;
  // The range begins at the last name of a path, or at the whole `signal.labels["x"]`: the path is what stands before its end.
  const path = /signal(?:\.\w+|\[[^\]]*\])+$/.exec(source.slice(0, range?.end ?? 0))?.[0];
  return `${path ?? key} is missing`;
};
