import { describe, expect, test } from "vitest";
import { witnessAsked } from "../../../src/cli/witness.ts";
import { entryBytes } from "../../../src/core/log/bytes.ts";
import { type Checkpoint, signCheckpoint } from "../../../src/core/log/checkpoint.ts";
import {
  append,
  consistencyProof,
  emptyRange,
  leafHash,
  root,
  subtreesOf,
} from "../../../src/core/log/merkle.ts";
import { judged, submissionText } from "../../../src/core/log/witness.ts";
import { entriesOf, key, origin, testKey, testWitness } from "./support.ts";

/** What a witness answers (c2sp.org/tlog-witness). */

const leaves = entriesOf(20).map((entry) => leafHash(entryBytes(entry)));
const others = leaves.map((leaf, n) => (n === 2 ? leafHash(new Uint8Array()) : leaf));
const at = (size: number, of = leaves): Checkpoint => ({
  origin,
  size,
  root: root(of.slice(0, size).reduce(append, emptyRange)),
});
const hashesTo = (old: number, size: number, of = leaves) => {
  const subtree = subtreesOf(of.slice(0, size));
  return consistencyProof(old, size, async (level, index) => subtree(level, index));
};
const submit = async (old: number, size: number, of = leaves): Promise<string> =>
  submissionText({
    old,
    hashes: await hashesTo(old, size, of),
    note: signCheckpoint(at(size, of), key),
  });
const known = (latest: Checkpoint | null) => new Map([[origin, { vkey: key.vkey, latest }]]);

describe("a witness", () => {
  test("cosigns the first checkpoint that it sees, and each that extends the last", async () => {
    expect(judged(await submit(0, 5), known(null))).toMatchObject({ is: "cosign" });
    for (let old = 1; old <= 20; old += 1)
      for (let size = old; size <= 20; size += 1)
        expect(judged(await submit(old, size), known(at(old)))).toMatchObject({
          is: "cosign",
          checkpoint: at(size),
        });
  });

  test("says where it is to whoever thinks that it is elsewhere, also to one who starts at nothing", async () => {
    expect(judged(await submit(0, 9), known(at(5)))).toEqual({ is: "behind", size: 5 });
    expect(judged(await submit(7, 9), known(at(5)))).toEqual({ is: "behind", size: 5 });
    expect(judged(await submit(7, 9), known(null))).toEqual({ is: "behind", size: 0 });
  });

  test("cosigns no log that was rewritten or cut, whatever proof comes with it", async () => {
    const rewritten = await submit(5, 9, others);
    const cut = submissionText({ old: 9, hashes: [], note: signCheckpoint(at(5), key) });
    const beside = submissionText({ old: 9, hashes: [], note: signCheckpoint(at(9, others), key) });

    expect(judged(rewritten, known(at(5)))).toMatchObject({ is: "refused", status: 422 });
    expect(judged(cut, known(at(9)))).toMatchObject({ is: "refused", status: 400 });
    expect(judged(beside, known(at(9)))).toMatchObject({ is: "refused", status: 409 });
  });

  test("refuses logs it does not know, and what their key did not sign", async () => {
    const strange = testKey("other.test/log", 1);
    const stranger = signCheckpoint({ ...at(5), origin: "other.test/log" }, strange);
    const forged = signCheckpoint(at(5), testKey(origin, 2));

    for (const [note, status] of [
      [stranger, 404],
      [forged, 403],
    ] as const)
      expect(judged(submissionText({ old: 0, hashes: [], note }), known(null))).toMatchObject({
        is: "refused",
        status,
      });
  });

  test("takes no body of another form", async () => {
    const good = await submit(5, 9);
    const bodies = [
      "",
      "old 0",
      "old 0\n\n",
      good.replace("old 5", "old 05"),
      good.replace("old 5", "old -1"),
      good.replace("old 5", "old  5"),
      good.replace("old 5\n", ""),
      good.replace("old 5\n", "old 5\nAAAA\n"),
      good.replace("old 5\n", `old 5\n${`${"A".repeat(43)}=\n`.repeat(64)}`),
      good.replace("\n\n", "\r\n\r\n"),
      `${good}\n`,
      "\n".repeat(60_000),
      "old 5\n".repeat(10_000),
    ];

    for (const body of bodies)
      expect(judged(body, known(at(5)))).toMatchObject({ is: "refused", status: 400 });
  });
});

describe("the line that starts a witness", () => {
  const line = ["dir", "--name", "audit.test/w", "--log", key.vkey];

  test("names a directory, the witness and at least one log", () => {
    const asked = { directory: "dir", name: "audit.test/w", logs: [key.vkey] };

    expect(witnessAsked(line)).toEqual({ ...asked, host: "127.0.0.1", port: 8095 });
    expect(witnessAsked([...line, "--listen=[::1]:80"])).toEqual({
      ...asked,
      host: "::1",
      port: 80,
    });
  });

  test.each([
    [[], ""],
    [["dir"], ""],
    [line.slice(1), ""],
    [line.slice(0, 3), ""],
    [[...line, "more"], ""],
    [[...line, "--name", "again"], ""],
    [[...line, "--log", key.vkey], "--log: one log is there twice."],
    [[...line, "--log", testWitness("w", 3).vkey], "is not the key of a log"],
    [[...line, "--listen", "8095"], "is not <host>:<port>"],
    [[...line, "--listen", "h:99999"], "is not <host>:<port>"],
  ])("%j is refused", (argv, because) => {
    expect(witnessAsked(argv)).toEqual(expect.stringContaining(because));
    expect(typeof witnessAsked(argv)).toBe("string");
  });
});
