import { hash } from "node:crypto";

/**
 * RFC 6962 §2.1 over SHA-256. Hashes are 32 bytes; D[n] are the first n entries, MTH their root.
 */

/** Bytes of a hash. */
export const HASH_SIZE = 32;

/** SHA-256 of the bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return latin1(hash("sha256", bytes, "binary"));
}

/**
 * Writes the SHA-256 of `input` into `out` at `at`: `sha256` for loops over whole logs, without an
 * array per hash.
 */
export function hashInto(input: Uint8Array, out: Uint8Array, at: number): void {
  const text = hash("sha256", input, "binary"); // a string costs a third of a Buffer here
  for (let i = 0; i < HASH_SIZE; i += 1) out[at + i] = text.charCodeAt(i);
}

/** RFC 6962 §2.1: a leaf is prefixed 0x00, so that it can never pass for a node. */
export function leafHash(entry: Uint8Array): Uint8Array {
  return sha256(joined(0x00, entry));
}

/** RFC 6962 §2.1: SHA-256(0x01 || left || right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(joined(0x01, left, right));
}

/**
 * All of a tree that appending and its root need: the roots of its complete subtrees, largest
 * first, one per 1-bit of `size`.
 */
export interface CompactRange {
  readonly size: number;
  readonly peaks: readonly Uint8Array[];
}

/** The log before its first entry. */
export const emptyRange: CompactRange = { size: 0, peaks: [] };

/**
 * The range with one more leaf: each trailing 1-bit of the size is a peak that the new one
 * swallows.
 */
export function append(range: CompactRange, leaf: Uint8Array): CompactRange {
  const peaks = [...range.peaks];
  let top = leaf;
  for (let rest = range.size; rest % 2 === 1; rest = (rest - 1) / 2) {
    top = nodeHash(peaks.pop() ?? missing("peak"), top);
  }
  return { size: range.size + 1, peaks: [...peaks, top] };
}

/** MTH(D[size]). RFC 6962 §2.1: the root of the empty tree is SHA-256 of nothing. */
export function root(range: CompactRange): Uint8Array {
  return range.size === 0 ? sha256(new Uint8Array()) : fold(range.peaks);
}

/** A complete subtree: it covers the leaves `[index · 2^level, (index + 1) · 2^level)`. */
export interface Subtree {
  readonly level: number;
  readonly index: number;
}

/** Yields the hash of a complete subtree, e.g. from leaf rows and stored nodes of a database. */
export type SubtreeHash = (level: number, index: number) => Uint8Array | Promise<Uint8Array>;

/**
 * Complete subtrees that cover the leaves `[from, to)`, largest first; `from` is a multiple of the
 * largest's size, as in every proof.
 */
