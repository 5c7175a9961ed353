import { boundsOf, type Signal } from "../signal.ts";
import { fieldOf, literalOf, type Node, sidesOf, visitNodes } from "./cel/tree.ts";
import { intervalOf } from "./condition-facts.ts";

/** Why a condition held, in figures: `signal.value 0.082 > 0.05`; and which way a value is bad. */

/** What a value is held against, and on which side of it the rule is met. */
export interface Limit {
  readonly limit: number;
  readonly worse: "higher" | "lower";
}

type ComparedFigure = (
  signal: Signal,
) => { readonly name: string; readonly size: number; readonly isValue: boolean } | null;

interface Comparison {
  readonly left: ComparedFigure;
  readonly op: string;
  readonly right: ComparedFigure;
}

/**
 * What a condition's comparisons of numbers say of a signal, those that hold; "" when there is
 * none.
 */
export function figuresOf(ast: Node): (signal: Signal) => string {
  const comparisons = comparisonsIn(ast);
  return (signal) =>
    [...new Set(comparisons.flatMap((comparison) => said(comparison, signal)))].join(", ");
}

/**
 * The limits that a condition holds a signal's value against, each with whether the value is beyond
 * it. What only makes sure that a share is one (`>= 0`, `<= 1`, `<= 100`) is no limit beside
 * another.
 */
export function limitsIn(
  ast: Node,
): (signal: Signal) => readonly (Limit & { readonly isBeyond: boolean })[] {
  const comparisons = comparisonsIn(ast);
  return (signal) => {
    const all = comparisons.flatMap((comparison) => limitOf(comparison, signal));
    const real = all.filter((reason) => !isBound(reason));
    return real.length > 0 ? real : all;
  };
}

const isBound = ({ limit, worse }: Limit): boolean =>
  worse === "higher" ? limit <= 0 : limit === 1 || limit === 100;

function limitOf({ left, op, right }: Comparison, signal: Signal) {
  const [a, b] = [left(signal), right(signal)];
  if (!a || !b || a.isValue === b.isValue || op === "==") return [];
  const worse = op.startsWith(">") === a.isValue ? ("higher" as const) : ("lower" as const);
  const isBeyond = holds[op]?.(a.size, b.size) ?? false;
  return [{ limit: a.isValue ? b.size : a.size, worse, isBeyond }];
}

/**
 * The numbers that a condition compares the measured value with, wherever it does; but for what
 * only bounds a share.
 */
export function numbersIn(ast: Node): readonly number[] {
  const found: number[] = [];
  visitNodes(ast, (node) => {
    const sides = Object.hasOwn(holds, node.op) ? (sidesOf(node) ?? []) : [];
    if (!sides.some((side) => values.includes(fieldOf(side)?.join(".") ?? ""))) return;
    for (const number of sides.map(literalOf))
      if (typeof number === "number" || typeof number === "bigint") found.push(Number(number));
  });
  const real = found.filter((number) => ![0, 1, 100].includes(number));
  return real.length > 0 ? real : found;
}

/** Only what stands under && and ||: under a negation a comparison that holds is no reason. */
function comparisonsIn(node: Node): readonly Comparison[] {
  const sides = sidesOf(node);
  if (!sides) return [];
  if (node.op === "&&" || node.op === "||") return sides.flatMap(comparisonsIn);
  const [left, right] = sides.map(figureOf);
  if (!left || !right || !Object.hasOwn(holds, node.op)) return [];
  return [{ left, op: node.op, right }];
}

function figureOf(node: Node): ComparedFigure | null {
  const literal = literalOf(node);
  if (typeof literal === "number" || typeof literal === "bigint") {
    return () => ({ name: "", size: Number(literal), isValue: false });
  }
  const field = fieldOf(node)?.join(".");
  if (field === undefined || !Object.hasOwn(numbers, field)) return null;
  return (signal) => {
    const size = numbers[field]?.(signal) ?? null;
    return size === null
      ? null
      : { name: `signal.${field} `, size, isValue: values.includes(field) };
  };
}

/** What stands for the measured value: of half a run between what it lies, of a share how sure. */
const values = ["value", "atLeast", "atMost", "lower95", "upper95"];

const numbers: Readonly<Record<string, (signal: Signal) => number | null>> = {
  value: ({ value }) => value,
  threshold: ({ threshold }) => threshold,
  stderr: ({ stderr }) => stderr,
  atLeast: (signal) => boundsOf(signal).atLeast,
  atMost: (signal) => boundsOf(signal).atMost,
  lower95: (signal) => intervalOf(signal).lower95 ?? null,
  upper95: (signal) => intervalOf(signal).upper95 ?? null,
  "samples.completed": ({ samples }) => samples?.completed ?? null,
  "samples.total": ({ samples }) => samples?.total ?? null,
};

const holds: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  "<": (left, right) => left < right,
  "<=": (left, right) => left <= right,
  ">": (left, right) => left > right,
  ">=": (left, right) => left >= right,
  "==": (left, right) => left === right,
};

function said({ left, op, right }: Comparison, signal: Signal): readonly string[] {
  const [a, b] = [left(signal), right(signal)];
  if (!a || !b || !holds[op]?.(a.size, b.size)) return [];
  const isAlike = short(a.size) === short(b.size);
  const [x, y] = [a, b].map(({ name, size }) => `${name}${isAlike ? size : short(size)}`);
  return [`${x} ${op} ${y}`];
}

/** Three digits say it, unless that would make two numbers the same. */
const short = (size: number): string => String(Number(size.toPrecision(3)));
