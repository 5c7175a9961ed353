import { describe, expect, test } from "vitest";
import type { AppliedReport } from "../../src/app/ports.ts";
import { gateway, holding, nothing, open, paused } from "./holding.ts";
import { answer, tokens } from "./start.ts";

/** What gateways wait for and report, over the real server. */

describe("waiting for a posture", () => {
  const here = "/v1/deployments/assistant-prod";

  test("a gateway that has the newest waits, and hears of the next at once", async () => {
    const { get, be } = await holding(open);
    const etag = (await get(here, gateway)).headers.get("etag") ?? "";

    const waiting = get(`${here}?wait=60`, { ...gateway, "if-none-match": etag });
    await get(here, gateway);
    be(paused);

    const heard = await waiting;
    expect(heard.status).toBe(200);
    expect(await heard.json()).toMatchObject({ state: "paused", version: 3 });
  });

  test("what other gateways report wakes nobody", async () => {
    const { get, be } = await holding(open);
    const etag = (await get(here, gateway)).headers.get("etag") ?? "";
    const waiting = get(`${here}?wait=60`, { ...gateway, "if-none-match": etag });
    await get(here, gateway);

    be({ ...open, applied: [{ gateway: "edge-2", version: 1, at: "2026-11-23T03:40:01.000Z" }] });
    await get(here, gateway);
    be(paused);

    expect(await (await waiting).json()).toMatchObject({ state: "paused" });
  });

  test("one that has an older one does not wait", async () => {
    const { get } = await holding(paused);

    const heard = await get(`${here}?wait=60`, { ...gateway, "if-none-match": '"old"' });

    expect(await heard.json()).toMatchObject({ state: "paused" });
  });

  test("when the time has passed nothing has changed", async () => {
    const { get } = await holding(open);
    const etag = (await get(here, gateway)).headers.get("etag") ?? "";

    const heard = await get(`${here}?wait=1`, { ...gateway, "if-none-match": etag });

    expect(heard.status).toBe(304);
    expect(heard.headers.get("etag")).toBe(etag);
  });

  test("a decision of another process is heard too", async () => {
    let state = open;
    const { get } = await holding(open, {
      reads: { ...(await nothing()), deployment: async () => state },
    });
    const etag = (await get(here, gateway)).headers.get("etag") ?? "";

    const waiting = get(`${here}?wait=60`, { ...gateway, "if-none-match": etag });
    await get("/healthz");
    state = paused; // and nobody tells this process

    expect(await (await waiting).json()).toMatchObject({ state: "paused" });
  });

  test("a closing server lets everybody go", async () => {
    const { get, server } = await holding(open);
    const etag = (await get(here, gateway)).headers.get("etag") ?? "";
    const waiting = get(`${here}?wait=60`, { ...gateway, "if-none-match": etag });
    const streaming = await get(here, { ...gateway, accept: "text/event-stream" });

    await server.close();

    expect((await waiting).status).toBe(304);
    expect(await streaming.text()).toContain('"state":"open"');
  });

  test.each(["wait=61", "wait=-1", "wait=soon", "watch=5"])("%s is refused", async (query) => {
    const { get } = await holding(open);

    expect((await get(`${here}?${query}`, gateway)).status).toBe(400);
  });

  test("a past posture cannot be waited for", async () => {
    const { get } = await holding(open);
    const auditor = { authorization: `Bearer ${tokens.auditor}` };

    const status = async (query: string) => (await get(`${here}?${query}`, auditor)).status;

    expect(await status("at=2026-11-23T07:00:00Z")).toBe(200);
    expect(await status("wait=5&at=2026-11-23T07:00:00Z")).toBe(400);
  });

  test("a stream begins with the posture and goes on with each that follows", async () => {
    const { get, be } = await holding(open);
    const stream = await get(here, { ...gateway, accept: "text/event-stream" });
    const events = eventsOf(stream);

    const first = await events.next();
    be(paused);
    const second = await events.next();

    expect(stream.headers.get("content-type")).toContain("text/event-stream");
    expect([first.value, second.value]).toMatchObject([
      { state: "open" },
      { state: "paused", version: 3 },
    ]);
    await events.return(undefined);
  });

  test("a stream of all deployments says them all", async () => {
    const { get } = await holding(open);
    const events = eventsOf(
      await get("/v1/deployments", { ...gateway, accept: "text/event-stream" }),
    );

    const first = await events.next();

    expect(first.value).toMatchObject({ items: [{ id: "assistant-prod" }] });
    await events.return(undefined);
  });

  test("a stream ends when the posture can no longer be read: nobody goes on believing the last one", async () => {
    let works = true;
    const changed = new Set<() => void>();
    const { get } = await holding(open, {
      reads: {
        ...(await nothing()),
        deployment: async () => {
          if (!works) throw new Error("no database");
          return open;
        },
      },
      subscribe: (listener) => {
        changed.add(listener);
        return () => changed.delete(listener);
      },
    });
    const events = eventsOf(await get(here, { ...gateway, accept: "text/event-stream" }));
    await events.next();

    works = false;
    for (const listener of changed) listener();

    expect(await events.next()).toMatchObject({ done: true });
  });

  test("nobody streams or waits without a token, and nobody for what does not exist", async () => {
    const { get } = await holding(open);

    expect((await get(here, { accept: "text/event-stream" })).status).toBe(401);
    expect((await get("/v1/deployments/other?wait=9", gateway)).status).toBe(404);
    expect(
      (await get("/v1/deployments/other", { ...gateway, accept: "text/event-stream" })).status,
    ).toBe(404);
  });
});

