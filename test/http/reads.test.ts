import { request as plainRequest } from "node:http";
import { describe, expect, test } from "vitest";
import type { DecisionFilter, DeploymentBody } from "../../src/app/ports.ts";
import { answers } from "../../src/core/words/answers.ts";
import type { ServerDeps } from "../../src/http/ports.ts";
import { demoKey } from "../support/keys.ts";
import { answer, demo, start, tokens } from "./start.ts";

const assistant: DeploymentBody = {
  id: "assistant-prod",
  name: "Assistant (production)",
  state: "paused",
  scope: null,
  decision: "pause",
  decidedBy: ["Chidi Lindt"],
  decidedAt: "2026-11-23T03:40:00.000Z",
  reassessBy: "2026-11-24T10:00:00.000Z",
  version: 4,
  scopes: [{ id: "full", allows: { audience: "everyone", tools: true } }],
  applied: [],
};
const as = (role: keyof typeof tokens) => ({ authorization: `Bearer ${tokens[role]}` });
const reads = (more: Partial<ServerDeps["reads"]> = {}): ServerDeps["reads"] => ({
  deployments: async () => [assistant],
  deployment: async (id) => (id === assistant.id ? assistant : undefined),
  escalations: async () => ({ items: [], next: null }),
  escalation: async () => undefined,
  decisions: async () => ({ items: [], next: null }),
  record: async () => undefined,
  ...more,
});

const readRoutes = [
  "/v1/deployments",
  "/v1/deployments/assistant-prod",
  "/v1/escalations",
  "/v1/decisions",
  "/v1/ask?line=status",
  "/v1/policy",
  "/log/checkpoint",
  "/log/proof/0",
  "/log/tile/0/000.p/1",
  "/log/consistency?from=0",
  "/log/export",
  "/metrics",
];

describe("roles", () => {
  test.each(readRoutes)("%s needs a token", async (path) => {
    const { get } = await start();

    for (const headers of [
      {},
      { authorization: "Bearer wrong" },
      { authorization: "Bearer " },
      { authorization: "Basic b3Bz" },
    ]) {
      const response = await get(path, headers);
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toContain("Bearer");
    }
  });

  test.each(readRoutes)("%s is open to auditor and operator", async (path) => {
    const { get } = await start({ reads: reads() });

    for (const role of ["auditor", "operator"] as const) {
      expect([200, 404]).toContain((await get(path, as(role))).status);
    }
  });

  test("a gateway reads deployments and nothing else", async () => {
    const { get } = await start({ reads: reads() });

    const statuses = await Promise.all(
      readRoutes.map(async (path) => (await get(path, as("gateway"))).status),
    );

    expect(statuses).toEqual([200, 200, ...Array.from({ length: 10 }, () => 403)]);
  });

  test("a question that could not be answered is 503 and says to ask again; one that is wrong is 400", async () => {
    const texts = [`${answers.notAnswered} (ref_1)`, "No deployment “x”."];
    const { get } = await start({
      ask: async () => ({
        ok: false,
        text: texts.shift() ?? "",
        choices: [],
        lines: [],
        next: null,
        file: null,
        form: null,
      }),
    });

    const unanswered = await get("/v1/ask?line=status", as("auditor"));
    const wrong = await get("/v1/ask?line=status+x", as("auditor"));

    expect([unanswered.status, unanswered.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(Object(await unanswered.json()).detail).toContain("NOT ANSWERED");
    expect(wrong.status).toBe(400);
  });

  test("a role that is switched off lets nobody in", async () => {
    const { get } = await start({ tokens: { operator: null, auditor: null, gateway: null } });

    for (const token of ["", "null", "undefined"]) {
      expect((await get("/v1/decisions", { authorization: `Bearer ${token}` })).status).toBe(401);
    }
  });
});

describe("demo mode", () => {
  /** fetch() does not let anybody choose Host; node:http does. */
  const ask = (port: number, headers: Record<string, string>) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const sent = plainRequest(
        { port, host: "127.0.0.1", path: "/v1/decisions", headers },
        (response) => {
          let text = "";
          response.on("data", (chunk) => {
            text += chunk;
          });
          response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
        },
      );
      sent.on("error", reject);
      sent.end();
    });

  const withKey = { authorization: `Bearer ${demoKey}` };

  test("reads are open to who has the key on this machine, by any of its names", async () => {
    const { port } = await start({ demo });

    for (const host of [
      `127.0.0.1:${port}`,
      `localhost:${port}`,
      `LOCALHOST:${port}`,
      "127.0.0.1:3000",
    ]) {
      expect((await ask(port, { host, ...withKey })).status).toBe(200);
    }
  });

  test.each([
    [{ host: "evil.example.com" }, "Host header"],
    [{ host: "127.0.0.1.evil.example.com:3000" }, "Host header"],
    [{ host: "127.0.0.1:3000", forwarded: "for=1.2.3.4" }, "forwarded"],
    [{ host: "127.0.0.1:3000", "x-forwarded-for": "1.2.3.4" }, "x-forwarded-for"],
    [{ host: "127.0.0.1:3000", "x-forwarded-proto": "" }, "x-forwarded-proto"],
  ] satisfies [Record<string, string>, string][])(
    "%j is refused, and told why",
    async (headers, because) => {
      const { port } = await start({ demo });

      const { status, text } = await ask(port, headers);

      expect(status).toBe(403);
      expect(JSON.parse(text).detail).toContain(because);
      expect((await ask(port, { ...headers, ...withKey })).status).toBe(401);
    },
  );

  test("does not make anybody an operator", async () => {
    const { url } = await start({ demo });

    for (const path of ["/v1/policy", "/v1/login-links"]) {
      expect((await fetch(`${url}${path}`, { method: "POST", body: "{}" })).status).toBe(401);
    }
  });

  test("a token that is sent is still checked", async () => {
    const { get } = await start({ demo });

    expect((await get("/v1/decisions", { authorization: "Bearer wrong" })).status).toBe(401);
    expect((await get("/v1/decisions", as("gateway"))).status).toBe(403);
  });
});

