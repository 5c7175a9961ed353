import { createHmac, hash, timingSafeEqual } from "node:crypto";
import type { Commitment, Digest } from "../ids.ts";

/**
 * Bytes of a salt: as long as the hash, so that a text nobody kept cannot be guessed from its
 * commitment.
 */
const SALT_SIZE = 32;

/**
 * Stands in the log for a text: HMAC-SHA256 (RFC 2104) of its UTF-8 under a random salt of its own.
 * Throws for a salt of another size or a lone surrogate.
 */
export function commit(salt: Uint8Array, text: string): Commitment {
  if (salt.length !== SALT_SIZE) throw new RangeError(`A salt has ${SALT_SIZE} bytes.`);
  if (/\p{Cs}/u.test(text)) throw new TypeError("A text with a lone surrogate has no UTF-8 form.");
  return `c_${createHmac("sha256", salt).update(text, "utf8").digest("hex")}`;
}

/**
 * Says whether salt and text are the ones committed to, in constant time; false too for what
 * `commit` would refuse.
 */
export function opens(commitment: Commitment, salt: Uint8Array, text: string): boolean {
  if (salt.length !== SALT_SIZE || /\p{Cs}/u.test(text)) return false;
  const stated = new TextEncoder().encode(commitment);
  const actual = new TextEncoder().encode(commit(salt, text));
  return stated.length === actual.length && timingSafeEqual(stated, actual);
}

/** Lower-case hex SHA-256 of bytes, e.g. of a policy's canonical form. */
export function digestOf(bytes: Uint8Array): Digest {
  return hash("sha256", bytes, "hex");
}
