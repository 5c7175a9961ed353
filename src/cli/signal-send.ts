import { Webhook } from "standardwebhooks";
import type { Instant } from "../core/ids.ts";

/** One delivery to send, signed the way its source wants it. */
export interface SignalToSend {
  /** Where the server is, e.g. `http://127.0.0.1:3000`. */
  readonly url: string;
  readonly source: string;
  readonly auth: "bearer" | "standardWebhooks";
  readonly secret: string;
  readonly body: Uint8Array;
  /** See `contentTypeOf`. */
  readonly contentType: string;
  readonly now: Instant;
  /** `webhook-id`: the same id again is the same delivery. */
  readonly id: string;
}

/** What the server answered, or why it could not be asked. */
export type Sent =
  | {
      readonly ok: true;
      readonly delivery: string;
      readonly duplicate: boolean;
      readonly unmapped: string | null;
    }
  | { readonly ok: false; readonly because: string };

/**
 * Posts a body to a running server as its sender would. Signed by the Standard Webhooks library, which the server does not
 * use: each checks the other.
 */
export const signalSend = async (signal: SignalToSend): Promise<Sent> => {
  const address = new URL(`/webhooks/${encodeURIComponent(signal.source)}`, signal.url);
  try {
    const response = await fetch(address, {
      method: "POST",
      headers: { "content-type": signal.contentType, ...proof(signal) },
      body: signal.body,
      redirect: "error",
      signal: AbortSignal.timeout(30_000),
    });
    return answerOf(response.status, await response.json());
  } catch (error) {
    return { ok: false, because: `${address.origin} could not be asked: ${causeOf(error)}` };
  }
};

/** How a sample file is announced: a `specversion` inside makes it a CloudEvent. */
export const contentTypeOf = (body: Uint8Array): string =>
  Buffer.from(body).includes('"specversion"') ? "application/cloudevents+json" : "application/json";

const proof = ({ auth, secret, body, now, id }: SignalToSend): Record<string, string> => {
  if (auth === "bearer") return { authorization: `Bearer ${secret}` };
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now / 1000)),
    "webhook-signature": new Webhook(secret).sign(id, new Date(now), Buffer.from(body)),
  };
};

const answerOf = (status: number, body: unknown): Sent => {
  const text = (name: string): string | null => {
    const value: unknown = Object(body)[name];
    return typeof value === "string" ? value : null;
  };
  if (status !== 200 && status !== 202) {
    return { ok: false, because: `${status}: ${text("detail") ?? "no reason given"}` };
  }
  return {
    ok: true,
    delivery: text("delivery") ?? "",
    duplicate: status === 200,
    unmapped: text("unmapped"),
  };
};

/** Node's fetch says only "fetch failed"; why is in its cause. */
export const causeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.cause.name : error.message;
};
