import { type Checkpoint, openCheckpoint, parseCheckpoint, parseVkey } from "./checkpoint.ts";
import { checkEntries, type Walk } from "./entry-checker.ts";
import { brokenDisclosure, brokenPolicy, textOf } from "./export-files.ts";
import type { FileBytes } from "./file-lines.ts";
import type { KeyPeriod } from "./key-chain.ts";
import { witnessingOf } from "./quorum.ts";
import { rootOfLeaves } from "./stated-leaves.ts";
import type { Bad, Kept, LogVerdict } from "./verdict.ts";
import { badKeptKey, isKeptStolen, keysOf, keyWords, openSeen, type Seen } from "./verify-keys.ts";

/** The files of an export directory, as bytes; those that can be long may be read in blocks. */
export interface Export<F extends FileBytes = Uint8Array> {
  readonly entries: F;
  /** null = the export has none: then a changed entry is found, but not its place. */
  readonly leaves: F | null;
  readonly checkpoint: Uint8Array;
  /** log.pub */
  readonly key: Uint8Array;
  /** By file name without `.json`. */
  readonly policies: ReadonlyMap<string, Uint8Array>;
  readonly disclosures: F;
}

/**
 * Checks an export against itself and against what was kept (docs/log-format.md §7). Pure: every
 * byte is handed in.
 */
export function verifyExport(exported: Export<FileBytes>, kept: Kept): LogVerdict {
  const compared = kept.vkey !== null || kept.checkpoints.length > 0 || hasLogs(kept);
  const unread = { compared, keyStolen: false, head: null, witnessing: null };
  const vkey = keyIn(exported, kept);
  if (typeof vkey !== "string") return { ...vkey, ...unread };
  const opened = openCheckpoint(textOf(exported.checkpoint) ?? "", vkey);
  if (!opened.ok) {
    // somebody else's export: their key is said before their checkpoint
    const other = badKeptKey(noKeys, vkey, kept);
    const because = `the checkpoint cannot be believed: ${opened.because}`;
    return { ...(other ?? tampered(null, because)), ...unread };
  }
  const head = opened.checkpoint;
  const { leaves } = exported;
  const walked = checkEntries(exported.entries, {
    origin: head.origin,
    leaves,
    sizes: new Set([head.size, ...kept.checkpoints.map(sizeOf)]),
  });
  const other = badKeptKey(walked, vkey, kept);
  if (other !== null) return { ...other, ...unread };
  const bad =
    badEntries(walked, head, leaves) ?? badLeaves(leaves, walked) ?? badFiles(exported, walked);
  const chain = bad ?? keysOf(walked, { vkey, head, kept });
  if ("is" in chain) return { ...chain, ...unread, head };
  return { ...unread, head, ...againstKept({ exported, kept, walked, head, vkey, chain }) };
}

interface Judged extends Good {
  readonly exported: Pick<Export<FileBytes>, "checkpoint">;
  readonly walked: Walk;
  readonly head: Checkpoint;
}

/** What an export that is good in itself is, beside what was kept. */
function againstKept(judged: Judged): Bad & Partial<LogVerdict> {
  const { exported, kept, walked, head, vkey, chain } = judged;
  const seen = kept.checkpoints.map((note) => openSeen(note, chain));
  const against = badAgainst(seen, walked, head);
  if (against) return against;
  const note = textOf(exported.checkpoint) ?? "";
  const witnessing = kept.quorum ? witnessingOf(kept.quorum, note) : null;
  if (witnessing && "forged" in witnessing) return tampered(null, witnessing.forged);
  return { ...fine(judged), keyStolen: isKeptStolen(chain, vkey, kept.vkey), witnessing };
}

const noKeys = { rotations: [] };
const sizeOf = (note: string): number => parseCheckpoint(note)?.size ?? 0;
const hasLogs = ({ quorum }: Kept): boolean => (quorum?.logs.length ?? 0) > 0;

const tampered = (index: number | null, because: string): Bad => ({
  is: "TAMPERED",
  index,
  because,
});
const truncated = (index: number, because: string): Bad => ({ is: "TRUNCATED", index, because });

function keyIn(exported: Pick<Export, "key">, kept: Kept): string | Bad {
  const text = textOf(exported.key);
  const vkey = text?.endsWith("\n") ? text.slice(0, -1) : undefined;
  if (vkey === undefined || parseVkey(vkey) === undefined) {
    return tampered(null, "log.pub is no key any more: its own key id does not fit it");
  }
  if (hasLogs(kept) && !kept.quorum?.logs.includes(vkey))
    return tampered(null, "log.pub is not the key of a log in your quorum file");
  return vkey;
}

