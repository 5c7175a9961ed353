import type { Pointer } from "../core/policy/mapping.ts";
import { isFields, own } from "./fields.ts";

/**
 * What stands under a name or a number in JSON; undefined where nothing does. Never what a
 * prototype has.
 */
function under(value: unknown, step: string): unknown {
  if (Array.isArray(value))
    return /^(?:0|[1-9]\d{0,9})$/.test(step) ? value[Number(step)] : undefined;
  return isFields(value) ? own(value, step) : undefined;
}

/** What a JSON Pointer points at (RFC 6901 §4); undefined where nothing stands. */
export function pointedAt(value: unknown, { steps }: Pointer): unknown {
  return steps.reduce<unknown>(under, value);
}

/** One thing to be made a signal of, with its name or number among the others. */
export interface Found {
  readonly item: unknown;
  readonly key: string;
  /** Those of the lists around it too, the outermost first, its own last. */
  readonly keys: readonly string[];
}

/**
 * The elements of the list a pointer points at. A step `*` stands for every element of a list, or
 * every value of an object; as the last step it gives those themselves. Null where there is no such
 * list.
 */
export function elementsAt(value: unknown, { steps }: Pointer): readonly Found[] | null {
  const path = steps.at(-1) === "*" ? steps : [...steps, "*"];
  const isList = steps.at(-1) === "*" ? isOpen : Array.isArray;
  let found: readonly Found[] = [{ item: value, key: "", keys: [] }];
  for (const [at, step] of path.entries()) {
    const last = at === path.length - 1;
    if (step === "*") {
      const open = found.filter(({ item }) => (last ? isList(item) : isOpen(item)));
      if (open.length === 0) return null;
      found = open.flatMap(entriesOf);
    } else {
      found = found
        .map((found) => ({ ...found, item: under(found.item, step) }))
        .filter(({ item }) => item !== undefined);
    }
  }
  return found;
}

const isOpen = (value: unknown): boolean => typeof value === "object" && value !== null;

const entriesOf = ({ item: value, keys }: Found): readonly Found[] =>
  isOpen(value)
    ? Object.entries(Object(value)).map(([key, item]) => ({ item, key, keys: [...keys, key] }))
    : [];

/** The same JSON with something else where the steps lead; unchanged where they lead nowhere. */
export function replacedAt(value: unknown, steps: readonly string[], by: unknown): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return by;
  if (under(value, step) === undefined) return value;
  if (Array.isArray(value))
    return value.map((item, at) => (String(at) === step ? replacedAt(item, rest, by) : item));
  // Entries, not a spread: a key may be called __proto__.
  return Object.fromEntries(
    Object.entries(Object(value)).map(([name, item]) => [
      name,
      name === step ? replacedAt(item, rest, by) : item,
    ]),
  );
}
