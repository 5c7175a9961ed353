import { Scanner } from "../log/canonical-json-scanner.ts";
import { type FileBytes, linesIn } from "../log/file-lines.ts";
import { isSealed } from "../log/sealed-names.ts";
import type { Export } from "../log/verify.ts";
import { compilePolicy } from "../policy/canonical.ts";
import type { Policy } from "../policy/model.ts";
import { DisclosureCount, type DisclosureFigures } from "./disclosure-count.ts";
import { Replay, type Replayed } from "./replay.ts";

/** What the entries of an export mean, once their bytes are known to be those that were signed. */
export interface Meaning extends Replayed {
  readonly disclosures: DisclosureFigures;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Replays an export whose bytes `verifyExport` found to be good (docs/log-format.md §7). */
export function verifyMeaning({
  entries,
  policies,
  disclosures,
}: Pick<Export<FileBytes>, "entries" | "policies" | "disclosures">): Meaning {
  const count = new DisclosureCount();
  for (const line of textsIn(disclosures)) count.disclose(line);
  for (const bytes of policies.values()) count.look(utf8.decode(bytes));
  const replay = new Replay((digest) => policyIn(policies.get(digest), digest));
  for (const line of textsIn(entries)) {
    count.look(line);
    const read: unknown = JSON.parse(line);
    if (typeof read !== "object" || read === null) continue;
    count.redact(erasedBy(read));
    replay.take(read, line.includes('"texts"'));
  }
  return { ...replay.result, disclosures: count.figures };
}

/** The commitments whose texts an entry says were erased. */
function erasedBy(entry: object): readonly string[] {
  if (!("kind" in entry && entry.kind === "log.redacted" && "commitments" in entry)) return [];
  const { commitments } = entry;
  return Array.isArray(commitments)
    ? commitments.filter((text) => typeof text === "string" && isSealed(text))
    : [];
}

/** The lines as texts: their bytes were found to be UTF-8 before. */
function* textsIn(file: FileBytes): Generator<string> {
  let known: Uint8Array | null = null;
  let buffer: Buffer = Buffer.alloc(0);
  for (const { bytes, from, to } of linesIn(file)) {
    if (bytes !== known) buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    known = bytes;
    yield buffer.toString("utf8", from, to);
  }
}

/** A policy whose bytes are not canonical could be read in two ways, and so is not read at all. */
function policyIn(bytes: Uint8Array | undefined, digest: string): Policy | null {
  if (bytes === undefined || new Scanner(bytes).line(0) !== bytes.length) return null;
  const read: unknown = JSON.parse(utf8.decode(bytes));
  return typeof read === "object" && read !== null ? { ...compilePolicy(read), digest } : null;
}
