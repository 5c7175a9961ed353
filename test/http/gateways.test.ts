import { describe, expect, test } from "vitest";
import type { Applied, AppliedReport } from "../../src/app/ports.ts";
import { demoKey } from "../support/keys.ts";
import { broken, gateway, holding, narrowed, nothing, open, paused } from "./holding.ts";
import { demo, tokens } from "./start.ts";

/** What gateways ask before each request, over the real server. */

describe("/authz", () => {
  test.each([
    ["open", open, "", 200, "assistant-prod is open: full."],
    ["narrowed", narrowed, "", 200, "assistant-prod is narrowed: no-tools."],
    ["paused", paused, "", 403, "assistant-prod is paused."],
    ["open, and all of it needed", open, "?needs=full", 200, "assistant-prod is open: full."],
    [
      "narrowed to what is needed",
      narrowed,
      "?needs=no-tools",
      200,
      "assistant-prod is narrowed: no-tools.",
    ],
    [
      "narrowed, less needed",
      narrowed,
      "?needs=staff",
      200,
      "assistant-prod is narrowed: no-tools.",
    ],
    [
      "narrowed, more needed",
      narrowed,
      "?needs=full",
      403,
      "assistant-prod is narrowed to no-tools; this needs full.",
    ],
    ["paused, little needed", paused, "?needs=staff", 403, "assistant-prod is paused."],
    [
      "a scope nobody knows",
      open,
      "?needs=ful",
      403,
      '"ful" is no scope of assistant-prod; these are: full, no-tools, staff.',
    ],
    [
      "a scope called paused",
      open,
      "?needs=paused",
      403,
      '"paused" is no scope of assistant-prod; these are: full, no-tools, staff.',
    ],
    [
      "two scopes",
      open,
      "?needs=full&needs=staff",
      403,
      "Say `needs` once: the one scope that the request is part of.",
    ],
    [
      "a scope in force that the policy lost",
      { ...open, scope: "gone" },
      "?needs=staff",
      403,
      "assistant-prod is narrowed to gone; this needs staff.",
    ],
  ] as const)("%s", async (_name, posture, query, status, because) => {
    const { get } = await holding(posture);

    const answered = await get(`/authz/assistant-prod${query}`, gateway);

    expect(answered.status).toBe(status);
    const text = await answered.text();
    expect(status === 200 ? text.trim() : JSON.parse(text).detail).toBe(because);
  });

  test("names no person, and says the posture in headers a proxy may hand on", async () => {
    const { get } = await holding(paused);

    const answered = await get("/authz/assistant-prod", gateway);

    expect(
      Object.fromEntries([...answered.headers].filter(([name]) => name.startsWith("holdpoint"))),
    ).toEqual({
      "holdpoint-deployment": "assistant-prod",
      "holdpoint-state": "paused",
      "holdpoint-version": "3",
    });
    expect(await answered.text()).not.toContain("Chidi");
  });

  test("what no policy knows does not pass", async () => {
    const { get } = await holding(open);

    expect((await get("/authz/other", gateway)).status).toBe(403);
    expect((await get("/authz/__proto__", gateway)).status).toBe(403);
  });

  test("a posture that cannot be read is 503, and says to let nothing pass", async () => {
    const { get } = await holding(open, {
      reads: { ...(await nothing()), deployment: broken },
    });

    const answered = await get("/authz/assistant-prod", gateway);

    expect(answered.status).toBe(503);
    expect(answered.headers.get("holdpoint-state")).toBe("unknown");
  });

  test("a database that never answers is 503 too", async () => {
    const { get } = await holding(open, {
      reads: { ...(await nothing()), deployment: () => new Promise(() => {}) },
    });

    expect((await get("/authz/assistant-prod", gateway)).status).toBe(503);
  });

  test.each(["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])(
    "%s is asked about like any other, under any path",
    async (method) => {
      const { url } = await holding(paused);

      const answered = await fetch(`${url}/authz/assistant-prod/v1/chat/completions?stream=true`, {
        method,
        headers: gateway,
      });

      expect(answered.status).toBe(403);
    },
  );

  test("a client's own prompt is let by, whatever its size", async () => {
    const { url } = await holding(open);

    const answered = await fetch(`${url}/authz/assistant-prod`, {
      method: "POST",
      headers: { ...gateway, "content-type": "application/json" },
      body: "x".repeat(3 * 1024 * 1024),
    });

    expect(answered.status).toBe(200);
  });

  test.each([
    ["no token", {}, 401],
    ["a wrong token", { authorization: "Bearer nobody" }, 401],
    [
      "a client's own key beside the gateway's",
      { authorization: `Bearer ${tokens.gateway}`, "x-api-key": "sk-client" },
      200,
    ],
    [
      "the gateway's key beside a client's own token",
      { authorization: "Bearer sk-client", "x-api-key": tokens.gateway },
      200,
    ],
    [
      "a header that no client uses",
      {
        authorization: "Bearer sk-client",
        "x-api-key": "sk-client",
        "holdpoint-token": tokens.gateway,
      },
      200,
    ],
    ["an auditor", { authorization: `Bearer ${tokens.auditor}` }, 200],
  ] as const)("%s", async (_name, headers, status) => {
    const { get } = await holding(open);

    expect((await get("/authz/assistant-prod", { ...headers })).status).toBe(status);
  });

  test("asking with a name is a report, once for each posture, and nobody waits for it", async () => {
    const heard: AppliedReport[] = [];
    let record = (_applied: Applied): void => {};
    const recorded = new Promise<Applied>((resolve) => {
      record = resolve;
    });
    const { get, be } = await holding(open, {
      reports: {
        applied: async () => ({ is: "known", current: 1 }),
        asked: (said) => {
          heard.push(said);
          return recorded;
        },
      },
    });
    const ask = async () => (await get("/authz/assistant-prod?gateway=edge-1", gateway)).status;

    const first = [await ask(), await ask()];
    be(paused);
    const second = [await ask(), await ask()];

    record({ is: "recorded", current: 3 });
    expect([...first, ...second]).toEqual([200, 200, 403, 403]);
    expect(heard.map(({ gateway: name, version }) => [name, version])).toEqual([
      ["edge-1", 1],
      ["edge-1", 3],
    ]);
  });

  test("a confirmation that could not be recorded is made again at the next question, and said once a minute", async () => {
    let tries = 0;
    const { get, logged } = await holding(open, {
      reports: {
        applied: async () => ({ is: "known", current: 1 }),
        asked: async () => {
          tries += 1;
          throw new Error("no database");
        },
      },
    });

    await get("/authz/assistant-prod?gateway=edge-1", gateway);
    await get("/authz/assistant-prod?gateway=edge-1", gateway);

    expect(tries).toBe(2);
    expect(logged.map(({ message }) => message)).toEqual(["a confirmation was not recorded"]);
  });

  test.each(["gateway=", "gateway=Edge%201", "gateway=a&gateway=b", `gateway=${"e".repeat(64)}`])(
    "%s is no name of a gateway, and nothing passes",
    async (query) => {
      const { get } = await holding(open);

      expect((await get(`/authz/assistant-prod?${query}`, gateway)).status).toBe(403);
    },
  );

  test.each(["/?gateway=edge-2", "/v1/chat?gateway=edge-2&gateway=x", "/v1/chat?needs=nothing"])(
    "%s behind the name is what a client of the proxy wrote: it confirms and asks nothing",
    async (tail) => {
      const heard: AppliedReport[] = [];
      const { get } = await holding(open, {
        reports: {
          applied: async () => ({ is: "known", current: 1 }),
          asked: async (said) => {
            heard.push(said);
            return { is: "recorded", current: 1 };
          },
        },
      });

      const { status } = await get(`/authz/assistant-prod${tail}`, gateway);

      expect({ status, heard }).toEqual({ status: 200, heard: [] });
    },
  );

  test("demo mode opens pages, not gateways: a proxy hands on other people's requests", async () => {
    const { get } = await holding(open, { demo });

    const authorization = `Bearer ${demoKey}`;
    expect((await get("/v1/deployments", { authorization })).status).toBe(200);
    expect((await get("/authz/assistant-prod")).status).toBe(401);
    const handedOn = { authorization, "x-forwarded-for": "192.0.2.1" };
    expect((await get("/authz/assistant-prod", handedOn)).status).toBe(401);
  });
});

describe("OpenFeature's remote evaluation", () => {
  const flags = "/ofrep/v1/evaluate/flags";
  const asked = { context: { targetingKey: "anybody" } };

  test("three flags of each deployment", async () => {
    const { post } = await holding(narrowed);

    const { flags: found } = (await (await post(flags, asked)).json()) as { flags: object[] };

    expect(found).toMatchObject([
      { key: "serving.assistant-prod", value: "narrowed", variant: "narrowed", reason: "STATIC" },
      { key: "allowed.assistant-prod", value: true, variant: "yes" },
      {
        key: "posture.assistant-prod",
        value: {
          state: "narrowed",
          scope: "no-tools",
          allows: { audience: "everyone", tools: false },
          version: 2,
        },
        metadata: { version: 2, decision: "narrow", decidedAt: "2026-11-23T03:40:00.000Z" },
      },
    ]);
    expect(JSON.stringify(found)).not.toContain("Chidi");
  });

  test("a pause is a value, never a missing flag", async () => {
    const { post } = await holding(paused);

    const word = await (await post(`${flags}/serving.assistant-prod`, asked)).json();
    const may = await (await post(`${flags}/allowed.assistant-prod`, asked)).json();
    const all = await (await post(`${flags}/posture.assistant-prod`, asked)).json();

    expect(word).toMatchObject({ value: "paused", variant: "paused" });
    expect(may).toMatchObject({ value: false, variant: "no" });
    expect(all).toMatchObject({ value: { state: "paused", scope: null, allows: null } });
  });

  test("the whole has a tag, which moves with the posture", async () => {
    const { post, be } = await holding(open);
    const first = await post(flags, asked);
    const tag = { ...gateway, "if-none-match": first.headers.get("etag") ?? "" };

    const same = await post(flags, asked, tag);
    be(paused);
    const moved = await post(flags, asked, tag);

    expect([first.status, same.status, moved.status]).toEqual([200, 304, 200]);
  });

  test.each([
    ["a flag nobody knows", "serving.other", "{}", 404, "FLAG_NOT_FOUND"],
    ["another word", "state.assistant-prod", "{}", 404, "FLAG_NOT_FOUND"],
    ["no deployment", "serving.", "{}", 404, "FLAG_NOT_FOUND"],
    ["a name of JavaScript's", "__proto__", "{}", 404, "FLAG_NOT_FOUND"],
    ["a body that is none", "serving.assistant-prod", "{", 400, "PARSE_ERROR"],
    ["a list", "serving.assistant-prod", "[]", 400, "PARSE_ERROR"],
  ])("%s", async (_name, key, body, status, errorCode) => {
    const { post } = await holding(paused);

    const answered = await post(`${flags}/${key}`, body);

    expect(answered.status).toBe(status);
    expect(await answered.json()).toMatchObject({ key, errorCode });
  });

  test("nobody without a token", async () => {
    const { post } = await holding(open);

    expect((await post(flags, asked, {})).status).toBe(401);
    expect((await post(`${flags}/serving.assistant-prod`, asked, {})).status).toBe(401);
  });
});

describe("LiteLLM's guardrail", () => {
  const path = "beta/litellm_basic_guardrail_api";
  const prompt = { texts: ["hello"], input_type: "request", request_data: {} };
  const key = { "x-api-key": tokens.gateway };

  test.each([
    ["open", open, "assistant-prod", { action: "NONE" }],
    [
      "paused",
      paused,
      "assistant-prod",
      { action: "BLOCKED", blocked_reason: "assistant-prod is paused." },
    ],
    ["narrowed", narrowed, "assistant-prod", { action: "NONE" }],
    [
      "narrowed, more needed",
      narrowed,
      "assistant-prod/needs/full",
      {
        action: "BLOCKED",
        blocked_reason: "assistant-prod is narrowed to no-tools; this needs full.",
      },
    ],
    [
      "unknown",
      open,
      "other",
      { action: "BLOCKED", blocked_reason: 'No policy knows a deployment "other".' },
    ],
  ] as const)("%s", async (_name, posture, deployment, expected) => {
    const { post } = await holding(posture);

    const answered = await post(`/litellm/${deployment}/${path}`, prompt, key);

    expect(answered.status).toBe(200);
    expect(await answered.json()).toEqual(expected);
  });

  test("pictures of several megabytes, and a body that is no JSON, change nothing", async () => {
    const { post } = await holding(paused);
    const large = { ...prompt, images: ["A".repeat(4 * 1024 * 1024)] };

    const answered = await post(`/litellm/assistant-prod/${path}`, large, key);
    const odd = await post(`/litellm/assistant-prod/${path}`, "{", key);

    expect(await answered.json()).toMatchObject({ action: "BLOCKED" });
    expect(await odd.json()).toMatchObject({ action: "BLOCKED" });
  });

  test("what cannot be read blocks: LiteLLM takes 503 for a guardrail that failed", async () => {
    const { post } = await holding(open, { reads: { ...(await nothing()), deployment: broken } });

    expect((await post(`/litellm/assistant-prod/${path}`, prompt, key)).status).toBe(503);
  });
});
