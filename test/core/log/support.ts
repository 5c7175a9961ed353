import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { canonicalText, entryBytes } from "../../../src/core/log/bytes.ts";
import { type LogKey, signCheckpoint, vkeyOf } from "../../../src/core/log/checkpoint.ts";
import { commit, digestOf } from "../../../src/core/log/commitment.ts";
import { type WitnessKey, witnessVkeyOf } from "../../../src/core/log/cosignature.ts";
import { append, emptyRange, leafHash, root } from "../../../src/core/log/merkle.ts";
import type { Export } from "../../../src/core/log/verify.ts";

/** RFC 8410: what comes before the 32 secret bytes in the PKCS #8 form of an Ed25519 key. */
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

/** A log key with this secret; a number stands for 32 such bytes. */
export function testKey(
  origin: string,
  secret32: number | Uint8Array,
): LogKey & { readonly pem: string } {
  const der = Buffer.concat([
    PKCS8,
    typeof secret32 === "number" ? Buffer.alloc(32, secret32) : secret32,
  ]);
  const secret = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const { x = "" } = createPublicKey(secret).export({ format: "jwk" });
  return {
    origin,
    vkey: vkeyOf(origin, Buffer.from(x, "base64url")),
    sign: (bytes) => sign(null, bytes, secret),
    pem: secret.export({ format: "pem", type: "pkcs8" }).toString(),
  };
}

export const origin = "holdpoint.test/log";
export const key = testKey(origin, 1);

const utf8 = new TextEncoder();
const salt = new Uint8Array(32).fill(9);
const policy = utf8.encode('{"people":["p_a"],"v":1}');
export const policyDigest = digestOf(policy);
const reason = "rate doubled";

/** A small log that begins by adopting a policy; `at` steps by a minute. */
export function entriesOf(size: number): Record<string, unknown>[] {
  return Array.from({ length: size }, (_, i) => ({
    v: 1,
    origin,
    at: `2026-11-23T03:${String(i).padStart(2, "0")}:00.000Z`,
    id: `e_${i}`,
    subject: i === 0 ? "org" : "deployment:assistant-prod",
    ...(i === 0
      ? { kind: "policy.adopted", digest: policyDigest, before: "" }
      : { kind: "escalation.acknowledged", escalation: `HP-${i}`, reason: commit(salt, reason) }),
  }));
}

/** An export of these entries as the log would write it, signed by `by`. */
export function exportOf(
  entries: readonly Readonly<Record<string, unknown>>[],
  by: LogKey = key,
): Export {
  const lines = entries.map(entryBytes);
  const leaves = lines.map(leafHash);
  const head = {
    origin: by.origin,
    size: lines.length,
    root: root(leaves.reduce(append, emptyRange)),
  };
  const disclosures = [
    { commitment: commit(salt, reason), salt: Buffer.from(salt).toString("base64"), text: reason },
    { person: "p_a", name: "Ada" },
  ];
  return {
    entries: Buffer.concat(lines.flatMap((line) => [line, utf8.encode("\n")])),
    leaves: Buffer.from(leaves.map((leaf) => `${Buffer.from(leaf).toString("hex")}\n`).join("")),
    checkpoint: utf8.encode(signCheckpoint(head, by)),
    key: utf8.encode(`${by.vkey}\n`),
    policies: new Map([[policyDigest, policy]]),
    disclosures: utf8.encode(disclosures.map((line) => `${canonicalText(line)}\n`).join("")),
  };
}

/** The export's checkpoint as an auditor would keep it. */
export function noteOf(exported: Export): string {
  return Buffer.from(exported.checkpoint).toString("utf8");
}

/** A witness's key with this secret, repeated 32 times. */
export function testWitness(name: string, secret: number): WitnessKey {
  const { sign: signs, vkey } = testKey(name, secret);
  const publicKey = Buffer.from(vkey.split("+")[2] ?? "", "base64").subarray(1);
  return { vkey: witnessVkeyOf(name, publicKey), sign: signs };
}
