import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GrowingTree } from "../../../src/core/log/incremental-tree.ts";
import {
  append,
  type CompactRange,
  compactRangeOf,
  consistencyProof,
  coverOf,
  emptyRange,
  inclusionProof,
  leafHash,
  nodeHash,
  root,
  sha256,
  subtreesOf,
  verifyConsistency,
  verifyInclusion,
} from "../../../src/core/log/merkle.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const bytes = (text: string) => new Uint8Array(Buffer.from(text, "hex"));

/**
 * The eight leaf inputs and the roots of their first n that Certificate Transparency
 * implementations have tested against since 2013.
 */
const inputs = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
];
const roots = [
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];
const known = inputs.map((input) => leafHash(bytes(input)));

const LARGEST = 70;
const leaves = Array.from({ length: LARGEST }, (_, i) => leafHash(Uint8Array.of(i)));
const subtree = subtreesOf(leaves);

/** MTH, written down from RFC 6962 §2.1 word for word. */
function mth(d: readonly Uint8Array[]): Uint8Array {
  const [only] = d;
  if (only === undefined) return sha256(new Uint8Array());
  if (d.length === 1) return only;
  let k = 1;
  while (k * 2 < d.length) k *= 2;
  return nodeHash(mth(d.slice(0, k)), mth(d.slice(k)));
}
const rootOf = (size: number) => mth(leaves.slice(0, size));
const grown = (all: readonly Uint8Array[]) => all.reduce<CompactRange>(append, emptyRange);
const flipped = (hash: Uint8Array, bit: number) =>
  hash.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));

describe("roots", () => {
  test("the empty tree's is the SHA-256 of nothing", () => {
    expect(hex(root(emptyRange))).toBe(
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    );
  });

  test("those of Certificate Transparency's reference leaves are the published ones", () => {
    const ours = inputs.map((_, i) => hex(root(grown(known.slice(0, i + 1)))));

    expect(ours).toEqual(roots);
  });

  test("a compact range, stored subtrees, a growing tree and RFC 6962's own words agree at every size", async () => {
    const tree = new GrowingTree();
    for (let size = 0; size <= LARGEST; size += 1) {
      const range = grown(leaves.slice(0, size));
      expect(await compactRangeOf(size, subtree)).toEqual(range);
      expect(hex(root(range))).toBe(hex(rootOf(size)));
      expect(hex(tree.root())).toBe(hex(rootOf(size)));
      tree.add(Uint8Array.of(0x00, size));
    }
  });

  test("a leaf never has the hash of a node", () => {
    const [left, right] = [known[0]!, known[1]!];

    expect(hex(leafHash(Uint8Array.of(...left, ...right)))).not.toBe(hex(nodeHash(left, right)));
  });

  test("subtrees that are not complete yet are refused", () => {
    expect(() => subtreesOf(known)(3, 1)).toThrow(RangeError);
    expect(() => subtreesOf(known)(0, 8)).toThrow(RangeError);
  });

  test("a cover names each leaf once, largest subtrees first", () => {
    expect(coverOf(0, 7)).toEqual([
      { level: 2, index: 0 },
      { level: 1, index: 2 },
      { level: 0, index: 6 },
    ]);
  });
});

