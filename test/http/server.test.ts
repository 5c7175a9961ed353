import { describe, expect, test } from "vitest";
import type { ClockDifference } from "../../src/core/true-clock.ts";
import { demoKey } from "../support/keys.ts";
import { answer, bearer, demo, start, tokens } from "./start.ts";

const operator = { authorization: `Bearer ${tokens.operator}` };
const digest = "d".repeat(64);

describe("every answer", () => {
  test("carries the headers that keep a browser careful, and names no software", async () => {
    const { get } = await start();

    const { headers } = await get("/healthz");

    expect(Object.fromEntries(headers.entries())).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      "cache-control": "no-store",
    });
    expect(headers.has("server")).toBe(false);
    expect(headers.has("x-powered-by")).toBe(false);
    expect(headers.has("strict-transport-security")).toBe(false);
  });

  test("asks for https from then on where people reach us by it", async () => {
    const { get } = await start({ publicUrl: "https://hold.example.com" });

    expect((await get("/healthz")).headers.has("strict-transport-security")).toBe(true);
  });

  test.each(["/nowhere", "/webhooks/signals", "/%zz"])(
    "%s is refused in the one shape of errors",
    async (path) => {
      const { get } = await start();

      const response = await get(path);

      expect(response.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
      expect(Object.keys(Object(await response.json()))).toEqual([
        "type",
        "title",
        "status",
        "detail",
      ]);
    },
  );

  test("what is no HTTP gets that shape too", async () => {
    const { raw } = await start();

    const received = await raw("NONSENSE\r\n\r\n");

    expect(received).toContain("HTTP/1.1 400 Bad Request");
    expect(received).toContain("application/problem+json");
  });

  test("two ways to say where a body ends are refused", async () => {
    const { raw } = await start();

    const received = await raw(
      "POST /webhooks/signals HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    );

    expect(received).toContain("HTTP/1.1 400");
  });
});

describe("health", () => {
  const health = {
    ping: async () => {},
    hasRoom: async () => true,
    headSize: async () => 1,
    backlog: async () => ({
      deliveries: 3,
      outbox: 2,
      dead: 1,
      oldestOutboxAge: 1_500,
      unread: new Map([["signals", 29_000]]),
    }),
    tickAge: (): number | null => 4_000,
    clock: (): ClockDifference | null => null,
    inDoubt: (): readonly string[] => [],
    signing: (): string | null => null,
    disk: async () => null,
    chats: (): { name: string; problem: string | null; note: string | null }[] => [],
  };
  const down = () => Promise.reject(new Error("connection lost to db.internal"));

  test("a server that can work is ready", async () => {
    const { get } = await start({ health });

    expect(await answer(await get("/readyz"))).toMatchObject({
      status: 200,
      body: { ready: true },
    });
  });

  test("deliveries that wait for long are said, and turn nobody away", async () => {
    const unread = new Map([["signals", 45_000]]);
    const waiting = async () => ({ ...(await health.backlog()), unread });
    const { get } = await start({ health: { ...health, backlog: waiting } });

    const { status, body } = await answer(await get("/readyz"));

    expect(status).toBe(200);
    expect(body.checks?.find(({ name }) => name === "evaluation")).toMatchObject({
      note: "3 accepted deliveries are not evaluated yet, the oldest for 45 s",
    });
  });

  test("before the first tick it is ready, too", async () => {
    const { get } = await start({ health: { ...health, tickAge: () => null } });

    expect((await get("/readyz")).status).toBe(200);
  });

  test.each([
    [{ ping: down }, "database"],
    [{ headSize: down }, "log"],
    [{ hasRoom: async () => false }, "room"],
    [{ tickAge: () => 61_000 }, "tick"],
    [
      { chats: () => [{ name: "slack", problem: "the scope chat:write is missing", note: null }] },
      "slack",
    ],
  ])("with %j failing it is alive but not ready", async (broken, name) => {
    const { get } = await start({ health: { ...health, ...broken } });

    const response = await answer(await get("/readyz"));

    expect(response).toMatchObject({ status: 503, body: { ready: false } });
    const failing = response.body.checks?.filter((check) => check.problem !== null);
    expect(failing).toMatchObject([{ name }]);
    expect(JSON.stringify(response)).not.toContain("db.internal");
    expect((await get("/healthz")).status).toBe(200);
  });

  test("metrics tell what is waiting and how webhooks ended", async () => {
    const { get, url } = await start();
    await fetch(`${url}/webhooks/nobody`, { method: "POST" });
    await fetch(`${url}/webhooks/alertmanager`, {
      method: "POST",
      headers: { authorization: `Bearer ${bearer}` },
      body: "{}",
    });

    const text = await (await get("/metrics", operator)).text();

    expect(text).toContain("holdpoint_tick_age_seconds 4\n");
    expect(text).toContain("holdpoint_deliveries_waiting 3\n");
    expect(text).toContain('holdpoint_delivery_oldest_seconds{source="signals"} 45\n');
    expect(text).toContain("holdpoint_outbox_waiting 2\n");
    expect(text).toContain("holdpoint_outbox_dead 1\n");
    expect(text).toContain("holdpoint_outbox_oldest_seconds 1.5\n");
    expect(text).toContain('holdpoint_webhooks_total{result="unknown_source"} 1\n');
    expect(text).toContain('holdpoint_webhooks_total{result="stored"} 1\n');
    expect(text).toContain("process_resident_memory_bytes");
  });

  test.each([
    ["is down", down],
    ["never answers", () => new Promise<never>(() => undefined)],
  ])("metrics are still answered while the database %s", async (_name, backlog) => {
    const { get } = await start({ health: { ...health, backlog } });

    const response = await get("/metrics", operator);

    expect(response.status).toBe(200);
    expect(await response.text()).toContain("holdpoint_database_up 0\n");
  });
});

