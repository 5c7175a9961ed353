import { canonicalText } from "./bytes.ts";
import { Scanner } from "./canonical-json-scanner.ts";
import { HASH_SIZE } from "./merkle.ts";

/**
 * One entry and the proof that it is in the log, as a file that anybody can check without the
 * server: a C2SP tlog-proof (c2sp.org/tlog-proof), docs/log-format.md §8.
 */

/** What opens a commitment. */
export interface Opening {
  readonly commitment: string;
  readonly salt: string;
  readonly text: string;
}

/** What stands in the extra data beside the proof. */
export interface ProofExtra {
  /** Canonical bytes of the entry, as text. */
  readonly entry: string;
  /** Of the log; whoever kept it has to compare. */
  readonly key: string;
  /** Texts of the entry and of its policy that were not erased. */
  readonly disclosures: readonly Opening[];
  /** Canonical bytes of the policy in force, or of the one it adopts; "" = none. */
  readonly policy: string;
}

export interface ProofFile extends ProofExtra {
  readonly index: number;
  readonly hashes: readonly Uint8Array[];
  /** The signed checkpoint. */
  readonly note: string;
}

const first = "c2sp.org/tlog-proof@v1";

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

export function proofFileText({ index, hashes, note, ...extra }: ProofFile): string {
  const { entry, key, disclosures, policy } = extra;
  const text = canonicalText({
    disclosures: disclosures.map(({ commitment, salt, text }) => ({ commitment, salt, text })),
    entry,
    key,
    policy,
    v: 1,
  });
  return [
    first,
    `extra ${base64(new TextEncoder().encode(text))}`,
    `index ${index}`,
    ...hashes.map(base64),
    "",
    note,
  ].join("\n");
}

/** Reads a file as {@link proofFileText} writes it; else what is wrong with it, as a clause. */
export function readProofFile(text: string): ProofFile | string {
  const end = text.indexOf("\n\n");
  const [head = "", extra = "", at = "", ...lines] = text.slice(0, end).split("\n");
  if (end < 0 || head !== first) return `it does not begin with “${first}”`;
  const read = extra.startsWith("extra ") ? extraIn(extra.slice("extra ".length)) : null;
  if (read === null) return "it has no extra data of Holdpoint (the entry, its texts, its policy)";
  const index = /^index (0|[1-9]\d{0,14})$/.exec(at)?.[1];
  if (index === undefined) return "it does not say the index of the entry";
  const hashes = lines.map((line) => bytesIn(line));
  if (!hashes.every((hash) => hash?.length === HASH_SIZE) || hashes.length > 64)
    return "a line of its proof is no hash";
  return {
    ...read,
    index: Number(index),
    hashes: hashes.filter((hash) => hash !== null),
    note: text.slice(end + 2),
  };
}

/** Bytes of base64 in its one form; null for another. */
function bytesIn(text: string): Uint8Array | null {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : null;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function extraIn(encoded: string): ProofExtra | null {
  const bytes = bytesIn(encoded);
  if (bytes === null || new Scanner(bytes).line(0) !== bytes.length) return null;
  const read: unknown = JSON.parse(utf8.decode(bytes));
  if (typeof read !== "object" || read === null) return null;
  const { v, entry, key, policy, disclosures }: Readonly<Record<string, unknown>> = { ...read };
  const isText = [entry, key, policy].every((item) => typeof item === "string");
  if (v !== 1 || !isText || !Array.isArray(disclosures)) return null;
  const openings = disclosures.map(openingIn);
  return openings.includes(null)
    ? null
    : {
        entry: String(entry),
        key: String(key),
        policy: String(policy),
        disclosures: openings.filter((opening) => opening !== null),
      };
}

function openingIn(read: unknown): Opening | null {
  if (typeof read !== "object" || read === null) return null;
  const { commitment, salt, text }: Readonly<Record<string, unknown>> = { ...read };
  return typeof commitment === "string" && typeof salt === "string" && typeof text === "string"
    ? { commitment, salt, text }
    : null;
}
