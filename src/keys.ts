import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";
import { readFileSync } from "node:fs";
import { type LogKey, type LogKeys, vkeyOf } from "./core/log/checkpoint.ts";
import { type WitnessKey, witnessVkeyOf } from "./core/log/cosignature.ts";
import { noNextKey } from "./core/words/key-rotated.ts";
import { keptOnce, keptText } from "./kept-file.ts";

/**
 * Where the log's key is: given as PEM or a path to it, or made once and kept in the data
 * directory.
 */
export type LogKeySource = { readonly origin: string } & (
  | { readonly pemOrPath: string; readonly setting?: string }
  | { readonly dataDir: string; readonly name?: string }
);

/**
 * Loads the log's Ed25519 key (PKCS #8 PEM). Throws, in words for the start line, for anything
 * else; the key itself is never in them.
 */
export function loadLogKey(source: LogKeySource): LogKey {
  // A checkpoint signed by a key that a crash took back could not be checked: it is durable before
  // it is used.
  const pem =
    "pemOrPath" in source
      ? given(source.pemOrPath, source.setting ?? "HOLDPOINT_LOG_KEY")
      : keptOnce(source.dataDir, source.name ?? "log-key.pem", newKey);
  const key = ed25519(pem);
  return {
    origin: source.origin,
    vkey: vkeyOf(source.origin, publicOf(key)),
    sign: (bytes) => sign(null, bytes, key),
  };
}

/** Loads a witness's key from a directory, in which it is made once. Throws as above. */
export function loadWitnessKey(directory: string, name: string): WitnessKey {
  const key = ed25519(keptOnce(directory, "witness-key.pem", newKey));
  return { vkey: witnessVkeyOf(name, publicOf(key)), sign: (bytes) => sign(null, bytes, key) };
}

function publicOf(key: KeyObject): Uint8Array {
  const { x } = createPublicKey(key).export({ format: "jwk" });
  return Buffer.from(x ?? "", "base64url");
}

/** Where the log's keys are given: each as PEM or a path to it; `next` may be missing. */
export interface GivenKeys {
  readonly origin: string;
  readonly given: { readonly key: string; readonly next: string | null } | null;
  /** Keys are made and kept here where none is given. */
  readonly dataDir: string;
}

/**
 * The keys that a server has. Those that it makes are numbered in the order in which they took
 * over, and each is durable before the log knows of it.
 */
export function loadLogKeys({ origin, given: keys, dataDir }: GivenKeys): LogKeys {
  if (keys !== null) {
    const { key, next } = keys;
    const setting = "HOLDPOINT_LOG_KEY_NEXT";
    const later = next === null ? null : loadLogKey({ origin, pemOrPath: next, setting });
    const first = loadLogKey({ origin, pemOrPath: key });
    return {
      all: () => (later === null ? [first] : [first, later]),
      next: () => later ?? noNextKey,
    };
  }
  const nth = (n: number): LogKey =>
    loadLogKey({ origin, dataDir, name: n === 1 ? "log-key.pem" : `log-key-${n}.pem` });
  const made = [nth(1)];
  while (keptText(dataDir, `log-key-${made.length + 1}.pem`) !== null)
    made.push(nth(made.length + 1));
  return {
    all: () => made,
    next: (after) => {
      while (made.length <= after) made.push(nth(made.length + 1));
      return made[after] ?? noNextKey;
    },
  };
}

/**
 * An environment file may hold the PEM on one line, with `\n` spelled out. What has no header line
 * is taken for a path; if it is none it may be a key all the same, one that lost its first line,
 * and so it is never said back: not in words, not as a cause.
 */
function given(pemOrPath: string, setting: string): string {
  if (pemOrPath.includes("-----BEGIN")) return pemOrPath.replaceAll("\\n", "\n");
  try {
    return readFileSync(pemOrPath, "utf8");
  } catch (error) {
    const why = error instanceof Error && "code" in error ? error.code : "unreadable";
    throw new Error(
      `${setting} has no -----BEGIN line, and there is no file of that name to read (${why}).`,
    );
  }
}

function ed25519(pem: string): KeyObject {
  const key = privateKeyIn(pem);
  if (key.asymmetricKeyType === "ed25519") return key;
  throw new Error(`The log key must be Ed25519; this one is ${key.asymmetricKeyType}.`);
}

function privateKeyIn(pem: string): KeyObject {
  try {
    return createPrivateKey({ key: pem, format: "pem" });
  } catch (cause) {
    throw new Error("The log key is not an unencrypted private key in PKCS #8 PEM.", { cause });
  }
}

const newKey = (): string =>
  generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }).toString();
