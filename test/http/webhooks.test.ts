import { gzipSync } from "node:zlib";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { createIntake } from "../../src/app/intake/intake.ts";
import type { Delivery } from "../../src/app/ports.ts";
import { answer, bearer, now, recorder, secret, start } from "./start.ts";

const mebibyte = 1024 * 1024;
const evaluation = '{"kind":"eval","deployment":"assistant-prod","metric":"mean","value":0.1}';

const signature = (
  body: Uint8Array | string,
  id: string,
  { at, key = secret }: { readonly at: number; readonly key?: string },
) => ({
  "webhook-id": id,
  "webhook-timestamp": String(Math.floor(at / 1000)),
  "webhook-signature": new Webhook(key).sign(id, new Date(at), Buffer.from(body)),
});
const post = (
  url: string,
  body: Uint8Array | string,
  {
    headers = signature(body, "msg_1", { at: now }),
    source = "signals",
  }: { readonly headers?: Record<string, string>; readonly source?: string } = {},
) => fetch(`${url}/webhooks/${source}`, { method: "POST", body, headers });
const byBearer = { authorization: `Bearer ${bearer}` };

test("an authenticated delivery is answered 202 once its exact bytes are stored", async () => {
  const { url, store } = await start();

  const response = await answer(await post(url, evaluation));

  expect(response).toEqual({ status: 202, body: { delivery: "d_1", duplicate: false } });
  expect(store.rows).toMatchObject([
    { id: "d_1", source: "signals", receivedAt: now, identity: "wh:msg_1" },
  ]);
  expect(Buffer.from(store.rows[0]?.body ?? []).toString()).toBe(evaluation);
});

test("the same webhook-id again is answered 200 and stored once", async () => {
  const { url, store } = await start();
  await post(url, evaluation);

  const again = await answer(await post(url, evaluation));

  expect(again).toEqual({ status: 200, body: { delivery: "d_1", duplicate: true } });
  expect(store.rows).toHaveLength(1);
});

test("what cannot be read is said of a repeat too: whoever sends it again learns no less", async () => {
  const { url, store } = await start();
  const first = await answer(await post(url, "{}"));

  const again = await answer(await post(url, "{}"));

  expect(again).toEqual({ status: 200, body: { ...first.body, duplicate: true } });
  expect(again.body.unmapped).toContain("kind");
  expect(store.rows).toHaveLength(1);
});

test("a bearer source has no delivery identity: each is stored", async () => {
  const { url, store } = await start();

  const statuses = [
    (await post(url, "{}", { headers: byBearer, source: "alertmanager" })).status,
    (await post(url, "{}", { headers: byBearer, source: "alertmanager" })).status,
  ];

  expect(statuses).toEqual([202, 202]);
  expect(store.rows.map(({ identity }) => identity)).toEqual([null, null]);
});

describe("who is let in", () => {
  const refusals: readonly (readonly [string, Record<string, string>])[] = [
    ["no signature", {}],
    [
      "a stranger's secret",
      signature(evaluation, "m", { at: now, key: `whsec_${"A".repeat(44)}` }),
    ],
    ["another body's signature", signature("{}", "m", { at: now })],
    ["a clock 301 s behind", signature(evaluation, "m", { at: now - 301_000 })],
    ["a clock 301 s ahead", signature(evaluation, "m", { at: now + 301_000 })],
    [
      "a timestamp with letters",
      { ...signature(evaluation, "m", { at: now }), "webhook-timestamp": "now" },
    ],
    ["a bearer token instead", byBearer],
  ];

  test.each(refusals)("%s is answered 401 and stored nowhere", async (_what, headers) => {
    const { url, store, logged } = await start();

    const response = await answer(await post(url, evaluation, { headers }));

    expect(response).toEqual({
      status: 401,
      body: {
        type: "about:blank",
        title: "Unauthorized",
        status: 401,
        detail: "The sender could not be authenticated.",
      },
    });
    expect(store.rows).toEqual([]);
    expect(logged).toMatchObject([{ message: "webhook refused" }]);
  });

  test.each([-300_000, 300_000])("a clock %d ms off is accepted", async (off) => {
    const { url } = await start();

    expect(
      (await post(url, evaluation, { headers: signature(evaluation, "m", { at: now + off }) }))
        .status,
    ).toBe(202);
  });

  test("a source that the policy does not name is 404, with good credentials and without", async () => {
    const { url } = await start();

    for (const headers of [{}, byBearer, signature(evaluation, "m", { at: now })]) {
      for (const name of ["nobody", "__proto__", "constructor", "%2e%2e"]) {
        expect((await post(url, evaluation, { headers, source: name })).status).toBe(404);
      }
    }
  });
});