describe("inclusion", () => {
  test("the paths RFC 6962 §2.1.3 draws for seven leaves are ours", async () => {
    const of = subtreesOf(known.slice(0, 7));
    const [a, b, c, d] = known as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    const [e, f, j] = [known[4]!, known[5]!, known[6]!];
    const [g, h, i] = [nodeHash(a, b), nodeHash(c, d), nodeHash(e, f)];
    const [k, l] = [nodeHash(g, h), nodeHash(i, j)];

    expect(await inclusionProof(0, 7, of)).toEqual([b, h, l]);
    expect(await inclusionProof(3, 7, of)).toEqual([c, g, l]);
    expect(await inclusionProof(4, 7, of)).toEqual([f, j, k]);
    expect(await inclusionProof(6, 7, of)).toEqual([i, k]);
  });

  test("every proof of every tree up to 70 holds, for its own leaf, index and size only", async () => {
    for (let size = 1; size <= LARGEST; size += 1) {
      for (let index = 0; index < size; index += 1) {
        const proof = await inclusionProof(index, size, subtree);
        const claim = { leaf: leaves[index]!, index, size, proof, root: rootOf(size) };
        expect(verifyInclusion(claim)).toBe(true);
        expect(verifyInclusion({ ...claim, index: index + 1 })).toBe(false);
        expect(verifyInclusion({ ...claim, proof: [...proof, rootOf(3)] })).toBe(false);
        expect(verifyInclusion({ ...claim, leaf: leafHash(Uint8Array.of(200)) })).toBe(false);
        if (size > 1) expect(verifyInclusion({ ...claim, proof: proof.slice(1) })).toBe(false);
      }
    }
  });

  test("one flipped bit anywhere in proof, leaf or root fails", async () => {
    const sizes = fc.integer({ min: 1, max: LARGEST });
    await fc.assert(
      fc.asyncProperty(
        sizes,
        fc.nat(),
        fc.nat(),
        fc.nat({ max: 255 }),
        async (size, i, which, bit) => {
          const index = i % size;
          const proof = await inclusionProof(index, size, subtree);
          const all = [leaves[index]!, rootOf(size), ...proof];
          const at = which % all.length;
          const [leaf, top, ...path] = all.map((hash, n) => (n === at ? flipped(hash, bit) : hash));
          expect(verifyInclusion({ leaf: leaf!, index, size, proof: path, root: top! })).toBe(
            false,
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  test.each([
    ["an index beyond the tree", { index: 1, size: 1 }],
    ["a negative index", { index: -1, size: 1 }],
    ["a fractional index", { index: 0.5, size: 1 }],
    ["a size beyond what numbers hold", { index: 0, size: 2 ** 53 }],
    ["an empty tree", { index: 0, size: 0 }],
  ])("%s fails", (_name, place) => {
    expect(verifyInclusion({ leaf: known[0]!, root: known[0]!, proof: [], ...place })).toBe(false);
  });

  test("a proof element that is no hash fails", () => {
    const claim = { leaf: leaves[0]!, index: 0, size: 2, root: rootOf(2) };

    expect(verifyInclusion({ ...claim, proof: [leaves[1]!.subarray(1)] })).toBe(false);
  });
});

describe("consistency", () => {
  test("the proofs RFC 6962 §2.1.3 draws for seven leaves are ours", async () => {
    const of = subtreesOf(known.slice(0, 7));
    const [a, b, c, d] = known as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    const [e, f, j] = [known[4]!, known[5]!, known[6]!];
    const [g, h, i] = [nodeHash(a, b), nodeHash(c, d), nodeHash(e, f)];
    const [k, l] = [nodeHash(g, h), nodeHash(i, j)];

    expect(await consistencyProof(3, 7, of)).toEqual([c, d, g, l]);
    expect(await consistencyProof(4, 7, of)).toEqual([l]);
    expect(await consistencyProof(6, 7, of)).toEqual([i, j, k]);
  });

  test("every proof between trees up to 70 holds, for its own sizes only", async () => {
    const sizes = Array.from({ length: LARGEST + 1 }, (_, size) => size);
    const pairs = sizes.flatMap((second) =>
      sizes.slice(0, second + 1).map((first) => [first, second] as const),
    );
    for (const [first, second] of pairs) {
      const proof = await consistencyProof(first, second, subtree);
      const claim = { first, second, firstRoot: rootOf(first), secondRoot: rootOf(second), proof };
      expect(verifyConsistency(claim)).toBe(true);
      expect(verifyConsistency({ ...claim, proof: [...proof, rootOf(2)] })).toBe(false);
      expect(verifyConsistency({ ...claim, first: second, second: first })).toBe(first === second);
      expect(verifyConsistency({ ...claim, proof: proof.slice(1) })).toBe(proof.length === 0);
    }
  });

  test("one flipped bit anywhere in proof or roots fails", async () => {
    const sizes = fc.integer({ min: 1, max: LARGEST });
    await fc.assert(
      fc.asyncProperty(
        sizes,
        fc.nat(),
        fc.nat(),
        fc.nat({ max: 255 }),
        async (second, i, which, bit) => {
          const first = 1 + (i % second);
          const proof = await consistencyProof(first, second, subtree);
          const all = [rootOf(first), rootOf(second), ...proof];
          const at = which % all.length;
          const [firstRoot, secondRoot, ...path] = all.map((hash, n) =>
            n === at ? flipped(hash, bit) : hash,
          );
          const claim = {
            first,
            second,
            firstRoot: firstRoot!,
            secondRoot: secondRoot!,
            proof: path,
          };
          expect(verifyConsistency(claim)).toBe(false);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("a proof element that is no hash, and sizes that are none, fail", () => {
    const claim = { first: 1, second: 2, firstRoot: rootOf(1), secondRoot: rootOf(2) };

    expect(verifyConsistency({ ...claim, proof: [leaves[1]!.subarray(1)] })).toBe(false);
    expect(verifyConsistency({ ...claim, first: 0.5, proof: [leaves[1]!] })).toBe(false);
    expect(verifyConsistency({ ...claim, first: 0, proof: [] })).toBe(false);
  });
});
