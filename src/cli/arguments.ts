/** A command's words, and its flags with what follows each. */
interface Arguments {
  readonly words: readonly string[];
  /** In the order they were given; one may come twice. */
  readonly flags: readonly { readonly name: string; readonly value: string }[];
}

/** Takes arguments apart; null where a flag is not known or has nothing after it. */
export const argumentsIn = (
  argv: readonly string[],
  known: readonly string[],
): Arguments | null => {
  const words: string[] = [];
  const flags: { readonly name: string; readonly value: string }[] = [];
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? "";
    if (word.startsWith("--")) {
      at += 1;
      flags.push({ name: word, value: argv[at] ?? "" });
    } else words.push(word);
  }
  const good = flags.every(({ name, value }) => known.includes(name) && value !== "");
  return good ? { words, flags } : null;
};

/** What the last of a flag's mentions says. */
export const flagIn = ({ flags }: Arguments, name: string): string | undefined =>
  flags.findLast((one) => one.name === name)?.value;
