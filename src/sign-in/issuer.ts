import * as openid from "openid-client";
import { type Clock, SendFault } from "../app/ports.ts";
import type { Instant, Millis } from "../core/ids.ts";
import type { SignInAccount } from "../core/people/person.ts";
import { accountIn, type IssuedAccount, scopes } from "./claims.ts";

/**
 * An OpenID Connect issuer: authorization code flow with PKCE, state and nonce, as a confidential
 * client. Only this file imports the library.
 */

export interface IssuerSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: () => string;
  readonly accounts: SignInAccount;
  /** Where the issuer sends people back to: an address of ours, without a query. */
  readonly callback: string;
  readonly fetch: (address: string, asked: openid.CustomFetchOptions) => Promise<Response>;
  readonly clock: Pick<Clock, "now">;
}

/** What belongs to one sign-in, known to the browser that began it alone. */
export interface Flow {
  readonly state: string;
  readonly nonce: string;
  /** PKCE's code verifier. */
  readonly verifier: string;
}

/** Why nobody is signed in. `code`: the issuer's own word for it, one of RFC 6749's form. */
export type NotVouched =
  | { readonly because: "declined"; readonly code: string }
  | { readonly because: "spent" }
  | { readonly because: "unreachable" | "rejected" | "invalid"; readonly fault: Error }
  | { readonly because: "unnamed" }
  | { readonly because: "busy" };

export interface Issuer {
  /** Where the browser goes next. */
  begin(flow: Flow): Promise<{ readonly url: string } | NotVouched>;
  /** Whom the issuer vouches for in its answer: the query with which it sent the browser back. */
  finish(flow: Flow, query: string): Promise<{ readonly vouched: IssuedAccount } | NotVouched>;
}

/** For how long an issuer's own description is used before it is asked for again. */
const described: Millis = 3_600_000;
/** After a failure the next question waits this long: whoever presses is answered from it. */
const failed: Millis = 5_000;
/** Sign-ins that are completed at the same time. */
const mostAtOnce = 20;

export function createIssuer(settings: IssuerSettings): Issuer {
  const configuration = createDescription(settings);
  let running = 0;
  const limited = async <T>(work: () => Promise<T>): Promise<T | NotVouched> => {
    if (running >= mostAtOnce) return { because: "busy" };
    running += 1;
    try {
      return await work();
    } catch (error) {
      return notVouched(error);
    } finally {
      running -= 1;
    }
  };
  return {
    begin: (flow) =>
      limited(async () => ({ url: await addressOf(await configuration(), settings, flow) })),
    finish: (flow, query) =>
      limited(async () => completed(await configuration(), settings, { flow, query })),
  };
}

async function addressOf(
  config: openid.Configuration,
  { accounts, callback }: IssuerSettings,
  { state, nonce, verifier }: Flow,
): Promise<string> {
  return openid.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope: scopes[accounts],
    state,
    nonce,
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  }).href;
}

async function completed(
  config: openid.Configuration,
  { callback, accounts }: IssuerSettings,
  { flow, query }: { readonly flow: Flow; readonly query: string },
): Promise<{ readonly vouched: IssuedAccount } | NotVouched> {
  const answer = new URL(`${callback}?${query}`);
  const tokens = await openid.authorizationCodeGrant(config, answer, {
    expectedState: flow.state,
    expectedNonce: flow.nonce,
    pkceCodeVerifier: flow.verifier,
    idTokenExpected: true,
  });
  const claims = tokens.claims();
  const vouched = claims ? accountIn(claims, accounts) : null;
  return vouched ? { vouched } : { because: "unnamed" };
}

/**
 * What the issuer says about itself, asked for when it is first needed, so that the server starts
 * without it; many who wait share one question.
 */
function createDescription(settings: IssuerSettings): () => Promise<openid.Configuration> {
  let asked: { readonly at: Instant; readonly answer: Promise<openid.Configuration> } | null = null;
  let lasts: Millis = 0;
  return async () => {
    const now = settings.clock.now();
    if (asked === null || now - asked.at >= lasts || now < asked.at) {
      const answer = discovered(settings);
      asked = { at: now, answer };
      lasts = described;
      answer.catch(() => {
        lasts = failed;
      });
    }
    return asked.answer;
  };
}

async function discovered(settings: IssuerSettings): Promise<openid.Configuration> {
  const { issuer, clientId, clientSecret, fetch } = settings;
  const insecure = issuer.startsWith("http:") ? [openid.allowInsecureRequests] : [];
  const secret = clientSecret();
  const authentication: openid.ClientAuth = (as, client, body, headers) => {
    const basic = !as.token_endpoint_auth_methods_supported?.includes("client_secret_post");
    const method = basic ? openid.ClientSecretBasic(secret) : openid.ClientSecretPost(secret);
    return method(as, client, body, headers);
  };
  return openid.discovery(
    new URL(issuer),
    clientId,
    { [openid.clockTolerance]: 60 },
    authentication,
    {
      [openid.customFetch]: fetch,
      // Without this the library believes an ID token that came over TLS, whatever its signature.
      execute: [openid.enableNonRepudiationChecks, ...insecure],
    },
  );
}

/** Codes of a token endpoint by which it refuses us, not whoever signs in (RFC 6749 §5.2). */
const aboutUs: ReadonlySet<string> = new Set([
  "invalid_client",
  "unauthorized_client",
  "unsupported_grant_type",
  "invalid_scope",
]);

/** Nothing of a token or a claim is in the fault, since it is logged. */
function notVouched(error: unknown): NotVouched {
  if (error instanceof openid.AuthorizationResponseError)
    return { because: "declined", code: codeOf(error.error) };
  if (error instanceof openid.ResponseBodyError) {
    const code = codeOf(error.error);
    return aboutUs.has(code)
      ? { because: "rejected", fault: new Error(`the issuer refuses Holdpoint itself: ${code}`) }
      : { because: "spent" };
  }
  const unreached = causes(error).find((cause) => cause instanceof SendFault);
  if (unreached) return { because: "unreachable", fault: new Error(unreached.message) };
  return { because: "invalid", fault: new Error(whyInvalid(error)) };
}

const codeOf = (code: string): string => (/^[a-z_]{1,40}$/.test(code) ? code : "an error");

function causes(error: unknown): readonly Error[] {
  if (!(error instanceof Error)) return [];
  return [error, ...causes(error.cause)];
}

/**
 * The library's own messages are fixed sentences. Others may quote what was received, and what it
 * compared is in the causes as objects: neither is repeated.
 */
function whyInvalid(error: unknown): string {
  const own = causes(error).filter(
    (cause) => "code" in cause && /^OAUTH_/.test(String(cause.code)),
  );
  const said = own.map(({ message }) => message).join(": ");
  return `the issuer's answer is not valid: ${said || "something in it cannot be read"}`;
}
