import { closest } from "../../did-you-mean.ts";
import type { Signal } from "../../signal.ts";
import { callOf, childrenOf, fieldOf, literalOf, type Node, sidesOf, visitNodes } from "./tree.ts";

/**
 * What a condition may not do, and what is legal but likely a mistake. Types are the engine's
 * business; this is ours.
 */

const loops = ["all", "exists", "exists_one", "filter", "map"];

/** Small and the same on every engine: no patterns, no clock, no way around the types. */
const functions = ["contains", "double", "endsWith", "has", "int", "size", "startsWith", ...loops];

const kinds: readonly Signal["kind"][] = ["alert", "eval", "finding", "report", "change"];
const statuses: readonly Signal["status"][] = [
  "firing",
  "resolved",
  "ok",
  "no_data",
  "errored",
  "incomplete",
  "info",
];
const directions: readonly Signal["worse"][] = ["higher", "lower", "unknown"];

/** A map, not an object: a condition may ask for signal.constructor. */
const values: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ["kind", kinds],
  ["status", statuses],
  ["worse", directions],
]);

/** Words of other languages that CEL would take for functions. */
const signs = new Map([
  ["not", "!"],
  ["and", "&&"],
  ["or", "||"],
]);

/**
 * Everything in a condition that is refused when the policy is loaded, as sentences. `also`:
 * further functions it may call.
 */
export function refusedIn(ast: Node, also: readonly string[] = []): readonly string[] {
  const problems = new Set<string>();
  visitNodes(ast, (node, inside) => {
    for (const problem of [refusedCall(node, inside, also), ...impossible(node)]) {
      if (problem !== null) problems.add(problem);
    }
  });
  return [...problems];
}

function refusedCall(
  node: Node,
  inside: readonly string[],
  also: readonly string[],
): string | null {
  const name = callOf(node);
  if (name === null) return null;
  if (name === "matches") {
    return "matches() is not allowed: a pattern can hang on hostile text. Use ==, in, startsWith, endsWith or contains.";
  }
  const sign = signs.get(name.toLowerCase());
  if (sign !== undefined) return `write ${sign} for ${name.toLowerCase()}.`;
  const allowed = [...functions, ...also];
  if (!allowed.includes(name)) {
    return `${name}() is not allowed in a condition. Allowed: ${allowed.join(", ")}.`;
  }
  const outer = loops.includes(name) ? inside.find((name) => loops.includes(name)) : undefined;
  return outer ? `${name}() inside ${outer}() is not allowed: nested loops multiply.` : null;
}

/**
 * A comparison with a word the field never says would stay false for ever, and nobody would be
 * told.
 */
function impossible(node: Node): readonly string[] {
  const sides = sidesOf(node);
  if (!sides || !["==", "!=", "in"].includes(node.op)) return [];
  return [sides, [...sides].reverse()].flatMap(([field, opposite]) =>
    field && opposite ? strangers(field, opposite) : [],
  );
}

function strangers(node: Node, other: Node): readonly string[] {
  const field = fieldOf(node);
  const known = field?.length === 1 ? values.get(field[0] ?? "") : undefined;
  if (!known) return [];
  const words = (other.op === "list" ? childrenOf(other.args) : [other]).map(literalOf);
  return words
    .filter((word) => typeof word === "string")
    .filter((word) => !known.includes(word))
    .map(
      (word) =>
        `signal.${field} is never “${word}”${meant(word, known)} Allowed: ${known.join(", ")}.`,
    );
}

function meant(word: string, known: readonly string[]): string {
  const close = closest(word, known);
  return close === undefined ? "." : `; did you mean ${close}?`;
}

/** Things that are legal but likely mistakes, as sentences. */
export function warningsIn(ast: Node): readonly string[] {
  const { reads, guarded, compares } = lookedAt(ast);
  const labels = [...reads].filter((name) => name.startsWith("labels.") && !guarded.has(name));
  const names = labels.map((name) => name.slice("labels.".length));
  return [
    ...names.map(
      (name) =>
        `without the label ${name} this cannot be decided; write "${name}" in signal.labels && …`,
    ),
    ...(compares ? beside(reads) : []),
    ...unproven(ast),
    ...(reads.size === 0 && guarded.size === 0
      ? ["the condition does not look at the signal: it is always the same"]
      : []),
  ];
}

