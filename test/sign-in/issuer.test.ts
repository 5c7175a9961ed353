import { describe, expect, test } from "vitest";
import { limitedFetch } from "../../src/notify/limited-fetch.ts";
import { systemResolve } from "../../src/notify/post.ts";
import { createIssuer, type Flow } from "../../src/sign-in/issuer.ts";
import {
  type Claims,
  clientId,
  clientSecret,
  type Hostile,
  type Issuer,
  startIssuer,
} from "../support/oidc-issuer.ts";

const flow: Flow = {
  state: "state-of-this-browser",
  nonce: "nonce-of-this-browser",
  verifier: "verifier-of-this-browser-which-has-43-characters",
};
const callback = "https://holdpoint.example/sign-in/callback";

/** Short, since nobody waits for an honest answer here. */
const timeout = 500;

function ours(issuer: Issuer, secret = clientSecret) {
  let now = 0;
  const client = createIssuer({
    issuer: issuer.url,
    clientId,
    clientSecret: () => secret,
    accounts: "oidc",
    callback,
    fetch: limitedFetch({
      own: new URL(issuer.url),
      to: "the issuer",
      timeout,
      most: 100_000,
      resolve: systemResolve,
    }),
    clock: { now: () => now },
  });
  return {
    client,
    wait: (by: number): void => {
      now += by;
    },
  };
}

const queryOf = (address: string): string => address.split("?")[1] ?? "";

/** To the issuer and back, as a browser goes. */
async function round(issuer: Issuer, { client } = ours(issuer), sent = flow) {
  const begun = await client.begin(sent);
  if ("because" in begun) return begun;
  return client.finish(sent, queryOf(await issuer.visit(begun.url)));
}

test("whoever comes back from the issuer is whom it vouches for, by code, PKCE, state and nonce", async () => {
  const issuer = await startIssuer();
  const { client } = ours(issuer);
  const begun = await client.begin(flow);

  const { searchParams } = new URL("url" in begun ? begun.url : "");
  expect(Object.fromEntries(searchParams)).toMatchObject({
    client_id: clientId,
    response_type: "code",
    redirect_uri: callback,
    scope: "openid",
    state: flow.state,
    nonce: flow.nonce,
    code_challenge_method: "S256",
  });
  expect(searchParams.get("code_challenge")).not.toContain(flow.verifier);
  expect(await round(issuer)).toEqual({
    vouched: { account: "oidc", id: "sub-chidi", home: "", guest: false },
  });
});

const past = Math.floor(Date.now() / 1000) - 3_600;

