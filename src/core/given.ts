/** The parts that are there: a key whose value is null or undefined is left out. */
export function given<T extends object>(
  parts: T,
): { readonly [K in keyof T]?: Exclude<T[K], null | undefined> } {
  const kept = Object.entries(parts).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(kept) as { [K in keyof T]?: Exclude<T[K], null | undefined> };
}
