/** What is wrong with the meaning of an entry, in words for people; "it" is the entry. */
export interface Finding {
  /** Who made it had no right to, or it does not follow from the entries before it. */
  readonly is: "UNAUTHORIZED" | "INCONSISTENT";
  readonly because: string;
}

/** The findings of a check, in the order in which they count: only the first is ever read. */
export type Findings = Generator<Finding, void, undefined>;

export function unauthorized(because: string): Finding {
  return { is: "UNAUTHORIZED", because };
}

export function inconsistent(because: string): Finding {
  return { is: "INCONSISTENT", because };
}

/** A scope, or what stands where there is none. */
export function named(text: string): string {
  return text === "" ? "none" : `“${text}”`;
}

/** Several names for a sentence: `p_a, p_b`, or `nobody`. */
export function listed(names: Iterable<string>, none = "nobody"): string {
  const all = [...names];
  return all.length === 0 ? none : all.join(", ");
}

/** Whether two lists name the same, whatever their order. */
export function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name) => b.includes(name));
}
