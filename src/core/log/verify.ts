import { type Checkpoint, openCheckpoint, parseVkey } from "./checkpoint.ts";
import { checkEntries, type Walk } from "./entry-checker.ts";
import { brokenDisclosure, brokenPolicy, textOf } from "./export-files.ts";
import type { FileBytes } from "./file-lines.ts";
import { type Quorum, type Witnessing, witnessingOf } from "./quorum.ts";
import { rootOfLeaves } from "./stated-leaves.ts";

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

/** What the auditor kept from before, out of the operator's reach. */
export interface Kept {
  /** null = none. */
  readonly vkey: string | null;
  /** Signed notes. */
  readonly checkpoints: readonly string[];
  /** Which logs are accepted, and which witnesses must have cosigned. */
  readonly quorum?: Quorum | null;
}

/** What the verifier says of an export. */
export interface LogVerdict {
  readonly is: "OK" | "TAMPERED" | "TRUNCATED" | "FORKED";
  /**
   * The first bad or missing entry, counted from 0; null = it is no entry, or its place cannot be
   * told.
   */
  readonly index: number | null;
  /** Words for people; "it" is the entry of `index`. */
  readonly because: string;
  /**
   * Whether the caller kept anything to compare with: without, an operator who rewrote everything
   * and signed again is not noticed.
   */
  readonly compared: boolean;
  /** What the export's own checkpoint says, once its signature is good. */
  readonly head: Checkpoint | null;
  /** What the quorum says of that checkpoint; null = there is none, or the export is not OK. */
  readonly witnessing: Witnessing | null;
}

type Bad = Pick<LogVerdict, "is" | "index" | "because">;

/**
 * Checks an export against itself and against what was kept (docs/log-format.md §7). Pure: every
 * byte is handed in.
 */
export function verifyExport(exported: Export<FileBytes>, kept: Kept): LogVerdict {
  const compared = kept.vkey !== null || kept.checkpoints.length > 0 || hasLogs(kept);
  const nothing = { compared, head: null, witnessing: null };
  const vkey = keyIn(exported, kept);
  if (typeof vkey !== "string") return { ...vkey, ...nothing };
  const opened = openCheckpoint(textOf(exported.checkpoint) ?? "", vkey);
  if (!opened.ok) {
    const because = `the checkpoint cannot be believed: ${opened.because}`;
    return { ...tampered(null, because), ...nothing };
  }
  const head = opened.checkpoint;
  const seen = kept.checkpoints.map((note) => openCheckpoint(note, vkey));
  const sizes = seen.flatMap((opened) => (opened.ok ? [opened.checkpoint.size] : []));
  const { leaves } = exported;
  const walked = checkEntries(exported.entries, {
    origin: head.origin,
    leaves,
    sizes: new Set([head.size, ...sizes]),
  });
  const bad =
    badEntries(walked, head, leaves) ??
    badLeaves(leaves, walked) ??
    badFiles(exported, walked) ??
    badAgainst(seen, walked, head);
  if (bad) return { ...bad, ...nothing, head };
  const note = textOf(exported.checkpoint) ?? "";
  const witnessing = kept.quorum ? witnessingOf(kept.quorum, note) : null;
  return witnessing && "forged" in witnessing
    ? { ...tampered(null, witnessing.forged), ...nothing, head }
    : { ...fine(kept), compared, head, witnessing };
}

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
  if (kept.vkey !== null && kept.vkey !== vkey) {
    return tampered(null, "log.pub is not the key you kept: somebody else signed this export");
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

function badAgainst(
  seen: readonly ReturnType<typeof openCheckpoint>[],
  walked: Walk,
  head: Checkpoint,
): Bad | null {
  for (const [i, opened] of seen.entries()) {
    const name =
      seen.length === 1 ? "the checkpoint you kept" : `checkpoint ${i + 1} that you kept`;
    if (!opened.ok)
      return tampered(null, `${name} does not belong to this export: ${opened.because}`);
    const { size, root: kept } = opened.checkpoint;
    if (size <= head.size && !equal(walked.roots.get(size), kept)) {
      const because = `${name} has another root for the first ${size} entries: two histories were signed`;
      return { is: "FORKED", index: null, because };
    }
  }
  const longest = Math.max(0, ...seen.map((opened) => (opened.ok ? opened.checkpoint.size : 0)));
  return longest > head.size
    ? truncated(
        head.size,
        `a checkpoint you kept covers ${longest} entries; this export ends after ${head.size}`,
      )
    : null;
}

function fine(kept: Kept): Pick<LogVerdict, "is" | "index" | "because"> {
  const { vkey, checkpoints } = kept;
  const parts = [
    ...(vkey === null ? [] : ["signed by the saved key"]),
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
