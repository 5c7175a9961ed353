import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Clock, Store } from "../../../app/ports.ts";

/**
 * Why a request is refused, for the log; null = it is Slack's and came for the first time. `away`:
 * it is Slack's, but whether it came before cannot be looked up, so nothing may be done for it.
 */
export type RequestCheck = (
  headers: IncomingHttpHeaders,
  body: Uint8Array,
) => Promise<string | { readonly away: unknown } | null>;

const tolerated = 300;

/**
 * Checks Slack's signature over the raw bytes in constant time, its timestamp (at most 300 s off in
 * either direction), and that the same request was not seen before. Bolt accepts repeats and
 * timestamps in the future. https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
export function createRequestCheck({
  secret,
  clock,
  store,
}: {
  readonly secret: string;
  readonly clock: Clock;
  readonly store: Pick<Store, "firstSight">;
}): RequestCheck {
  return async (headers, body) => {
    const signed = readHeaders(headers);
    if (typeof signed === "string") return signed;
    const { time, signature } = signed;
    const expected = createHmac("sha256", secret).update(`v0:${time}:`).update(body).digest();
    const given = Buffer.from(signature.slice(3), "hex");
    if (!timingSafeEqual(expected, given)) return "wrong signature";
    if (Math.abs(clock.now() / 1000 - Number(time)) > tolerated) return "its time is too far off";
    try {
      return (await store.firstSight(`slack:${signature}`)) ? null : "seen before";
    } catch (away) {
      return { away };
    }
  };
}

function readHeaders(
  headers: IncomingHttpHeaders,
): string | { readonly time: string; readonly signature: string } {
  const { "x-slack-request-timestamp": time, "x-slack-signature": signature } = headers;
  if (typeof time !== "string" || typeof signature !== "string") return "no signature";
  if (!/^\d{1,12}$/.test(time)) return "its time is no number";
  if (!/^v0=[0-9a-f]{64}$/.test(signature)) return "malformed signature";
  return headers["content-encoding"] === undefined ? { time, signature } : "content-encoding";
}