export function coverOf(from: number, to: number): readonly Subtree[] {
  const cover: Subtree[] = [];
  for (let at = from; at < to; ) {
    const level = Math.floor(Math.log2(to - at));
    cover.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return cover;
}

/** PATH(index, D[size]) of RFC 6962 §2.1.1: the sibling hashes from leaf to root. */
export function inclusionProof(
  index: number,
  size: number,
  subtree: SubtreeHash,
): Promise<Uint8Array[]> {
  return hashesOf(pathOf(index, 0, size), subtree);
}

/**
 * PROOF(first, D[second]) of RFC 6962 §2.1.2; empty when either tree says nothing about the other
 * (first = 0 or first = second).
 */
export function consistencyProof(
  first: number,
  second: number,
  subtree: SubtreeHash,
): Promise<Uint8Array[]> {
  return hashesOf(
    first === 0 ? [] : subproofOf({ first, from: 0, to: second, known: true }),
    subtree,
  );
}

/** The compact range of the first `size` leaves. */
export async function compactRangeOf(size: number, subtree: SubtreeHash): Promise<CompactRange> {
  return {
    size,
    peaks: await Promise.all(coverOf(0, size).map(({ level, index }) => subtree(level, index))),
  };
}

/** Subtree hashes computed from leaf hashes held in memory: each call hashes its whole subtree. */
export function subtreesOf(leaves: readonly Uint8Array[]) {
  return (level: number, index: number): Uint8Array => {
    const width = 2 ** level;
    let level0 = leaves.slice(index * width, (index + 1) * width);
    if (level0.length !== width) return missing("leaf");
    while (level0.length > 1) {
      level0 = level0.flatMap((left, i, all) =>
        i % 2 === 0 ? [nodeHash(left, all[i + 1] ?? missing("leaf"))] : [],
      );
    }
    return level0[0] ?? missing("leaf");
  };
}

/** Says whether a leaf hash is leaf `index` of the tree with this root (RFC 9162 §2.1.3.2). */
export function verifyInclusion(claim: {
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
}): boolean {
  if (!isIndex(claim.index) || !isIndex(claim.size) || claim.index >= claim.size) return false;
  let at = claim.index;
  let last = claim.size - 1;
  let top = claim.leaf;
  for (const sibling of claim.proof) {
    if (last === 0 || sibling.length !== HASH_SIZE) return false;
    if (at % 2 === 1 || at === last) {
      top = nodeHash(sibling, top);
      [at, last] = skipZeros(at, last);
    } else {
      top = nodeHash(top, sibling);
    }
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && equal(top, claim.root);
}

/** Says whether the tree of `second` leaves begins with the tree of `first` (RFC 9162 §2.1.4.2). */
export function verifyConsistency(claim: {
  readonly first: number;
  readonly second: number;
  readonly firstRoot: Uint8Array;
  readonly secondRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
}): boolean {
  const { first, second, firstRoot, secondRoot, proof } = claim;
  if (!isIndex(first) || !isIndex(second) || first > second) return false;
  if (first === 0) return proof.length === 0 && equal(firstRoot, root(emptyRange));
  if (first === second) return proof.length === 0 && equal(firstRoot, secondRoot);
  // A first tree that is complete is itself the first node of the path, and is left out of the
  // proof.
  const path = isPowerOfTwo(first) ? [firstRoot, ...proof] : proof;
  if (path.length === 0 || path.some((node) => node.length !== HASH_SIZE)) return false;
  return climbs(path, claim);
}

function climbs(
  [start = missing("node"), ...path]: readonly Uint8Array[],
  claim: { first: number; second: number; firstRoot: Uint8Array; secondRoot: Uint8Array },
): boolean {
  let [at, last] = skipOnes(claim.first - 1, claim.second - 1);
  let first = start;
  let second = start;
  for (const node of path) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      first = nodeHash(node, first);
      second = nodeHash(node, second);
      [at, last] = skipZeros(at, last);
    } else {
      second = nodeHash(second, node);
    }
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && equal(first, claim.firstRoot) && equal(second, claim.secondRoot);
}

/**
 * Shifts both right until the first is odd or 0: where a right edge has no sibling on these levels.
 */
function skipZeros(a: number, b: number): [number, number] {
  let [at, last] = [a, b];
  while (at !== 0 && at % 2 === 0) [at, last] = [at / 2, Math.floor(last / 2)];
  return [at, last];
}

function skipOnes(a: number, b: number): [number, number] {
  let [at, last] = [a, b];
  while (at % 2 === 1) [at, last] = [(at - 1) / 2, Math.floor(last / 2)];
  return [at, last];
}

/** The leaf ranges whose roots make up a proof. */
type Leaves = readonly [from: number, to: number];

function pathOf(index: number, from: number, to: number): readonly Leaves[] {
  if (to - from === 1) return [];
  const middle = from + split(to - from);
  return index < middle
    ? [...pathOf(index, from, middle), [middle, to]]
    : [...pathOf(index, middle, to), [from, middle]];
}

/**
 * SUBPROOF of RFC 6962 §2.1.2; `known` is its `b`: the verifier has the root of the first tree
 * already.
 */
function subproofOf(part: {
  readonly first: number;
  readonly from: number;
  readonly to: number;
  readonly known: boolean;
}): readonly Leaves[] {
  const { first, from, to, known } = part;
  if (first === to) return known ? [] : [[from, to]];
  const middle = from + split(to - from);
  return first <= middle
    ? [...subproofOf({ ...part, to: middle }), [middle, to]]
    : [...subproofOf({ ...part, from: middle, known: false }), [from, middle]];
}

const hashesOf = (parts: readonly Leaves[], subtree: SubtreeHash): Promise<Uint8Array[]> =>
  Promise.all(
    parts.map(async ([from, to]) =>
      fold(await Promise.all(coverOf(from, to).map(({ level, index }) => subtree(level, index)))),
    ),
  );

/** Joins subtree roots, largest first, into one root: the smallest two first. */
const fold = (peaks: readonly Uint8Array[]): Uint8Array =>
  peaks.reduceRight((right, left) => nodeHash(left, right));

/** RFC 6962 §2.1: the largest power of two smaller than n. */
const split = (n: number): number => 2 ** Math.floor(Math.log2(n - 1));

const isIndex = (n: number): boolean => Number.isSafeInteger(n) && n >= 0;
const isPowerOfTwo = (n: number): boolean => 2 ** Math.floor(Math.log2(n)) === n;

const equal = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

function joined(prefix: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 1));
  bytes[0] = prefix;
  let at = 1;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function latin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
}

function missing(what: string): never {
  throw new RangeError(`A ${what} of the tree is missing.`);
}
