import { parseCheckpoint } from "../../core/log/checkpoint.ts";
import { consistencyProof } from "../../core/log/merkle.ts";
import type { ConsistencyBody, Store, Tile } from "../ports.ts";

/**
 * The log in pieces that others fetch, keep and compare: tiles of hashes and bundles of entries
 * (c2sp.org/tlog-tiles), and consistency proofs. Nothing of it goes beyond the newest checkpoint.
 */

/** Hashes in a whole tile, entries in a whole bundle. */
const tileWidth = 256;

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

/** The bytes of a tile or bundle; null where the newest checkpoint does not cover all of it. */
export async function tileBytes(
  store: Pick<Store, "checkpoint" | "storedHashes" | "entriesFrom">,
  { level, index, width }: Tile,
): Promise<Uint8Array | null> {
  const isEntries = level === "entries";
  const covers = tileWidth ** (isEntries ? 0 : level);
  const from = index * tileWidth;
  const to = from + width;
  const { size } = (await store.checkpoint()) ?? { size: 0 };
  if (to * covers > size) return null;
  if (!isEntries) return Buffer.concat(await store.storedHashes(level * 8, from, to));
  const entries = await store.entriesFrom(from, to);
  return Buffer.concat(entries.flatMap(({ bytes }) => [lengthOf(bytes), bytes]));
}

/** Big-endian uint16; an entry has at most 32 KiB. */
function lengthOf(bytes: Uint8Array): Uint8Array {
  return Uint8Array.of(bytes.length >> 8, bytes.length & 0xff);
}

/**
 * The proof that the newest checkpoint extends the first `from` entries; "unsigned" = there is no
 * checkpoint, else the number of entries that the newest covers, which is less than `from`.
 */
export async function consistencyFrom(
  store: Pick<Store, "checkpoint" | "subtree">,
  from: number,
): Promise<ConsistencyBody | "unsigned" | number> {
  const checkpoint = await store.checkpoint();
  const size = parseCheckpoint(checkpoint?.note ?? "")?.size;
  if (!checkpoint || size === undefined) return "unsigned";
  if (from > size) return size;
  const hashes = await consistencyProof(from, size, (level, index) => store.subtree(level, index));
  return { from, size, hashes: hashes.map(base64), checkpoint: checkpoint.note };
}
