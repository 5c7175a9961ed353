import { createHmac } from "node:crypto";
import { Webhook } from "standardwebhooks";
import type { Instant, Millis } from "../core/ids.ts";
import type { Source } from "../core/policy/model.ts";

/** How a sender proves who it is: by the names of `auth` in the policy, or in its own vendor's way. */
type Way =
  | "bearer"
  | "standardWebhooks"
  | (typeof vendors)[number]
  /** A header that carries the secret itself, or with an encoding the body's HMAC after the prefix. */
  | {
      readonly header: string;
      readonly encoding: "hex" | "base64" | null;
      readonly prefix: string;
    };

const vendors = ["grafana", "langfuse", "pagerduty", "promptfoo"] as const;

/** The way a source asks for; undefined where none is known. */
export const wayOf = (auth: Source["auth"]): Way | undefined => {
  if ("bearer" in auth) return "bearer";
  if ("standardWebhooks" in auth) return "standardWebhooks";
  if ("signature" in auth) return vendors.find((vendor) => vendor === auth.signature.of);
  if ("header" in auth) return { header: auth.header.name, encoding: null, prefix: "" };
  const { name, encoding, prefix } = auth.hmac;
  return { header: name, encoding, prefix };
};

/** One delivery to send, signed the way its source wants it. */
export interface SignalToSend {
  /** Where the server is, e.g. `http://127.0.0.1:3000`. */
  readonly url: string;
  readonly source: string;
  readonly auth: Way;
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
  | {
      readonly ok: false;
      readonly because: string;
      /** Whether the same again may be taken; a wait in milliseconds where the server asked for one. */
      readonly again: { readonly after: Millis | null } | null;
    };

/**
 * Posts a body to a running server as its sender would. Signed by the Standard Webhooks library and by lines of its own, which
 * the server does not use: each checks the other.
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
    return answerOf(response, await response.json().catch(() => undefined), signal.now);
  } catch (error) {
    const because = `${address.origin} could not be asked: ${causeOf(error)}`;
    return { ok: false, because, again: { after: null } };
  }
};

/** How a sample file is announced: a `specversion` inside makes it a CloudEvent, or in a list a batch of them. */
export const contentTypeOf = (body: Uint8Array): string => {
  const text = Buffer.from(body);
  if (!text.includes('"specversion"')) return "application/json";
  return /^\s*\[/.test(text.subarray(0, 100).toString())
    ? "application/cloudevents-batch+json"
    : "application/cloudevents+json";
};

const proof = ({ auth, secret, body, now, id }: SignalToSend): Record<string, string> => {
  const seconds = String(Math.floor(now / 1000));
  const mac = (before: string, encoding: "hex" | "base64" = "hex"): string =>
    createHmac("sha256", secret).update(before).update(body).digest(encoding);
  switch (auth) {
    case "bearer":
      return { authorization: `Bearer ${secret}` };
    case "standardWebhooks":
      return {
        "webhook-id": id,
        "webhook-timestamp": seconds,
        "webhook-signature": new Webhook(secret).sign(id, new Date(now), Buffer.from(body)),
      };
    case "grafana":
      return {
        "x-grafana-alerting-timestamp": seconds,
        "x-grafana-alerting-signature": mac(`${seconds}:`),
      };
    case "langfuse":
      return { "x-langfuse-signature": `t=${seconds},v1=${mac(`${seconds}.`)}` };
    case "pagerduty":
      return { "x-webhook-id": id, "x-pagerduty-signature": `v1=${mac("")}` };
    case "promptfoo":
      return { "x-promptfoo-signature": mac("") };
    default:
      return { [auth.header]: auth.encoding ? auth.prefix + mac("", auth.encoding) : secret };
  }
};

const answerOf = ({ status, headers }: Response, body: unknown, now: Instant): Sent => {
  const text = (name: string): string | null => {
    const value: unknown = Object(body)[name];
    return typeof value === "string" ? value : null;
  };
  if (status !== 200 && status !== 202) {
    const because = `${status}: ${text("detail") ?? "no reason given"}`;
    const again = status === 429 || status >= 500;
    return { ok: false, because, again: again ? { after: retryAfter(headers, now) } : null };
  }
  return {
    ok: true,
    delivery: text("delivery") ?? "",
    duplicate: status === 200,
    unmapped: text("unmapped"),
  };
};

/** Seconds or a date (RFC 9110 §10.2.3); null where there is neither. */
const retryAfter = (headers: Headers, now: Instant): Millis | null => {
  const said = headers.get("retry-after") ?? "";
  if (/^\d{1,9}$/.test(said)) return Number(said) * 1000;
  const at = Date.parse(said);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
};

/** Node's fetch says only "fetch failed"; why is in its cause. */
export const causeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.cause.name : error.message;
};
