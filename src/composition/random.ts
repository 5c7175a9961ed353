import { randomBytes, randomFillSync } from "node:crypto";
import type { Random } from "../app/ports.ts";

const letters = "abcdefghijklmnopqrstuvwxyz234567";

/** Random bytes for ids, fetched many at a time; each is used once. */
const pool = new Uint8Array(4_000);
let used = pool.length;

function idText(length: number): string {
  if (used + length > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  let text = "";
  for (const byte of pool.subarray(used, used + length)) text += letters[byte % 32];
  used += length;
  return text;
}

/** Random values from the operating system. */
export const systemRandom: Random = {
  id: (prefix) => prefix + idText(20),
  salt: () => new Uint8Array(randomBytes(32)),
};
