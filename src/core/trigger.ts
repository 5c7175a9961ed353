import { Environment, type ParseResult } from "@marcbachmann/cel-js";
import type { Signal } from "./signal.ts";

/** What a condition says of a signal. `because` is a short English reason: the missing field, the error, or the comparison that held. */
export type Verdict =
  | { readonly is: "fired"; readonly because: string }
  | { readonly is: "quiet"; readonly because: string }
  | { readonly is: "indeterminate"; readonly because: string };

/** A condition checked against the typed signal, ready to be asked. */
export interface Condition {
  readonly evaluate: (signal: Signal) => Verdict;
  /** Things that are legal but likely mistakes. */
  readonly warnings: readonly string[];
}

/** A condition that cannot be used, each reason as a sentence. */
export interface BadCondition {
  readonly problems: readonly string[];
}

const text = "string";
const number = "double";

/** The fields conditions see, with their CEL types. Numbers are doubles; a null number is a missing field. */
export const signalFields = {
  id: text,
  source: text,
  kind: text,
  status: text,
  deployment: text,
  model: text,
  severity: text,
  summary: text,
  url: text,
  occurredAt: text,
  startedAt: text,
  labels: "map<string, string>",
  metric: text,
  value: number,
  threshold: number,
  worse: text,
  suite: text,
  scorer: text,
  score: text,
  stderr: number,
  samples: { completed: number, total: number },
  change: text,
} as const;

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

const macros = new Set(["all", "exists", "exists_one", "map", "filter"]);

interface Node {
  readonly op: string;
  readonly args: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "op" in value && "args" in value;

const childrenOf = (value: unknown): readonly Node[] => {
  if (isNode(value)) return [value];
  return Array.isArray(value) ? value.flatMap(childrenOf) : [];
};

const walk = (
  node: Node,
  inside: readonly string[],
  visit: (node: Node, inside: readonly string[]) => void,
): void => {
  visit(node, inside);
  const name = callOf(node);
  for (const child of childrenOf(node.args))
    walk(child, name === null ? inside : [...inside, name], visit);
};

/** The function a call node calls, or null. */
const callOf = ({ op, args }: Node): string | null =>
  (op === "rcall" || op === "call") && Array.isArray(args) && typeof args[0] === "string"
    ? args[0]
    : null;

/** Compiles a condition, or says everything that is wrong with it. */
export const compileCondition = (source: string): Condition | BadCondition => {
  const parsed = parse(source);
  if ("problems" in parsed) return parsed;
  const checked = environment.check(source);
  if (!checked.valid)
    return { problems: [`${firstLine(checked.error?.message ?? "not a condition")}.`] };
  if (checked.type !== "bool")
    return { problems: [`The condition gives ${String(checked.type)}, not true or false.`] };
  const problems = forbidden(parsed.ast as unknown as Node);
  if (problems.length > 0) return { problems };
  return {
    evaluate: (signal) => ask(parsed, signal),
    warnings: warningsIn(parsed.ast as unknown as Node, source),
  };
};

const firstLine = (message: string): string => (message.split("\n")[0] ?? "").replace(/\.$/, "");

const parse = (source: string): ParseResult | BadCondition => {
  try {
    return environment.parse(source);
  } catch (error) {
    return { problems: [`${firstLine(error instanceof Error ? error.message : String(error))}.`] };
  }
};

/** A regular expression can hang on hostile input, and loops inside loops multiply: both are refused when the policy is loaded. */
const forbidden = (ast: Node): readonly string[] => {
  const problems = new Set<string>();
  walk(ast, [], (node, inside) => {
    const name = callOf(node);
    if (name === "matches")
      problems.add(
        "matches() is not allowed: a pattern can hang on hostile text. Use ==, in, startsWith, endsWith or contains.",
      );
    if (name !== null && macros.has(name) && inside.some((outer) => macros.has(outer))) {
      problems.add(
        `${name}() inside ${inside.find((outer) => macros.has(outer))}() is not allowed: nested loops multiply.`,
      );
    }
  });
  return [...problems];
};

const warningsIn = (ast: Node, source: string): readonly string[] => {
  const warnings = new Set<string>();
  const names = new Set<string>();
  walk(ast, [], ({ op, args }) => {
    const parts = Array.isArray(args) ? args : [];
    const label = labelIn(op, parts);
    if (
      label !== null &&
      !source.includes(`"${label}" in signal.labels`) &&
      !source.includes(`'${label}' in signal.labels`)
    ) {
      warnings.add(
        `signal.labels["${label}"] cannot be told where the label is missing; write "${label}" in signal.labels && …`,
      );
    }
    if (op === "." && isNode(parts[0]) && parts[0].op === "id" && parts[0].args === "signal")
      names.add(String(parts[1]));
  });
  const compares = ["value", "threshold", "stderr"].some((name) => names.has(name));
  for (const name of compares ? ["kind", "metric"].filter((one) => !names.has(one)) : []) {
    warnings.add(
      `A number is compared without signal.${name}: another sender's figures may meet it.`,
    );
  }
  return [...warnings];
};

/** The label read by `signal.labels.x` or `signal.labels["x"]`, or null. */
const labelIn = (op: string, parts: readonly unknown[]): string | null => {
  const [of, key] = parts;
  if (!isNode(of) || of.op !== "." || !Array.isArray(of.args) || of.args[1] !== "labels")
    return null;
  if (op === "." && typeof key === "string") return key;
  return op === "[]" && isNode(key) && typeof key.args === "string" ? key.args : null;
};

/** CEL sees only what was said: a null number is a field that is not there. */
const spoken = (signal: Signal): Record<string, unknown> => {
  const { value, threshold, stderr, samples, ...rest } = signal;
  return {
    ...rest,
    ...(value === null ? {} : { value }),
    ...(threshold === null ? {} : { threshold }),
    ...(stderr === null ? {} : { stderr }),
    samples: samples ?? {},
  };
};

/** Three-valued: an error or a missing field is indeterminate, never false. */
const ask = (parsed: ParseResult, signal: Signal): Verdict => {
  try {
    const result: unknown = parsed({ signal: spoken(signal) });
    if (result === true) return { is: "fired", because: heldBy(signal) };
    if (result === false) return { is: "quiet", because: "the condition does not hold" };
    return { is: "indeterminate", because: "the condition gave no answer" };
  } catch (error) {
    return { is: "indeterminate", because: missing(error) };
  }
};

const heldBy = ({ value, threshold }: Signal): string => {
  if (value === null) return "the condition holds";
  return threshold === null
    ? `the condition holds at ${value}`
    : `the condition holds at ${value} (sender's limit ${threshold})`;
};

const missing = (error: unknown): string => {
  const message = firstLine(error instanceof Error ? error.message : String(error));
  const key = /^No such key: (.+)$/.exec(message)?.[1];
  return key ? `signal.${key} is missing` : message;
};
