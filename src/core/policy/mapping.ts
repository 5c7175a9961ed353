import { compileExpression, type Expression } from "./mapping-expression.ts";
import type { MappingDoc } from "./schema/mapping-schema.ts";

/** A mapping of a sender's JSON to signals, loaded: pointers taken apart, expressions compiled. */

/** A JSON Pointer (RFC 6901), its steps unescaped. */
export interface Pointer {
  readonly from: "item" | "body";
  readonly steps: readonly string[];
  /** As written, for people. */
  readonly text: string;
}

/** Where one field comes from. With a `map`, what is not in it is not known. */
export type Spec =
  | {
      readonly is: "pointer";
      readonly pointer: Pointer;
      readonly map: ReadonlyMap<string, string> | null;
    }
  | { readonly is: "constant"; readonly value: string }
  | { readonly is: "cel"; readonly expression: Expression };

export interface Mapping {
  /** Whether the body is JSON Lines. */
  readonly lines: boolean;
  readonly parse: Pointer | null;
  /** A header's name in lower case, or "". */
  readonly event: string;
  readonly forEach: Pointer | null;
  readonly when: Expression | null;
  /** True for what the sender itself sends to try whether it arrives. */
  readonly test: Expression | null;
  /**
   * By the signal's own names; samples as `completed` and `total`, the identity as `condition` and
   * `occurrence`.
   */
  readonly fields: ReadonlyMap<string, Spec>;
  readonly labels: ReadonlyMap<string, Spec>;
  /** The stored example, as its sender sends it. */
  readonly sample: string;
}

type SpecDoc = NonNullable<MappingDoc["deployment"]>;

/**
 * Compiles a mapping of the right shape. What was adopted under laxer checks must not stop the
 * program: it says so when asked.
 */
export function compileMapping(doc: MappingDoc): Mapping {
  return {
    lines: doc.lines === true,
    parse: doc.parse === undefined ? null : pointerOf(doc.parse),
    event: doc.event?.toLowerCase() ?? "",
    forEach: doc.forEach === undefined ? null : pointerOf(doc.forEach),
    when: doc.when === undefined ? null : expressionOf(doc.when, "bool"),
    test: doc.test === undefined ? null : expressionOf(doc.test, "bool"),
    fields: new Map(Object.entries(fieldsIn(doc)).flatMap(([name, field]) => specs(name, field))),
    labels: new Map(
      Object.entries(doc.labels ?? {}).flatMap(([name, field]) => specs(name, field)),
    ),
    sample: doc.sample,
  };
}

/** Every expression in a mapping, with where it stands and what it is to give. */
export function expressionsIn(doc: MappingDoc): readonly {
  readonly path: readonly string[];
  readonly source: string;
  readonly gives: "bool" | "field";
}[] {
  const fields = [
    ...Object.entries(fieldsIn(doc)).map(([name, field]) => ({ path: placeOf(name), field })),
    ...Object.entries(doc.labels ?? {}).map(([name, field]) => ({
      path: ["labels", name],
      field,
    })),
  ];
  return [
    ...(["when", "test"] as const).flatMap((name) => {
      const source = doc[name];
      return source === undefined ? [] : [{ path: [name], source, gives: "bool" as const }];
    }),
    ...fields.flatMap(({ path, field }) =>
      typeof field === "object" && "cel" in field
        ? [{ path: [...path, "cel"], source: field.cel, gives: "field" as const }]
        : [],
    ),
  ];
}

const nested: Readonly<Record<string, string>> = {
  completed: "samples",
  total: "samples",
  condition: "dedupe",
  occurrence: "dedupe",
};

const placeOf = (name: string): readonly string[] =>
  Object.hasOwn(nested, name) ? [nested[name] ?? "", name] : [name];

/** The fields beside each other, whatever they stand under in the file. */
function fieldsIn(doc: MappingDoc): Readonly<Record<string, SpecDoc | undefined>> {
  const {
    lines,
    parse,
    event,
    forEach,
    when,
    test,
    samples,
    dedupe,
    labels,
    sample,
    worse,
    ...fields
  } = doc;
  const direction = typeof worse === "string" ? { value: worse } : worse;
  return { ...fields, worse: direction, ...samples, ...dedupe };
}

const specs = (name: string, doc: SpecDoc | undefined): readonly (readonly [string, Spec])[] =>
  doc === undefined ? [] : [[name, specOf(doc)]];

function specOf(doc: SpecDoc): Spec {
  if (typeof doc === "string") return { is: "pointer", pointer: pointerOf(doc), map: null };
  if ("value" in doc) return { is: "constant", value: doc.value };
  if ("cel" in doc) return { is: "cel", expression: expressionOf(doc.cel, "field") };
  return { is: "pointer", pointer: pointerOf(doc.at), map: new Map(Object.entries(doc.map)) };
}

function pointerOf(text: string): Pointer {
  const from = text.startsWith("body:") ? "body" : "item";
  const path = from === "body" ? text.slice("body:".length) : text;
  return { from, text, steps: path.split("/").slice(1).map(unescaped) };
}

/** RFC 6901 §4: first ~1, then ~0, so that ~01 is ~1 and not a slash. */
const unescaped = (step: string): string => step.replaceAll("~1", "/").replaceAll("~0", "~");

function expressionOf(source: string, gives: "bool" | "field"): Expression {
  const compiled = compileExpression(source, gives);
  if ("evaluate" in compiled) return compiled;
  const problem = `it is refused by now: ${compiled.problems.join(" ")}`;
  return { source, ofItem: false, cost: () => 1, evaluate: () => ({ problem }) };
}
