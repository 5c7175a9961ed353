import {
  type Checkpoint,
  COSIGNATURE,
  checkpointBody,
  isBy,
  isSignature,
  parseVkey,
  readNote,
  signatureLine,
  type Verifier,
  vkeyOf,
} from "./checkpoint.ts";

/**
 * Cosignatures: a witness says that a checkpoint extends everything that it has seen of this log
 * (c2sp.org/tlog-cosignature, the Ed25519 form "cosignature/v1").
 */

/** The private half of a witness's key: signs without showing it. */
export interface WitnessKey {
  /** `<name>+<key id, 8 hex>+<base64(0x04 || public key)>` */
  readonly vkey: string;
  /** Ed25519 (RFC 8032): 64 bytes. */
  sign(bytes: Uint8Array): Uint8Array;
}

/** Which witnesses cosigned a note, and when (seconds since 1970); or why it is not believed. */
export type Cosigners =
  | { readonly ok: true; readonly at: ReadonlyMap<string, number> }
  | { readonly ok: false; readonly because: string };

const ID_SIZE = 4;
const TIME_SIZE = 8;
const SIGNATURE_SIZE = 64;

/** Writes the vkey of a witness's public key (32 bytes). Throws when `isOrigin` says no. */
export function witnessVkeyOf(name: string, publicKey: Uint8Array): string {
  return vkeyOf(name, publicKey, COSIGNATURE);
}

/** Reads a witness's vkey; undefined for anything else, also for the vkey of a log. */
export function parseWitnessVkey(vkey: string): Verifier | undefined {
  return parseVkey(vkey, COSIGNATURE);
}

/**
 * The line, with its newline, by which a witness says at `seconds` since 1970 that this is the
 * longest log of its origin that it knows.
 */
export function cosign(
  checkpoint: Checkpoint,
  { key, seconds }: { readonly key: WitnessKey; readonly seconds: number },
): string {
  const witness = parseWitnessVkey(key.vkey);
  if (witness === undefined) throw new TypeError("This is not the key of a witness.");
  const time = new Uint8Array(TIME_SIZE);
  new DataView(time.buffer).setBigUint64(0, BigInt(seconds));
  const signature = key.sign(message(checkpoint, seconds));
  return signatureLine(witness, Uint8Array.of(...time, ...signature));
}

/**
 * Reads the cosignatures of these witnesses under a note. Lines of others are not judged; one that
 * names a witness's key and is not its signature makes the note unbelievable.
 */
export function cosignersOf(note: string, vkeys: Iterable<string>): Cosigners {
  const read = readNote(note);
  if (read === undefined) return { ok: false, because: "it is not in the form of a checkpoint" };
  const at = new Map<string, number>();
  for (const vkey of vkeys) {
    const witness = parseWitnessVkey(vkey);
    const lines = witness ? read.signatures.filter((line) => isBy(witness, line)) : [];
    for (const { bytes } of lines) {
      const seconds = witness && cosignedAt(witness, read.checkpoint, bytes.subarray(ID_SIZE));
      if (seconds === undefined)
        return {
          ok: false,
          because: `the cosignature of ${witness?.name ?? vkey} does not fit it`,
        };
      at.set(vkey, Math.max(seconds, at.get(vkey) ?? 0));
    }
  }
  return { ok: true, at };
}

/** When the witness signed this checkpoint; undefined where these bytes are not its signature. */
function cosignedAt(
  witness: Verifier,
  checkpoint: Checkpoint,
  bytes: Uint8Array,
): number | undefined {
  if (bytes.length !== TIME_SIZE + SIGNATURE_SIZE) return undefined;
  const time = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0);
  if (time > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  const seconds = Number(time);
  const isGood = isSignature(witness, message(checkpoint, seconds), bytes.subarray(TIME_SIZE));
  return isGood ? seconds : undefined;
}

/** What is signed: the statement's name and time, and the text of the checkpoint. */
const message = (checkpoint: Checkpoint, seconds: number): Uint8Array =>
  new TextEncoder().encode(`cosignature/v1\ntime ${seconds}\n${checkpointBody(checkpoint)}`);
