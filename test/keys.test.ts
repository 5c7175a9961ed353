import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openCheckpoint, signCheckpoint } from "../src/core/log/checkpoint.ts";
import { loadLogKey } from "../src/keys.ts";

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
