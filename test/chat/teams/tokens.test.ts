import { createHmac, generateKeyPairSync } from "node:crypto";
import Fastify, { type FastifyInstance } from "fastify";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { Invocation } from "../../../src/app/ports.ts";
import { createBot } from "../../../src/chat/teams/bot.ts";
import { registerTeams } from "../../../src/chat/teams/inbound/endpoint.ts";
import {
  accountFor,
  appId,
  botAccount,
  type Json,
  startTeamsServer,
  type TeamsServer,
  tenant,
} from "../../support/teams-server.ts";
import { endpointParts } from "./endpoint-world.ts";

/**
 * Who may speak to /api/messages: Microsoft's own checks, run against keys on this machine, and
 * ours before and after them.
 */

const part = (json: Json): string => Buffer.from(JSON.stringify(json)).toString("base64url");

let teams: TeamsServer;
let app: FastifyInstance;
let url: string;
let done: Invocation[];
let logged: string[];

async function open(how: Partial<Parameters<typeof createBot>[0]> = {}): Promise<void> {
  app = Fastify({ forceCloseConnections: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, next) => next(null, body));
  const bot = createBot({
    appId,
    password: "secret",
    tenantId: tenant,
    type: "SingleTenant",
    anonymous: false,
    cloud: teams.cloud,
    timeout: 2_000,
    ...how,
  });
  registerTeams(app, endpointParts({ bot, done, logged, anonymous: how.anonymous ?? false }));
  url = await app.listen({ port: 0, host: "127.0.0.1" });
  onTestFinished(() => app.close());
}

beforeEach(async () => {
  teams = await startTeamsServer();
  done = [];
  logged = [];
  await open();
});

function activity(more: Json = {}): Json {
  const { id, aad } = accountFor("chidi");
  return {
    type: "message",
    id: "1",
    channelId: "msteams",
    serviceUrl: teams.serviceUrl,
    from: { id, aadObjectId: aad },
    recipient: botAccount,
    text: "pause assistant-prod",
    conversation: { id: "a:chidi", conversationType: "personal", tenantId: tenant },
    ...more,
  };
}

