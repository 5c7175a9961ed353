import type { Instant } from "../core/ids.ts";
import type { Source } from "../core/policy/model.ts";
import { eventIdentity } from "./cloudevents.ts";
import { claimOf, type Described } from "./described-signature.ts";
import { nameOf } from "./fields.ts";
import {
  type Claim,
  equalInConstantTime,
  type Hashing,
  type Headers,
  hashing,
  singleHeader,
  staleness,
} from "./proof.ts";
import { schemes } from "./vendor-signatures.ts";

/** Looks up the secret that a policy names as `env:NAME`; undefined if it is not set. */
export type SecretFor = (reference: string) => string | undefined;

/**
 * The result of a check. `identity` is the same for a repeated delivery, null if the sender gives
 * none. `because` is for our own log only; the sender just gets 401.
 */
export type Authenticated =
  | { readonly ok: true; readonly identity: string | null }
  | { readonly ok: false; readonly because: string };

/** The check of one delivery, while its body is being received. */
interface Checking {
  /** Why the headers alone suffice to refuse it; null = the body has to be read. */
  readonly refused: string | null;
  update(chunk: Uint8Array): void;
  /**
   * Called after all of the body has passed `update`. `kept` is the body, or only its beginning if
   * it was too large to keep.
   */
  end(kept: Uint8Array): Authenticated;
}

/**
 * Begins to authenticate a delivery. Secrets are compared in constant time; a source whose secret
 * is not set refuses everybody.
 */
export function checking(
  { auth }: Pick<Source, "auth">,
  {
    secretFor,
    headers,
    now,
  }: { readonly secretFor: SecretFor; readonly headers: Headers; readonly now: Instant },
): Checking {
  const proof = proofOf(auth, { secretFor, headers, now });
  if ("because" in proof)
    return { refused: proof.because, update: () => undefined, end: () => refused(proof.because) };
  return {
    refused: null,
    update: (chunk) => proof.hashing?.update(chunk),
    end: (kept) => {
      if (proof.hashing && !proof.hashing.matches()) return refused("no signature matches");
      const flaw = proof.flaw(kept);
      if (flaw !== null) return refused(flaw);
      return {
        ok: true,
        identity: proof.identity(kept) ?? eventIdentity(kept, vouchedFor(auth, headers)),
      };
    },
  };
}

/** The same for a body that is already complete. */
export function authenticate(
  source: Pick<Source, "auth">,
  {
    secretFor,
    headers,
    rawBody,
    now,
  }: {
    readonly secretFor: SecretFor;
    readonly headers: Headers;
    readonly rawBody: Uint8Array;
    readonly now: Instant;
  },
): Authenticated {
  const check = checking(source, { secretFor, headers, now });
  check.update(rawBody);
  return check.end(rawBody);
}

/**
 * The headers that may identify a delivery. If only the body is signed, none may: somebody who
 * captured a signed body could send it again with the id of the next delivery, which would then be
 * dropped as a duplicate.
 */
const vouchedFor = (auth: Source["auth"], headers: Headers): Headers =>
  "hmac" in auth || "signature" in auth ? {} : headers;

/** What remains to be checked after the headers. */
interface Proof {
  /** The signature check over the body; null if the headers alone prove it. */
  readonly hashing: Hashing | null;
  readonly flaw: (kept: Uint8Array) => string | null;
  /** The id that the sender gives the delivery; null = none. */
  readonly identity: (kept: Uint8Array) => string | null;
}

interface NotProven {
  readonly because: string;
}

const nothing = () => null;
const proven: Proof = { hashing: null, flaw: nothing, identity: nothing };

function proofOf(
  auth: Source["auth"],
  {
    secretFor,
    headers,
    now,
  }: { readonly secretFor: SecretFor; readonly headers: Headers; readonly now: Instant },
): Proof | NotProven {
  if ("bearer" in auth) return bearer(secretFor(auth.bearer), headers);
  if ("standardWebhooks" in auth)
    return standardWebhook(auth.standardWebhooks.map(secretFor), headers, now);
  if ("signature" in auth)
    return vendorSigned(auth.signature.of, {
      keys: keysOf(auth.signature.secrets, secretFor),
      headers,
      now,
    });
  if ("header" in auth)
    return ownHeader(auth.header.name, keysOf(auth.header.secrets, secretFor), headers);
  if ("basic" in auth)
    return basic(auth.basic.username, keysOf(auth.basic.secrets, secretFor), headers);
  return describedSignature(auth.hmac, {
    keys: keysOf(auth.hmac.secrets, secretFor),
    headers,
    now,
  });
}

const keysOf = (references: readonly string[], secretFor: SecretFor): readonly string[] =>
  references.flatMap((reference) => secretFor(reference) || []);

