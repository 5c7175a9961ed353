import { canonicalText } from "../../core/log/bytes.ts";
import { type Checkpoint, type LogKey, parseCheckpoint } from "../../core/log/checkpoint.ts";
import type { KeyPeriod } from "../../core/log/key-chain.ts";
import { compactRangeOf, root } from "../../core/log/merkle.ts";
import type {
  ConsistencyBody,
  Head,
  KeptCheckpoint,
  LastSigned,
  ProofBody,
  Store,
  Tile,
} from "../ports.ts";
import type { Doubts } from "../self-check/doubts.ts";
import type { SelfCheck } from "../self-check/self-check.ts";
import { turn } from "../turn.ts";
import { proofOf } from "./proof.ts";
import { findProofFile, type KeyFor, type ProofFileFound } from "./proof-file.ts";
import { keyMissing, keysInLog, signedBy, signerOf, signersOf } from "./signing-keys.ts";
import { consistencyFrom, tileBytes } from "./tiles.ts";
import { type Witnessed, withCosignatures, witnessedBy } from "./witnessed.ts";

/** The log as others check it: signed checkpoints, proofs, and the whole of it as files. */
export interface Record {
  /**
   * Signs the head if it has moved; answers with the newest note, null while the log is empty.
   * Signs nothing over a log that does not contain what was signed before, nor while anything else
   * makes the record doubtful (see `held`).
   */
  sign(): Promise<string | null>;
  /** Whether the log extends what this note says, and its head is the root of its entries. */
  fits(note: string): Promise<boolean>;
  /** Why nothing was signed when it was last asked for, as a sentence; null = signing goes on. */
  held(): string | null;
  /** The newest note, with the cosignatures that it has by now. */
  checkpoint(): Promise<string | null>;
  /** The newest that every witness of the policy cosigned; else why there is none. */
  witnessed(): Promise<Witnessed>;
  proof(index: number): Promise<ProofBody | undefined>;
  /** See app/reads/tiles. */
  tile(tile: Tile): Promise<Uint8Array | null>;
  consistency(from: number): Promise<ConsistencyBody | "unsigned" | number>;
  readonly keyFor: KeyFor;
  /** The log's keys, the first to the newest. */
  keys(): Promise<readonly KeyPeriod[]>;
  /** By a record number or an escalation. See app/reads/proof-file. */
  proofFile(what: string): Promise<ProofFileFound>;
  /** Up to this checkpoint; null = up to the newest, which is signed now. */
  export(
    checkpoint: KeptCheckpoint | null,
  ): AsyncIterable<{ readonly file: string; readonly chunk: Uint8Array }>;
}

/** Entries that are read at once: others have their turn in between, and gateways wait for one. */
const page = 50;
const utf8 = new TextEncoder();
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

/** What a signature waits for besides the log itself. */
export interface Signing {
  readonly lastSigned: LastSigned;
  readonly doubts: Doubts;
  /** Compares what was appended since with everything else that is known. */
  readonly check: SelfCheck["upToHead"];
  /** Keys of the witnesses that the policy in force names. */
  readonly witnesses: () => Promise<readonly string[]>;
  /** Keys to which the log was handed over, or may be; none = it has the one. */
  readonly newerKeys?: () => readonly LogKey[];
}

export function createLogService(
  store: Store,
  key: LogKey,
  { lastSigned, doubts, check, witnesses, newerKeys = () => [] }: Signing,
): Record {
  const held = (): string | null => doubts.first()?.sentence ?? null;

  const lacking = (head: Head, known: readonly Checkpoint[]): Promise<string | null> =>
    lackingIn(store, head, known);

  const vkeyFor = async (note: string): Promise<string> =>
    signerOf(await keysInLog(store, key), note) ?? key.vkey;

  /** Who signs the head; null where nothing is to be signed over it. */
  const signersFor = async (
    head: Head,
    known: readonly Checkpoint[],
  ): Promise<readonly LogKey[] | null> => {
    const chain = await keysInLog(store, key);
    const signers = signersOf(chain, [key, ...newerKeys()], head.size);
    const lacks = await lacking(head, known).catch(unreadable);
    doubts.found("signing", lacks ?? (signers.length === 0 ? keyMissing(chain) : null));
    return held() === null ? signers : null;
  };

  const sign = async (): Promise<string | null> => {
    await check();
    const own = lastSigned.read();
    const last = await store.checkpoint();
    // after the checkpoint: another replica may sign what is appended meanwhile
    const head = await store.head();
    const notes = [...new Set([own ?? "", last?.note ?? ""])];
    const known = notes.map(parseCheckpoint).filter((checkpoint) => checkpoint !== undefined);
    // after the head: a key that takes over later does not sign this one
    const signers = await signersFor(head, known);
    if (signers === null) return noteWithin(head.size, last);
    if (head.size === 0) return null;
    if (last && last.size >= head.size) return last.note;
    const now = { origin: key.origin, size: head.size, root: root(head) };
    const note = signedBy(now, signers);
    lastSigned.write(note); // before anybody else can have it
    await store.saveCheckpoint(head.size, note);
    return note;
  };

  const signedNow = async (): Promise<KeptCheckpoint | null> => {
    const note = await sign();
    return note === null ? null : { note, size: parseCheckpoint(note)?.size ?? 0 };
  };

  return {
    sign,
    fits: async (note) => {
      const known = parseCheckpoint(note);
      const lacks = known && (await lacking(await store.head(), [known]).catch(unreadable));
      return lacks === null;
    },
    held,
    checkpoint: async () => {
      const kept = await store.checkpoint();
      return kept ? withCosignatures(store, kept) : null;
    },
    witnessed: async () => witnessedBy(store, await witnesses()),
    proof: (index) => provenAt(store, index),
    tile: (tile) => tileBytes(store, tile),
    consistency: (from) => consistencyFrom(store, from),
    keyFor: vkeyFor,
    keys: () => keysInLog(store, key),
    proofFile: (what) => findProofFile(store, vkeyFor, what),
    export: (checkpoint) => exported(store, vkeyFor, async () => checkpoint ?? signedNow()),
  };
}