function badEntries(walked: Walk, head: Checkpoint, leaves: FileBytes | null): Bad | null {
  const proven = equal(walked.roots.get(head.size), head.root);
  if (!proven) return badUnproven(walked, head, leaves);
  if (walked.fault !== null) return byForm(walked.fault);
  if (walked.count > head.size) {
    return tampered(
      head.size,
      `the checkpoint covers ${head.size} entries; those after them are not signed`,
    );
  }
  return walked.cut
    ? tampered(walked.count, "a piece of a line follows the last entry signed")
    : null;
}

const byForm = ({ index, because }: { index: number; because: string }): Bad =>
  tampered(index, `${because}; the log does not write such entries`);

/**
 * The entries are not those that were signed; the leaf hashes, if they still are, say where that
 * begins.
 */
function badUnproven(walked: Walk, head: Checkpoint, leaves: FileBytes | null): Bad {
  const located =
    leaves !== null && walked.stated === head.size && equal(rootOfLeaves(leaves), head.root);
  if (located && walked.differs !== null) {
    const { differs, fault } = walked;
    const how = fault?.index === differs ? ` (${fault.because})` : "";
    return tampered(differs, `it is not the entry that was signed; its hash differs${how}`);
  }
  if (!located && walked.fault !== null) return byForm(walked.fault);
  if (walked.count < head.size) {
    const where = walked.cut ? `; the file ends inside entry ${walked.count}` : "";
    return truncated(
      walked.count,
      `${walked.count} of the ${head.size} entries signed are there${where}`,
    );
  }
  return tampered(
    null,
    "the entries are not those that were signed, and no intact leaf hashes say which one was changed",
  );
}

/** Called with proven entries: where `leaves` differ from them, `leaves` were changed. */
function badLeaves(leaves: FileBytes | null, walked: Walk): Bad | null {
  if (leaves === null) return null;
  if (walked.stated === walked.count && walked.differs === null) return null;
  const where = walked.differs === null ? "" : ` at line ${walked.differs + 1}`;
  return tampered(
    null,
    `the file leaves was changed${where}; the entries are those that were signed`,
  );
}

function badFiles(exported: Export<FileBytes>, walked: Walk): Bad | null {
  const because =
    brokenPolicy(exported.policies, walked.adopted) ?? brokenDisclosure(exported.disclosures);
  return because === null ? null : tampered(null, because);
}

function badAgainst(seen: readonly Seen[], walked: Walk, head: Checkpoint): Bad | null {
  let longest = { size: 0, doubt: "" };
  for (const [i, opened] of seen.entries()) {
    const name =
      seen.length === 1 ? "the checkpoint you kept" : `checkpoint ${i + 1} that you kept`;
    if (!opened.ok)
      return tampered(null, `${name} does not belong to this export: ${opened.because}`);
    const { doubt } = opened;
    const { size, root: kept } = opened.checkpoint;
    if (size <= head.size && !equal(walked.roots.get(size), kept)) {
      const because = `${name} has another root for the first ${size} entries: two histories were signed${doubt}`;
      return { is: "FORKED", index: null, because };
    }
    if (size > longest.size) longest = { size, doubt };
  }
  if (longest.size <= head.size) return null;
  const because = `a checkpoint you kept covers ${longest.size} entries; this export ends after ${head.size}${longest.doubt}`;
  return truncated(head.size, because);
}

interface Good {
  readonly vkey: string;
  readonly chain: readonly KeyPeriod[];
  readonly kept: Kept;
}

function fine({ vkey, chain, kept }: Good): Bad {
  const { checkpoints } = kept;
  const parts = [
    ...(kept.vkey === null ? [] : [keyWords(chain, vkey, kept.vkey)]),
    ...(hasLogs(kept) ? ["signed by a log of the quorum file"] : []),
    ...(checkpoints.length === 0
      ? []
      : [
          `continues ${checkpoints.length === 1 ? "the saved checkpoint" : `the ${checkpoints.length} saved checkpoints`}`,
        ]),
  ];
  const because =
    parts.length === 0
      ? "Not compared with a saved key or checkpoint"
      : `Compared: ${parts.join("; ")}`;
  return { is: "OK", index: null, because: `consistent in itself. ${because}` };
}

const equal = (a: Uint8Array | undefined, b: Uint8Array): boolean =>
  a !== undefined && a.length === b.length && a.every((byte, i) => byte === b[i]);
