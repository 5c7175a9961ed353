import type { Witnessing } from "../core/log/quorum.ts";
import type { Meaning } from "../core/replay/verify-meaning.ts";

/** What `log verify` is asked, and what has to hold for its exit code 0. */

export const USAGE =
  "usage: holdpoint log verify <dir> [--key <vkey>] [--seen <checkpoint file>]… [--quorum <file>] [--require key,seen,meaning,witness] [--bytes]";

const requirements = ["key", "seen", "meaning", "witness"] as const;
type Requirement = (typeof requirements)[number];

export interface Question {
  readonly dir: string;
  readonly key: string | null;
  readonly seen: readonly string[];
  /** A file that says which witnesses must have cosigned; null = none. */
  readonly quorum: string | null;
  readonly required: readonly Requirement[];
  /** Only the bytes are checked, not what the entries mean. */
  readonly onlyBytes: boolean;
}

const flag = /^(--(?:key|seen|quorum|require))=(.*)$/s;
type Flag = "--key" | "--seen" | "--quorum" | "--require";
const isFlag = (word: string): word is Flag =>
  word === "--key" || word === "--seen" || word === "--quorum" || word === "--require";

/** The question in the arguments; else what is wrong with them, "" where the usage says it. */
export function questionIn(argv: readonly string[]): Question | string {
  const flags: Record<Flag, string[]> = {
    "--key": [],
    "--seen": [],
    "--quorum": [],
    "--require": [],
  };
  const rest: string[] = [];
  const words = argv.flatMap((word) => flag.exec(word)?.slice(1) ?? [word]);
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? "";
    if (isFlag(word)) {
      i += 1;
      flags[word].push(words[i] ?? "");
    } else rest.push(word);
  }
  const dirs = rest.filter((word) => word !== "--bytes");
  const [dir] = dirs;
  const [key] = flags["--key"];
  const isUnsaid = Object.values(flags).flat().includes("");
  if (dir === undefined || dirs.length > 1 || dir.startsWith("-")) return "";
  const [quorum = null] = flags["--quorum"];
  if (isUnsaid || flags["--key"].length > 1 || flags["--quorum"].length > 1) return "";
  const required = requiredIn(flags["--require"]);
  if (typeof required === "string") return required;
  const onlyBytes = rest.includes("--bytes");
  return { dir, key: key ?? null, seen: flags["--seen"], quorum, required, onlyBytes };
}

function requiredIn(lists: readonly string[]): readonly Requirement[] | string {
  const words = lists.flatMap((list) => list.split(","));
  const unknown = words.find((word) => !requirements.some((known) => known === word));
  return unknown === undefined
    ? requirements.filter((known) => words.includes(known))
    : `--require knows ${requirements.join(", ")}, not “${unknown}”. Nothing was checked.`;
}

/**
 * What was required and is not so, a sentence each. A quorum that is named is required, and so is
 * the key of a log that it names.
 */
export function unmet(
  { key, seen, quorum, required, onlyBytes }: Question,
  {
    meaning,
    witnessing,
    keyStolen,
  }: {
    readonly meaning: Meaning | null;
    readonly witnessing: Witnessing | null;
    readonly keyStolen: boolean;
  },
): readonly string[] {
  const unknown = [...(meaning?.unknown.values() ?? [])].reduce((sum, count) => sum + count, 0);
  const why: Readonly<Record<Requirement, string | null>> = {
    key: keyLacks(key, keyStolen),
    seen: seen.length === 0 ? "no checkpoint that you kept was given with --seen" : null,
    meaning: meaningLacks({ onlyBytes, unknown, isChecked: meaning !== null }),
    witness:
      quorum === null ? "no quorum file of yours was given with --quorum" : lackingIn(witnessing),
  };
  const all = quorum === null ? required : [...new Set<Requirement>([...required, "witness"])];
  return all.flatMap((word) =>
    why[word] === null ? [] : [`Required, and not so: ${word} (${why[word]}).`],
  );
}

const lackingIn = (witnessing: Witnessing | null): string | null =>
  witnessing === null ? "it is asked only of an export whose bytes are good" : witnessing.lacking;

function keyLacks(key: string | null, isStolen: boolean): string | null {
  if (key === null) return "no key that you kept was given with --key";
  return isStolen ? "the key that you kept, or one after it, was stolen, as the log says" : null;
}

function meaningLacks({
  onlyBytes,
  unknown,
  isChecked,
}: {
  readonly onlyBytes: boolean;
  readonly unknown: number;
  readonly isChecked: boolean;
}): string | null {
  if (onlyBytes) return "--bytes leaves it out";
  if (!isChecked) return "it is asked only of entries whose bytes are good";
  return unknown > 0 ? `${unknown} entries have a kind that this version does not know` : null;
}
