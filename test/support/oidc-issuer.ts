import { createHash, createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/**
 * An OpenID Connect issuer that speaks the real protocol over HTTP, honestly unless told otherwise.
 * Whoever comes is `who` and is sent back at once.
 */

export const clientId = "holdpoint-console";
export const clientSecret = "oidc-client-secret-for-tests-0123456789";

export type Claims = Readonly<Record<string, unknown>>;

/** What the issuer does otherwise than it should. */
export interface Hostile {
  /** Claims in place of the honest ones; undefined = left out. */
  readonly claims?: Claims;
  /** Signs otherwise. */
  readonly alg?: "none" | "HS256 secret" | "HS256 key" | "other key";
  /** What the token endpoint answers in place of tokens. */
  readonly token?: { readonly status: number; readonly body: string };
  /** Never answers at these paths. */
  readonly silent?: RegExp;
  /** Answers there without an end. */
  readonly endless?: RegExp;
  /** Parts of the description otherwise. */
  readonly described?: Claims;
  /** Takes a code again and again. */
  readonly repeats?: boolean;
  /** Redirects there. */
  readonly elsewhere?: RegExp;
}

export interface Issuer {
  readonly url: string;
  /** Whom it vouches for: claims besides those of the protocol. */
  who: Claims;
  hostile: Hostile;
  /** The paths that were asked for. */
  readonly asked: string[];
  /** The ID tokens, codes and access tokens that it gave. */
  readonly secrets: string[];
  /** What whoever is sent there comes back with: our address with a query. */
  visit(address: string): Promise<string>;
  close(): Promise<void>;
}

interface Code {
  readonly nonce: string;
  readonly challenge: string;
  readonly redirect: string;
}

function isFor(code: Code, form: Readonly<Record<string, string>>): boolean {
  const challenge = createHash("sha256").update(String(form["code_verifier"]));
  return challenge.digest("base64url") === code.challenge && form["redirect_uri"] === code.redirect;
}

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Made once: each takes a moment. */
const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
const other = generateKeyPairSync("rsa", { modulusLength: 2048 });

export async function startIssuer(): Promise<Issuer> {
  const codes = new Map<string, Code>();
  const asked: string[] = [];
  const secrets: string[] = [];
  let count = 0;
  const secret = (what: string): string => {
    count += 1;
    const made = `${what}-${count}-${createHash("sha256").update(`${what}${count}`).digest("hex")}`;
    secrets.push(made);
    return made;
  };

  const idToken = (nonce: string): string => {
    const now = Math.floor(Date.now() / 1000);
    const honest = { iss: issuer.url, aud: clientId, iat: now, exp: now + 300, nonce };
    const claims = { ...honest, ...issuer.who, ...issuer.hostile.claims };
    const token = signed(claims, issuer.hostile.alg, { own: pair, other: other.privateKey });
    secrets.push(token);
    return token;
  };

  const authorize = (query: URLSearchParams, response: ServerResponse): void => {
    const code = secret("code");
    const redirect = query.get("redirect_uri") ?? "";
    codes.set(code, {
      nonce: query.get("nonce") ?? "",
      challenge: query.get("code_challenge") ?? "",
      redirect,
    });
    const back = new URL(redirect);
    back.searchParams.set("code", code);
    back.searchParams.set("state", query.get("state") ?? "");
    response.writeHead(302, { location: back.href }).end();
  };

  const exchange = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const form = Object.fromEntries(new URLSearchParams(await bodyOf(request)));
    const { token } = issuer.hostile;
    if (token) return void response.writeHead(token.status, jsonType).end(token.body);
    if (form["client_id"] !== clientId || form["client_secret"] !== clientSecret)
      return json(response, 401, { error: "invalid_client" });
    const code = codes.get(String(form["code"]));
    if (!issuer.hostile.repeats) codes.delete(String(form["code"]));
    if (!code || !isFor(code, form)) return json(response, 400, { error: "invalid_grant" });
    const access = secret("access");
    json(response, 200, {
      access_token: access,
      token_type: "Bearer",
      id_token: idToken(code.nonce),
    });
  };

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", issuer.url);
    const { described } = issuer.hostile;
    asked.push(pathname);
    if (isHostile(issuer, pathname, response)) return;
    if (pathname === "/.well-known/openid-configuration")
      return json(response, 200, { ...description(issuer.url), ...described });
    if (pathname === "/jwks") {
      const jwk = pair.publicKey.export({ format: "jwk" });
      return json(response, 200, { keys: [{ ...jwk, kid: "k1", use: "sig", alg: "RS256" }] });
    }
    if (pathname === "/authorize") return authorize(searchParams, response);
    if (pathname === "/token") return void exchange(request, response);
    json(response, 404, {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const issuer: Issuer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    who: { sub: "sub-chidi" },
    hostile: {},
    asked,
    secrets,
    visit: async (address) => {
      const answer = await fetch(address, { redirect: "manual" });
      return answer.headers.get("location") ?? "";
    },
    close,
  };
  onTestFinished(close);
  return issuer;
}

/** Answers otherwise than an issuer should, where it was told to. */
function isHostile(
  { hostile, url }: Pick<Issuer, "hostile" | "url">,
  path: string,
  response: ServerResponse,
): boolean {
  const { silent, endless, elsewhere } = hostile;
  if (elsewhere?.test(path)) response.writeHead(302, { location: `${url}/there` }).end();
  else if (endless?.test(path)) pour(response);
  else return silent?.test(path) === true;
  return true;
}

const description = (url: string): Claims => ({
  issuer: url,
  authorization_endpoint: `${url}/authorize`,
  token_endpoint: `${url}/token`,
  jwks_uri: `${url}/jwks`,
  response_types_supported: ["code"],
  subject_types_supported: ["public"],
  id_token_signing_alg_values_supported: ["RS256", "HS256", "none"],
  token_endpoint_auth_methods_supported: ["client_secret_post"],
});

const jsonType = { "content-type": "application/json" };

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, jsonType).end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** More and more of a JSON text, until the other side hangs up. */
function pour(response: ServerResponse): void {
  response.writeHead(200, jsonType).write('{"keys":["');
  const more = (): void => {
    while (!response.destroyed && response.write("a".repeat(65_536)));
    if (!response.destroyed) response.once("drain", more);
  };
  more();
}

function signed(
  claims: Claims,
  alg: Hostile["alg"],
  keys: {
    readonly own: { readonly privateKey: KeyObject; readonly publicKey: KeyObject };
    readonly other: KeyObject;
  },
): string {
  const name = alg === undefined || alg === "other key" ? "RS256" : (alg.split(" ")[0] ?? "");
  const body = `${base64({ alg: name, kid: "k1", typ: "JWT" })}.${base64(claims)}`;
  if (alg === "none") return `${body}.`;
  if (name === "HS256") {
    const pem = keys.own.publicKey.export({ format: "pem", type: "spki" });
    const shared = alg === "HS256 secret" ? clientSecret : pem;
    return `${body}.${createHmac("sha256", shared).update(body).digest("base64url")}`;
  }
  const key = alg === "other key" ? keys.other : keys.own.privateKey;
  return `${body}.${sign("sha256", Buffer.from(body), key).toString("base64url")}`;
}
