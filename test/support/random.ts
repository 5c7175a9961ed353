import type { Random } from "../../src/app/ports.ts";

/**
 * Numbers in [0, 1) that are the same in every run: a 32-bit generator (mulberry32) is random
 * enough for tests.
 */
export function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Random values that are the same in every run. */
export function seededRandom(seed: number): Random {
  const next = numbersFrom(seed);
  const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  return {
    id: (prefix) =>
      prefix + Array.from({ length: 20 }, () => alphabet[Math.floor(next() * 32)]).join(""),
    salt: () => Uint8Array.from({ length: 32 }, () => Math.floor(next() * 256)),
  };
}
