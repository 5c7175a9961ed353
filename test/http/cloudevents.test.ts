import { describe, expect, test } from "vitest";
import { answer, bearer, start } from "./start.ts";

/** CloudEvents over HTTP: what headers say is stored with the body, and known again. */

const byBearer = { authorization: `Bearer ${bearer}`, "content-type": "application/json" };
const binary = {
  ...byBearer,
  "ce-specversion": "1.0",
  "ce-id": "run-7",
  "ce-source": "/evals",
  "ce-type": "eval.finished",
};
const data = '{"kind":"eval","deployment":"d","metric":"mean","value":0.1}';

async function posting() {
  const { url, store } = await start();
  const post = async (headers: Record<string, string>, body: string, source = "events") =>
    answer(await fetch(`${url}/webhooks/${source}`, { method: "POST", headers, body }));
  return { post, store };
}

describe("an event in binary mode", () => {
  test("is stored with its attributes, and read by them", async () => {
    const { post, store } = await posting();

    expect(await post(binary, data)).toEqual({
      status: 202,
      body: { delivery: "d_1", duplicate: false },
    });
    expect(store.rows[0]).toMatchObject({
      identity: 'ce:["/evals","run-7"]',
      attributes: {
        "ce-specversion": "1.0",
        "ce-id": "run-7",
        "ce-source": "/evals",
        "ce-type": "eval.finished",
      },
    });
  });

  test("that comes again, in whichever mode, is a duplicate", async () => {
    const { post, store } = await posting();
    await post(binary, data);
    const event = { specversion: "1.0", id: "run-7", source: "/evals", data: JSON.parse(data) };
    const type = { "content-type": "application/cloudevents+json" };

    expect((await post(binary, data)).status).toBe(200);
    expect((await post({ ...byBearer, ...type }, JSON.stringify(event))).status).toBe(200);
    expect(store.rows).toHaveLength(1);
  });

  test("of an unknown version is answered 202 and unmapped", async () => {
    const { post } = await posting();

    expect(await post({ ...binary, "ce-specversion": "2.0" }, data)).toMatchObject({
      status: 202,
      body: { unmapped: 'CloudEvents version "2.0" is not known; 1.0 is.' },
    });
  });

  test("with more attributes than are kept keeps those that every event has", async () => {
    const { post, store } = await posting();
    const extensions = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [`ce-a${at}`, "x".repeat(300)]),
    );

    await post({ ...binary, ...extensions }, data);

    const kept = Object.entries(store.rows[0]?.attributes ?? {});
    expect(kept.slice(0, 4).map(([name]) => name)).toEqual([
      "ce-specversion",
      "ce-id",
      "ce-source",
      "ce-type",
    ]);
    expect(kept.length).toBeLessThanOrEqual(16);
    expect(Buffer.byteLength(kept.flat().join(""))).toBeLessThanOrEqual(4096);
  });
});

test("other headers are not stored, nor those of an event without a version", async () => {
  const { post, store } = await posting();

  await post({ ...byBearer, "ce-id": "run-7", "x-event": "secret" }, data);

  expect(store.rows[0]?.attributes).toEqual({});
  expect(JSON.stringify(store.rows)).not.toContain(bearer);
});

test("the header a mapping names is stored with the body, whatever else is sent", async () => {
  const { post, store } = await posting();

  const reply = await post({ ...byBearer, "X-Event": "probe" }, '{"rate":"0.5"}', "mapped");

  expect(reply.body.unmapped).toBeUndefined();
  expect(store.rows[0]?.attributes).toEqual({ "x-event": "probe" });
});

test("a batch has no delivery identity: each is stored", async () => {
  const { post, store } = await posting();
  const event = { specversion: "1.0", id: "run-7", source: "/evals", data: JSON.parse(data) };
  const type = { ...byBearer, "content-type": "application/cloudevents-batch+json" };

  const first = await post(type, JSON.stringify([event, event]));
  const again = await post(type, JSON.stringify([event, event]));

  expect([first, again]).toMatchObject([
    { status: 202, body: { duplicate: false } },
    { status: 202, body: { duplicate: false } },
  ]);
  expect(store.rows.map(({ identity }) => identity)).toEqual([null, null]);
});
