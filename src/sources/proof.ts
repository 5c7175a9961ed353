import { createHmac, hash, timingSafeEqual } from "node:crypto";
import type { Instant } from "../core/ids.ts";

/** What every way of proving who sent some bytes is made of. */

/** Header names in lower case, as node:http gives them. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** How far a sender's clock may be off, either way, where the policy says nothing else. */
const toleranceSeconds = 300;

/** A header that was sent once; "" where it is absent or came several times. */
export function singleHeader(headers: Headers, name: string): string {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  return typeof value === "string" ? value : "";
}

/**
 * Whether two texts are the same, in constant time. Digests have one length, so it tells nothing
 * about the secret's.
 */
export function equalInConstantTime(a: string, b: string): boolean {
  return timingSafeEqual(sha256(a), sha256(b));
}

const sha256 = (text: string): Buffer => hash("sha256", text, "buffer");

/** Why a time of sending, in seconds, is not to be believed; null where it is. */
export function staleness(name: string, seconds: string, now: Instant): string | null {
  return /^\d{1,12}$/.test(seconds)
    ? tooFarOff(name, { seconds: Number(seconds), now })
    : `${name} is not a number of seconds`;
}

/** Why an instant, in whole seconds, is too far from now; null where it is not. */
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

/** What a sender claims: the signatures it sent, over `before`, the body and `after`. */
export interface Claim {
  readonly sent: readonly string[];
  readonly before: string;
  readonly after?: string;
  readonly encoding: "hex" | "base64";
}

/** Signatures being checked over a body that streams in: nothing of it is kept. */
export interface Hashing {
  update(chunk: Uint8Array): void;
  /**
   * Whether any of the keys made any of the signatures. All are tried: how long it takes says
   * nothing about which matched.
   */
  matches(): boolean;
}

/** Begins a check of what was claimed, with each of the keys. */
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
