import type { Instant } from "../core/ids.ts";
import type { Source } from "../core/policy/model.ts";
import { eventIdentity } from "./cloudevents.ts";
import { nameOf } from "./fields.ts";
import { type Claim, type Headers, isSigned, one, same, staleness } from "./proof.ts";
import { schemes } from "./vendor-signatures.ts";

/** The secret a policy names as `env:NAME`; undefined where there is none. */
export type SecretFor = (reference: string) => string | undefined;

/** `identity` names the delivery among its repeats. `because` is for our own log: a sender is told only 401. */
export type Authenticated =
  | { readonly ok: true; readonly identity: string | null }
  | { readonly ok: false; readonly because: string };

/** What there is to check. */
interface Delivery {
  readonly headers: Headers;
  readonly body: Uint8Array;
  readonly now: Instant;
}

/** Checks who sent these bytes. Compares in constant time, and refuses where a secret is not set. */
export const authenticate = (
  source: Pick<Source, "auth">,
  secretFor: SecretFor,
  headers: Headers,
  rawBody: Uint8Array,
  now: Instant,
): Authenticated => {
  const checked = proven(source.auth, secretFor, { headers, body: rawBody, now });
  if (!checked.ok || checked.identity !== null) return checked;
  return { ok: true, identity: eventIdentity(rawBody, vouchedFor(source.auth, headers)) };
};

/**
 * Where a sender signs the body alone, headers may be anybody's: who caught a signed body once could name it after the next
 * delivery, which would then be taken for its repeat and lost.
 */
const vouchedFor = (auth: Source["auth"], headers: Headers): Headers =>
  "hmac" in auth || "signature" in auth ? {} : headers;

const proven = (auth: Source["auth"], secretFor: SecretFor, delivery: Delivery): Authenticated => {
  if ("bearer" in auth) return bearer(secretFor(auth.bearer), delivery.headers);
  if ("standardWebhooks" in auth)
    return standardWebhook(auth.standardWebhooks.map(secretFor), delivery);
  if ("signature" in auth)
    return vendorSigned(auth.signature.of, keysOf(auth.signature.secrets, secretFor), delivery);
  if ("header" in auth)
    return ownHeader(auth.header.name, keysOf(auth.header.secrets, secretFor), delivery.headers);
  return bodySigned(auth.hmac, keysOf(auth.hmac.secrets, secretFor), delivery);
};

const keysOf = (references: readonly string[], secretFor: SecretFor): readonly string[] =>
  references.flatMap((reference) => secretFor(reference) || []);

const refused = (because: string): Authenticated => ({ ok: false, because });
const notSet = refused("the source's secret is not set");

const bearer = (secret: string | undefined, headers: Headers): Authenticated => {
  if (!secret) return notSet;
  const [, token] = /^Bearer +([^\s]+)\s*$/i.exec(one(headers, "authorization")) ?? [];
  if (token === undefined) return refused("no bearer token");
  return same(token, secret) ? { ok: true, identity: null } : refused("wrong bearer token");
};

/** For senders that can only be told to send a header of their own. */
const ownHeader = (name: string, secrets: readonly string[], headers: Headers): Authenticated => {
  if (secrets.length === 0) return notSet;
  const sent = one(headers, name);
  if (sent === "") return refused(`no ${name}`);
  // Every secret is tried, so that the time says nothing about which one matched.
  const matches = secrets.map((secret) => same(sent, secret));
  return matches.includes(true) ? { ok: true, identity: null } : refused(`wrong ${name}`);
};

const vendorSigned = (
  type: string,
  keys: readonly string[],
  { headers, body, now }: Delivery,
): Authenticated => {
  const scheme = schemes.get(type);
  if (!scheme) return refused(`no signature of its own is known of ${type}`);
  const claim = scheme.claim(headers, body, now);
  if ("because" in claim) return refused(claim.because);
  return signed(claim, keys, body, () => scheme.identity(body));
};

type Hmac = Extract<Source["auth"], { readonly hmac: unknown }>["hmac"];

/** HMAC-SHA256 of the raw body in a header the policy names. It says nothing about when: a repeat is told by its meaning. */
const bodySigned = (
  { name, prefix, encoding }: Hmac,
  keys: readonly string[],
  { headers, body }: Delivery,
): Authenticated => {
  const sent = one(headers, name);
  if (!sent.startsWith(prefix)) return refused(`${name} does not begin with ${prefix}`);
  const rest = sent.slice(prefix.length);
  const signature = encoding === "hex" ? rest.toLowerCase() : rest;
  return signed({ sent: [signature], before: "", encoding }, keys, body, () => null);
};

const signed = (
  claim: Claim,
  keys: readonly (string | Buffer)[],
  body: Uint8Array,
  identity: () => string | null,
): Authenticated => {
  if (keys.length === 0) return notSet;
  return isSigned(claim, keys, body)
    ? { ok: true, identity: identity() }
    : refused("no signature matches");
};

/**
 * Standard Webhooks: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * Not by the library's verify(): it turns the body into text first, so that a body with invalid UTF-8 would not match its own
 * signature, and it reads the machine's clock.
 */
const standardWebhook = (
  secrets: readonly (string | undefined)[],
  { headers, body, now }: Delivery,
): Authenticated => {
  const id = one(headers, "webhook-id");
  const timestamp = one(headers, "webhook-timestamp");
  if (id === "") return refused("no webhook-id");
  const late = staleness("webhook-timestamp", timestamp, now);
  if (late) return refused(late);

  const keys = secrets.flatMap((secret) => webhookKey(secret ?? "") ?? []);
  const sent = one(headers, "webhook-signature")
    .split(" ")
    .flatMap((one) => (one.startsWith("v1,") ? [one.slice(3)] : []));
  const claim: Claim = { sent, before: `${id}.${timestamp}.`, encoding: "base64" };
  return signed(claim, keys, body, () => nameOf(`wh:${id}`));
};

/** The key bytes of a `whsec_…` secret (the prefix may be missing), or undefined where it is no base64. */
const webhookKey = (secret: string): Buffer | undefined => {
  const encoded = secret.startsWith("whsec_") ? secret.slice(6) : secret;
  if (encoded === "" || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined;
  return Buffer.from(encoded, "base64");
};
