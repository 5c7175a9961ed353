import { createHash, createPublicKey, verify } from "node:crypto";
import { describe, expect, test } from "vitest";
import { openCheckpoint, parseVkey, signCheckpoint } from "../../../src/core/log/checkpoint.ts";
import { cosign, cosignersOf, parseWitnessVkey } from "../../../src/core/log/cosignature.ts";
import { sha256 } from "../../../src/core/log/merkle.ts";
import { key, origin, testWitness } from "./support.ts";

/** What a witness writes under a checkpoint (c2sp.org/tlog-cosignature). */

const checkpoint = { origin, size: 7, root: sha256(new Uint8Array()) };
const note = signCheckpoint(checkpoint, key);
const [w1, w2] = [testWitness("witness.test/1", 3), testWitness("witness.test/2", 4)];
const seconds = 1_679_315_147;
const line = cosign(checkpoint, { key: w1, seconds });
const cosigned = `${note}${line}`;

describe("a cosignature", () => {
  test("is the key id, the time and an Ed25519 signature of the statement, as the specification says", () => {
    const [, name = "", encoded = ""] = /^— (\S+) (\S+)\n$/.exec(line) ?? [];
    const bytes = Buffer.from(encoded, "base64");
    const publicKey = Buffer.from(w1.vkey.split("+")[2] ?? "", "base64").subarray(1);
    const id = createHash("sha256")
      .update(Buffer.concat([Buffer.from(`${name}\n\u0004`), publicKey]))
      .digest();
    const jwk = { kty: "OKP", crv: "Ed25519", x: publicKey.toString("base64url") };
    const message = `cosignature/v1\ntime 1679315147\n${note.split("\n\n")[0]}\n`;

    expect(name).toBe("witness.test/1");
    expect(bytes).toHaveLength(4 + 8 + 64);
    expect(bytes.subarray(0, 4)).toEqual(id.subarray(0, 4));
    expect(bytes.readBigUInt64BE(4)).toBe(1_679_315_147n);
    const signed = createPublicKey({ format: "jwk", key: jwk });
    expect(verify(null, Buffer.from(message), signed, bytes.subarray(12))).toBe(true);
  });

  test("is read beside the log's own signature, which it does not disturb", () => {
    expect(cosignersOf(cosigned, [w1.vkey, w2.vkey])).toEqual({
      ok: true,
      at: new Map([[w1.vkey, seconds]]),
    });
    expect(openCheckpoint(cosigned, key.vkey)).toEqual({ ok: true, checkpoint });
  });

  test("of somebody who was not asked about counts for nobody", () => {
    expect(cosignersOf(cosigned, [w2.vkey])).toEqual({ ok: true, at: new Map() });
  });

  test("with any byte changed is never its witness's", () => {
    const at = note.length;
    const bytes = Buffer.from(cosigned);
    const start = Buffer.byteLength(cosigned.slice(0, at));
    const believed = [...bytes.keys()].slice(start).filter((index) => {
      const changed = Buffer.from(bytes);
      changed[index] = (bytes[index] ?? 0) ^ 1;
      const cosigners = cosignersOf(changed.toString("utf8"), [w1.vkey]);
      return cosigners.ok && cosigners.at.has(w1.vkey);
    });

    expect(believed).toEqual([]);
  });

  test("of another checkpoint, or under another's key id, makes the note unbelievable", () => {
    const other = cosign({ ...checkpoint, size: 8 }, { key: w1, seconds });
    const [, named] = /^— \S+ (\S+)\n$/.exec(cosign(checkpoint, { key: w2, seconds })) ?? [];
    const bytes = Buffer.from(named ?? "", "base64");
    parseWitnessVkey(w1.vkey)?.id.forEach((byte, index) => {
      bytes[index] = byte;
    });
    const stolen = `— witness.test/1 ${bytes.toString("base64")}\n`;

    for (const bad of [other, stolen, `${line}${other}`])
      expect(cosignersOf(`${note}${bad}`, [w1.vkey])).toEqual({
        ok: false,
        because: "the cosignature of witness.test/1 does not fit it",
      });
  });

  test("is asked of no key that is a log's, and of no note that is no checkpoint", () => {
    expect(parseWitnessVkey(key.vkey)).toBeUndefined();
    expect(parseVkey(w1.vkey)).toBeUndefined();
    expect(cosignersOf(cosigned, [key.vkey, "", "x+y"])).toEqual({ ok: true, at: new Map() });
    expect(cosignersOf(`${cosigned}\n`, [w1.vkey])).toMatchObject({ ok: false });
    expect(() => cosign(checkpoint, { key: { ...w1, vkey: key.vkey }, seconds })).toThrow(
      "not the key of a witness",
    );
  });
});
