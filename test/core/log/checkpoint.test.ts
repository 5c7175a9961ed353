import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  checkpointBody,
  isOrigin,
  type LogKey,
  openCheckpoint,
  parseCheckpoint,
  parseVkey,
  signCheckpoint,
  vkeyOf,
} from "../../../src/core/log/checkpoint.ts";
import { sha256 } from "../../../src/core/log/merkle.ts";
import { testKey } from "./support.ts";

const origin = "holdpoint.test/log";
const key = testKey(origin, 1);
const checkpoint = { origin, size: 7, root: sha256(new Uint8Array()) };
const note = signCheckpoint(checkpoint, key);
const [body = "", lines = ""] = note.split("\n\n");

/** The note with another line in place of, or after, its signature. */
const signedBy = (...signatures: string[]) =>
  `${body}\n\n${signatures.map((line) => `${line}\n`).join("")}`;
const ours = lines.trimEnd();

describe("a checkpoint", () => {
  test("is three lines, a blank one and a signature line", () => {
    expect(note).toMatch(
      /^holdpoint\.test\/log\n7\n47DEQpj8HBSa\+\/TImW\+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— holdpoint\.test\/log [A-Za-z0-9+/=]+\n$/,
    );
  });

  test("is read back by the key that signed it", () => {
    expect(openCheckpoint(note, key.vkey)).toEqual({ ok: true, checkpoint });
    expect(parseCheckpoint(note)).toEqual(checkpoint);
  });

  test("is not signed by the key of another log", () => {
    expect(() => signCheckpoint({ ...checkpoint, origin: "other" }, key)).toThrow(
      /cannot sign for "other"/,
    );
  });

  test("with any one byte changed is not believed", () => {
    const bytes = Buffer.from(note);
    const believed = [...bytes.keys()].filter((at) => {
      const changed = Buffer.from(bytes);
      changed[at] = (bytes[at] ?? 0) ^ 1;
      return openCheckpoint(changed.toString("utf8"), key.vkey).ok;
    });

    expect(believed).toEqual([]);
  });

  test("may carry a witness's signature beside ours", () => {
    const witness = signCheckpoint({ ...checkpoint, origin: "witness" }, testKey("witness", 2));
    const line = witness.trimEnd().split("\n").at(-1) ?? "";

    expect(openCheckpoint(signedBy(line, ours), key.vkey).ok).toBe(true);
    expect(openCheckpoint(signedBy(ours, line), key.vkey).ok).toBe(true);
    expect(openCheckpoint(signedBy(line), key.vkey)).toEqual({
      ok: false,
      because: expect.stringContaining("did not sign it"),
    });
  });

  test("with a bad signature under our key beside a good one is not believed", () => {
    const encoded = ours.split(" ").at(-1) ?? "";
    const raw = Buffer.from(encoded, "base64");
    raw[10] = (raw[10] ?? 0) ^ 1;
    const bad = `— ${origin} ${raw.toString("base64")}`;

    expect(openCheckpoint(signedBy(ours, bad), key.vkey).ok).toBe(false);
  });

  test("of another log is named as such", () => {
    const other = signCheckpoint({ ...checkpoint, origin: "other" }, testKey("other", 1));

    expect(openCheckpoint(other, key.vkey)).toEqual({
      ok: false,
      because: expect.stringContaining('"other"'),
    });
  });

  const rootLine = checkpointBody(checkpoint).split("\n")[2] ?? "";
  test.each([
    ["nothing", ""],
    ["no signature", `${body}\n\n`],
    ["no blank line", `${body}\n${ours}\n`],
    ["no last newline", note.slice(0, -1)],
    ["a newline too many", `${note}\n`],
    ["an extra line", note.replace(`${rootLine}\n`, `${rootLine}\nextension\n`)],
    ["carriage returns", note.replaceAll("\n", "\r\n")],
    ["a leading zero", note.replace("\n7\n", "\n07\n")],
    ["a sign", note.replace("\n7\n", "\n+7\n")],
    ["a size beyond what numbers hold", note.replace("\n7\n", "\n9999999999999999\n")],
    ["a short root", note.replace(rootLine, "AAAA")],
    ["a root with other padding bits", note.replace("SuFU=", "SuFV=")],
    ["a hyphen for the dash", note.replace("—", "-")],
    ["base64 with a stranger in it", note.replace(ours, `— ${origin} AA*A`)],
    ["a signature without bytes", note.replace(ours, `— ${origin} AAAA`)],
    ["a byte order mark", `\ufeff${note}`],
  ])("with %s is not read", (_name, hostile) => {
    expect(parseCheckpoint(hostile)).toBeUndefined();
    expect(openCheckpoint(hostile, key.vkey).ok).toBe(false);
  });
});

describe("a vkey", () => {
  /** The example of golang.org/x/mod/sumdb/note, which C2SP signed-note grew out of. */
  const published = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

  test("published elsewhere is read, and written again the same", () => {
    const read = parseVkey(published);

    expect(read?.name).toBe("PeterNeumann");
    expect(vkeyOf("PeterNeumann", read?.publicKey ?? new Uint8Array())).toBe(published);
  });

  test("published elsewhere opens only what its key signed", () => {
    const stranger = signCheckpoint(
      { ...checkpoint, origin: "PeterNeumann" },
      testKey("PeterNeumann", 3),
    );

    expect(openCheckpoint(stranger, published).ok).toBe(false);
  });

  test("with any one byte changed is none", () => {
    const taken = [...published].flatMap((char, at) =>
      [1, 2, 4, 8, 16, 32, 64].map((bit) => {
        const other = String.fromCharCode(char.charCodeAt(0) ^ bit);
        return parseVkey(published.slice(0, at) + other + published.slice(at + 1));
      }),
    );

    expect(taken.filter((read) => read !== undefined)).toEqual([]);
  });

  test("cannot be made for a name with a space or a plus, or for bytes that are no key", () => {
    expect(() => vkeyOf("a b", new Uint8Array(32))).toThrow(TypeError);
    expect(() => vkeyOf("a+b", new Uint8Array(32))).toThrow(TypeError);
    expect(() => vkeyOf("a", new Uint8Array(31))).toThrow(RangeError);
    expect(["", "a\u2003b", "a\u0000", "\ud800"].some(isOrigin)).toBe(false);
  });

  test("that is none opens nothing and signs nothing", () => {
    expect(openCheckpoint(note, "x").ok).toBe(false);
    expect(() => signCheckpoint(checkpoint, { ...key, vkey: "x" })).toThrow(TypeError);
  });
});

test("a signature is plain Ed25519 over the text before the blank line", () => {
  const raw = Buffer.from(ours.split(" ").at(-1) ?? "", "base64");
  const secret = createPrivateKey(key.pem);

  const expected = sign(null, Buffer.from(`${body}\n`), secret);

  expect(raw.subarray(4)).toEqual(expected);
  expect(createPublicKey(secret).asymmetricKeyType).toBe("ed25519");
  expect(raw.subarray(0, 4).toString("hex")).toBe((key satisfies LogKey).vkey.split("+")[1]);
});