describe("deployments", () => {
  test("one and all are answered as they are", async () => {
    const { get } = await start({ reads: reads() });

    expect(await answer(await get("/v1/deployments/assistant-prod", as("gateway")))).toEqual({
      status: 200,
      body: assistant,
    });
    expect(await answer(await get("/v1/deployments", as("gateway")))).toEqual({
      status: 200,
      body: { items: [assistant], next: null },
    });
    expect((await get("/v1/deployments/other", as("gateway"))).status).toBe(404);
  });

  test("what has not changed is answered 304, what has is not", async () => {
    let version = 4;
    const { get } = await start({
      reads: reads({ deployment: async () => ({ ...assistant, version }) }),
    });
    const path = "/v1/deployments/assistant-prod";
    const tag = (await get(path, as("gateway"))).headers.get("etag") ?? "";

    const same = await get(path, { ...as("gateway"), "if-none-match": `"x", ${tag.slice(2)}` });
    version += 1;
    const changed = await get(path, { ...as("gateway"), "if-none-match": tag });

    expect([same.status, await same.text(), same.headers.get("etag")]).toEqual([304, "", tag]);
    expect(changed.status).toBe(200);
  });

  test("`at` asks for an instant, whatever zone it is written in", async () => {
    const asked: (number | null)[] = [];
    const { get } = await start({
      reads: reads({
        deployments: async (at) => {
          asked.push(at);
          return [];
        },
      }),
    });

    await get("/v1/deployments?at=2026-11-23T10:00:00%2B02:00", as("auditor"));
    await get("/v1/deployments", as("auditor"));

    expect(asked).toEqual([Date.UTC(2026, 10, 23, 8), null]);
  });

  test.each(["at=yesterday", "at=", "at=2026-11-23", "at=2026-13-01T00:00:00Z", "version=3"])(
    "?%s is answered 400, with what is wrong",
    async (question) => {
      const { get } = await start({ reads: reads() });

      const response = await answer(await get(`/v1/deployments?${question}`, as("auditor")));

      expect(response.status).toBe(400);
      expect(response.body.errors).toHaveLength(1);
    },
  );
});

