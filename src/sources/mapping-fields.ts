import type { Mapping, Pointer, Spec } from "../core/policy/mapping.ts";
import {
  type CelValue,
  celValue,
  type Expression,
  type Given,
} from "../core/policy/mapping-expression.ts";
import { textOf } from "./fields.ts";
import { type Found, pointedAt } from "./pointer.ts";

/** Steps that the expressions of one delivery may take together: half a second or so. */
const mostSteps = 5_000_000;

/**
 * What a field's place gives: JSON without parts, undefined where nothing stands there; or why it
 * cannot be read.
 */
export interface Read {
  readonly value: string | number | boolean | undefined;
  /** The end of a sentence, or "". */
  readonly problem: string;
}

/** One item of a body, ready to be asked for what a mapping names. */
export interface FieldRequest {
  readonly read: (spec: Spec) => Read;
  readonly given: (expression: Expression) => Given;
}

/** Reads the items of one body. What does not look at the item is worked out once. */
export function readerOf(body: unknown, event: string) {
  const kept = new Map<Expression, Given>();
  let left = mostSteps;
  let whole: CelValue | undefined;
  const wholeBody = (): CelValue => {
    whole ??= celValue(body);
    return whole;
  };
  return ({ item, key, keys }: Found): FieldRequest => {
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

/** Where a field was looked for, as the end of a sentence that says that nothing is there. */
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
 * Whether the sender itself sent it, to try whether it arrives. What cannot be told is none: it is
 * taken seriously.
 */
export function isTest({ test }: Mapping, { given }: FieldRequest): boolean {
  if (!test) return false;
  const answer = given(test);
  return "value" in answer && answer.value === true;
}

/** Whether an item is to become a signal; a sentence where that cannot be told. */
export function isMeant(mapping: Mapping, asked: FieldRequest): boolean | string {
  const { when } = mapping;
  if (!when || isTest(mapping, asked)) return true;
  const { given } = asked;
  const answer = given(when);
  if ("problem" in answer) return `Whether it is meant (“when”) cannot be told: ${answer.problem}.`;
  if (typeof answer.value === "boolean") return answer.value;
  return "Whether it is meant (“when”) cannot be told: it gives neither true nor false.";
}