/**
 * Whether the log still begins with what these say, and the head is the root of its entries: then
 * what is signed over the head extends them. The first that is not so, in words.
 */
async function lackingIn(
  store: Store,
  head: Head,
  known: readonly Checkpoint[],
): Promise<string | null> {
  const rootAt = async (size: number): Promise<string> =>
    base64(root(await compactRangeOf(size, (level, index) => store.subtree(level, index))));
  for (const { size: signed, root: was } of known) {
    if (signed > head.size) return shorter(head.size, signed);
    if ((await rootAt(signed)) !== base64(was)) return rewritten(signed);
  }
  return (await rootAt(head.size)) === base64(root(head)) ? null : beside(head.size);
}

async function provenAt(store: Store, index: number): Promise<ProofBody | undefined> {
  const proof = await proofOf(store, index);
  const [recorded] = proof ? await store.entriesFrom(index, index + 1) : [];
  const [leaf] = proof ? await store.leafHashes(index, index + 1) : [];
  if (!proof || !recorded || !leaf) return undefined;
  return {
    index,
    size: proof.size,
    entry: new TextDecoder().decode(recorded.bytes),
    leafHash: base64(leaf),
    hashes: proof.hashes.map(base64),
    checkpoint: proof.note,
  };
}

/** The note that was kept last, where the log is long enough for it. */
const noteWithin = (size: number, last: Awaited<ReturnType<Store["checkpoint"]>>): string | null =>
  last && last.size <= size ? last.note : null;

const whatToDo =
  "No checkpoint is signed over it. If it was restored on purpose, see docs/database.md, “After a restore”.";

const shorter = (size: number, signed: number): string =>
  `The log in this database has ${size} entries, but a checkpoint over ${signed} was signed: it is cut, or an older copy. ${whatToDo}`;

const rewritten = (signed: number): string =>
  `The first ${signed} entries in this database are not those that a checkpoint was signed over: they were changed, or it is another log. ${whatToDo}`;

const beside = (size: number): string =>
  `The head of the log in this database is not that of its ${size} entries: it was changed. ${whatToDo}`;

const gap =
  "Entries that the head of the log in this database counts, or their hashes, are missing: they were removed.";

/** A tree that cannot be computed is the log's fault; a database that does not answer is not. */
function unreadable(fault: unknown): string {
  if (fault instanceof RangeError) return `${gap} ${whatToDo}`;
  throw fault;
}

const newline = Buffer.from("\n");

const commitmentsIn = (text: string): readonly string[] => text.match(/c_[0-9a-f]{64}/g) ?? [];

/**
 * Entries, leaves, policies and disclosures up to one checkpoint, so that a log that grows
 * meanwhile exports whole.
 */
async function* exported(
  store: Store,
  vkeyFor: (note: string) => Promise<string>,
  upTo: () => Promise<KeptCheckpoint | null>,
): AsyncGenerator<{ file: string; chunk: Uint8Array }> {
  const checkpoint = await upTo();
  const size = checkpoint?.size ?? 0;
  for (let from = 0; from < size; from += page) {
    const to = Math.min(size, from + page);
    const rows = await store.logRows(from, to);
    const entries = Buffer.concat(rows.flatMap(({ bytes }) => [bytes, newline]));
    yield { file: "entries.jsonl", chunk: entries };
    const leaves = rows.map(({ leaf }) => `${Buffer.from(leaf).toString("hex")}\n`);
    yield { file: "leaves", chunk: utf8.encode(leaves.join("")) };
    await turn();
    const commitments = commitmentsIn(entries.toString());
    yield { file: "disclosures.jsonl", chunk: await disclosures(store, commitments) };
    await turn();
  }
  for (const { digest, canonical } of await store.policies()) {
    yield { file: `policies/${digest}.json`, chunk: canonical };
    yield {
      file: "disclosures.jsonl",
      chunk: await disclosures(store, commitmentsIn(new TextDecoder().decode(canonical))),
    };
  }
  const people = (await store.people()).map(
    ({ id, name }) => `${canonicalText({ person: id, name })}\n`,
  );
  yield { file: "disclosures.jsonl", chunk: utf8.encode(people.join("")) };
  const vkey = await vkeyFor(checkpoint?.note ?? "");
  yield { file: "log.pub", chunk: utf8.encode(`${vkey}\n`) };
  yield {
    file: "checkpoint",
    chunk: utf8.encode(checkpoint ? await withCosignatures(store, checkpoint) : ""),
  };
}

async function disclosures(store: Store, commitments: readonly string[]): Promise<Uint8Array> {
  const texts = await store.texts([...new Set(commitments)]);
  const lines = [...texts.values()].map(
    ({ commitment, salt, text }) => `${canonicalText({ commitment, salt: base64(salt), text })}\n`,
  );
  return utf8.encode(lines.join(""));
}