describe("the policy", () => {
  const adopting = (answered: Awaited<ReturnType<Parameters<typeof withOperator>[0]>>) =>
    withOperator(async () => answered);
  const withOperator = (
    adopt: (
      yaml: string,
      current: string,
    ) => Promise<
      | { is: "adopted"; digest: string; index: number; looser: string[] }
      | { is: "same"; digest: string }
      | { is: "moved"; current: string }
      | { is: "invalid"; problems: string[] }
    >,
  ) =>
    start({
      operator: {
        policy: async () => ({ digest, adoptedAt: "2026-11-23T08:00:00.000Z" }),
        adopt,
        loginLink: async (person) =>
          person === "chidi"
            ? { url: "http://127.0.0.1:3000/login/x", expires: "2026-11-23T08:10:00.000Z" }
            : { unknown: true, nearest: ["chidi", "ana"] },
        doctor: async () => [],
        backtest: async () => null,
        coverage: async () => null,
        restored: async () => ({ is: "refused" as const, told: "" }),
        rotateKey: async () => ({ is: "refused" as const, told: "" }),
        rehearse: async () => ({ is: "unknown", told: "" }),
      },
    });
  const post = (
    url: string,
    headers: Record<string, string>,
    body: string | Uint8Array = "holdpoint: 1\n",
  ) => fetch(`${url}/v1/policy`, { method: "POST", headers: { ...operator, ...headers }, body });

  test("is adopted in place of the one that the operator has seen", async () => {
    const seen: string[] = [];
    const { url, get } = await withOperator(async (yaml, current) => {
      seen.push(yaml, current);
      return { is: "adopted", digest: "e".repeat(64), index: 7, looser: [] };
    });
    const tag = (await get("/v1/policy", operator)).headers.get("etag") ?? "";

    const response = await post(url, { "if-match": tag });

    expect(response.status).toBe(200);
    expect(response.headers.get("etag")).toBe(`"${"e".repeat(64)}"`);
    expect(seen).toEqual(["holdpoint: 1\n", digest]);
  });

  test.each(["", "*", "abc", '"abc"', `W/"${digest}"`])(
    "If-Match %j is no digest: 428",
    async (tag) => {
      const { url } = await adopting({ is: "same", digest });

      expect((await post(url, { "if-match": tag })).status).toBe(428);
    },
  );

  test("that was changed meanwhile by somebody else is refused with 412", async () => {
    const { url } = await adopting({ is: "moved", current: "f".repeat(64) });

    expect((await post(url, { "if-match": digest })).status).toBe(412);
  });

  test("with mistakes is refused with all of them", async () => {
    const problems = ["policy.yaml:3:1 people: …", "policy.yaml:9:4 triggers: …"];
    const { url } = await adopting({ is: "invalid", problems });

    expect(await answer(await post(url, { "if-match": digest }))).toMatchObject({
      status: 422,
      body: { errors: problems },
    });
  });

  test.each([Buffer.from([0xff]), Buffer.alloc(256 * 1024 + 1, 32)])(
    "that is no text, or too long, is refused",
    async (body) => {
      const { url } = await adopting({ is: "same", digest });

      expect((await post(url, { "if-match": digest }, body)).status).toBe(422);
    },
  );

  test.each(["auditor", "gateway"] as const)("is not for the %s to change", async (role) => {
    const { url } = await adopting({ is: "same", digest });
    const headers = { authorization: `Bearer ${tokens[role]}`, "if-match": digest };

    expect((await post(url, headers)).status).toBe(403);
  });

  test("login links are for people it names; others are answered with the nearest", async () => {
    const { url } = await adopting({ is: "same", digest });
    const ask = async (body: string) =>
      answer(await fetch(`${url}/v1/login-links`, { method: "POST", headers: operator, body }));

    expect(await ask('{"person":"chidi"}')).toMatchObject({
      status: 201,
      body: { url: expect.stringContaining("/login/") },
    });
    expect((await ask('{"person":"chid"}')).body.detail).toContain("chidi, ana");
    expect((await ask("chidi")).status).toBe(400);
  });
});

