import type { Pointer } from "../core/policy/mapping.ts";
import { isFields, own } from "./fields.ts";

/** The value of a key or of a list index; undefined if there is none. Never an inherited one. */
function under(value: unknown, step: string): unknown {
  if (Array.isArray(value))
    return /^(?:0|[1-9]\d{0,9})$/.test(step) ? value[Number(step)] : undefined;
  return isFields(value) ? own(value, step) : undefined;
}

/** The value at a JSON Pointer (RFC 6901 §4); undefined if there is none. */
export function pointedAt(value: unknown, { steps }: Pointer): unknown {
  return steps.reduce<unknown>(under, value);
}

/** One item that may become a signal, with its key or index in the list. */
export interface FoundItem {
  readonly item: unknown;
  readonly key: string;
  /** The keys of all lists around it, the outermost first, its own last. */
  readonly keys: readonly string[];
}

/**
 * The elements of the list at a pointer. A step `*` stands for every element of a list, or every
 * value of an object; as the last step it returns these themselves. Null if there is no such list.
 */
export function elementsAt(value: unknown, { steps }: Pointer): readonly FoundItem[] | null {
  const path = steps.at(-1) === "*" ? steps : [...steps, "*"];
  const isList = steps.at(-1) === "*" ? isOpen : Array.isArray;
  let found: readonly FoundItem[] = [{ item: value, key: "", keys: [] }];
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

const entriesOf = ({ item: value, keys }: FoundItem): readonly FoundItem[] =>
  isOpen(value)
    ? Object.entries(Object(value)).map(([key, item]) => ({ item, key, keys: [...keys, key] }))
    : [];

/** A copy of the JSON with the value at `steps` replaced; unchanged if there is no such place. */
export function replacedAt(value: unknown, steps: readonly string[], by: unknown): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return by;
  if (under(value, step) === undefined) return value;
  if (Array.isArray(value))
    return value.map((item, at) => (String(at) === step ? replacedAt(item, rest, by) : item));
  // Built from entries, not by a spread, because a key may be called __proto__.
  return Object.fromEntries(
    Object.entries(Object(value)).map(([name, item]) => [
      name,
      name === step ? replacedAt(item, rest, by) : item,
    ]),
  );
}
