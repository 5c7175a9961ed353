import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { proofAsked } from "../../../src/cli/prove.ts";
import { canonicalText, entryBytes } from "../../../src/core/log/bytes.ts";
import { checkProof } from "../../../src/core/log/check-proof.ts";
import { parseCheckpoint } from "../../../src/core/log/checkpoint.ts";
import { commit, digestOf } from "../../../src/core/log/commitment.ts";
import { inclusionProof, leafHash, subtreesOf } from "../../../src/core/log/merkle.ts";
import { type ProofFile, proofFileText, readProofFile } from "../../../src/core/log/proof-file.ts";
import { exportOf, key, noteOf, origin, testKey } from "./support.ts";

/** Files that prove one entry, and files that only look as if they did. */

const salt = new Uint8Array(32).fill(4);
const [why, rule] = [commit(salt, "rate doubled"), commit(salt, "the rule")];
const policy = canonicalText({ triggers: { t: { because: rule } } });
const open = (commitment: string, text: string) => ({
  commitment,
  salt: Buffer.from(salt).toString("base64"),
  text,
});

const entries = Array.from({ length: 7 }, (_, n) => ({
  v: 1,
  origin,
  at: `2026-11-23T03:0${n}:00.000Z`,
  id: `e_${n}`,
  kind: "decision.made",
  policy: digestOf(new TextEncoder().encode(policy)),
  reason: why,
}));

async function proofOf(index: number): Promise<ProofFile> {
  const leaves = entries.map((entry) => leafHash(entryBytes(entry)));
  const subtree = subtreesOf(leaves);
  return {
    index,
    hashes: await inclusionProof(index, leaves.length, async (level, at) => subtree(level, at)),
    note: noteOf(exportOf(entries)),
    entry: canonicalText(entries[index]),
    key: key.vkey,
    disclosures: [open(why, "rate doubled"), open(rule, "the rule")],
    policy,
  };
}

const good = await proofOf(3);
const check = (change: Partial<ProofFile> = {}, kept: string | null = key.vkey) =>
  checkProof(proofFileText({ ...good, ...change }), kept);
const other = testKey(origin, 2);

describe("a proof of one entry", () => {
  test("is read as it was written, and holds for every entry", async () => {
    const all = await Promise.all(entries.map((_entry, n) => proofOf(n)));

    for (const proof of all) {
      expect(readProofFile(proofFileText(proof))).toEqual({
        ...proof,
        hashes: proof.hashes.map((hash) => Buffer.from(hash)),
      });
      expect(checkProof(proofFileText(proof), key.vkey)).toMatchObject({
        is: "OK",
        index: proof.index,
        compared: true,
        missing: [],
      });
    }
  });

  test("has the form of a C2SP tlog-proof", () => {
    const [first, extra, index, ...rest] = proofFileText(good).split("\n");

    expect(first).toBe("c2sp.org/tlog-proof@v1");
    expect(extra).toMatch(/^extra [A-Za-z0-9+/]+=*$/);
    expect(index).toBe("index 3");
    expect(rest.slice(0, 3)).toEqual(
      good.hashes.map((hash) => Buffer.from(hash).toString("base64")),
    );
    expect(parseCheckpoint(rest.slice(4).join("\n"))).toMatchObject({ origin, size: 7 });
  });

  test("holds without the texts that were erased, and says which; the key is not compared unless one was kept", () => {
    expect(check({ disclosures: [] }, null)).toMatchObject({
      is: "OK",
      compared: false,
      missing: [why],
    });
    expect(check({ policy: "", disclosures: [] })).toMatchObject({ is: "OK", policy: "" });
  });
});

describe("a proof that was changed is TAMPERED", () => {
  const changes: readonly (readonly [string, Partial<ProofFile>, RegExp])[] = [
    ["another entry", { entry: canonicalText(entries[2]) }, /not entry 3 of the 7/],
    ["a changed entry", { entry: good.entry.replace("e_3", "e_4") }, /not entry 3/],
    ["another index", { index: 2 }, /not entry 2/],
    ["an index beyond the log", { index: 7 }, /not entry 7/],
    ["a hash too few", { hashes: good.hashes.slice(1) }, /not entry 3/],
    ["a hash too many", { hashes: [...good.hashes, salt] }, /not entry 3/],
    ["a hash of another length", { hashes: [new Uint8Array(31)] }, /is no hash/],
    ["another key", { key: other.vkey }, /not the one you kept/],
    ["no key", { key: "" }, /no C2SP vkey/],
    [
      "a checkpoint of another key",
      { note: noteOf(exportOf(entries, other)) },
      /cannot be believed/,
    ],
    ["a shorter log's checkpoint", { note: noteOf(exportOf(entries.slice(0, 5))) }, /not entry 3/],
    ["no checkpoint", { note: "" }, /cannot be believed/],
    ["another policy", { policy: "{}", disclosures: [] }, /not the one that the entry names/],
    ["another text", { disclosures: [open(why, "rate halved")] }, /not the one committed to/],
    ["a text of nothing in it", { disclosures: [open(commit(salt, "x"), "x")] }, /neither/],
    [
      "a salt in another spelling",
      { disclosures: [{ ...open(why, "x"), salt: "AA" }] },
      /not the one/,
    ],
  ];

  test.each(changes)("%s", (_name, change, words) => {
    expect(check(change)).toMatchObject({
      is: "TAMPERED",
      because: expect.stringMatching(words),
    });
  });

  test("any changed character, and any text at all, is never OK against a key that was kept", () => {
    const text = proofFileText(good);
    const at = fc.nat({ max: text.length - 1 });
    fc.assert(
      fc.property(at, fc.string({ minLength: 1, maxLength: 2, unit: "binary" }), (n, other) => {
        const changed = text.slice(0, n) + other + text.slice(n + 1);
        if (changed !== text) expect(checkProof(changed, key.vkey).is).toBe("TAMPERED");
        expect(checkProof(other, null).is).toBe("TAMPERED");
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ["nothing", ""],
    ["another version", proofFileText(good).replace("proof@v1", "proof@v2")],
    ["no extra data", proofFileText(good).replace(/^extra .*\n/m, "")],
    ["extra data that is no object", proofFileText(good).replace(/^extra .*$/m, "extra W10=")],
    ["a leading zero", proofFileText(good).replace("index 3", "index 03")],
    [
      "more lines of hashes than a tree has levels",
      `c2sp.org/tlog-proof@v1\n${"x\n".repeat(1e5)}\n`,
    ],
  ])("%s is no proof file", (_name, text) => {
    expect(checkProof(text, null)).toMatchObject({
      because: expect.stringMatching(/^it is no proof file of Holdpoint: /),
    });
  });
});

test.each([
  [["HP-7", "--out", "f"], { do: "write", what: "HP-7", file: "f" }],
  [["HP-7", "--out=f"], { do: "write", what: "HP-7", file: "f" }],
  [["--check", "f"], { do: "check", file: "f", key: null }],
  [["--check", "f", "--key", "k"], { do: "check", file: "f", key: "k" }],
  [["HP-7"], null],
  [["--check"], null],
  [["--check", "f", "--key"], null],
  [["HP-7", "--out", ""], null],
  [["HP-7", "--out", "f", "more"], null],
  [["--out", "f", "HP-7"], null],
])("prove %j", (argv, asked) => {
  expect(proofAsked(argv)).toEqual(asked);
});
