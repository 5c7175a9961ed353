import type { Instant } from "../../core/ids.ts";

export interface Clock {
  now(): Instant;
}

/** Random values, handed in so that tests can repeat them. */
export interface Random {
  /** `prefix` + 20 characters a–z2–7 (100 bits). */
  id(prefix: string): string;
  /** 32 random bytes. */
  salt(): Uint8Array;
}
