import { Scanner } from "../log/canonical-json-scanner.ts";
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

const NEWLINE = 0x0a;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Replays an export whose bytes `verifyExport` found to be good (docs/log-format.md §7). */
export function verifyMeaning({
  entries,
  policies,
  disclosures,
}: Pick<Export, "entries" | "policies" | "disclosures">): Meaning {
  const count = new DisclosureCount();
  for (const line of linesOf(disclosures)) count.disclose(line);
  for (const bytes of policies.values()) count.look(utf8.decode(bytes));
  const replay = new Replay((digest) => policyIn(policies.get(digest), digest));
  for (const line of linesOf(entries)) {
    count.look(line);
    const read: unknown = JSON.parse(line);
    if (typeof read !== "object" || read === null) continue;
    count.redact(erasedBy(read));
    replay.take(read);
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

function* linesOf(file: Uint8Array): Generator<string> {
  for (let at = 0; at < file.length; ) {
    const newline = file.indexOf(NEWLINE, at);
    const end = newline < 0 ? file.length : newline;
    yield utf8.decode(file.subarray(at, end));
    at = end + 1;
  }
}

/** A policy whose bytes are not canonical could be read in two ways, and so is not read at all. */
function policyIn(bytes: Uint8Array | undefined, digest: string): Policy | null {
  if (bytes === undefined || new Scanner(bytes).line(0) !== bytes.length) return null;
  const read: unknown = JSON.parse(utf8.decode(bytes));
  return typeof read === "object" && read !== null ? { ...compilePolicy(read), digest } : null;
}
