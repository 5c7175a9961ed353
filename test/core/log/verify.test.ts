import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { signCheckpoint } from "../../../src/core/log/checkpoint.ts";
import { sha256 } from "../../../src/core/log/merkle.ts";
import type { Kept } from "../../../src/core/log/verdict.ts";
import { type Export, verifyExport } from "../../../src/core/log/verify.ts";
import { entriesOf, exportOf, key, noteOf, origin, policyDigest, testKey } from "./support.ts";

const SIZE = 7;
const nothing: Kept = { vkey: null, checkpoints: [] };
const good = exportOf(entriesOf(SIZE));
const utf8 = new TextEncoder();

/** The bytes with one of them changed. */
const changed = (bytes: Uint8Array, at: number, mask = 1) =>
  bytes.map((byte, i) => (i === at ? byte ^ mask : byte));
const lineOf = (bytes: Uint8Array, at: number) =>
  bytes.subarray(0, at).filter((byte) => byte === 0x0a).length;
const verdictOf = (part: Partial<Export>, kept = nothing) =>
  verifyExport({ ...good, ...part }, kept);
const lines = (bytes: Uint8Array, from: number, to: number) =>
  utf8.encode(
    Buffer.from(bytes)
      .toString("utf8")
      .split("\n")
      .slice(from, to)
      .map((line) => `${line}\n`)
      .join(""),
  );

describe("an export as the log wrote it", () => {
  test("is consistent in itself, and not compared with anything", () => {
    expect(verifyExport(good, nothing)).toMatchObject({
      is: "OK",
      index: null,
      because: "consistent in itself. Not compared with a saved key or checkpoint",
      compared: false,
      head: { origin, size: SIZE },
    });
  });

  test("is OK when it fits the key and every checkpoint that was kept", () => {
    const checkpoints = [0, 1, 3, 6, 7].map((size) => noteOf(exportOf(entriesOf(size))));

    expect(verifyExport(good, { vkey: key.vkey, checkpoints })).toMatchObject({
      is: "OK",
      compared: true,
    });
  });

  test("is OK at every size", () => {
    const verdicts = Array.from(
      { length: 34 },
      (_, size) => verifyExport(exportOf(entriesOf(size)), nothing).is,
    );

    expect(new Set(verdicts)).toEqual(new Set(["OK"]));
  });

  test("is OK without its leaf hashes, and without texts that were erased", () => {
    expect(verdictOf({ leaves: null, disclosures: new Uint8Array() }).is).toBe("OK");
  });
});

describe("one changed byte", () => {
  test("anywhere in the entries is TAMPERED at its entry", () => {
    const misjudged = [...good.entries.keys()].filter((at) =>
      [1, 2, 0x20, 0x80].some((mask) => {
        const { is, index } = verdictOf({ entries: changed(good.entries, at, mask) });
        return is !== "TAMPERED" || index !== lineOf(good.entries, at);
      }),
    );

    expect(misjudged).toEqual([]);
  });

  test("that ends or joins lines is TAMPERED at its entry", () => {
    const misjudged = [...good.entries.keys()].filter((at) => {
      const entries = good.entries.map((byte, i) =>
        i !== at ? byte : byte === 0x0a ? 0x20 : 0x0a,
      );
      const { is, index } = verdictOf({ entries });
      return is !== "TAMPERED" || index !== lineOf(good.entries, at);
    });

    expect(misjudged).toEqual([]);
  });

  test("in the entries is never OK when there are no leaf hashes either", () => {
    const verdicts = [...good.entries.keys()].map(
      (at) => verdictOf({ leaves: null, entries: changed(good.entries, at) }).is,
    );

    expect(new Set(verdicts)).toEqual(new Set(["TAMPERED"]));
  });

  test.each([
    ["checkpoint", /checkpoint cannot be believed/],
    ["key", /log\.pub|checkpoint cannot be believed/],
    ["leaves", /^the file leaves was changed.*; the entries are those that were signed$/],
  ] as const)("anywhere in %s is TAMPERED at no entry, and said so", (file, words) => {
    const bytes = good[file] ?? new Uint8Array();
    const verdicts = [...bytes.keys()].map((at) => verdictOf({ [file]: changed(bytes, at) }));

    for (const { is, index, because } of verdicts) {
      expect([is, index]).toEqual(["TAMPERED", null]);
      expect(because).toMatch(words);
    }
  });

  test("anywhere in a policy is TAMPERED", () => {
    const policy = good.policies.get(policyDigest) ?? new Uint8Array();
    const verdicts = [...policy.keys()].map((at) =>
      verdictOf({ policies: new Map([[policyDigest, changed(policy, at)]]) }),
    );

    expect(new Set(verdicts.map(({ because }) => because))).toEqual(
      new Set([`policies/${policyDigest}.json was changed: its SHA-256 is not its name`]),
    );
  });

  test("anywhere in a disclosed text, its salt or its commitment is TAMPERED", () => {
    const end = good.disclosures.indexOf(0x0a);
    const missed = [...good.disclosures.keys()].filter(
      (at) =>
        at <= end && verdictOf({ disclosures: changed(good.disclosures, at) }).is !== "TAMPERED",
    );

    expect(missed).toEqual([]);
    expect(verdictOf({ disclosures: changed(good.disclosures, end - 3) }).because).toMatch(
      /^line 1 of disclosures\.jsonl was changed/,
    );
  });

  test("cannot be hidden by changing the leaf hash with it", () => {
    const entries = Buffer.from(Buffer.from(good.entries).toString().replace('"HP-4"', '"HP-5"'));
    const other = exportOf(
      entriesOf(SIZE).map((entry, i) => (i === 4 ? { ...entry, escalation: "HP-5" } : entry)),
    );

    expect(verdictOf({ entries, leaves: other.leaves })).toMatchObject({
      is: "TAMPERED",
      index: null,
      because: expect.stringContaining("no intact leaf hashes"),
    });
    expect(verdictOf({ entries })).toMatchObject({ is: "TAMPERED", index: 4 });
  });
});

