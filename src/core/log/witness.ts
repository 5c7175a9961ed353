import { type Checkpoint, openCheckpoint, parseCheckpoint } from "./checkpoint.ts";
import { emptyRange, root as rootOf, verifyConsistency } from "./merkle.ts";

/**
 * What a witness answers to a checkpoint that somebody submits (c2sp.org/tlog-witness,
 * add-checkpoint).
 */

/** A log that the witness knows, and the newest checkpoint of it that it cosigned; null = none. */
export interface KnownLog {
  readonly vkey: string;
  readonly latest: Checkpoint | null;
}

/** "cosign": the checkpoint is to be kept, and then cosigned. `say` is the body of a refusal. */
export type Judged =
  | { readonly is: "cosign"; readonly checkpoint: Checkpoint; readonly note: string }
  | { readonly is: "refused"; readonly status: 400 | 403 | 404 | 409 | 422; readonly say: string }
  /** The body is the size of the newest checkpoint that was cosigned. */
  | { readonly is: "behind"; readonly size: number };

interface Submission {
  readonly old: number;
  readonly proof: readonly Uint8Array[];
  readonly note: string;
}

const mostHashes = 63;

/** `known` by origin. */
export function judged(body: string, known: ReadonlyMap<string, KnownLog>): Judged {
  const submission = submissionIn(body);
  const stated = submission && parseCheckpoint(submission.note);
  if (!submission || !stated)
    return refused(400, "this is not an old size, a consistency proof and a checkpoint");
  const log = known.get(stated.origin);
  if (!log) return refused(404, `this witness does not know the log ${stated.origin}`);
  const opened = openCheckpoint(submission.note, log.vkey);
  if (!opened.ok) return refused(403, opened.because);
  return judgedBy(submission, opened.checkpoint, log.latest);
}

function judgedBy(
  { old, proof, note }: Submission,
  checkpoint: Checkpoint,
  latest: Checkpoint | null,
): Judged {
  const { size, root } = checkpoint;
  if (old > size) return refused(400, "the old size is larger than the checkpoint's");
  if (old !== (latest?.size ?? 0)) return { is: "behind", size: latest?.size ?? 0 };
  if (latest?.size === size && Buffer.compare(latest.root, root) !== 0)
    return refused(409, "another checkpoint of this size was cosigned: the log has two histories");
  const firstRoot = latest?.root ?? rootOf(emptyRange);
  return verifyConsistency({ first: old, second: size, firstRoot, secondRoot: root, proof })
    ? { is: "cosign", checkpoint, note }
    : refused(422, "it does not extend the checkpoint that was cosigned last");
}

const refused = (
  status: Extract<Judged, { readonly is: "refused" }>["status"],
  because: string,
): Judged => ({ is: "refused", status, say: `${because}\n` });

function submissionIn(body: string): Submission | undefined {
  const end = body.indexOf("\n\n");
  const [first = "", ...lines] = body.slice(0, Math.max(end, 0)).split("\n");
  const old = /^old (0|[1-9]\d{0,14})$/.exec(first)?.[1];
  const proof = lines.map(hashIn).filter((hash) => hash !== undefined);
  if (old === undefined || proof.length !== lines.length || proof.length > mostHashes) return;
  return { old: Number(old), proof, note: body.slice(end + 2) };
}

function hashIn(line: string): Uint8Array | undefined {
  const bytes = Buffer.from(line, "base64");
  return bytes.length === 32 && bytes.toString("base64") === line ? bytes : undefined;
}

/** The body that `judged` reads: hashes in base64. */
export function submissionText({
  old,
  hashes,
  note,
}: {
  readonly old: number;
  readonly hashes: readonly Uint8Array[];
  readonly note: string;
}): string {
  const lines = hashes.map((hash) => Buffer.from(hash).toString("base64"));
  return [`old ${old}`, ...lines, "", note].join("\n");
}
