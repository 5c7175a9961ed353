import type { Mapping, Pointer, Spec } from "../core/policy/mapping.ts";
import {
  type CelValue,
  celValue,
  type Expression,
  type Given,
} from "../core/policy/mapping-expression.ts";
import { textOf } from "./fields.ts";
import { type FoundItem, pointedAt } from "./pointer.ts";

/** Steps that all expressions of one delivery may take together: about half a second. */
const mostSteps = 5_000_000;

/** The value of a field: undefined if it is missing; `problem` says why it cannot be read. */
export interface Read {
  readonly value: string | number | boolean | undefined;
  /** The end of a sentence; "" = no problem. */
  readonly problem: string;
}

/** Reads the fields of one item. */
export interface FieldRequest {
  readonly read: (spec: Spec) => Read;
  readonly given: (expression: Expression) => Given;
}

/**
 * Returns a reader for the items of one body. Expressions that do not use the item are evaluated
 * only once.
 */
export function readerOf(body: unknown, event: string) {
  const kept = new Map<Expression, Given>();
  let left = mostSteps;
  let whole: CelValue | undefined;
  const wholeBody = (): CelValue => {
    whole ??= celValue(body);
    return whole;
  };
  return ({ item, key, keys }: FoundItem): FieldRequest => {
    let mine: CelValue | undefined;
    const given = (expression: Expression): Given => {
      const known = kept.get(expression);
      if (known) return known;
      mine ??= item === body ? wholeBody() : celValue(item);
      const scope = { item: mine, body: wholeBody(), key, keys, event };
      left -= expression.cost(scope);
      if (left < 0) return { problem: "the body is too large for the mapping's expressions" };
      const answer = expression.evaluate(scope);
      if (!expression.ofItem) kept.set(expression, answer);
      return answer;
    };
    return { given, read: (spec) => readSpec(spec, { item, body }, given) };
  };
}

function readSpec(
  spec: Spec,
  from: { readonly item: unknown; readonly body: unknown },
  given: (expression: Expression) => Given,
): Read {
  switch (spec.is) {
    case "constant":
      return { value: spec.value, problem: "" };
    case "cel": {
      const answer = given(spec.expression);
      if ("problem" in answer) return unread(answer.problem);
      return { value: answer.value ?? undefined, problem: "" };
    }
    case "pointer": {
      const { pointer, map } = spec;
      const found = pointedAt(from[pointer.from], pointer);
      if (found === null || found === undefined) return { value: undefined, problem: "" };
      return map ? ours(map, plain(found, pointer)) : plain(found, pointer);
    }
  }
}

const unread = (problem: string): Read => ({ value: undefined, problem });

const plain = (found: unknown, { text }: Pointer): Read =>
  typeof found === "string" || typeof found === "number" || typeof found === "boolean"
    ? { value: found, problem: "" }
    : unread(`${Array.isArray(found) ? "a list" : "an object"} stands at ${text}`);

function ours(map: ReadonlyMap<string, string>, found: Read): Read {
  if (found.value === undefined) return found;
  const word = map.get(String(found.value));
  return word === undefined
    ? unread(`“${textOf(found.value)}” is not in its map`)
    : { value: word, problem: "" };
}

/** Says that a field has no value, as the end of a sentence, with the place or the expression. */
export function nothingAt(spec: Spec): string {
  switch (spec.is) {
    case "pointer":
      return `nothing stands at ${spec.pointer.text}`;
    case "cel":
      return `“${textOf(spec.expression.source)}” gives nothing`;
    case "constant":
      return "the constant is empty";
  }
}

/**
 * Whether the item is the sender's own test. If `test` cannot be evaluated, it is not, so that a
 * real alert is never ignored.
 */
export function isTest({ test }: Mapping, { given }: FieldRequest): boolean {
  if (!test) return false;
  const answer = given(test);
  return "value" in answer && answer.value === true;
}

/** Whether an item becomes a signal; a sentence if `when` cannot be evaluated. */
export function isMeant(mapping: Mapping, asked: FieldRequest): boolean | string {
  const { when } = mapping;
  if (!when || isTest(mapping, asked)) return true;
  const { given } = asked;
  const answer = given(when);
  if ("problem" in answer) return `Whether it is meant (“when”) cannot be told: ${answer.problem}.`;
  if (typeof answer.value === "boolean") return answer.value;
  return "Whether it is meant (“when”) cannot be told: it gives neither true nor false.";
}
