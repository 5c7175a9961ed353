/** A command's words, and its flags with what follows each. */
interface Arguments {
  readonly words: readonly string[];
  /** In the order they were given. */
  readonly flags: readonly { readonly name: string; readonly value: string }[];
}

/**
 * Takes arguments apart; null where a flag is not known, has nothing after it, or comes twice
 * though it is none of `repeated`.
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

/** What a flag says. */
export function flagIn({ flags }: Arguments, name: string): string | undefined {
  return flags.find((flag) => flag.name === name)?.value;
}

/** A count with its noun: `1 warning`, `2 warnings`. */
export function many(count: number, name: string): string {
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}