const post = (
  body: Json | string,
  authorization: string | null,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> =>
  fetch(`${url}/api/messages`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(authorization === null ? {} : { authorization }),
      ...headers,
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

const now = (): number => Math.floor(Date.now() / 1000);
const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;

const unsigned = (header: Json, claims: Json): string => `${part(header)}.${part(claims)}.`;
const usual = (): Json => ({
  iss: "https://api.botframework.com",
  aud: appId,
  serviceurl: teams.serviceUrl,
  nbf: now() - 60,
  exp: now() + 600,
});

/** A token that somebody else made, and what is wrong with it. */
const badTokens: readonly (readonly [string, () => string | null])[] = [
  ["there is none", () => null],
  ["it is empty", () => "Bearer "],
  ["it is no token", () => "Bearer something"],
  ["it is a password", () => `Basic ${Buffer.from("a:b").toString("base64")}`],
  ["it stands twice", () => `Bearer ${teams.token()} ${teams.token()}`],
  ["it has no scheme", () => teams.token()],
  ["its header is no JSON", () => `Bearer e30x.${part(usual())}.AAAA`],
  ["it is not signed (alg none)", () => `Bearer ${unsigned({ alg: "none" }, usual())}`],
  [
    "it says none and has a signature",
    () => `Bearer ${unsigned({ alg: "none", kid: "k1" }, usual())}AAAA`,
  ],
  [
    "it is signed with a shared word (HS256)",
    () => {
      const text = `${part({ alg: "HS256", typ: "JWT", kid: "k1" })}.${part(usual())}`;
      return `Bearer ${text}.${createHmac("sha256", "k1").update(text).digest("base64url")}`;
    },
  ],
  [
    "it says HS256 over an RSA signature",
    () => `Bearer ${teams.token({}, { header: { alg: "HS256" } })}`,
  ],
  [
    "it is for another bot",
    () => `Bearer ${teams.token({ aud: "99999999-0000-4000-8000-000000000009" })}`,
  ],
  ["it is for nobody", () => `Bearer ${teams.token({ aud: "" })}`],
  ["its audience is a list", () => `Bearer ${teams.token({ aud: ["x", "y"] })}`],
  [
    "an emulator has it, for our own app id",
    () =>
      `Bearer ${teams.token({
        iss: `https://sts.windows.net/${tenant}/`,
        ver: "1.0",
        appid: appId,
      })}`,
  ],
  [
    "another bot has it, for our own app id",
    () =>
      `Bearer ${teams.token({
        iss: `https://login.microsoftonline.com/${tenant}/v2.0`,
        ver: "2.0",
        azp: "other",
      })}`,
  ],
  [
    "somebody else issued it",
    () => `Bearer ${teams.token({ iss: "https://api.botframework.com.evil.example" })}`,
  ],
  ["nobody issued it", () => `Bearer ${teams.token({ iss: undefined })}`],
  ["it has expired", () => `Bearer ${teams.token({ nbf: now() - 7_200, exp: now() - 3_600 })}`],
  [
    "it is not valid yet",
    () => `Bearer ${teams.token({ nbf: now() + 3_600, exp: now() + 7_200 })}`,
  ],
  ["it names no service", () => `Bearer ${teams.token({ serviceurl: undefined })}`],
  [
    "it names another service",
    () => `Bearer ${teams.token({ serviceurl: "https://smba.evil.example/" })}`,
  ],
  ["another key signed it", () => `Bearer ${teams.token({}, { key: stranger })}`],
  ["its key is not known", () => `Bearer ${teams.token({}, { header: { kid: "k2" } })}`],
  ["it names no key", () => `Bearer ${teams.token({}, { header: { kid: undefined } })}`],
  [
    "its words were changed",
    () => {
      const [header = "", , signature = ""] = teams.token().split(".");
      return `Bearer ${header}.${part({ ...usual(), oid: "me" })}.${signature}`;
    },
  ],
  ["its signature is cut off", () => `Bearer ${teams.token().slice(0, -20)}`],
  ["it is endless", () => `Bearer ${"a".repeat(9_000)}.${"b".repeat(2_000)}.c`],
];

/** An activity with the right token that Teams would not send, and what it is answered. */
const badActivities: readonly (readonly [string, Json, 400 | 401 | 403])[] = [
  ["no service address", { serviceUrl: undefined }, 403],
  ["an empty service address", { serviceUrl: "" }, 403],
  ["a service address that is none", { serviceUrl: "not an address" }, 403],
  ["a service without TLS", { serviceUrl: "http://smba.trafficmanager.net/emea/" }, 403],
  ["a file as its service", { serviceUrl: "file:///etc/passwd" }, 403],
  [
    "another service than the token's",
    { serviceUrl: "https://smba.trafficmanager.net/emea/" },
    401,
  ],
  ["another channel", { channelId: "webchat" }, 403],
  ["the emulator's channel", { channelId: "emulator" }, 403],
  ["no channel", { channelId: undefined }, 403],
  ["a channel that is an object", { channelId: { toString: "msteams" } }, 403],
  ["no type", { type: undefined }, 400],
  ["a type that is a list", { type: ["message"] }, 400],
];

describe("a token that is not the Bot Framework's is 401, and nothing is done:", () => {
  test.each(badTokens)("%s", async (_what, token) => {
    const response = await post(activity(), token());

    expect(response.status).toBe(401);
    expect(done).toEqual([]);
    expect(logged.join()).not.toContain("eyJ");
    expect(teams.calls).toEqual([]);
  });
});

describe("an activity Teams would not send is refused:", () => {
  test.each(badActivities)("%s", async (_what, more, status) => {
    const response = await post(activity(more), `Bearer ${teams.token()}`);

    expect(response.status).toBe(status);
    expect(done).toEqual([]);
    expect(teams.calls).toEqual([]);
  });

  test.each([
    ["no JSON", "{", {}],
    ["nothing", "", {}],
    ["a list", "[]", {}],
    ["a number", "1", {}],
    ["null", "null", {}],
    ["a form", "type=message", { "content-type": "application/x-www-form-urlencoded" }],
    ["text", JSON.stringify({ type: "message" }), { "content-type": "text/plain" }],
  ] as const)("a body that is %s is 400", async (_what, body, headers) => {
    const response = await post(body, `Bearer ${teams.token()}`, headers);

    expect(response.status).toBe(400);
    expect(done).toEqual([]);
  });

  test("a body that is too large is 413", async () => {
    const response = await post(activity({ text: "x".repeat(300_000) }), `Bearer ${teams.token()}`);

    expect(response.status).toBe(413);
  });
});

describe("whom the token vouches for is not yet somebody who decides:", () => {
  const said = async (more: Json): Promise<string> => {
    const response = await post(activity(more), `Bearer ${teams.token()}`);
    expect(response.status).toBe(200);
    const last = teams.messagesIn("a:chidi").at(-1);
    return JSON.stringify(last?.activity ?? {});
  };

  test("somebody of another tenant is told so, and where they are is not kept", async () => {
    const other = {
      id: "a:chidi",
      conversationType: "personal",
      tenantId: "22222222-0000-4000-8000-000000000002",
    };

    expect(await said({ conversation: other })).toContain("another organization");
    expect(done).toEqual([]);
  });

  test("a bot, which has no directory id, is told that people decide", async () => {
    expect(await said({ from: { id: "28:other-bot" } })).toContain("people decide here");
    expect(done).toEqual([]);
  });

  test("a guest may stop and nothing more", async () => {
    teams.says("chidi", { userRole: "guest" });

    expect(await said({ text: "resume assistant-prod because fine" })).toContain("guest");
    expect(done).toEqual([]);
  });

  test("where Teams does not say who somebody is, nothing widens and a stop counts", async () => {
    teams.fault = ({ path }) => (path.includes("/members/") ? { status: 500 } : null);

    expect(await said({ text: "resume assistant-prod because fine" })).toContain(
      "Teams does not confirm",
    );
    expect(done).toEqual([]);
    await said({ id: "2", text: "pause assistant-prod because bad" });
    expect(done.map(({ line }) => line)).toEqual(["pause assistant-prod because bad"]);
  });

  test("who speaks comes from the activity's sender, whatever a button says", async () => {
    const press = {
      kind: "act",
      line: "ack HP-1",
      version: 1,
      escalation: "HP-1",
      channel: "",
      form: null,
      actor: accountFor("dana").aad,
    };
    const { aad } = accountFor("erin");

    await post(
      activity({
        type: "invoke",
        name: "adaptiveCard/action",
        replyToId: "9",
        from: { id: "29:erin", aadObjectId: aad, name: "Chidi Lindt", role: "owner" },
        value: { action: { verb: "act", data: { holdpoint: press, from: { aadObjectId: "x" } } } },
      }),
      `Bearer ${teams.token()}`,
    );

    expect(done.map(({ speaker }) => speaker)).toEqual([
      { is: "account", account: { chat: "teams", id: aad } },
    ]);
  });
});

test("the good one is taken, and does what was asked once", async () => {
  const response = await post(activity(), `Bearer ${teams.token()}`);

  expect(response.status).toBe(200);
  expect(done.map(({ line, surface }) => [line, surface])).toEqual([
    ["pause assistant-prod", "teams"],
  ]);
});

test("a key that does not speak for Teams is 401", async () => {
  teams.endorsements = ["webchat", "directline"];

  expect((await post(activity(), `Bearer ${teams.token()}`)).status).toBe(401);
  expect(done).toEqual([]);
});

test("there is no bot without an id but on purpose, since the SDK would believe anybody", () => {
  const nobody = { appId: "", password: "", tenantId: "", type: "MultiTenant", timeout: 1 };

  expect(() => createBot({ ...nobody, anonymous: false, cloud: teams.cloud })).toThrow("anybody");
});

test("where the Bot Framework's keys are not to be had, it is 503 and nothing is done", async () => {
  teams.keysDown = true;

  const response = await post(activity(), `Bearer ${teams.token()}`);

  expect(response.status).toBe(503);
  expect(done).toEqual([]);
  expect(logged.join()).not.toContain("eyJ");
});

describe("without a token, for the local test client", () => {
  beforeEach(async () => {
    await app.close();
    const cloud = { ...teams.cloud, credentials: null };
    await open({ anonymous: true, appId: "", password: "", cloud });
  });

  test("an activity from this machine is taken", async () => {
    expect((await post(activity(), null)).status).toBe(200);
    expect(done).toHaveLength(1);
  });

  test("one whose service is elsewhere is not", async () => {
    const away = activity({ serviceUrl: "https://smba.trafficmanager.net/emea/" });

    expect((await post(away, null)).status).toBe(403);
    expect(done).toEqual([]);
  });
});