describe("what an authenticated sender says is kept", () => {
  const nested = (depth: number) =>
    `{"kind":"eval","deployment":"d","x":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;

  test.each([
    ["no body", "", "empty"],
    ["no JSON", "hello", "not JSON"],
    ["65 levels", nested(65), "deeper than 64"],
    ["a signal of no kind", '{"deployment":"d"}', "kind"],
    ["a JSON null", "null", "not a JSON object"],
  ])("%s is answered 202 and unmapped", async (_what, body, because) => {
    const { url, store } = await start();

    const response = await answer(await post(url, body));

    expect(response.status).toBe(202);
    expect(response.body.unmapped).toContain(because);
    expect(store.rows).toHaveLength(1);
  });

  test.each([
    ["64 levels", nested(64)],
    ["NaN", '{"kind":"eval","deployment":"d","value":NaN}'],
    ["prototype keys", '{"kind":"eval","deployment":"d","__proto__":{"kind":"x"}}'],
  ])("%s is mapped", async (_what, body) => {
    const { url } = await start();

    expect(await answer(await post(url, body))).toEqual({
      status: 202,
      body: { delivery: "d_1", duplicate: false },
    });
  });

  test("bytes that are no text are signed, stored and unmapped", async () => {
    const { url, store } = await start();
    const body = Buffer.from([0xff, 0x00, 0xfe]);

    const response = await answer(
      await post(url, body, { headers: byBearer, source: "alertmanager" }),
    );

    expect(response.status).toBe(202);
    expect(response.body.unmapped).toContain("UTF-8");
    expect(Buffer.from(store.rows[0]?.body ?? [])).toEqual(body);
  });

  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "garbage",
    ";;;/",
    "multipart/form-data",
  ])("content type %j is no reason to refuse", async (type) => {
    const { url } = await start();
    const headers = { ...byBearer, "content-type": type };

    expect((await post(url, '{"alerts":[]}', { headers, source: "alertmanager" })).status).toBe(
      202,
    );
  });
});

describe("size", () => {
  const padded = (size: number) => evaluation.padEnd(size, " ");

  test.each([
    [mebibyte - 1, mebibyte - 1],
    [mebibyte, mebibyte],
    [mebibyte + 1, 65_536],
    [1_400_000, 65_536],
    [16 * mebibyte, 65_536],
  ])("of %d signed bytes %d are kept, and the answer is 202", async (size, kept) => {
    const { url, store, logged } = await start();

    const response = await answer(await post(url, padded(size)));

    expect(response.status).toBe(202);
    expect(store.rows.map(({ body }) => body.length)).toEqual([kept]);
    const isCut = kept < size;
    expect(logged).toMatchObject(isCut ? [{ fields: { source: "signals", bytes: size } }] : []);
    if (isCut) expect(response.body.unmapped).toContain("too large: signals sent");
  });

  test("a body above 16 MiB is answered 413, and one that is larger than its signature says 401", async () => {
    const { url, store } = await start();

    const beyond = await post(url, padded(16 * mebibyte + 1)).catch(() => null);
    const forged = await post(url, padded(2 * mebibyte), {
      headers: signature(evaluation, "m", { at: now }),
    });

    // a client may see the connection close first
    expect([413, undefined]).toContain(beyond?.status);
    expect(forged.status).toBe(401);
    expect(store.rows).toEqual([]);
  });

  const chunked = (size: number) =>
    `POST /webhooks/alertmanager HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ${bearer}\r\n` +
    `Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n${size.toString(16)}\r\n${" ".repeat(size)}\r\n0\r\n\r\n`;

  test("a chunked body without a length is stored", async () => {
    const { raw, store } = await start();

    expect(await raw(chunked(mebibyte))).toContain("HTTP/1.1 202");
    expect(store.rows[0]?.body).toHaveLength(mebibyte);
  });

  test("a chunked body that is too large is cut off while it streams in, and accepted", async () => {
    const { raw, store } = await start();

    expect(await raw(chunked(mebibyte + 1))).toContain("HTTP/1.1 202");
    expect(store.rows[0]?.body).toHaveLength(65_536);
  });

  const head = (path: string, length: number, authorization = "") =>
    `POST ${path} HTTP/1.1\r\nHost: h\r\nContent-Length: ${length}\r\n${authorization}\r\n`;

  test.each([
    ["an announced length above 16 MiB", "/webhooks/alertmanager", 413, 16 * mebibyte + 1, bearer],
    ["a sender without its token", "/webhooks/alertmanager", 401, 10, ""],
    ["a sender without a signature", "/webhooks/signals", 401, 10, bearer],
    ["an unknown source", "/webhooks/nobody", 404, 10, bearer],
    ["an address that is none", "/nowhere", 404, 10, bearer],
    ["a route that takes no body", "/v1/policy", 401, 10, ""],
  ])("%s is refused without waiting for the body", async (_what, path, status, length, token) => {
    const { raw } = await start();
    const authorization = token === "" ? "" : `Authorization: Bearer ${token}\r\n`;

    const received = await raw(head(path, length, authorization));

    expect(received).toContain(`HTTP/1.1 ${status}`);
    expect(received.toLowerCase()).toContain("connection: close");
  });
});

test.each(["gzip", "br", "deflate", "GZIP"])(
  "content-encoding %s is answered 415",
  async (encoding) => {
    const { url, store } = await start();
    const body = gzipSync(evaluation);

    const response = await post(url, body, {
      headers: { ...byBearer, "content-encoding": encoding },
      source: "alertmanager",
    });

    expect(response.status).toBe(415);
    expect(store.rows).toEqual([]);
  },
);

describe("a database that does not store", () => {
  const down = {
    accept: () => Promise.reject(new Error("connection lost to db.internal:5432")),
    idle: async () => {},
  };

  test("is answered 5xx with a reference, and says nothing of the inside", async () => {
    const { url, logged } = await start({ intake: down });

    const response = await answer(await post(url, evaluation));

    expect(response.status).toBe(500);
    expect(JSON.stringify(response.body)).not.toContain("db.internal");
    expect(logged.at(-1)?.fields).toMatchObject({ reference: response.body.reference });
  });

  test("is answered 503 and when to come back, when it is a fault of the store, and said once a minute in our log", async () => {
    const { createIntake } = await import("../../src/app/intake/intake.ts");
    const failing = createIntake({
      storeDeliveries: () => Promise.reject(new Error("connection lost")),
    });
    const { url, logged } = await start({ intake: failing });

    const response = await post(url, evaluation);

    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("5");
    expect(response.headers.get("content-type")).toContain("application/problem+json");

    const first = await answer(response);
    const second = await answer(await post(url, evaluation));
    const lines = logged.filter(({ message }) => message === "request failed");
    expect(lines.map(({ fields }) => fields)).toMatchObject([
      { reference: first.body.reference, source: "signals" },
    ]);
    expect(second).toMatchObject({ status: 503 });
    expect(second.body.reference).toBeUndefined();
  });
});

test("a sender is told in time that nothing is known to be stored, and of its repeat that it is there", async () => {
  let thaw = (): void => undefined;
  const frozen = new Promise<void>((resolve) => {
    thaw = resolve;
  });
  const rows = recorder();
  const store = {
    storeDeliveries: async (deliveries: readonly Delivery[]) => {
      await frozen;
      return rows.storeDeliveries(deliveries);
    },
  };
  const { url } = await start({ intake: createIntake(store), senderWaits: 20 });

  const first = await post(url, evaluation, { headers: signature(evaluation, "m_1", { at: now }) });
  thaw();
  const again = await answer(
    await post(url, evaluation, { headers: signature(evaluation, "m_1", { at: now }) }),
  );

  expect(first.status).toBe(503);
  expect(first.headers.get("retry-after")).toBe("5");
  expect(again).toMatchObject({ status: 200, body: { duplicate: true } });
  expect(rows.rows).toHaveLength(1);
});