describe("lists", () => {
  test("decisions pass on every filter, and pages follow a cursor", async () => {
    const asked: DecisionFilter[] = [];
    const { get } = await start({
      reads: reads({
        decisions: async (filter) => {
          asked.push(filter);
          return { items: [{ index: 41, entry: {}, text: "paused" }], next: 41 };
        },
      }),
    });
    const filters =
      "deployment=assistant-prod&actor=chidi&kind=pause&trigger=jailbreak-rate&escalation=HP-1" +
      "&decider=erin&severity=high&model=aurora-3&deviation=weaker&undone=true&breakglass=1" +
      "&since=2026-11-01T00:00:00Z&until=2026-12-01T00:00:00Z&limit=1";

    const first = await answer(await get(`/v1/decisions?${filters}`, as("auditor")));
    await get(`/v1/decisions?${filters}&cursor=${first.body.next}`, as("auditor"));

    expect(first.body).toEqual({ items: [{ index: 41, entry: {}, text: "paused" }], next: "41" });
    expect(asked[0]).toEqual({
      deployment: "assistant-prod",
      actor: "chidi",
      kind: "pause",
      trigger: "jailbreak-rate",
      escalation: "HP-1",
      decider: "erin",
      severity: "high",
      model: "aurora-3",
      only: ["weaker", "breakglass", "undone"],
      since: Date.UTC(2026, 10, 1),
      until: Date.UTC(2026, 11, 1),
      limit: 1,
      below: null,
    });
    expect(asked[1]).toEqual({ ...asked[0], below: 41 });
  });

  test.each([
    "denied=no",
    "deviation=sricter",
    "by-policy=",
    "overdue=true&overdue=true",
    "denid=true",
    "limit=0",
    "limit=201",
    "limit=1e1",
    "cursor=-1",
    "cursor=0",
    "cursor=x",
    "kind=",
    "since=2026-02-30T00:00:00Z",
    "status=open",
    "deploymnet=a",
    "deployment=a&deployment=b",
    "since=1",
  ])("?%s is answered 400", async (question) => {
    const { get } = await start();

    expect((await get(`/v1/decisions?${question}`, as("auditor"))).status).toBe(400);
  });

  test("values that nothing is called are named in the answer, and filters with the nearest", async () => {
    const unfit = ["no kind “pase”; nearest: pause"];
    const { get } = await start({
      reads: reads({ decisions: async () => ({ unfit }), escalations: async () => ({ unfit }) }),
    });

    for (const path of ["/v1/decisions", "/v1/escalations"]) {
      const { status, body } = await answer(await get(path, as("auditor")));
      expect([status, body.errors]).toEqual([400, unfit]);
      expect(body.detail).toContain("“pase”; nearest: pause");
    }
    const misspelt = await answer(await get("/v1/escalations?statsu=open", as("auditor")));
    const nearest = expect.stringContaining("no filter “statsu”; nearest: status");
    expect(misspelt.body.errors).toEqual([nearest]);
    const twice = await answer(await get("/v1/decisions?kind=a&kind=b", as("auditor")));
    expect(twice.body.errors).toEqual(["kind must be given once"]);
    const asOf = "/v1/escalations/HP-1?at=2026-11-01T00:00:00Z";
    expect((await get(asOf, as("auditor"))).status).toBe(400);
  });

  test("the past is told to who reads the record, never to a gateway, and the future to nobody", async () => {
    const asked: unknown[] = [];
    const { get, url } = await start({
      reads: reads({
        deployment: async (_id, at) => {
          asked.push(at);
          return assistant;
        },
      }),
    });
    const then = "at=2026-11-01T00:00:00Z";
    const status = async (path: string, role: "gateway" | "auditor") =>
      (await get(path, as(role))).status;

    for (const path of ["/v1/deployments", "/v1/deployments/assistant-prod"]) {
      expect(await status(`${path}?${then}`, "gateway"), path).toBe(403);
      expect(await status(`${path}?at=2026-11-23T08:00:00.001Z`, "auditor"), path).toBe(400);
      expect(await status(`${path}?${then}&wait=5`, "auditor"), path).toBe(400);
    }
    expect(await status(`/authz/assistant-prod?${then}`, "gateway")).toBe(403);
    for (const path of [`flags/posture.assistant-prod?${then}`, `flags?${then}`]) {
      const sent = { method: "POST", body: "{}", headers: as("gateway") };
      expect((await fetch(`${url}/ofrep/v1/evaluate/${path}`, sent)).status).toBe(400);
    }
    expect(asked).toEqual([]);
    expect(await status(`/v1/deployments/assistant-prod?${then}`, "auditor")).toBe(200);
    expect(asked).toEqual([Date.UTC(2026, 10, 1)]);
  });

  test.each(["HP-0", "HP-", "hp-1", "1", "HP-1x", "..%2f"])(
    "no escalation is called %s",
    async (id) => {
      const { get } = await start();

      expect((await get(`/v1/escalations/${id}`, as("auditor"))).status).toBe(404);
    },
  );
});
