/** A command's arguments, and its flags with their values. */
interface Arguments {
  readonly words: readonly string[];
  /** In the order they were given. */
  readonly flags: readonly { readonly name: string; readonly value: string }[];
}

/**
 * Parses arguments; null where a flag is unknown, has no value, or is repeated without being in
 * `repeated`.
 */
export function argumentsIn(
  argv: readonly string[],
  known: readonly string[],
  repeated: readonly string[] = [],
): Arguments | null {
  const words: string[] = [];
  const flags: { readonly name: string; readonly value: string }[] = [];
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? "";
    if (word.startsWith("--")) {
      at += 1;
      flags.push({ name: word, value: argv[at] ?? "" });
    } else words.push(word);
  }
  const names = flags.map(({ name }) => name).filter((name) => !repeated.includes(name));
  const good =
    flags.every(({ name, value }) => known.includes(name) && value !== "") &&
    new Set(names).size === names.length;
  return good ? { words, flags } : null;
}

/** The value of a flag. */
export function flagIn({ flags }: Arguments, name: string): string | undefined {
  return flags.find((flag) => flag.name === name)?.value;
}

/** A count with its noun: `1 warning`, `2 warnings`. */
export function many(count: number, name: string): string {
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}
