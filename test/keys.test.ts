import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openCheckpoint, signCheckpoint } from "../src/core/log/checkpoint.ts";
import { loadLogKey, loadLogKeys } from "../src/keys.ts";

const origin = "localhost/holdpoint";
const pemOf = (type: "ed25519" | "x25519") =>
  type === "ed25519"
    ? generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }).toString()
    : generateKeyPairSync("x25519").privateKey.export({ format: "pem", type: "pkcs8" }).toString();

describe("the log key", () => {
  let dir = "";
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "holdpoint-"));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  test("is made once in the data directory, for its owner only, and is the same after a restart", () => {
    const dataDir = join(dir, "not", "there", "yet");

    const first = loadLogKey({ dataDir, origin });
    const again = loadLogKey({ dataDir, origin });

    expect(again.vkey).toBe(first.vkey);
    expect(readdirSync(dataDir)).toEqual(["log-key.pem"]);
    expect(statSync(join(dataDir, "log-key.pem")).mode & 0o777).toBe(0o600);
  });

  test("a draft that a crash left behind is not taken for the key", () => {
    writeFileSync(join(dir, `log-key.pem.${process.pid}`), "half a k");

    const key = loadLogKey({ dataDir: dir, origin });

    expect(loadLogKey({ dataDir: dir, origin }).vkey).toBe(key.vkey);
  });

  test("signs checkpoints that its vkey opens", () => {
    const key = loadLogKey({ dataDir: dir, origin });

    const note = signCheckpoint({ origin, size: 0, root: new Uint8Array(32) }, key);

    expect(openCheckpoint(note, key.vkey).ok).toBe(true);
  });

  test("is the same from a path, as text, and as text on one line", () => {
    const pem = pemOf("ed25519");
    writeFileSync(join(dir, "key.pem"), pem);

    const keys = [join(dir, "key.pem"), pem, pem.replaceAll("\n", "\\n")].map((pemOrPath) =>
      loadLogKey({ pemOrPath, origin }),
    );

    expect(new Set(keys.map(({ vkey }) => vkey)).size).toBe(1);
  });

  test("of another kind, a damaged one and a name that cannot be a log's are refused without showing the key", () => {
    const pem = pemOf("ed25519");
    const damaged = pem.replace("MC4C", "MC4D");

    expect(() => loadLogKey({ pemOrPath: pemOf("x25519"), origin })).toThrow(
      /must be Ed25519; this one is x25519/,
    );
    expect(() => loadLogKey({ pemOrPath: damaged, origin })).toThrow(
      /^The log key is not an unencrypted private key/,
    );
    expect(() => loadLogKey({ pemOrPath: pem, origin: "two words" })).toThrow(/cannot name a log/);
    expect(() => loadLogKey({ pemOrPath: join(dir, "none.pem"), origin })).toThrow(/ENOENT/);
  });
});

describe("the log's next key", () => {
  const vkeys = (keys: readonly { readonly vkey: string }[]) => keys.map(({ vkey }) => vkey);

  test("is made in the data directory, once, and is there after a crash before it took over", () => {
    const dataDir = mkdtempSync(join(tmpdir(), "holdpoint-"));
    const keys = loadLogKeys({ origin, given: null, dataDir });
    expect(keys.all()).toHaveLength(1);

    const next = keys.next(1);

    expect(readdirSync(dataDir).sort()).toEqual(["log-key-2.pem", "log-key.pem"]);
    expect(statSync(join(dataDir, "log-key-2.pem")).mode & 0o777).toBe(0o600);
    expect(keys.next(1)).toBe(next);
    const again = loadLogKeys({ origin, given: null, dataDir });
    expect(vkeys(again.all())).toEqual(vkeys(keys.all()));
    expect(again.next(1)).toMatchObject({ vkey: keys.all()[1]?.vkey });
  });

  test("is the one that is given; where none is, a sentence says how to give one", () => {
    const [key, next] = [pemOf("ed25519"), pemOf("ed25519")];

    const both = loadLogKeys({ origin, given: { key, next }, dataDir: "/nowhere" });
    const alone = loadLogKeys({ origin, given: { key, next: null }, dataDir: "/nowhere" });

    expect(both.next(1)).toBe(both.all()[1]);
    expect(alone.all()).toHaveLength(1);
    expect(alone.next(1)).toContain("HOLDPOINT_LOG_KEY_NEXT");
    expect(() =>
      loadLogKeys({ origin, given: { key, next: "/no/such" }, dataDir: "/nowhere" }),
    ).toThrow("HOLDPOINT_LOG_KEY_NEXT has no -----BEGIN line");
  });
});
