import { readdirSync, readFileSync } from "node:fs";
import { parseCheckpoint, parseVkey } from "../core/log/checkpoint.ts";
import { type Export, type Kept, type LogVerdict, verifyExport } from "../core/log/verify.ts";

const USAGE = "usage: holdpoint log verify <dir> [--key <vkey>] [--seen <checkpoint file>]…";

/**
 * Verifies an export directory, using only the directory and what the auditor kept. Exit code 0 OK,
 * 1 wrong, 2 usage or unreadable.
 */
export async function logVerify(
  argv: readonly string[],
  io: { out(line: string): void },
): Promise<0 | 1 | 2> {
  const asked = questionIn(argv);
  if (asked === undefined) {
    io.out(USAGE);
    return 2;
  }
  try {
    const verdict = verifyExport(exportIn(asked.dir), keptIn(asked));
    for (const line of wordsOf(verdict)) io.out(line);
    return verdict.is === "OK" ? 0 : 1;
  } catch (error) {
    io.out(`Cannot verify: ${error instanceof Error ? error.message : String(error)}`);
    return 2;
  }
}

interface Question {
  readonly dir: string;
  readonly key: string | null;
  readonly seen: readonly string[];
}

function questionIn(argv: readonly string[]): Question | undefined {
  const flags = { "--key": [] as string[], "--seen": [] as string[] };
  const dirs: string[] = [];
  const words = argv.flatMap((word) => /^(--(?:key|seen))=(.*)$/s.exec(word)?.slice(1) ?? [word]);
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? "";
    if (word === "--key" || word === "--seen") {
      i += 1;
      flags[word].push(words[i] ?? "");
    } else dirs.push(word);
  }
  const [dir] = dirs;
  const [key] = flags["--key"];
  const unsaid = [...flags["--key"], ...flags["--seen"]].includes("");
  if (dir === undefined || dirs.length > 1 || dir.startsWith("-")) return undefined;
  return unsaid || flags["--key"].length > 1
    ? undefined
    : { dir, key: key ?? null, seen: flags["--seen"] };
}

const exportIn = (dir: string): Export => ({
  entries: readFileSync(`${dir}/entries.jsonl`),
  leaves: orElse(() => readFileSync(`${dir}/leaves`), null),
  checkpoint: readFileSync(`${dir}/checkpoint`),
  key: readFileSync(`${dir}/log.pub`),
  policies: new Map(
    orElse(() => readdirSync(`${dir}/policies`), [])
      .filter((fileName) => fileName.endsWith(".json"))
      .map((fileName) => [
        fileName.slice(0, -".json".length),
        readFileSync(`${dir}/policies/${fileName}`),
      ]),
  ),
  disclosures: orElse(() => readFileSync(`${dir}/disclosures.jsonl`), new Uint8Array()),
});

function keptIn({ key, seen }: Question): Kept {
  const vkey = key?.trim() ?? null;
  if (vkey !== null && parseVkey(vkey) === undefined) {
    throw new Error("--key is not a key in the form <name>+<8 hex digits>+<base64>.");
  }
  return { vkey, checkpoints: seen.map(noteIn) };
}

function noteIn(file: string): string {
  const note = readFileSync(file, "utf8");
  if (parseCheckpoint(note) === undefined) throw new Error(`${file} is not a checkpoint.`);
  return note;
}

/** The file's content, or the other value if it does not exist. Any other error is thrown. */
function orElse<T>(read: () => T, other: T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return other;
    throw error;
  }
}

function wordsOf({ is, index, because, head }: LogVerdict): readonly string[] {
  const place = index === null ? "" : ` at entry ${index}`;
  const verdict = is === "OK" ? `OK, ${because}` : `${is}${place}: ${because}`;
  if (head === null) return [verdict];
  const root = Buffer.from(head.root).toString("base64");
  return [verdict, `${head.origin}, ${head.size} entries by its checkpoint, root ${root}`];
}