const refused = (because: string): Authenticated => ({ ok: false, because });
const notSet: NotProven = { because: "the source's secret is not set" };

function bearer(secret: string | undefined, headers: Headers): Proof | NotProven {
  if (!secret) return notSet;
  const [, token] = /^Bearer +([^\s]+)\s*$/i.exec(singleHeader(headers, "authorization")) ?? [];
  if (token === undefined) return { because: "no bearer token" };
  return equalInConstantTime(token, secret) ? proven : { because: "wrong bearer token" };
}

/** A secret in a custom header, for senders that can do nothing else. */
function ownHeader(name: string, secrets: readonly string[], headers: Headers): Proof | NotProven {
  if (secrets.length === 0) return notSet;
  const sent = singleHeader(headers, name);
  if (sent === "") return { because: `no ${name}` };
  // Every secret is compared, so that the duration does not reveal which one matched.
  const matches = secrets.map((secret) => equalInConstantTime(sent, secret));
  return matches.includes(true) ? proven : { because: `wrong ${name}` };
}

/**
 * HTTP basic authentication (RFC 7617), for senders that support nothing else. Name and password
 * are compared as one text, so that the duration does not reveal which of them is wrong.
 */
function basic(username: string, secrets: readonly string[], headers: Headers): Proof | NotProven {
  if (secrets.length === 0) return notSet;
  const [, encoded] =
    /^Basic +([A-Za-z0-9+/]{1,4000}={0,2})\s*$/i.exec(singleHeader(headers, "authorization")) ?? [];
  if (encoded === undefined) return { because: "no basic authentication" };
  const sent = Buffer.from(encoded, "base64").toString();
  const matches = secrets.map((secret) => equalInConstantTime(sent, `${username}:${secret}`));
  return matches.includes(true) ? proven : { because: "wrong user name or password" };
}

function vendorSigned(
  type: string,
  {
    keys,
    headers,
    now,
  }: { readonly keys: readonly string[]; readonly headers: Headers; readonly now: Instant },
): Proof | NotProven {
  const scheme = schemes.get(type);
  if (!scheme) return { because: `no signature of its own is known of ${type}` };
  const claim = scheme.claim(headers, now);
  if ("because" in claim) return claim;
  const flaw = (kept: Uint8Array) => scheme.flaw(headers, kept);
  return signed(claim, keys, { flaw, identity: scheme.identity });
}

function describedSignature(
  hmac: Described,
  {
    keys,
    headers,
    now,
  }: { readonly keys: readonly string[]; readonly headers: Headers; readonly now: Instant },
): Proof | NotProven {
  const claim = claimOf(hmac, headers, now);
  if ("because" in claim) return claim;
  return signed(claim, keys, { flaw: nothing, identity: () => claim.identity });
}

/**
 * Refuses at once, before the body is read, if there is no signature or no key to check it with.
 */
function signed(
  claim: Claim,
  keys: readonly (string | Buffer)[],
  rest: Pick<Proof, "flaw" | "identity">,
): Proof | NotProven {
  if (keys.length === 0) return notSet;
  if (claim.sent.length === 0) return { because: "no signature" };
  return { ...rest, hashing: hashing(claim, keys) };
}

/**
 * Standard Webhooks:
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * The library's `verify()` is not used: it decodes the body as text first, so a body with invalid
 * UTF-8 would not match its own signature; it needs the whole body at once; and it reads the
 * machine's clock.
 */
function standardWebhook(
  secrets: readonly (string | undefined)[],
  headers: Headers,
  now: Instant,
): Proof | NotProven {
  const id = singleHeader(headers, "webhook-id");
  const timestamp = singleHeader(headers, "webhook-timestamp");
  if (id === "") return { because: "no webhook-id" };
  const late = staleness("webhook-timestamp", timestamp, now);
  if (late) return { because: late };

  const keys = secrets.flatMap((secret) => webhookKey(secret ?? "") ?? []);
  const sent = singleHeader(headers, "webhook-signature")
    .split(" ")
    .flatMap((signature) => (signature.startsWith("v1,") ? [signature.slice(3)] : []));
  const claim: Claim = { sent, before: `${id}.${timestamp}.`, encoding: "base64" };
  return signed(claim, keys, { flaw: nothing, identity: () => nameOf(`wh:${id}`) });
}

/** The key bytes of a `whsec_…` secret (the prefix is optional); undefined if it is not base64. */
function webhookKey(secret: string): Buffer | undefined {
  const encoded = secret.startsWith("whsec_") ? secret.slice(6) : secret;
  if (encoded === "" || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined;
  return Buffer.from(encoded, "base64");
}