describe("nobody is vouched for by", () => {
  test.each<[string, Hostile]>([
    ["a token without a signature", { alg: "none" }],
    ["a token signed with the client secret", { alg: "HS256 secret" }],
    ["a token signed with the public key as a secret", { alg: "HS256 key" }],
    ["a token signed with another key", { alg: "other key" }],
    ["a token that has expired", { claims: { exp: past, iat: past - 300 } }],
    ["a token without an end", { claims: { exp: undefined } }],
    ["a token for another client", { claims: { aud: "another" } }],
    ["a token for two clients, got by the other", { claims: { aud: [clientId, "x"], azp: "x" } }],
    ["a token of another issuer", { claims: { iss: "https://evil.example" } }],
    ["a token with another nonce", { claims: { nonce: "of-another-browser" } }],
    ["a token without a nonce", { claims: { nonce: undefined } }],
    ["a token without a subject", { claims: { sub: undefined } }],
    ["a token whose subject is no text", { claims: { sub: 7 } }],
    ["no token", { token: { status: 200, body: '{"access_token":"a","token_type":"Bearer"}' } }],
    ["an answer that is no JSON", { token: { status: 200, body: "sub-chidi" } }],
    ["an answer without an end", { endless: /token/ }],
    ["keys without an end", { endless: /jwks/ }],
    ["no answer", { silent: /token/ }],
    ["no keys", { silent: /jwks/ }],
    ["a redirect in place of tokens", { elsewhere: /token/ }],
    ["a refusal", { token: { status: 400, body: '{"error":"invalid_grant"}' } }],
    ["a failure", { token: { status: 500, body: "{}" } }],
    ["a description of another issuer", { described: { issuer: "https://evil.example" } }],
    ["a description without an end", { endless: /well-known/ }],
    ["no description", { silent: /well-known/ }],
    ["a token endpoint inside our network", { described: { token_endpoint: "https://10.0.0.1/" } }],
    ["keys at another port here", { described: { jwks_uri: "http://127.0.0.1:1/jwks" } }],
  ])("%s", async (_what, hostile) => {
    const issuer = await startIssuer();
    issuer.hostile = hostile;

    const finished = await round(issuer);

    expect(finished).toHaveProperty("because");
    expect(finished).not.toHaveProperty("vouched");
    const said = "fault" in finished ? String(finished.fault.stack) + JSON.stringify(finished) : "";
    for (const secret of [...issuer.secrets, clientSecret, "sub-chidi", flow.nonce])
      expect(said).not.toContain(secret);
    expect("fault" in finished ? finished.fault.cause : undefined).toBeUndefined();
  });

  test.each<[string, Claims, string]>([
    ["another state", { state: "of-another-browser" }, "invalid"],
    ["no state", { state: "" }, "invalid"],
    ["a code of somebody else", { code: "code-1" }, "spent"],
    ["no code", { code: "" }, "invalid"],
  ])("an answer with %s", async (_what, parts, because) => {
    const issuer = await startIssuer();
    const { client } = ours(issuer);
    const begun = await client.begin(flow);
    const query = new URLSearchParams(queryOf(await issuer.visit("url" in begun ? begun.url : "")));
    for (const [name, value] of Object.entries(parts))
      if (value === "") query.delete(name);
      else query.set(name, String(value));

    expect(await client.finish(flow, query.toString())).toMatchObject({ because });
  });

  test("two states in one answer, a code used twice, and a code got by another browser", async () => {
    const issuer = await startIssuer();
    const { client } = ours(issuer);
    const begun = await client.begin(flow);
    const there = async () => queryOf(await issuer.visit("url" in begun ? begun.url : ""));
    const query = await there();

    expect(await client.finish(flow, `${query}&state=x`)).toMatchObject({ because: "invalid" });
    expect(await client.finish(flow, query)).toHaveProperty("vouched");
    expect(await client.finish(flow, query)).toMatchObject({ because: "spent" });
    const other = { ...flow, verifier: "verifier-of-another-browser-with-43-characters" };
    expect(await client.finish(other, await there())).toMatchObject({ because: "spent" });
  });
});

test("an issuer that refuses whoever signs in says so by a code, and nothing else of its text", async () => {
  const { client } = ours(await startIssuer());
  const error = (code: string) =>
    client.finish(flow, `state=${flow.state}&error=${code}&error_description=<b>call+0900</b>`);

  expect(await error("access_denied")).toEqual({ because: "declined", code: "access_denied" });
  expect(await error("%3Cscript%3E")).toEqual({ because: "declined", code: "an error" });
});

test("a wrong client secret is said to be ours to mend", async () => {
  const issuer = await startIssuer();

  expect(await round(issuer, ours(issuer, "another-secret-0123456789"))).toMatchObject({
    because: "rejected",
    fault: { message: "the issuer refuses Holdpoint itself: invalid_client" },
  });
});

test("an issuer that was away is asked again, not for each press, and found when it is back", async () => {
  const issuer = await startIssuer();
  const mine = ours(issuer);
  issuer.hostile = { silent: /./ };
  const presses = await Promise.all([1, 2, 3].map(() => mine.client.begin(flow)));
  issuer.hostile = {};

  for (const press of presses) expect(press).toMatchObject({ because: "unreachable" });
  expect(await mine.client.begin(flow)).toMatchObject({ because: "unreachable" });
  expect(issuer.asked).toEqual(["/.well-known/openid-configuration"]);
  mine.wait(6_000);
  expect(await mine.client.begin(flow)).toHaveProperty("url");
});

test("more than twenty at the same time are told so", async () => {
  const issuer = await startIssuer();
  issuer.hostile = { silent: /./ };
  const { client } = ours(issuer);

  const presses = await Promise.all(Array.from({ length: 25 }, () => client.begin(flow)));

  expect(presses.filter((press) => "because" in press && press.because === "busy")).toHaveLength(5);
});
