import { Environment, type ParseResult } from "@marcbachmann/cel-js";
import { refusedIn } from "./cel/condition-checks.ts";
import { celLimits, engineError, missing, missingKey, tooLarge } from "./cel/errors.ts";
import { callOf, type Node, visitNodes } from "./cel/tree.ts";
import { unfit, unreadable } from "./check/common-mistakes.ts";

/** CEL over what a sender sent: how a mapping computes a field that no pointer reaches. */

/** What an expression sees. `item` and `body` as {@link spoken} gives them. */
export interface Scope {
  readonly item: CelValue;
  readonly body: CelValue;
  /** The item's name in an object, or its number in a list. */
  readonly key: string;
  /**
   * The names or numbers on the way to the item, its own last: one for each list that was gone
   * through.
   */
  readonly keys: readonly string[];
  /** What the sender calls this kind of message, by the header the mapping names. */
  readonly event: string;
}

/** JSON as CEL may see it: objects as Maps, since the engine asks an object for its constructor. */
export interface CelValue {
  readonly value: unknown;
  /** How many values it holds. */
  readonly size: number;
}

/**
 * What an expression gives: text, a number, true or false, null; or why it gives nothing, in a few
 * words.
 */
export type Given =
  | { readonly value: string | number | boolean | null }
  | { readonly problem: string };

export interface Expression {
  readonly source: string;
  readonly evaluate: (scope: Scope) => Given;
  /** How many steps an evaluation may take at most. */
  readonly cost: (scope: Scope) => number;
  /** Whether it looks at the item, so that each item needs an answer of its own. */
  readonly ofItem: boolean;
}

const environment = new Environment({ limits: celLimits })
  .registerVariable("item", "dyn")
  .registerVariable("body", "dyn")
  .registerVariable("key", "string")
  .registerVariable("keys", "list<string>")
  .registerVariable("event", "string")
  .registerFunction("sum(list): double", (list: unknown) => sumOf(list))
  .registerFunction("list.sum(): double", (list: unknown) => sumOf(list))
  .registerFunction("avg(list): double", (list: unknown) => averageOf(list))
  .registerFunction("list.avg(): double", (list: unknown) => averageOf(list));

const numbersIn = (list: unknown): readonly number[] =>
  (Array.isArray(list) ? list : []).map((item) => {
    if (typeof item === "number" || typeof item === "bigint") return Number(item);
    throw new Error("something in the list is no number");
  });

const sumOf = (list: unknown): number => numbersIn(list).reduce((sum, number) => sum + number, 0);

function averageOf(list: unknown): number {
  const numbers = numbersIn(list);
  if (numbers.length === 0) throw new Error("there is no average of an empty list");
  return sumOf(numbers) / numbers.length;
}

/** Makes JSON visible to expressions. */
export function celValue(json: unknown): CelValue {
  let size = 0;
  const said = (value: unknown): unknown => {
    size += 1;
    if (Array.isArray(value)) return value.map(said);
    if (typeof value !== "object" || value === null) return value;
    return new Map(Object.entries(value).map(([name, inner]) => [name, said(inner)]));
  };
  return { value: said(json), size };
}

/**
 * Compiles an expression, or says what is wrong with it. `gives`: whether it must say true or
 * false, or a field's value.
 */
export function compileExpression(
  source: string,
  gives: "bool" | "field",
): Expression | { readonly problems: readonly string[] } {
  const parsed = parse(source);
  if ("problems" in parsed) return parsed;
  const ast: Node = parsed.ast;
  const refused = refusedIn(ast, ["string", "sum", "avg"]);
  if (refused.length > 0) return { problems: refused };
  const { error, type = "dyn" } = environment.check(source);
  if (error) return { problems: [inOurWords(error)] };
  const wrong = wrongType(type, gives);
  if (wrong !== null) return { problems: [wrong] };
  const { ofItem, cost } = lookedAt(ast);
  return { source, ofItem, cost, evaluate: (scope) => evaluate(parsed, scope) };
}

function wrongType(type: string, gives: "bool" | "field"): string | null {
  if (type === "dyn") return null;
  if (gives === "bool")
    return type === "bool" ? null : `the expression gives ${type}, not true or false.`;
  return ["string", "int", "uint", "double", "bool", "null"].includes(type)
    ? null
    : `the expression gives ${type}, not text or a number.`;
}

function parse(source: string): ParseResult | { readonly problems: readonly string[] } {
  try {
    return environment.parse(source);
  } catch (error) {
    const large = tooLarge(error);
    if (large) return { problems: [`the expression ${large}`] };
    return { problems: unreadable(source, engineError(error).range?.start ?? 0, "expression") };
  }
}

function inOurWords(error: unknown): string {
  const { summary, range } = engineError(error);
  const key = missingKey(error);
  if (key !== undefined) return `there is nothing called “${key}”.`;
  return `${unfit(summary) ?? summary}${range ? `, at character ${range.start + 1} of the expression` : ""}.`;
}

const loops = ["all", "exists", "exists_one", "filter", "map", "sum", "avg"];

/**
 * Loops, and looking for something in a list, take as many steps as what they go through has
 * values.
 */
function lookedAt(ast: Node): Pick<Expression, "ofItem" | "cost"> {
  let nodes = 0;
  let goesThrough = false;
  const names = new Set<unknown>();
  visitNodes(ast, (node) => {
    nodes += 1;
    goesThrough ||= node.op === "in" || loops.includes(callOf(node) ?? "");
    if (node.op === "id") names.add(node.args);
  });
  const ofItem = ["item", "key", "keys"].some((name) => names.has(name));
  return {
    ofItem,
    cost: ({ item, body }) => {
      if (!goesThrough) return nodes;
      return (
        nodes * (1 + (names.has("item") ? item.size : 0) + (names.has("body") ? body.size : 0))
      );
    },
  };
}

function evaluate(parsed: ParseResult, { item, body, key, keys, event }: Scope): Given {
  try {
    const value: unknown = parsed({ item: item.value, body: body.value, key, keys, event });
    if (value === null || value === undefined) return { value: null };
    if (typeof value === "bigint") return { value: Number(value) };
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
      return { value };
    return { problem: "it gives neither text nor a number" };
  } catch (error) {
    return { problem: missing(error) };
  }
}