describe("fewer or more entries than were signed", () => {
  test("cut off at any byte is TRUNCATED at the first entry that is not whole", () => {
    const misjudged = [...good.entries.keys()].filter((length) => {
      const { is, index } = verdictOf({ entries: good.entries.subarray(0, length) });
      return is !== "TRUNCATED" || index !== lineOf(good.entries, length);
    });

    expect(misjudged).toEqual([]);
  });

  test("fewer, with the leaf hashes cut too or gone, is TRUNCATED", () => {
    const entries = lines(good.entries, 0, 5);

    expect(verdictOf({ entries, leaves: good.leaves?.subarray(0, 5 * 65) ?? null })).toMatchObject({
      is: "TRUNCATED",
      index: 5,
      because: "5 of the 7 entries signed are there",
    });
    expect(verdictOf({ entries, leaves: null })).toMatchObject({ is: "TRUNCATED", index: 5 });
  });

  test("the first or a middle one missing, or two swapped, is TAMPERED where it begins", () => {
    const [a, b] = [lines(good.entries, 2, 3), lines(good.entries, 3, 4)];
    const without = Buffer.concat([lines(good.entries, 0, 3), lines(good.entries, 4, 7)]);
    const swapped = Buffer.concat([lines(good.entries, 0, 2), b, a, lines(good.entries, 4, 7)]);

    expect(verdictOf({ entries: lines(good.entries, 1, 7) })).toMatchObject({
      is: "TAMPERED",
      index: 0,
    });
    expect(verdictOf({ entries: without })).toMatchObject({ is: "TAMPERED", index: 3 });
    expect(verdictOf({ entries: swapped })).toMatchObject({ is: "TAMPERED", index: 2 });
  });

  test("one after the last that was signed is TAMPERED there", () => {
    const longer = exportOf(entriesOf(SIZE + 1));

    expect(verdictOf({ entries: longer.entries })).toMatchObject({ is: "TAMPERED", index: SIZE });
    expect(verdictOf({ entries: Buffer.concat([good.entries, utf8.encode('{"a')]) })).toMatchObject(
      {
        is: "TAMPERED",
        index: SIZE,
      },
    );
  });

  test("an older export than a checkpoint that was kept is TRUNCATED", () => {
    const kept = { vkey: null, checkpoints: [noteOf(exportOf(entriesOf(9)))] };

    expect(verifyExport(good, kept)).toMatchObject({
      is: "TRUNCATED",
      index: SIZE,
      because: "a checkpoint you kept covers 9 entries; this export ends after 7",
      compared: true,
    });
  });
});

describe("a log written anew", () => {
  const rewritten = exportOf(
    entriesOf(SIZE).map((entry, i) => (i === 2 ? { ...entry, escalation: "HP-77" } : entry)),
  );

  test("and signed with the same key is OK in itself, and FORKED against a checkpoint that was kept", () => {
    const kept = (size: number) => ({
      vkey: key.vkey,
      checkpoints: [noteOf(exportOf(entriesOf(size)))],
    });

    expect(verifyExport(rewritten, nothing).is).toBe("OK");
    expect([3, 4, 7].map((size) => verifyExport(rewritten, kept(size)).is)).toEqual([
      "FORKED",
      "FORKED",
      "FORKED",
    ]);
    expect(verifyExport(rewritten, kept(2)).is).toBe("OK");
  });

  test("is FORKED even when another checkpoint that was kept is longer", () => {
    const checkpoints = [9, 7].map((size) => noteOf(exportOf(entriesOf(size))));

    expect(verifyExport(rewritten, { vkey: null, checkpoints }).because).toMatch(
      /^checkpoint 2 that you kept/,
    );
  });

  test("and signed with another key is TAMPERED against the key or a checkpoint that was kept", () => {
    const theirs = exportOf(entriesOf(SIZE), testKey(origin, 2));

    expect(verifyExport(theirs, nothing).is).toBe("OK");
    expect(verifyExport(theirs, { vkey: key.vkey, checkpoints: [] })).toMatchObject({
      is: "TAMPERED",
      index: null,
      because: expect.stringContaining("not the key you kept"),
    });
    expect(verifyExport(theirs, { vkey: null, checkpoints: [noteOf(good)] })).toMatchObject({
      is: "TAMPERED",
      because: expect.stringContaining("does not belong to this export"),
    });
  });
});

