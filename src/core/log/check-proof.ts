import { Scanner } from "./canonical-json-scanner.ts";
import { type Checkpoint, openCheckpoint, parseVkey } from "./checkpoint.ts";
import { digestOf, opens } from "./commitment.ts";
import { leafHash, verifyInclusion } from "./merkle.ts";
import { type Opening, type ProofFile, readProofFile } from "./proof-file.ts";
import { type Quorum, type Witnessing, witnessingOf } from "./quorum.ts";

/** What a proof file shows, checked with nothing but itself and a key that was kept. */
export type CheckedProof = { readonly is: "TAMPERED"; readonly because: string } | GoodProof;

export interface GoodProof {
  readonly is: "OK";
  readonly index: number;
  readonly head: Checkpoint;
  readonly key: string;
  readonly entry: Readonly<Record<string, unknown>>;
  readonly disclosures: readonly Opening[];
  /** Commitments of the entry that nothing opens: erased, or left out. */
  readonly missing: readonly string[];
  /** The policy's canonical text; "" = it is not in the file. */
  readonly policy: string;
  /** Whether the key was compared with one that was kept. */
  readonly compared: boolean;
  /** What the quorum says of the checkpoint; null = none was given. */
  readonly witnessing: Witnessing | null;
}

const utf8 = new TextEncoder();
const tampered = (because: string): CheckedProof => ({ is: "TAMPERED", because });

/** `kept`: the vkey that was kept; `quorum`: which witnesses must have cosigned; null = none. */
export function checkProof(
  text: string,
  kept: string | null,
  quorum: Quorum | null = null,
): CheckedProof {
  const file = readProofFile(text);
  if (typeof file === "string") return tampered(`it is no proof file of Holdpoint: ${file}`);
  if (parseVkey(file.key) === undefined) return tampered("its key is no C2SP vkey");
  if (kept !== null && kept !== file.key)
    return tampered("its key is not the one you kept: somebody else signed it");
  const opened = openCheckpoint(file.note, file.key);
  if (!opened.ok) return tampered(`its checkpoint cannot be believed: ${opened.because}`);
  const head = opened.checkpoint;
  const entry = entryIn(file, head);
  if (typeof entry === "string") return tampered(entry);
  const objection = badPolicy(file, entry) ?? badDisclosure(file) ?? unaccepted(file, quorum);
  if (objection !== null) return tampered(objection);
  const witnessing = quorum && witnessingOf(quorum, file.note);
  return witnessing && "forged" in witnessing
    ? tampered(witnessing.forged)
    : fine(file, { head, entry, witnessing, compared: kept !== null || hasLogs(quorum) });
}

/** `compared`: whether its key is one that was kept. */
function fine(
  file: ProofFile,
  found: Pick<GoodProof, "head" | "entry" | "witnessing" | "compared">,
): CheckedProof {
  const { index, key, disclosures, policy } = file;
  const opened = new Set(disclosures.map(({ commitment }) => commitment));
  const missing = commitmentsIn(file.entry).filter((found) => !opened.has(found));
  return { is: "OK", index, key, disclosures, missing, policy, ...found };
}

const hasLogs = (quorum: Quorum | null): boolean => (quorum?.logs.length ?? 0) > 0;

function unaccepted({ key }: ProofFile, quorum: Quorum | null): string | null {
  return !hasLogs(quorum) || quorum?.logs.includes(key)
    ? null
    : "its key is not that of a log in your quorum file";
}

function entryIn(
  { entry, index, hashes }: ProofFile,
  head: Checkpoint,
): Readonly<Record<string, unknown>> | string {
  const bytes = utf8.encode(entry);
  const { size, root } = head;
  if (!verifyInclusion({ leaf: leafHash(bytes), index, size, proof: hashes, root }))
    return `the entry is not entry ${index} of the ${size} that were signed`;
  if (new Scanner(bytes).line(0) !== bytes.length) return "the entry is not canonical JSON";
  const read: unknown = JSON.parse(entry);
  const parts: Readonly<Record<string, unknown>> = { ...Object(read) };
  return parts["v"] === 1 && parts["origin"] === head.origin
    ? parts
    : "the entry is not one of this log";
}

/** The policy in the file is the one that the entry names, or adopts. */
function badPolicy({ policy }: ProofFile, entry: Readonly<Record<string, unknown>>): string | null {
  if (policy === "") return null;
  const named = entry["kind"] === "policy.adopted" ? entry["digest"] : entry["policy"];
  return digestOf(utf8.encode(policy)) === named
    ? null
    : "the policy in it is not the one that the entry names";
}

function badDisclosure({ disclosures, entry, policy }: ProofFile): string | null {
  const committed = new Set([...commitmentsIn(entry), ...commitmentsIn(policy)]);
  for (const { commitment, salt, text } of disclosures) {
    const bytes = Buffer.from(salt, "base64");
    if (!committed.has(commitment))
      return `a text in it opens ${commitment}, which stands neither in the entry nor in its policy`;
    if (bytes.toString("base64") !== salt || !opens(commitment, bytes, text))
      return `a text in it is not the one committed to by ${commitment}`;
  }
  return null;
}

/** The commitments in canonical text, each once. */
export function commitmentsIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/"(c_[0-9a-f]{64})"/g)].map(([, found = ""]) => found))];
}
