import { createHmac, hash, timingSafeEqual } from "node:crypto";
import type { Instant } from "../core/ids.ts";

/** What all authentication methods of senders use. */

/** Request headers, with names in lower case as in node:http. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The default tolerance of a sender's clock, in seconds either way. */
const toleranceSeconds = 300;

/** The value of a header; "" if it is missing or was sent several times. */
export function singleHeader(headers: Headers, name: string): string {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  return typeof value === "string" ? value : "";
}

/**
 * Whether two texts are equal, in constant time. Their digests are compared, which have the same
 * length, so not even the length of the secret is revealed.
 */
export function equalInConstantTime(a: string, b: string): boolean {
  return timingSafeEqual(sha256(a), sha256(b));
}

const sha256 = (text: string): Buffer => hash("sha256", text, "buffer");

/** Why a signed time in seconds is not accepted; null if it is. */
export function staleness(name: string, seconds: string, now: Instant): string | null {
  return /^\d{1,12}$/.test(seconds)
    ? tooFarOff(name, { seconds: Number(seconds), now })
    : `${name} is not a number of seconds`;
}

/**
 * Why a time in whole seconds is too far from now; null if it is not. `tolerance` is in seconds.
 */
export function tooFarOff(
  name: string,
  {
    seconds,
    now,
    tolerance = toleranceSeconds,
  }: { readonly seconds: number; readonly now: Instant; readonly tolerance?: number | undefined },
): string | null {
  const off = Math.floor(now / 1000) - seconds;
  if (Math.abs(off) <= tolerance) return null;
  return `${name} is ${Math.abs(off)} s in the ${off > 0 ? "past" : "future"}`;
}

/** What a sender claims: any of the `sent` signatures is over `before`, the body and `after`. */
export interface Claim {
  readonly sent: readonly string[];
  readonly before: string;
  readonly after?: string;
  readonly encoding: "hex" | "base64";
}

/** A signature check over a body while it is received; the body is not kept. */
export interface Hashing {
  update(chunk: Uint8Array): void;
  /**
   * Whether any signature is valid for any key. All are compared, so that the duration does not
   * reveal which one matched.
   */
  matches(): boolean;
}

/** Begins to check a claim against each of the keys. */
export function hashing(
  { sent, before, after = "", encoding }: Claim,
  keys: readonly (string | Buffer)[],
): Hashing {
  const hashes = keys.map((key) => createHmac("sha256", key).update(before));
  return {
    update: (chunk) => {
      for (const begun of hashes) begun.update(chunk);
    },
    matches: () =>
      hashes
        .map((made) => made.update(after).digest(encoding))
        .flatMap((expected) => sent.map((candidate) => equalInConstantTime(candidate, expected)))
        .includes(true),
  };
}
