import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { noteFrom, parseCheckpoint, parseVkey } from "../core/log/checkpoint.ts";
import type { FileBytes } from "../core/log/file-lines.ts";
import type { Kept, LogVerdict } from "../core/log/verdict.ts";
import { type Export, verifyExport } from "../core/log/verify.ts";
import type { Meaning } from "../core/replay/verify-meaning.ts";
import { errorText } from "./error-text.ts";
import { type Question, questionIn, USAGE, unmet } from "./log-verify-question.ts";
import { meaningLines, witnessLines } from "./log-verify-words.ts";
import { quorumIn } from "./quorum-file.ts";

/**
 * Verifies an export directory, using only the directory and what the auditor kept. Exit code 0 OK,
 * 1 wrong, 2 usage or unreadable.
 */
export async function logVerify(
  argv: readonly string[],
  io: { out(line: string): void },
): Promise<0 | 1 | 2> {
  const asked = questionIn(argv);
  if (typeof asked === "string") {
    if (asked !== "") io.out(asked);
    io.out(USAGE);
    return 2;
  }
  try {
    const exported = exportIn(asked.dir);
    const verdict = verifyExport(exported, keptIn(asked));
    const meaning = await meaningOf(exported, { asked, verdict });
    for (const line of wordsOf(verdict, meaning)) io.out(line);
    const { witnessing, keyStolen } = verdict;
    const lacking = unmet(asked, { meaning, witnessing, keyStolen });
    for (const line of lacking) io.out(line);
    return verdict.is === "OK" && !meaning?.finding && lacking.length === 0 ? 0 : 1;
  } catch (error) {
    io.out(`Cannot verify: ${errorText(error)}`);
    return 2;
  }
}

/** What entries mean is asked only of those that were signed; loading the rules takes a second. */
async function meaningOf(
  exported: Export<FileBytes>,
  { asked, verdict }: { readonly asked: Question; readonly verdict: LogVerdict },
): Promise<Meaning | null> {
  if (verdict.is !== "OK" || asked.onlyBytes) return null;
  const { verifyMeaning } = await import("../core/replay/verify-meaning.ts");
  return verifyMeaning(exported);
}

const exportIn = (dir: string): Export<FileBytes> => ({
  entries: blocksOf(`${dir}/entries.jsonl`),
  leaves: orElse(() => blocksOf(`${dir}/leaves`), null),
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
  disclosures: orElse(() => blocksOf(`${dir}/disclosures.jsonl`), new Uint8Array()),
});

/** A file that may be longer than memory: read in blocks, each time from its beginning. */
function blocksOf(path: string): FileBytes {
  closeSync(openSync(path, "r")); // whether it is there is known before anything is checked
  return {
    *blocks() {
      const file = openSync(path, "r");
      const block = new Uint8Array(2 ** 20);
      try {
        for (;;) {
          const length = readSync(file, block);
          if (length === 0) return;
          yield block.subarray(0, length);
        }
      } finally {
        closeSync(file);
      }
    },
  };
}

function keptIn({ key, seen, quorum }: Question): Kept {
  const vkey = key?.trim() ?? null;
  if (vkey !== null && parseVkey(vkey) === undefined) {
    throw new Error("--key is not a key in the form <name>+<8 hex digits>+<base64>.");
  }
  return {
    vkey,
    checkpoints: seen.map(noteIn),
    quorum: quorum === null ? null : quorumIn(quorum),
  };
}

function noteIn(file: string): string {
  const note = noteFrom(readFileSync(file, "utf8"));
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

function wordsOf(verdict: LogVerdict, meaning: Meaning | null): readonly string[] {
  const { head } = verdict;
  const found = meaning?.finding ?? verdict;
  const place = found.index === null ? "" : ` at entry ${found.index}`;
  const redacted = meaning?.disclosures.redacted ?? 0;
  const ok = redacted === 0 ? "OK" : `OK, REDACTED(${redacted})`;
  const first =
    found.is === "OK" ? `${ok}, ${found.because}` : `${found.is}${place}: ${found.because}`;
  if (head === null) return [first];
  const root = Buffer.from(head.root).toString("base64");
  return [
    first,
    `${head.origin}, ${head.size} entries by its checkpoint, root ${root}`,
    ...(verdict.witnessing === null ? [] : witnessLines(verdict.witnessing)),
    ...(verdict.is === "OK" ? meaningLines(verdict, meaning) : []),
  ];
}