describe("closing", () => {
  test("answers and stores what was accepted, then takes nothing new", async () => {
    let commit: () => void = () => {};
    let arrived: () => void = () => {};
    const asked = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const { createIntake } = await import("../../src/app/intake/intake.ts");
    const intake = createIntake({
      storeDeliveries: (rows) =>
        new Promise((resolve) => {
          commit = () => resolve(rows.map(({ id }) => ({ id, duplicate: false })));
          arrived();
        }),
    });
    const { url, server } = await start({ intake });
    const headers = { authorization: `Bearer ${bearer}` };
    const pending = fetch(`${url}/webhooks/alertmanager`, { method: "POST", headers, body: "{}" });
    await asked;

    const closed = server.close();
    commit();

    expect((await pending).status).toBe(202);
    await closed;
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });

  test("ends when streams that stay open are ended by who opened them", async () => {
    const { get, server } = await start({
      register: (app) => {
        const open = new Set<{ end(): void }>();
        app.get("/stream", (_request, reply) => {
          reply.hijack();
          reply.raw.write(": hello\n\n");
          open.add(reply.raw);
        });
        app.addHook("preClose", async () => {
          for (const stream of open) stream.end();
        });
      },
    });
    const stream = await get("/stream");

    await server.close();

    expect(await stream.text()).toBe(": hello\n\n");
  });
});

test("what another folder registers gets raw bytes and the demo guard", async () => {
  const { url } = await start({
    demo,
    register: (app, guard) => {
      app.post("/echo", (request, reply) =>
        reply.send({ bytes: Buffer.isBuffer(request.body), guard: guard(request) }),
      );
    },
  });

  const sent = { method: "POST", body: "a=1" };
  const headers = { authorization: `Bearer ${demoKey}` };
  const without = await fetch(`${url}/echo`, sent);
  const response = await fetch(`${url}/echo`, { ...sent, headers });

  expect(await without.json()).toMatchObject({ bytes: true, guard: { is: "no-key" } });
  expect(await response.json()).toEqual({ bytes: true, guard: null });
});
