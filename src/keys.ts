import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { type LogKey, vkeyOf } from "./core/log/checkpoint.ts";

/** Where the log's key is: given as PEM or a path to it, or made once and kept in the data directory. */
export type LogKeySource = { readonly origin: string } & (
  | { readonly pemOrPath: string }
  | { readonly dataDir: string }
);

/** Loads the log's Ed25519 key (PKCS #8 PEM). Throws, in words for the start line, for anything else; the key itself is never in them. */
export function loadLogKey(source: LogKeySource): LogKey {
  const pem = "pemOrPath" in source ? given(source.pemOrPath) : keptIn(source.dataDir);
  const key = ed25519(pem);
  const { x } = createPublicKey(key).export({ format: "jwk" });
  const publicKey = Buffer.from(x ?? "", "base64url");
  return {
    origin: source.origin,
    vkey: vkeyOf(source.origin, publicKey),
    sign: (bytes) => sign(null, bytes, key),
  };
}

/** An environment file may hold the PEM on one line, with `\n` spelled out. */
const given = (pemOrPath: string): string =>
  pemOrPath.includes("-----BEGIN")
    ? pemOrPath.replaceAll("\\n", "\n")
    : readFileSync(pemOrPath, "utf8");

const ed25519 = (pem: string): KeyObject => {
  const key = privateKeyIn(pem);
  if (key.asymmetricKeyType === "ed25519") return key;
  throw new Error(`The log key must be Ed25519; this one is ${key.asymmetricKeyType}.`);
};

const privateKeyIn = (pem: string): KeyObject => {
  try {
    return createPrivateKey({ key: pem, format: "pem" });
  } catch (cause) {
    throw new Error("The log key is not an unencrypted private key in PKCS #8 PEM.", { cause });
  }
};

const keptIn = (dataDir: string): string => {
  const path = `${dataDir}/log-key.pem`;
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  makeOnce(dataDir, path);
  return readFileSync(path, "utf8"); // the one on disk wins, also over a process that started at the same time
};

/** Durable before it has its name, and never over another: a checkpoint signed by a key that a crash took back could not be checked. */
const makeOnce = (dataDir: string, path: string): void => {
  const { privateKey } = generateKeyPairSync("ed25519");
  const draft = `${path}.${process.pid}`;
  rmSync(draft, { force: true }); // left by an earlier process of this id that died here
  const file = openSync(draft, "wx", 0o600);
  try {
    writeSync(file, privateKey.export({ format: "pem", type: "pkcs8" }).toString());
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    linkSync(draft, path);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  syncDirectory(dataDir);
};

const syncDirectory = (dir: string): void => {
  const directory = openSync(dir, "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
};

const codeOf = (error: unknown): unknown =>
  error instanceof Error && "code" in error ? error.code : undefined;
