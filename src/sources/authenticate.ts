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

/** The secret a policy names as `env:NAME`; undefined where there is none. */
export type SecretFor = (reference: string) => string | undefined;

/**
 * `identity` names the delivery among its repeats. `because` is for our own log: a sender is told
 * only 401.
 */
export type Authenticated =
  | { readonly ok: true; readonly identity: string | null }
  | { readonly ok: false; readonly because: string };

/** A sender being checked while its body streams in. */
interface Checking {
  /**
   * Why no body can help: the headers alone are refused. Null = the body decides, or nothing more
   * is asked.
   */
  readonly refused: string | null;
  update(chunk: Uint8Array): void;
  /**
   * Once all of the body has passed `update`. `kept` is the body, or its beginning where that was
   * too large to be kept.
   */
  end(kept: Uint8Array): Authenticated;
}

/**
 * Begins to check who sends something. Compares in constant time, and refuses where a secret is not
 * set.
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

/** The same of a body that is there as a whole. */
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
 * Where a sender signs the body alone, headers may be anybody's: who caught a signed body once
 * could name it after the next delivery, which would then be taken for its repeat and lost.
 */
const vouchedFor = (auth: Source["auth"], headers: Headers): Headers =>
  "hmac" in auth || "signature" in auth ? {} : headers;

/** What is left to be proven once the headers are read. */
interface Proof {
  /** Null where the headers have proven it. */
  readonly hashing: Hashing | null;
  readonly flaw: (kept: Uint8Array) => string | null;
  /** What the sender itself calls this delivery. */
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

/** For senders that can only be told to send a header of their own. */
function ownHeader(name: string, secrets: readonly string[], headers: Headers): Proof | NotProven {
  if (secrets.length === 0) return notSet;
  const sent = singleHeader(headers, name);
  if (sent === "") return { because: `no ${name}` };
  // Every secret is tried, so that the time says nothing about which one matched.
  const matches = secrets.map((secret) => equalInConstantTime(sent, secret));
  return matches.includes(true) ? proven : { because: `wrong ${name}` };
}

/**
 * HTTP basic authentication, for senders that can be given nothing else (RFC 7617). Name and
 * password are compared as one text, so that the time says nothing about which of them is wrong.
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
 * A claim without any signature, or without a key to check it with, needs no body to be refused.
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
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md Not by
 * the library's verify(): it turns the body into text first, so that a body with invalid UTF-8
 * would not match its own signature, it wants all of the body at once, and it reads the machine's
 * clock.
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

/**
 * The key bytes of a `whsec_…` secret (the prefix may be missing), or undefined where it is no
 * base64.
 */
function webhookKey(secret: string): Buffer | undefined {
  const encoded = secret.startsWith("whsec_") ? secret.slice(6) : secret;
  if (encoded === "" || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined;
  return Buffer.from(encoded, "base64");
}