function beside(reads: ReadonlySet<string>): readonly string[] {
  const absent = ["kind", "metric"].filter((name) => !reads.has(name));
  if (absent.length === 0) return [];
  const names = absent.map((name) => `signal.${name}`).join(" and ");
  return [`a number is compared without ${names}: another sender's figures may meet it`];
}

/**
 * Whether a condition looks at the bounds of a number, and so has something to say of a run that is
 * not whole.
 */
export function asksForBounds(ast: Node): boolean {
  return asksFor(ast, ["atLeast", "atMost"]);
}

/** Whether a condition looks at what was measured. */
export function asksForValue(ast: Node): boolean {
  return asksFor(ast, ["value", "atLeast", "atMost", "lower95", "upper95"]);
}

/** Whether a condition looks at another variable than the signal. */
export function asksForVariable(ast: Node, name: string): boolean {
  let asks = false;
  visitNodes(ast, (node) => {
    asks ||= node.op === "id" && node.args === name;
  });
  return asks;
}

function asksFor(ast: Node, fields: readonly string[]): boolean {
  let asks = false;
  visitNodes(ast, (node) => {
    asks ||= fields.includes(fieldOf(node)?.[0] ?? "");
  });
  return asks;
}

/**
 * Of a run that is not whole the one bound proves a breach, and the other only that there may be
 * one.
 */
function unproven(ast: Node): readonly string[] {
  const found = new Set<string>();
  let isOfWholeRuns = false;
  visitNodes(ast, (node) => {
    for (const name of misplacedBounds(node)) found.add(name);
    isOfWholeRuns ||= node.op === "==" && asksForOk(sidesOf(node) ?? []);
  });
  const misplaced = [...found].map((name) =>
    name === "atMost"
      ? "signal.atMost above a limit says only that a run may pass it; signal.atLeast above it proves that it does"
      : "signal.atLeast below a limit says only that a run may fall under it; signal.atMost below it proves that it does",
  );
  const inVain =
    'a run whose status is "ok" has no other bounds than its value: without signal.status the rule would see half a run too';
  return isOfWholeRuns && asksForBounds(ast) ? [...misplaced, inVain] : misplaced;
}

const asksForOk = (sides: readonly Node[]): boolean =>
  sides.some((side) => fieldOf(side)?.join(".") === "status") &&
  sides.some((side) => literalOf(side) === "ok");

function misplacedBounds(node: Node): readonly string[] {
  const [left, right] = sidesOf(node) ?? [];
  if (!left || !right) return [];
  const isBound = (side: Node, name: string) => fieldOf(side)?.join(".") === name;
  const [smaller, larger] = node.op.startsWith("<") ? [left, right] : [right, left];
  if (!["<", "<=", ">", ">="].includes(node.op)) return [];
  return [
    ...(isBound(larger, "atMost") ? ["atMost"] : []),
    ...(isBound(smaller, "atLeast") ? ["atLeast"] : []),
  ];
}

const figures = ["value", "threshold", "stderr", "atLeast", "atMost", "lower95", "upper95"];

const comparing = ["<", "<=", ">", ">=", "==", "!=", "in"];

function lookedAt(ast: Node) {
  const reads = new Set<string>();
  const guarded = new Set<string>();
  let compares = false;
  visitNodes(ast, (node, inside) => {
    const field = fieldOf(node)?.join(".");
    if (field) (inside.includes("has") ? guarded : reads).add(field);
    const label = labelAskedFor(node);
    if (label !== null) guarded.add(`labels.${label}`);
    compares ||= comparing.includes(node.op) && (sidesOf(node) ?? []).some(holdsFigure);
  });
  return { reads, guarded, compares };
}

/** The x of `"x" in signal.labels`. */
function labelAskedFor(node: Node): string | null {
  const sides = node.op === "in" ? sidesOf(node) : null;
  const label = sides && fieldOf(sides[1])?.join(".") === "labels" ? literalOf(sides[0]) : null;
  return typeof label === "string" ? label : null;
}

function holdsFigure(node: Node): boolean {
  let found = false;
  visitNodes(node, (node, inside) => {
    found ||= figures.includes(fieldOf(node)?.join(".") ?? "") && !inside.includes("has");
  });
  return found;
}
