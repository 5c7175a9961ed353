import { readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { type CheckedProof, checkProof } from "../core/log/check-proof.ts";
import { parseVkey } from "../core/log/checkpoint.ts";
import type { Quorum } from "../core/log/quorum.ts";
import { errorText } from "./error-text.ts";
import { witnessLines } from "./log-verify-words.ts";
import { type ClientResult, request, type ServerAddress } from "./operator-client.ts";
import { quorumIn } from "./quorum-file.ts";

/** `prove <HP-…|index> --out <file>` and `prove --check <file>`: one entry, proved offline. */

export const USAGE = `usage: holdpoint prove <HP-…|record number> --out <file>
       holdpoint prove --check <file> [--key <vkey>] [--quorum <file>]`;

export type ProofAsked =
  | { readonly do: "write"; readonly what: string; readonly file: string }
  | ({ readonly do: "check" } & ProofToCheck);

export interface ProofToCheck {
  readonly file: string;
  /** The vkey that was kept; null = none. */
  readonly key: string | null;
  /** A file that says which witnesses must have cosigned. */
  readonly quorum?: string;
}

/** What the arguments ask for; null = something else. */
export function proofAsked(argv: readonly string[]): ProofAsked | null {
  const words = argv.flatMap(
    (word) => /^(--(?:out|check|key|quorum))=(.+)$/s.exec(word)?.slice(1) ?? word,
  );
  const [first = "", second = "", third = ""] = words;
  if (words.includes("")) return null;
  if (first === "--check") return checkAsked(words.slice(1));
  const isWrite = words.length === 3 && second === "--out" && !first.startsWith("-");
  return isWrite ? { do: "write", what: first, file: third } : null;
}

function checkAsked([file, ...flags]: readonly string[]): ProofAsked | null {
  const given = new Map<string, string>();
  for (let at = 0; at < flags.length; at += 2) given.set(flags[at] ?? "", flags[at + 1] ?? "");
  const isKnown = [...given].every(
    ([name, value]) => (name === "--key" || name === "--quorum") && value !== "",
  );
  if (file === undefined || !isKnown || given.size * 2 !== flags.length) return null;
  const quorum = given.get("--quorum");
  const key = given.get("--key") ?? null;
  return { do: "check", file, key, ...(quorum === undefined ? {} : { quorum }) };
}

/** Asks a server for the proof and writes it. An existing file is never overwritten. */
export async function writeProof(
  server: ServerAddress,
  { what, file }: { readonly what: string; readonly file: string },
): Promise<ClientResult<string>> {
  const asked = await request(server, `/log/tlog-proof/${encodeURIComponent(what)}`);
  if (!asked.ok) return asked;
  const text = await asked.value.text();
  const checked = checkProof(text, null);
  if (checked.is !== "OK")
    return failed(`What ${server.url} sent proves nothing: ${checked.because}.`);
  try {
    const handle = await open(file, "wx", 0o600);
    await handle.writeFile(text);
    await handle.close();
  } catch (error) {
    return failed(`${file} was not written: ${errorText(error)}`);
  }
  return { ok: true, value: `Record ${checked.index} is proved in ${file}.` };
}

const failed = (because: string): ClientResult<never> => ({ ok: false, because, errors: [] });

/** Checks a file offline. Exit code 0 good, 1 not, 2 unreadable. */
export function proveCheck(
  { file, key, quorum }: ProofToCheck,
  { out }: { readonly out: (line: string) => void },
): 0 | 1 | 2 {
  if (key !== null && parseVkey(key.trim()) === undefined) {
    out("--key is not a key in the form <name>+<8 hex digits>+<base64>.");
    return 2;
  }
  const read = textIn(file);
  if (!read.ok) {
    out(`Cannot check: ${read.because}`);
    return 2;
  }
  const needed = quorum === undefined ? null : quorumOf(quorum);
  if (typeof needed === "string") {
    out(`Cannot check: ${needed}`);
    return 2;
  }
  const checked = checkProof(read.text, key?.trim() ?? null, needed);
  for (const line of linesOf(checked)) out(visible(line));
  return checked.is === "OK" && !checked.witnessing?.lacking ? 0 : 1;
}

/** What the file says, or why it cannot be read. */
function quorumOf(file: string): Quorum | string {
  try {
    return quorumIn(file);
  } catch (error) {
    return errorText(error);
  }
}

/** A proof has at most an entry, a policy and their texts. */
const largest = 16 * 2 ** 20;

function textIn(
  file: string,
): { readonly ok: true; readonly text: string } | { readonly ok: false; readonly because: string } {
  try {
    const bytes = readFileSync(file);
    return bytes.length > largest
      ? { ok: false, because: `${file} is larger than any proof.` }
      : { ok: true, text: bytes.toString("utf8").replace(/\n?$/, "\n") }; // pasted from a chat
  } catch (error) {
    return { ok: false, because: errorText(error) };
  }
}

/** What moves a terminal's cursor, or its text, is shown as its number. */
const visible = (line: string): string =>
  line.replace(/[\p{Cc}\p{Cf}]/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);

function linesOf(checked: CheckedProof): readonly string[] {
  if (checked.is !== "OK") return [`TAMPERED: ${checked.because}`];
  const { index, head, entry, disclosures, missing, policy, compared, key, witnessing } = checked;
  const by = compared
    ? "signed by a key that you kept"
    : `signed by ${key}, which was not compared with one that you kept (--key)`;
  return [
    `OK: entry ${index} of the ${head.size} of ${head.origin}, ${by}`,
    ...(witnessing === null ? [] : witnessLines(witnessing)),
    ...(witnessing?.lacking ? [`Not so, and needed: ${witnessing.lacking}.`] : []),
    `Entry: ${JSON.stringify(entry)}`,
    ...disclosures.map(({ commitment, text }) => `Text of ${commitment}: “${text}”`),
    ...(missing.length === 0 ? [] : [`Without a text, erased or left out: ${missing.join(", ")}`]),
    policy === "" ? "Its policy is not in the file." : `Its policy: ${policy}`,
    "Not checked: whether it follows from the entries before it (log verify, of an export); who the people are.",
  ];
}
