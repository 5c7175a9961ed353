/**
 * How a CEL condition is read without running it. The shapes are those of @marcbachmann/cel-js 8.
 */

/** One step of a parsed condition: what it does, and to what. */
export interface Node {
  readonly op: string;
  readonly args: unknown;
}

/** Says whether something is a step of a condition. */
const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "op" in value && "args" in value;

/** The steps directly under one. */
export function childrenOf(value: unknown): readonly Node[] {
  if (isNode(value)) return [value];
  return Array.isArray(value) ? value.flatMap(childrenOf) : [];
}

/** Visits every step, outermost first, told which calls it stands inside. */
export function visitNodes(
  node: Node,
  visit: (node: Node, inside: readonly string[]) => void,
  inside: readonly string[] = [],
): void {
  visit(node, inside);
  const name = callOf(node);
  const within = name === null ? inside : [...inside, name];
  for (const child of childrenOf(node.args)) visitNodes(child, visit, within);
}

/** The function a step calls, or null. */
export function callOf({ op, args }: Node): string | null {
  const isCall = (op === "rcall" || op === "call") && Array.isArray(args);
  return isCall && typeof args[0] === "string" ? args[0] : null;
}

/** The two sides of a step that has two. */
export function sidesOf({ args }: Node): readonly [Node, Node] | null {
  const [left, right] = Array.isArray(args) ? args : [];
  return isNode(left) && isNode(right) ? [left, right] : null;
}

/**
 * `signal.samples.total` or `signal["samples"]["total"]` → ["samples", "total"]; null for anything
 * else.
 */
export function fieldOf(node: Node): readonly string[] | null {
  if (node.op === "id") return node.args === "signal" ? [] : null;
  if (![".", "[]"].includes(node.op) || !Array.isArray(node.args)) return null;
  const [of, part] = node.args;
  const outer = isNode(of) ? fieldOf(of) : null;
  const name = isNode(part) ? literalOf(part) : part;
  return outer && typeof name === "string" ? [...outer, name] : null;
}

/** The value a literal stands for, a minus before a number included; null for anything else. */
export function literalOf(node: Node): string | number | bigint | boolean | null {
  if (node.op === "-_" && isNode(node.args)) {
    const size = literalOf(node.args);
    return typeof size === "number" || typeof size === "bigint" ? -size : null;
  }
  const { op, args } = node;
  if (op !== "value") return null;
  return ["string", "number", "bigint", "boolean"].includes(typeof args)
    ? (args as string | number | bigint | boolean)
    : null;
}
