import { expect, onTestFinished, test } from "vitest";
import { demoKeyOf } from "../../../src/demo-key.ts";
import { demoKey } from "../../support/keys.ts";
import { makeWorld, type Setting, type World } from "./world.ts";

async function open(setting: Setting = {}): Promise<World> {
  const world = await makeWorld(setting);
  onTestFinished(() => world.close());
  return world;
}
const missing = { demoLacksKey: "Only the key is missing." };
const get = (world: World, url: string) => world.app.inject({ method: "GET", url });
const wrong = "x".repeat(43);

test("an address with the key gives a cookie in its place and leads to the same page without it", async () => {
  const world = await open(missing);

  const answer = await get(world, `/history?key=${demoKey}&kind=pause`);

  expect(answer.statusCode).toBe(303);
  expect(answer.headers["location"]).toBe("/history?kind=pause");
  const cookie = String(answer.headers["set-cookie"]);
  const { name, value } = demoKeyOf(demoKey).cookie(0);
  expect(cookie).toMatch(new RegExp(`^${name.replace(/0$/, "\\d+")}=${value}; `));
  expect(cookie).toMatch(/; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Strict$/);
  expect(cookie).not.toContain(demoKey);
  expect(answer.headers["referrer-policy"]).toBe("no-referrer");
  expect(answer.headers["cache-control"]).toBe("no-store");
});

test.each([
  `/?key=${wrong}`,
  "/?key=",
  "/?key",
  `/?key=${demoKey.slice(1)}`,
  `/?key=${demoKey}%00`,
  `/?KEY=${demoKey}`,
  "/",
])("%s lets nobody in, gives no cookie and shows no key", async (url) => {
  const world = await open(missing);

  const answer = await get(world, url);

  expect(answer.statusCode).toBe(403);
  expect(answer.headers["set-cookie"]).toBeUndefined();
  expect(answer.body).not.toContain(demoKey.slice(1));
  expect(answer.body).not.toContain(wrong);
});

test("the key in a form, or in the address of one, lets nobody in", async () => {
  const world = await open(missing);
  const headers = {
    origin: "http://localhost:3000",
    "content-type": "application/x-www-form-urlencoded",
  };

  for (const url of ["/say", `/say?key=${demoKey}`, `/be?key=${demoKey}`]) {
    const payload = new URLSearchParams({ key: demoKey, line: "pause HP-142" }).toString();
    const answer = await world.app.inject({ method: "POST", url, headers, payload });
    expect([answer.statusCode, answer.headers["set-cookie"]], url).toEqual([403, undefined]);
  }
  expect(world.said).toEqual([]);
});

test("no address leads to another host", async () => {
  const world = await open(missing);

  for (const url of [`//evil.example/?key=${demoKey}`, `/\\evil.example?key=${demoKey}`]) {
    const { location } = (await get(world, url)).headers;
    expect(location ?? "/", url).toMatch(/^\/(?![/\\])/);
  }
});

test("who is in already stays in by an old address, and from elsewhere the key opens nothing", async () => {
  const world = await open();

  const old = await get(world, `/?key=${wrong}`);
  world.state.demoCloses = "Demo mode does not answer through a proxy.";
  const elsewhere = await get(world, `/?key=${demoKey}`);

  expect([old.statusCode, old.headers["location"]]).toEqual([303, "/"]);
  expect(elsewhere.statusCode).toBe(403);
  expect(elsewhere.headers["set-cookie"]).toBeUndefined();
  expect(elsewhere.body).toContain("through a proxy");
});

test("outside demo mode the key is a word like any other", async () => {
  const world = await open({ demoMode: false });

  const answer = await get(world, `/?key=${demoKey}`);

  expect([answer.statusCode, answer.headers["set-cookie"]]).toEqual([401, undefined]);
});
