import type { Digest } from "../../core/ids.ts";

/**
 * The newest checkpoint this signer has signed, kept outside the database: what a restored or
 * rewritten database cannot take back. A note, not only a size, because a log that was rewritten
 * and has grown again has other hashes.
 */
export interface LastSigned {
  read(): string | null;
  /** It is kept when this returns, unless `unkept` says why not. */
  write(note: string): void;
  /** Sets aside what was signed: the operator has said that the log was restored on purpose. */
  setAside(): void;
  /** Why it cannot be kept outside this process, as a sentence; null = it is. */
  unkept(): string | null;
}

/** Copies of policies, kept outside the database, by digest. */
export interface KeptPolicies {
  /** Null = there is no copy that has this digest. */
  read(digest: Digest): Uint8Array | null;
  write(digest: Digest, canonical: Uint8Array): void;
}
