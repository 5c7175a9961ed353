import { expect, test } from "vitest";
import type { SignIn, SignInFlow } from "../../../src/console/ports.ts";
import { makeWorld } from "./world.ts";

/** An issuer that lets in whoever comes back with the state it was given. */
function issuer() {
  const flows: SignInFlow[] = [];
  const signIn: SignIn = {
    name: "Slack",
    begin: async (flow) => {
      flows.push(flow);
      return { url: "https://issuer.example/authorize" };
    },
    finish: async (flow, query) =>
      new URLSearchParams(query).get("state") === flow.state
        ? { token: "s_bob", expires: Date.parse("2030-01-01T00:00:00Z") }
        : { because: "another state" },
  };
  return { flows, signIn };
}

const cookiesOf = (headers: { readonly "set-cookie"?: string | string[] | undefined }) =>
  [headers["set-cookie"] ?? []].flat();

async function begun(publicUrl: string) {
  const { flows, signIn } = issuer();
  const world = await makeWorld({ demoMode: false, publicUrl, signIn });
  const started = await world.app.inject("/sign-in?to=/log");
  const [cookie = ""] = cookiesOf(started.headers);
  return { world, flows, started, cookie };
}

test("a flow is a cookie of ten minutes of this host alone, and holds none of what follows from it", async () => {
  const { flows, started, cookie } = await begun("https://holdpoint.example");
  const [flow] = flows;

  expect(started).toMatchObject({
    statusCode: 303,
    headers: { location: "https://issuer.example/authorize" },
  });
  expect(cookie).toMatch(
    /^__Host-holdpoint_sign_in=[\w.-]+; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax; Secure$/,
  );
  const secrets = [flow?.state, flow?.nonce, flow?.verifier].map(String);
  expect(new Set(secrets).size).toBe(3);
  for (const secret of secrets) {
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(cookie).not.toContain(secret);
  }
});

test("two who begin at the same moment have nothing in common", async () => {
  const { world, flows } = await begun("http://127.0.0.1:3000");
  await world.app.inject("/sign-in");

  const [first, second] = flows.map((flow) => Object.values(flow));
  expect(first?.filter((part) => second?.includes(part))).toEqual([]);
});

test("whoever comes back is in, by a cookie that no other site can send, and the flow is gone", async () => {
  const { world, flows, cookie } = await begun("https://holdpoint.example");
  const url = `/sign-in/callback?code=c&state=${flows[0]?.state}`;
  const headers = { cookie: cookie.split(";")[0] ?? "" };

  const entered = await world.app.inject({ url, headers });

  expect(entered.statusCode).toBe(200);
  expect(entered.headers["refresh"]).toBe("0; url=/log");
  expect(cookiesOf(entered.headers)).toEqual([
    expect.stringMatching(/^__Host-holdpoint_sign_in=; Path=\/; Max-Age=0;/),
    expect.stringMatching(/^__Host-holdpoint_session=s_bob; .*HttpOnly; SameSite=Strict; Secure$/),
  ]);
});

test.each<[string, (cookie: string) => string]>([
  ["no cookie", () => ""],
  [
    "a cookie with another page in it",
    (cookie) => cookie.replace(/\.[\w-]+\.([\w-]+)$/, ".L3g.$1"),
  ],
  ["a cookie with another time in it", (cookie) => cookie.replace(/=\w+\./, "=zzzzzzzz.")],
  ["a cookie with a longer end", (cookie) => `${cookie}.x`],
  ["a cookie without its end", (cookie) => cookie.replace(/\.[\w-]+$/, "")],
  ["half of a pair", (cookie) => cookie.slice(0, 40)],
])("with %s nobody is let in, and the issuer is not asked", async (_what, change) => {
  const { world, flows, cookie } = await begun("https://holdpoint.example");
  const headers = { cookie: change(cookie.split(";")[0] ?? "") };

  const refused = await world.app.inject({
    url: `/sign-in/callback?code=c&state=${flows[0]?.state}`,
    headers,
  });

  expect(refused.statusCode).toBe(400);
  expect(refused.body).toContain("was not begun in this browser");
  expect(cookiesOf(refused.headers).join()).not.toContain("session");
});

test("without an issuer there is no such address, and no such button", async () => {
  const world = await makeWorld({ demoMode: false });

  expect((await world.app.inject("/sign-in")).statusCode).toBe(404);
  expect((await world.app.inject("/sign-in/callback?code=c")).statusCode).toBe(404);
  expect((await world.app.inject("/")).body).not.toContain("/sign-in");
});

test.each([
  ["/history?page=1", "/history?page=1"],
  ["/escalations/HP-7/record", "/escalations/HP-7/record"],
  ["/history.csv", ""],
  ["/events", ""],
])(
  "what was asked for without a session, %s, is where a link leads afterwards: %s",
  async (url, to) => {
    const { signIn } = issuer();
    const world = await makeWorld({ demoMode: false, signIn });

    const refused = await world.app.inject(url);

    const kept = cookiesOf(refused.headers).map((cookie) => cookie.split(";")[0]);
    expect(kept).toEqual(to === "" ? [] : [`holdpoint_to=${encodeURIComponent(to)}`]);
  },
);

test("a page that was sent as a form is not remembered", async () => {
  const world = await makeWorld({ demoMode: false });

  const refused = await world.app.inject({ method: "POST", url: "/say" });

  expect(refused.statusCode).toBe(401);
  expect(cookiesOf(refused.headers)).toEqual([]);
});
