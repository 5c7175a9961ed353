import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Instant } from "../core/ids.ts";
import type { Source } from "../core/policy/model.ts";
import { eventIdentity } from "./cloudevents.ts";
import { nameOf } from "./fields.ts";

/** Header names in lower case, as node:http gives them. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The secret a policy names as `env:NAME`; undefined where there is none. */
export type SecretFor = (reference: string) => string | undefined;

/** `identity` names the delivery among its repeats. `because` is for our own log: a sender is told only 401. */
export type Authenticated =
  | { readonly ok: true; readonly identity: string | null }
  | { readonly ok: false; readonly because: string };

/** How far a sender's clock may be off, either way. */
const toleranceSeconds = 300;

/** Checks who sent these bytes. Compares in constant time, and refuses where a secret is not set. */
export const authenticate = (
  source: Pick<Source, "auth">,
  secretFor: SecretFor,
  headers: Headers,
  rawBody: Uint8Array,
  now: Instant,
): Authenticated => {
  const checked =
    "bearer" in source.auth
      ? bearer(secretFor(source.auth.bearer), headers)
      : standardWebhook(source.auth.standardWebhooks.map(secretFor), headers, rawBody, now);
  if (!checked.ok || checked.identity !== null) return checked;
  return { ok: true, identity: eventIdentity(rawBody, one(headers, "content-type")) };
};

const bearer = (secret: string | undefined, headers: Headers): Authenticated => {
  if (!secret) return { ok: false, because: "the source's secret is not set" };
  const [, token] = /^Bearer +([^\s]+)\s*$/i.exec(one(headers, "authorization")) ?? [];
  if (token === undefined) return { ok: false, because: "no bearer token" };
  return same(token, secret)
    ? { ok: true, identity: null }
    : { ok: false, because: "wrong bearer token" };
};

/**
 * Standard Webhooks: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * Not by the library's verify(): it turns the body into text first, so that a body with invalid UTF-8 would not match its own
 * signature, and it reads the machine's clock.
 */
const standardWebhook = (
  secrets: readonly (string | undefined)[],
  headers: Headers,
  rawBody: Uint8Array,
  now: Instant,
): Authenticated => {
  const id = one(headers, "webhook-id");
  const timestamp = one(headers, "webhook-timestamp");
  if (id === "") return { ok: false, because: "no webhook-id" };
  const late = staleness(timestamp, now);
  if (late) return { ok: false, because: late };

  const keys = secrets.flatMap((secret) => webhookKey(secret ?? "") ?? []);
  if (keys.length === 0) return { ok: false, because: "the source's secret is not set" };
  const sent = one(headers, "webhook-signature").split(" ");
  // Every key is tried against every signature: how long it takes says nothing about which one matched.
  const matches = keys
    .map((key) => `v1,${signature(key, `${id}.${timestamp}.`, rawBody)}`)
    .flatMap((expected) => sent.map((candidate) => same(candidate, expected)));
  return matches.includes(true)
    ? { ok: true, identity: nameOf(`wh:${id}`) }
    : { ok: false, because: "no signature matches" };
};

const staleness = (timestamp: string, now: Instant): string | null => {
  if (!/^\d{1,12}$/.test(timestamp)) return "webhook-timestamp is not a number of seconds";
  const off = Math.floor(now / 1000) - Number(timestamp);
  if (Math.abs(off) <= toleranceSeconds) return null;
  return `webhook-timestamp is ${Math.abs(off)} s in the ${off > 0 ? "past" : "future"}`;
};

/** The key bytes of a `whsec_…` secret (the prefix may be missing), or undefined where it is no base64. */
const webhookKey = (secret: string): Buffer | undefined => {
  const encoded = secret.startsWith("whsec_") ? secret.slice(6) : secret;
  if (encoded === "" || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined;
  return Buffer.from(encoded, "base64");
};

const signature = (key: Buffer, prefix: string, body: Uint8Array): string =>
  createHmac("sha256", key).update(prefix).update(body).digest("base64");

/** Digests have one length, so timingSafeEqual tells nothing about the secret's. */
const same = (a: string, b: string): boolean => timingSafeEqual(sha256(a), sha256(b));

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();

const one = (headers: Headers, name: string): string => {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  return typeof value === "string" ? value : "";
};
