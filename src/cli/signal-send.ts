import { createHmac } from "node:crypto";
import { z } from "zod";
import type { Instant, Millis } from "../core/ids.ts";
import type { SignedText, Source } from "../core/policy/model.ts";

/** How a sender authenticates: the kinds of `auth` in the policy, or its vendor's way. */
type Way =
  | "bearer"
  | "standardWebhooks"
  | (typeof vendors)[number]
  | { readonly username: string }
  /** A header with the secret itself, or, with an encoding, an HMAC after the prefix. */
  | {
      readonly header: string;
      readonly encoding: "hex" | "base64" | null;
      readonly prefix: string;
      /** What is signed; the body alone where this is absent. */
      readonly signed?: SignedText;
    };

const vendors = ["grafana", "langfuse", "pagerduty", "promptfoo"] as const;

/** The authentication of a source; undefined where none is known. */
export function wayOf(auth: Source["auth"]): Way | undefined {
  if ("bearer" in auth) return "bearer";
  if ("standardWebhooks" in auth) return "standardWebhooks";
  if ("signature" in auth) return vendors.find((vendor) => vendor === auth.signature.of);
  if ("header" in auth) return { header: auth.header.name, encoding: null, prefix: "" };
  if ("basic" in auth) return { username: auth.basic.username };
  const { name, encoding, prefix, signed } = auth.hmac;
  return { header: name, encoding, prefix, ...(signed ? { signed } : {}) };
}

/** A delivery to send, signed as its source requires. */
export interface SignalToSend {
  /** The server's address, e.g. `http://127.0.0.1:3000`. */
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

const told = z.object({
  kind: z.string(),
  status: z.string(),
  deployment: z.string(),
  suite: z.string(),
  scorer: z.string(),
  score: z.string(),
  metric: z.string(),
  reducer: z.string(),
  group: z.string(),
  samples: z.string(),
  value: z.number().nullable(),
  atLeast: z.number().nullable(),
  atMost: z.number().nullable(),
  meets: z.array(z.string()),
  counts: z.array(z.string()).default([]),
  unsure: z.array(z.string()),
  unmatched: z.boolean(),
  caveat: z.string(),
});

/** A signal of a delivery as the server understood it. */
export type UnderstoodSignal = z.infer<typeof told>;

const toldOfAll = z.object({ signals: z.number(), understood: z.array(told) });

/** The server's answer, or why it could not be called. */
export type Sent =
  | {
      readonly ok: true;
      readonly delivery: string;
      readonly duplicate: boolean;
      readonly unmapped: string | null;
      /**
       * The number of signals and the first of them, where the sender asked and the server told.
       */
      readonly signals: number | null;
      readonly understood: readonly UnderstoodSignal[];
    }
  | {
      readonly ok: false;
      readonly because: string;
      /** Whether a retry may succeed; the pause in milliseconds where the server asked for one. */
      readonly again: { readonly after: Millis | null } | null;
    };

/**
 * Posts a body unchanged to a running server, as its sender would. The signature is computed by
 * code that the server does not use, so each checks the other.
 */
export async function signalSend(signal: SignalToSend): Promise<Sent> {
  const address = new URL(`/webhooks/${encodeURIComponent(signal.source)}`, signal.url);
  try {
    const response = await fetch(address, {
      method: "POST",
      headers: {
        "content-type": signal.contentType,
        prefer: "return=representation",
        ...proof(signal),
      },
      body: signal.body,
      redirect: "error",
      signal: AbortSignal.timeout(30_000),
    });
    return answerOf(response, await response.json().catch(() => undefined), signal.now);
  } catch (error) {
    const because = `${address.origin} could not be reached: ${causeOf(error)}`;
    return { ok: false, because, again: { after: null } };
  }
}

/**
 * The content type of a sample file: with a `specversion` it is a CloudEvent, in a list a batch of
 * them.
 */
export function contentTypeOf(body: Uint8Array): string {
  const text = Buffer.from(body);
  if (!text.includes('"specversion"')) return "application/json";
  return /^\s*\[/.test(text.subarray(0, 100).toString())
    ? "application/cloudevents-batch+json"
    : "application/cloudevents+json";
}

function proof({ auth, secret, body, now, id }: SignalToSend): Record<string, string> {
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
        "webhook-signature": standardSignature(secret, `${id}.${seconds}.`, body),
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
      if ("username" in auth) return { authorization: basicOf(`${auth.username}:${secret}`) };
      if (!auth.encoding) return { [auth.header]: secret };
      return auth.signed
        ? signedHeaders(
            { ...auth, encoding: auth.encoding, signed: auth.signed },
            { secret, body, id, seconds },
          )
        : { [auth.header]: auth.prefix + mac("", auth.encoding) };
  }
}

const basicOf = (text: string): string => `Basic ${Buffer.from(text).toString("base64")}`;

function signedHeaders(
  way: {
    readonly header: string;
    readonly encoding: "hex" | "base64";
    readonly prefix: string;
    readonly signed: SignedText;
  },
  of: Pick<SignalToSend, "secret" | "body" | "id"> & { readonly seconds: string },
): Record<string, string> {
  const { header, encoding, prefix, signed } = way;
  const mac = createHmac("sha256", of.secret);
  for (const part of signed.parts) {
    if ("text" in part) mac.update(part.text);
    else mac.update({ id: of.id, timestamp: of.seconds, body: of.body }[part.of]);
  }
  return {
    [header]: prefix + mac.digest(encoding),
    ...(signed.id === "" ? {} : { [signed.id]: of.id }),
    ...(signed.timestamp === "" ? {} : { [signed.timestamp]: of.seconds }),
  };
}

/**
 * Computed here: the library decodes a body as text first, so one that is not UTF-8 would not match
 * its own signature.
 */
function standardSignature(secret: string, before: string, body: Uint8Array): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  return `v1,${createHmac("sha256", key).update(before).update(body).digest("base64")}`;
}

function answerOf({ status, headers }: Response, body: unknown, now: Instant): Sent {
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
    ...(toldOfAll.safeParse(body).data ?? { signals: null, understood: [] }),
  };
}

/** Retry-After: seconds or a date (RFC 9110 §10.2.3); null where it is neither. */
function retryAfter(headers: Headers, now: Instant): Millis | null {
  const said = headers.get("retry-after") ?? "";
  if (/^\d{1,9}$/.test(said)) return Number(said) * 1000;
  const at = Date.parse(said);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

/** Node's fetch only says "fetch failed"; the reason is in the cause. */
export function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.cause.name : error.message;
}
