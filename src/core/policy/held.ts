import { boundsOf, type Signal } from "../signal.ts";
import { fieldOf, literalOf, type Node, sidesOf } from "./cel-tree.ts";

/** Why a condition held, in figures: `signal.value 0.082 > 0.05`. */

type Figure = (signal: Signal) => { readonly text: string; readonly size: number } | null;

interface Comparison {
  readonly left: Figure;
  readonly op: string;
  readonly right: Figure;
}

/** What a condition's comparisons of numbers say of a signal, those that hold; "" when there is none. */
export const figuresOf = (ast: Node): ((signal: Signal) => string) => {
  const comparisons = comparisonsIn(ast);
  return (signal) => [...new Set(comparisons.flatMap((one) => said(one, signal)))].join(", ");
};

/** Only what stands under && and ||: under a negation a comparison that holds is no reason. */
const comparisonsIn = (node: Node): readonly Comparison[] => {
  const sides = sidesOf(node);
  if (!sides) return [];
  if (node.op === "&&" || node.op === "||") return sides.flatMap(comparisonsIn);
  const [left, right] = sides.map(figureOf);
  if (!left || !right || !Object.hasOwn(holds, node.op)) return [];
  return [{ left, op: node.op, right }];
};

const figureOf = (node: Node): Figure | null => {
  const literal = literalOf(node);
  if (typeof literal === "number" || typeof literal === "bigint") {
    return () => ({ text: String(literal), size: Number(literal) });
  }
  const field = fieldOf(node)?.join(".");
  if (field === undefined || !Object.hasOwn(numbers, field)) return null;
  return (signal) => {
    const size = numbers[field]?.(signal) ?? null;
    return size === null ? null : { text: `signal.${field} ${size}`, size };
  };
};

const numbers: Readonly<Record<string, (signal: Signal) => number | null>> = {
  value: ({ value }) => value,
  threshold: ({ threshold }) => threshold,
  stderr: ({ stderr }) => stderr,
  atLeast: (signal) => boundsOf(signal).atLeast,
  atMost: (signal) => boundsOf(signal).atMost,
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

const said = ({ left, op, right }: Comparison, signal: Signal): readonly string[] => {
  const [a, b] = [left(signal), right(signal)];
  return a && b && holds[op]?.(a.size, b.size) ? [`${a.text} ${op} ${b.text}`] : [];
};
