import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { logVerify } from "../../../src/cli/log-verify.ts";
import { type FileBytes, linesIn } from "../../../src/core/log/file-lines.ts";
import { type Export, verifyExport } from "../../../src/core/log/verify.ts";
import { verifyMeaning } from "../../../src/core/replay/verify-meaning.ts";
import { anyVariants } from "../replay/second-verifier/variants.ts";

/** Files of an export that are read in blocks, so that they may be longer than memory. */

const inBlocks = (bytes: Uint8Array, size: number): FileBytes => ({
  *blocks() {
    const block = new Uint8Array(size); // used again, as a reader of files does
    for (let at = 0; at < bytes.length; at += size) {
      const part = bytes.subarray(at, at + size);
      block.set(part);
      yield block.subarray(0, part.length);
    }
  },
});

const streamed = (exported: Export, size: number): Export<FileBytes> => ({
  ...exported,
  entries: inBlocks(exported.entries, size),
  leaves: exported.leaves && inBlocks(exported.leaves, size),
  disclosures: inBlocks(exported.disclosures, size),
});

const texts = (file: FileBytes): readonly string[] =>
  Array.from(
    linesIn(file),
    ({ bytes, from, to, isWhole }) =>
      `${Buffer.from(bytes.subarray(from, to)).toString()}${isWhole ? "$" : ""}`,
  );

describe("lines", () => {
  test.each([
    ["", []],
    ["a", ["a"]],
    ["a\n", ["a$"]],
    ["a\n\nbc\nd", ["a$", "$", "bc$", "d"]],
    [`${"x".repeat(5_000)}\ny\n`, [`${"x".repeat(5_000)}$`, "y$"]],
  ])("of %j are the same in memory and in blocks of any size", (text, lines) => {
    const bytes = new TextEncoder().encode(text);

    expect(texts(bytes)).toEqual(lines);
    for (const size of [1, 2, 3, 1_000, 1_000_000])
      expect(texts(inBlocks(bytes, size))).toEqual(lines);
  });

  test("one line without an end is read no further than what no export has", () => {
    const block = new Uint8Array(2 ** 20).fill(0x78);
    let given = 0;
    const endless: FileBytes = {
      *blocks() {
        for (; given < 1_000; given += 1) yield block;
      },
    };

    const [line, ...others] = Array.from(linesIn(endless));

    expect(others).toEqual([]);
    expect(line).toMatchObject({ isWhole: false });
    expect(given).toBeLessThan(70);
  });
});

describe("an export that is read in blocks", () => {
  test("has the verdict that it has in memory, whatever is wrong with it", () => {
    for (const { name, exported, kept } of anyVariants(40, 300_000)) {
      const inMemory = verifyExport(exported, kept);
      for (const size of [100, 3_000]) {
        const parts = streamed(exported, size);
        const verdict = verifyExport(parts, kept);

        expect(verdict.is, name).toBe(inMemory.is);
        expect(verdict.index, name).toBe(inMemory.index);
        if (verdict.is === "OK")
          expect(verifyMeaning(parts), name).toEqual(verifyMeaning(exported));
      }
    }
  });

  test("says which of its files is missing, before it checks anything", async () => {
    const dir = mkdtempSync(join(tmpdir(), "holdpoint-"));
    writeFileSync(join(dir, "log.pub"), "");
    const said: string[] = [];

    const exit = await logVerify([dir], { out: (line) => said.push(line) });
    rmSync(dir, { recursive: true });

    expect(exit).toBe(2);
    expect(said[0]).toMatch(/^Cannot verify: .*entries\.jsonl/);
  });
});
