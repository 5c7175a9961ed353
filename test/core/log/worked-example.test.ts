import { createHash, createHmac, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { signCheckpoint } from "../../../src/core/log/checkpoint.ts";
import { verifyExport } from "../../../src/core/log/verify.ts";
import { testKey } from "./support.ts";

/** A second verifier, written from docs/log-format.md alone: nothing of src/ stands behind it. */
const doc = readFileSync(new URL("../../../docs/log-format.md", import.meta.url), "utf8");

function block(name: string): string {
  const found = [...doc.matchAll(/^```text (\S+)\n([\s\S]*?)^```$/gm)].filter(
    ([, label]) => label === name,
  );
  if (found.length !== 1)
    throw new Error(`docs/log-format.md has ${found.length} blocks "${name}".`);
  return found[0]?.[2] ?? "";
}
const line = (name: string) => block(name).trimEnd();
const linesOf = (name: string) => line(name).split("\n");

const sha256 = (...parts: (string | Uint8Array)[]) =>
  parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();
const leaf = (entry: string) => sha256(Uint8Array.of(0x00), entry);
const node = (left: Uint8Array, right: Uint8Array) => sha256(Uint8Array.of(0x01), left, right);
function mth(leaves: readonly Uint8Array[]): Uint8Array {
  const [first] = leaves;
  if (first === undefined) return sha256("");
  if (leaves.length === 1) return first;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return node(mth(leaves.slice(0, k)), mth(leaves.slice(k)));
}
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(",")}}`;
}

const entries = linesOf("entries.jsonl");
const parsed = entries.map((entry): Record<string, unknown> => JSON.parse(entry));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("the worked example of docs/log-format.md", () => {
  test("has canonical entries with everything every entry has", () => {
    expect(parsed.map(canonical)).toEqual(entries);
    for (const entry of parsed) {
      expect(entry).toMatchObject({ v: 1, origin: "example.org/holdpoint" });
      expect(entry["at"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      for (const key of ["kind", "id", "subject", "actor", "surface", "policy"])
        expect(entry).toHaveProperty(key);
    }
    const times = parsed.map(({ at }) => String(at));
    expect([...times].sort()).toEqual(times);
  });

  test("has the leaf hashes, the node and the root that it states", () => {
    const leaves = entries.map(leaf);
    const [a = leaf(""), b = leaf("")] = leaves;

    expect(leaves.map(hex)).toEqual(linesOf("leaves"));
    expect(hex(node(a, b))).toBe(line("node-0-1"));
    expect(hex(mth(leaves))).toBe(line("root"));
  });

  test("has a checkpoint of that root, signed by the key whose vkey it states", () => {
    const publicKey = Buffer.from(line("public-key"), "hex");
    const [origin = "", size, root = "", blank, signature = ""] = block("checkpoint").split("\n");
    const keyId = sha256(origin, Uint8Array.of(0x0a, 0x01), publicKey).subarray(0, 4);
    const [dash, name, encoded = ""] = signature.split(" ");
    const signed = Buffer.from(encoded, "base64");
    const x = publicKey.toString("base64url");
    const key = createPublicKey({ format: "jwk", key: { kty: "OKP", crv: "Ed25519", x } });

    expect(line("log.pub")).toBe(
      `${origin}+${hex(keyId)}+${Buffer.concat([Uint8Array.of(0x01), publicKey]).toString("base64")}`,
    );
    expect([size, hex(Buffer.from(root, "base64")), blank]).toEqual(["3", line("root"), ""]);
    expect([dash, name, hex(signed.subarray(0, 4))]).toEqual(["\u2014", origin, hex(keyId)]);
    expect(
      verify(null, Buffer.from(`${origin}\n${size}\n${root}\n`), key, signed.subarray(4)),
    ).toBe(true);
  });

  test("has the policy its first entry adopts, and a text that opens the commitment in its last", () => {
    const { commitment, salt, text } = JSON.parse(line("disclosures.jsonl"));

    expect(parsed[0]?.["digest"]).toBe(hex(sha256(line("policy"))));
    expect(doc).toContain(`policies/${hex(sha256(line("policy")))}.json`);
    expect(parsed[2]?.["reason"]).toBe(commitment);
    expect(commitment).toBe(
      `c_${createHmac("sha256", Buffer.from(salt, "base64")).update(text, "utf8").digest("hex")}`,
    );
  });

  test("is OK for our own verifier too", () => {
    const bytes = (name: string) => Buffer.from(block(name));
    const exported = {
      entries: bytes("entries.jsonl"),
      leaves: bytes("leaves"),
      checkpoint: bytes("checkpoint"),
      key: bytes("log.pub"),
      policies: new Map([[hex(sha256(line("policy"))), Buffer.from(line("policy"))]]),
      disclosures: bytes("disclosures.jsonl"),
    };

    const verdict = verifyExport(exported, {
      vkey: line("log.pub"),
      checkpoints: [block("checkpoint")],
    });

    expect(verdict).toMatchObject({ is: "OK", compared: true, head: { size: 3 } });
  });
});

test("every kind of entry is in docs/log-format.md", () => {
  const source = readFileSync(new URL("../../../src/core/log/entry.ts", import.meta.url), "utf8");
  const kinds = [...source.matchAll(/readonly kind: "([a-z]+\.[a-z]+)"/g)].map(
    ([, kind = ""]) => kind,
  );

  expect(kinds).not.toEqual([]);
  expect(kinds.filter((kind) => !doc.includes(`\n| ${kind} |`))).toEqual([]);
});

test("the stated secret makes the stated signature", () => {
  const key = testKey(
    "example.org/holdpoint",
    Uint8Array.from({ length: 32 }, (_, i) => i),
  );
  const root = Buffer.from(line("root"), "hex");

  expect(key.vkey).toBe(line("log.pub"));
  expect(signCheckpoint({ origin: key.origin, size: 3, root }, key)).toBe(block("checkpoint"));
});
