import type { Meaning } from "../core/replay/verify-meaning.ts";

/** What `log verify` is asked, and what has to hold for its exit code 0. */

export const USAGE =
  "usage: holdpoint log verify <dir> [--key <vkey>] [--seen <checkpoint file>]… [--require key,seen,meaning] [--bytes]";

const requirements = ["key", "seen", "meaning", "witness"] as const;
type Requirement = (typeof requirements)[number];

export interface Question {
  readonly dir: string;
  readonly key: string | null;
  readonly seen: readonly string[];
  readonly required: readonly Requirement[];
  /** Only the bytes are checked, not what the entries mean. */
  readonly onlyBytes: boolean;
}

const flag = /^(--(?:key|seen|require))=(.*)$/s;
type Flag = "--key" | "--seen" | "--require";
const isFlag = (word: string): word is Flag =>
  word === "--key" || word === "--seen" || word === "--require";

/** The question in the arguments; else what is wrong with them, "" where the usage says it. */
export function questionIn(argv: readonly string[]): Question | string {
  const flags: Record<Flag, string[]> = { "--key": [], "--seen": [], "--require": [] };
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
  if (isUnsaid || flags["--key"].length > 1) return "";
  const required = requiredIn(flags["--require"]);
  if (typeof required === "string") return required;
  const onlyBytes = rest.includes("--bytes");
  return { dir, key: key ?? null, seen: flags["--seen"], required, onlyBytes };
}

function requiredIn(lists: readonly string[]): readonly Requirement[] | string {
  const words = lists.flatMap((list) => list.split(","));
  const unknown = words.find((word) => !requirements.some((known) => known === word));
  return unknown === undefined
    ? requirements.filter((known) => words.includes(known))
    : `--require knows ${requirements.join(", ")}, not “${unknown}”. Nothing was checked.`;
}

/** What was required and is not so, a sentence each. */
export function unmet(
  { key, seen, required, onlyBytes }: Question,
  meaning: Meaning | null,
): readonly string[] {
  const unknown = [...(meaning?.unknown.values() ?? [])].reduce((sum, count) => sum + count, 0);
  const why: Readonly<Record<Requirement, string | null>> = {
    key: key === null ? "no key that you kept was given with --key" : null,
    seen: seen.length === 0 ? "no checkpoint that you kept was given with --seen" : null,
    meaning: meaningLacks({ onlyBytes, unknown, isChecked: meaning !== null }),
    witness: "this version cannot check the signatures of witnesses",
  };
  return required.flatMap((word) =>
    why[word] === null ? [] : [`Required, and not so: ${word} (${why[word]}).`],
  );
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
