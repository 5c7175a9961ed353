import { randomBytes } from "node:crypto";
import type { Random } from "../app/ports.ts";

/** Random values from the operating system. */
export const systemRandom: Random = {
  id: (prefix) =>
    prefix +
    [...randomBytes(20)].map((byte) => "abcdefghijklmnopqrstuvwxyz234567"[byte % 32]).join(""),
  salt: () => new Uint8Array(randomBytes(32)),
};