/** The data of each event of a stream. */
async function* eventsOf(response: Response) {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const [, data] = /^data: (.*)$/m.exec(text.slice(0, end)) ?? [];
      text = text.slice(end + 2);
      if (data !== undefined) yield JSON.parse(data) as unknown;
    }
  }
}

describe("what a gateway reports", () => {
  const path = "/v1/deployments/assistant-prod/applied";

  test("is handed on as it was said", async () => {
    const heard: AppliedReport[] = [];
    const { post } = await holding(open, {
      reports: {
        applied: async (report) => {
          heard.push(report);
          return { is: "recorded", current: 4 };
        },
        asked: async () => ({ is: "known", current: 4 }),
      },
    });

    const answered = await post(path, { gateway: "edge-1", version: 4 });

    expect(await answered.json()).toEqual({ recorded: true, current: 4 });
    expect(heard).toEqual([{ deployment: "assistant-prod", gateway: "edge-1", version: 4 }]);
  });

  test.each([
    [
      "no deployment of that name",
      { is: "unknown-deployment" },
      404,
      "There is no such deployment.",
    ],
    [
      "a gateway that is not listed",
      { is: "unknown-gateway", known: ["edge-1", "edge-2"] },
      422,
      "The policy does not list this gateway. It lists: edge-1, edge-2.",
    ],
    [
      "one too many",
      { is: "unknown-gateway", known: [] },
      422,
      "This deployment takes no more gateways.",
    ],
    [
      "a version of the future",
      { is: "not-yet", current: 3 },
      409,
      "No posture has had this version yet; the newest is 3. Read the posture, then report.",
    ],
  ] as const)("%s", async (_name, applied, status, detail) => {
    const { post } = await holding(open, {
      reports: { applied: async () => applied, asked: async () => applied },
    });

    expect(await answer(await post(path, { gateway: "edge-1", version: 9 }))).toMatchObject({
      status,
      body: { detail },
    });
  });

  test.each([
    "",
    "{",
    "[]",
    "null",
    '{"gateway":"edge-1"}',
    '{"version":1}',
    '{"gateway":"","version":1}',
    '{"gateway":"Edge 1","version":1}',
    '{"gateway":"edge-1","version":-1}',
    '{"gateway":"edge-1","version":1.5}',
    '{"gateway":"edge-1","version":"1"}',
    '{"gateway":"edge-1","version":1e300}',
    '{"gateway":"edge-1","version":1,"by":"chidi"}',
    `{"gateway":"${"e".repeat(64)}","version":1}`,
  ])("%s is no report", async (body) => {
    const { post } = await holding(open);

    expect((await post(path, body)).status).toBe(400);
  });

  test.each([
    ["nobody", {}, 401],
    ["an auditor", { authorization: `Bearer ${tokens.auditor}` }, 403],
    ["a client that knows x-api-key only", { "x-api-key": tokens.gateway }, 401],
    ["the operator", { authorization: `Bearer ${tokens.operator}` }, 404],
  ] as const)("%s", async (_name, headers, status) => {
    const { post } = await holding(open);

    expect((await post(path, { gateway: "edge-1", version: 1 }, headers)).status).toBe(status);
  });
});