describe("entries the log would not write are TAMPERED, although signed", () => {
  const withEntry = (index: number, change: Record<string, unknown>) =>
    exportOf(entriesOf(SIZE).map((entry, i) => (i === index ? { ...entry, ...change } : entry)));

  test.each([
    ["a time before the entry above", { at: "2026-11-23T02:59:59.999Z" }, /at is before/],
    ["a time that is none", { at: "2026-11-23T03:03:00Z" }, /no time/],
    ["no time", { at: 3 }, /no time/],
    ["another version", { v: 2 }, /v is not 1/],
    ["a version that begins with 1", { v: 10 }, /v is not 1/],
    ["another origin", { origin: `${origin}2` }, /origin is not/],
    ["a kind that is no text", { kind: 1 }, /no kind/],
    ["an empty kind", { kind: "" }, /kind is empty/],
    ["an adoption without digest", { kind: "policy.adopted", digest: 1 }, /without naming/],
  ])("%s", (_name, change, words) => {
    expect(verifyExport(withEntry(3, change), nothing)).toMatchObject({
      is: "TAMPERED",
      index: 3,
      because: expect.stringMatching(words),
    });
  });

  test("the same time as the entry above is no fault", () => {
    expect(verifyExport(withEntry(3, { at: "2026-11-23T03:02:00.000Z" }), nothing).is).toBe("OK");
  });

  test("a policy that was adopted and is not there", () => {
    const digest = "a".repeat(64);

    expect(verifyExport(withEntry(3, { kind: "policy.adopted", digest }), nothing).because).toBe(
      `policies/${digest}.json, adopted by entry 3, is not there`,
    );
  });

  test("a policy nobody adopted may be there, under its own name", () => {
    const bytes = utf8.encode("{}");
    const name = Buffer.from(sha256(bytes)).toString("hex");

    expect(verdictOf({ policies: new Map([...good.policies, [name, bytes]]) }).is).toBe("OK");
    expect(verdictOf({ policies: new Map([...good.policies, ["x", bytes]]) }).is).toBe("TAMPERED");
  });

  test("a line of more than 32 KiB, or with a key twice", () => {
    const raw = (line: string) => {
      const entries = utf8.encode(`${line}\n`);
      const leaf = sha256(Uint8Array.of(0, ...utf8.encode(line)));
      return verdictOf({
        entries,
        leaves: null,
        checkpoint: utf8.encode(signCheckpoint({ origin, size: 1, root: leaf }, key)),
      });
    };
    const base = `"at":"2026-11-23T03:00:00.000Z","kind":"k","origin":"${origin}","v":1}`;

    expect(raw(`{"a":"",${base}`).is).toBe("OK");
    expect(raw(`{"a":"${"x".repeat(32 * 1024)}",${base}`).because).toMatch(/longer than 32768/);
    expect(raw(`{"a":1,"a":2,${base}`).because).toMatch(/not canonical JSON from byte 7 /);
  });
});

describe("hostile files", () => {
  test.each([
    ["a line that discloses nothing", '{"x":1}\n', /neither a text nor a name/],
    [
      "a line that discloses both",
      `{"commitment":"c_","name":"Ada","person":"p_a","salt":"","text":"not checked"}\n`,
      /a text and a name/,
    ],
    ["a list", "[]\n", /no canonical JSON/],
    ["no last newline", '{"name":"Ada","person":"p_a"}', /no canonical JSON/],
    ["an empty line", "\n", /no canonical JSON/],
  ])("%s in the disclosures is TAMPERED", (_name, text, words) => {
    expect(verdictOf({ disclosures: utf8.encode(text) }).because).toMatch(words);
  });

  test.each([
    ["a key without newline", { key: good.key.subarray(0, -1) }],
    ["a key that is no text", { key: Uint8Array.of(0xff, 0x0a) }],
    ["a checkpoint that is no text", { checkpoint: Uint8Array.of(0xff) }],
    [
      "leaves in capitals",
      {
        leaves: utf8.encode(
          Buffer.from(good.leaves ?? [])
            .toString()
            .toUpperCase(),
        ),
      },
    ],
    ["empty leaves", { leaves: new Uint8Array() }],
  ])("%s is TAMPERED", (_name, part) => {
    expect(verdictOf(part)).toMatchObject({ is: "TAMPERED", index: null });
  });

  test.each([
    ["one endless line", "x".repeat(1_000_000)],
    ["one endless string", `{"a":"${"é".repeat(500_000)}`],
    ["one endless nesting", '{"a":'.repeat(200_000)],
    ["nothing but newlines", "\n".repeat(10_000)],
  ])("%s instead of the entries is no OK, and no crash", (_name, text) => {
    expect(["TAMPERED", "TRUNCATED"]).toContain(verdictOf({ entries: utf8.encode(text) }).is);
  });

  test("any bytes at all get a verdict, and never OK", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom("entries", "checkpoint", "key"),
        (bytes, file) => {
          expect(verdictOf({ [file]: bytes }).is).not.toBe("OK");
        },
      ),
    );
  });
});
