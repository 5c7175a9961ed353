import { createHash, createPublicKey, verify } from "node:crypto";
import { HASH_SIZE } from "./merkle.ts";

/**
 * Checkpoints as C2SP tlog-checkpoint inside a C2SP signed-note, signed with Ed25519
 * (c2sp.org/tlog-checkpoint, c2sp.org/signed-note).
 */

/** What a signed tree head says: this log had this root at this size. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** The private half of a log's key: signs without showing it. `origin` is the key's name too. */
export interface LogKey {
  readonly origin: string;
  /** `<name>+<key id, 8 hex>+<base64(0x01 || public key)>` */
  readonly vkey: string;
  /** Ed25519 (RFC 8032): 64 bytes. */
  sign(bytes: Uint8Array): Uint8Array;
}

/** The log's keys that this server has: the one that it began with, and those after it. */
export interface LogKeys {
  all(): readonly LogKey[];
  /** The key that comes after so many, durable; else why there is none, as a sentence. */
  next(after: number): LogKey | string;
}

/** The public half, as read from a vkey. */
export interface Verifier {
  readonly name: string;
  /** Four bytes. */
  readonly id: Uint8Array;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** A checkpoint that was believed, or why not: words for people. */
export type Opened =
  | { readonly ok: true; readonly checkpoint: Checkpoint }
  | { readonly ok: false; readonly because: string };

/** signed-note: the types of a signature that are written into a key. */
const ED25519 = 0x01;
/** tlog-cosignature: a witness's Ed25519 signature with its time. */
export const COSIGNATURE = 0x04;
type KeyType = typeof ED25519 | typeof COSIGNATURE;

const KEY_SIZE = 32;
const SIGNATURE_SIZE = 64;

/**
 * Says whether a name may stand in a note and a vkey: not empty, no white space or control
 * character, no plus.
 */
export function isOrigin(name: string): boolean {
  return /^[^\s+\p{Cc}\p{Z}\p{Cs}]+$/u.test(name);
}

/**
 * Writes the vkey of an Ed25519 public key (32 bytes) under a name. Throws when `isOrigin` says no.
 */
export function vkeyOf(name: string, publicKey: Uint8Array, type: KeyType = ED25519): string {
  if (!isOrigin(name)) throw new TypeError("This cannot name a log: no spaces, no plus.");
  if (publicKey.length !== KEY_SIZE) throw new RangeError(`A key has ${KEY_SIZE} bytes.`);
  const id = Buffer.from(keyId(name, publicKey, type)).toString("hex");
  return `${name}+${id}+${base64(Uint8Array.of(type, ...publicKey))}`;
}

/** Reads a vkey; undefined when one character of it is not as `vkeyOf` would write it. */
export function parseVkey(vkey: string, type: KeyType = ED25519): Verifier | undefined {
  const [, name, , key] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/u.exec(vkey) ?? [];
  const bytes = key === undefined ? undefined : fromBase64(key, 1 + KEY_SIZE);
  if (name === undefined || bytes?.[0] !== type || !isOrigin(name)) return undefined;
  const publicKey = bytes.subarray(1);
  if (vkeyOf(name, publicKey, type) !== vkey) return undefined;
  return { name, id: keyId(name, publicKey, type), publicKey };
}

/** The text that is signed: origin, size and base64 root, a line each. */
export function checkpointBody({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${base64(root)}\n`;
}

/**
 * Writes the signed note. Throws when the checkpoint is not of the key's log: it would be a lie in
 * our name.
 */
export function signCheckpoint(checkpoint: Checkpoint, key: LogKey): string {
  const verifier = parseVkey(key.vkey);
  if (verifier?.name !== checkpoint.origin) {
    throw new TypeError(
      `The key of "${verifier?.name ?? key.vkey}" cannot sign for "${checkpoint.origin}".`,
    );
  }
  const body = checkpointBody(checkpoint);
  const signature = key.sign(new TextEncoder().encode(body));
  return `${body}\n${signatureLine(verifier, signature)}`;
}

/** A line of a signed note, with its newline. */
export function signatureLine({ name, id }: Verifier, signature: Uint8Array): string {
  return `— ${name} ${base64(Uint8Array.of(...id, ...signature))}\n`;
}

/**
 * Reads a note's checkpoint without believing it: undefined unless it is exactly three lines, a
 * blank one, and signature lines.
 */
export function parseCheckpoint(note: string): Checkpoint | undefined {
  return readNote(note)?.checkpoint;
}

/**
 * Reads a checkpoint and checks that this key signed it. Other keys' signatures (witnesses) may
 * stand beside ours; every one under our name and key id must be good.
 */
export function openCheckpoint(note: string, vkey: string): Opened {
  const verifier = parseVkey(vkey);
  if (verifier === undefined) return no("the public key is not a C2SP Ed25519 vkey");
  const read = readNote(note);
  if (read === undefined) return no("it is not in the form of a C2SP checkpoint");
  if (read.checkpoint.origin !== verifier.name) {
    return no(`it is of the log "${read.checkpoint.origin}", the key is of "${verifier.name}"`);
  }
  const ours = read.signatures.filter((signature) => isBy(verifier, signature));
  if (ours.length === 0) return no(`the key ${vkey} did not sign it`);
  const body = new TextEncoder().encode(checkpointBody(read.checkpoint));
  return ours.every(({ bytes }) => isSignature(verifier, body, bytes.subarray(4)))
    ? { ok: true, checkpoint: read.checkpoint }
    : no("its signature does not fit its text");
}

/** Whether a signature in base64 is that of this key over these bytes. */
export function verifySignature(vkey: string, bytes: Uint8Array, signature: unknown): boolean {
  const verifier = parseVkey(vkey);
  const signed = typeof signature === "string" ? fromBase64(signature, SIGNATURE_SIZE) : undefined;
  return verifier !== undefined && signed !== undefined && isSignature(verifier, bytes, signed);
}

const no = (because: string): Opened => ({ ok: false, because });

interface Note {
  readonly checkpoint: Checkpoint;
  /** Whose they are is not known until a key fits; `bytes` is the key id and the signature. */
  readonly signatures: readonly NoteSignature[];
}

interface NoteSignature {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Reads a signed checkpoint without believing it; undefined where it has another form. */
export function readNote(note: string): Note | undefined {
  const parts = /^([^\n]+)\n(0|[1-9][0-9]{0,14})\n([A-Za-z0-9+/]{43}=)\n\n((?:— [^\n]+\n)+)$/u.exec(
    note,
  );
  const [, origin = "", size = "", hash = "", lines = ""] = parts ?? [];
  const root = fromBase64(hash, HASH_SIZE);
  const signatures = lines.slice(0, -1).split("\n").map(signatureOf);
  if (root === undefined || !isOrigin(origin) || !signatures.every((line) => line !== undefined)) {
    return undefined;
  }
  return { checkpoint: { origin, size: Number(size), root }, signatures };
}

/** `— <name> <base64(key id || signature)>`; signatures of other algorithms have other lengths. */
function signatureOf(line: string): NoteSignature | undefined {
  const [, name = "", encoded = ""] = /^— (\S+) ([A-Za-z0-9+/=]+)$/u.exec(line) ?? [];
  const bytes = fromBase64(encoded);
  return isOrigin(name) && bytes !== undefined && bytes.length > 4 ? { name, bytes } : undefined;
}

/** Whether a signature says that it is by this key. */
export function isBy(verifier: Verifier, { name, bytes }: NoteSignature): boolean {
  return name === verifier.name && verifier.id.every((byte, i) => byte === bytes[i]);
}

/** Whether these 64 bytes are the key's Ed25519 signature of `body`. */
export function isSignature(
  { publicKey }: Verifier,
  body: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (signature.length !== SIGNATURE_SIZE) return false;
  const x = Buffer.from(publicKey).toString("base64url");
  const key = createPublicKey({ format: "jwk", key: { kty: "OKP", crv: "Ed25519", x } });
  return verify(null, body, key, signature);
}

/** signed-note: SHA-256(name || 0x0A || type || public key), its first four bytes. */
const keyId = (name: string, publicKey: Uint8Array, type: KeyType): Uint8Array =>
  createHash("sha256")
    .update(`${name}\n`)
    .update(Uint8Array.of(type))
    .update(publicKey)
    .digest()
    .subarray(0, 4);

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

/** Standard base64 with padding, and only in the one form an encoder writes. */
function fromBase64(text: string, size?: number): Uint8Array | undefined {
  const bytes = Buffer.from(text, "base64");
  if (text === "" || bytes.toString("base64") !== text) return undefined;
  return size === undefined || bytes.length === size ? Uint8Array.from(bytes) : undefined;
}

/**
 * The note in a message of a chat, which shows it on one line: with its lines again. Any other text
 * is left as it is.
 */
export function noteFrom(text: string): string {
  const shown = /(\S+) (\d+) ([A-Za-z0-9+/]{43}=) (\u2014 \S+ [A-Za-z0-9+/=]+)/.exec(text);
  return shown ? `${shown.slice(1, 4).join("\n")}\n\n${shown[4]}\n` : text;
}
