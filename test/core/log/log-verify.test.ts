import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { logVerify } from "../../../src/cli/log-verify.ts";
import { entriesOf, exportOf, key, noteOf, origin, testKey } from "./support.ts";

const good = exportOf(entriesOf(5));

describe("log verify", () => {
  let dir = "";
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "holdpoint-"));
    mkdirSync(join(dir, "policies"));
    for (const [digest, bytes] of good.policies)
      writeFileSync(join(dir, `policies/${digest}.json`), bytes);
    writeFileSync(join(dir, "entries.jsonl"), good.entries);
    writeFileSync(join(dir, "leaves"), good.leaves ?? "");
    writeFileSync(join(dir, "checkpoint"), good.checkpoint);
    writeFileSync(join(dir, "log.pub"), good.key);
    writeFileSync(join(dir, "disclosures.jsonl"), good.disclosures);
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const run = async (...argv: string[]) => {
    const said: string[] = [];
    const exit = await logVerify(argv, { out: (line) => said.push(line) });
    return { exit, said };
  };

  test("says that it is consistent in itself, and that nothing was compared", async () => {
    const { exit, said } = await run(dir, "--bytes");

    expect(exit).toBe(0);
    expect(said[0]).toBe("OK, consistent in itself. Not compared with a saved key or checkpoint");
    expect(said[1]).toMatch(
      /^holdpoint\.test\/log, 5 entries by its checkpoint, root [A-Za-z0-9+/]{43}=$/,
    );
  });

  test("compares with a key and checkpoints that were kept", async () => {
    writeFileSync(join(dir, "seen-3"), noteOf(exportOf(entriesOf(3))));
    // as a chat shows it
    writeFileSync(join(dir, "seen-5"), noteOf(good).trim().split(/\s+/).join(" "));

    const { exit, said } = await run(
      "--seen",
      join(dir, "seen-3"),
      dir,
      `--key=${key.vkey}`,
      "--seen",
      join(dir, "seen-5"),
      "--bytes",
      "--require",
      "key,seen",
    );

    expect(exit).toBe(0);
    expect(said[0]).toBe(
      "OK, consistent in itself. Compared: signed by the saved key; continues the 2 saved checkpoints",
    );
  });

  test("names the entry whose byte was changed", async () => {
    const entries = Buffer.from(good.entries);
    entries.write("X", entries.indexOf("HP-3"));
    writeFileSync(join(dir, "entries.jsonl"), entries);

    const { exit, said } = await run(dir);

    expect(exit).toBe(1);
    expect(said[0]).toBe(
      "TAMPERED at entry 3: it is not the entry that was signed; its hash differs",
    );
  });

  test("works without leaves, policies and disclosures as far as the log needs none", async () => {
    const bare = exportOf(entriesOf(3).slice(1));
    for (const name of ["leaves", "policies", "disclosures.jsonl"])
      rmSync(join(dir, name), { recursive: true });
    writeFileSync(join(dir, "entries.jsonl"), bare.entries);
    writeFileSync(join(dir, "checkpoint"), bare.checkpoint);

    expect((await run(dir, "--bytes")).exit).toBe(0);
  });

  test("says TAMPERED for another key than the one kept", async () => {
    const { exit, said } = await run(dir, "--key", testKey(origin, 2).vkey);

    expect(exit).toBe(1);
    expect(said).toEqual([expect.stringMatching(/^TAMPERED: log\.pub is not the key you kept/)]);
  });

  test("says what was required and is not so", async () => {
    const { exit, said } = await run(dir, "--bytes", "--require=key,seen", "--require", "meaning");

    expect(exit).toBe(1);
    expect(said.slice(2)).toEqual([
      "Checked: the bytes, the order and the signature. Not checked: what the entries mean.",
      "Required, and not so: key (no key that you kept was given with --key).",
      "Required, and not so: seen (no checkpoint that you kept was given with --seen).",
      "Required, and not so: meaning (--bytes leaves it out).",
    ]);
  });

  test("does not check witnesses without a quorum file, and knows no other requirement", async () => {
    const witness = await run(dir, "--bytes", "--require=witness");
    const unknown = await run(dir, "--require=everything");

    expect(witness.exit).toBe(1);
    expect(witness.said.at(-1)).toMatch(
      /^Required, and not so: witness \(no quorum file of yours was given with --quorum/,
    );
    expect(unknown.exit).toBe(2);
    expect(unknown.said[0]).toMatch(
      /^--require knows key, seen, meaning, witness, not “everything”/,
    );
  });

  test("names the first entry that does not follow from those before it", async () => {
    const { exit, said } = await run(dir);

    expect(exit).toBe(1);
    expect(said[0]).toMatch(
      /^INCONSISTENT at entry 0: it has no “surface”|^INCONSISTENT at entry 0: /,
    );
    expect(said[2]).toMatch(/^The bytes are those that were signed. It is the first entry./);
  });

  test.each([
    ["no directory", []],
    ["two directories", ["a", "b"]],
    ["an option it does not have", ["--frob"]],
    ["--key without a key", ["a", "--key"]],
    ["two keys", ["a", "--key", "x", "--key", "y"]],
  ])("answers %s with its usage", async (_name, argv) => {
    const { exit, said } = await run(...argv);

    expect(exit).toBe(2);
    expect(said).toEqual([expect.stringMatching(/^usage: /)]);
  });

  test("answers 2 and says why when a file, a key or a checkpoint that was kept cannot be read", async () => {
    const answers = await Promise.all([
      run(join(dir, "elsewhere")),
      run(dir, "--key", "no key"),
      run(dir, "--seen", join(dir, "elsewhere")),
      run(dir, "--seen", join(dir, "log.pub")),
    ]);

    expect(answers.map(({ exit }) => exit)).toEqual([2, 2, 2, 2]);
    expect(answers.every(({ said }) => said[0]?.startsWith("Cannot verify: "))).toBe(true);
    expect(answers[0]?.said[0]).toMatch(
      /elsewhere\/entries\.jsonl: there is no such file or directory$/,
    );
  });
});
