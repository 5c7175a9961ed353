import { expect, test } from "vitest";
import { type Kind, oneDatabase } from "../support/databases.ts";
import { everyRow } from "../support/every-row.ts";
import { operatorToken } from "../support/keys.ts";
import { type Browser, browserAt, plain } from "../support/process.ts";
import { jailbreak, openWorld } from "../support/world.ts";
import type { World } from "../support/world-shape.ts";

/** As a server in production is called by a proxy in front of it. */
const publicUrl = "https://holdpoint.example";

const openOutside = (kind: Kind): Promise<World> =>
  openWorld(kind, { env: { NODE_ENV: "production", PUBLIC_URL: publicUrl } });

const visitor = (world: World): Browser => browserAt(world.server().url, publicUrl);

const askLink = (world: World, body: object, token = operatorToken): Promise<Response> =>
  fetch(`${world.server().url}/v1/login-links`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });

/** The path of a new login link. */
async function link(world: World, person: string): Promise<string> {
  const { url } = Object(await (await askLink(world, { person })).json());
  expect(url).toMatch(new RegExp(`^${publicUrl}/login/l_`));
  return new URL(String(url)).pathname;
}

async function signedIn(world: World, person: string): Promise<Browser> {
  const path = await link(world, person);
  const browser = visitor(world);
  expect((await browser.submit(path, {}, path)).status).toBe(303);
  return browser;
}

oneDatabase((kind) => {
  test("outside demo mode nobody sees or says anything without a session, and nobody chooses who to be", async () => {
    const world = await openOutside(kind);
    const stranger = visitor(world);

    for (const path of ["/", "/history", "/log", "/events", "/answers/x/file"]) {
      expect(await stranger.page(path), path).toMatchObject({
        status: 401,
        html: expect.not.stringContaining("Assistant"),
      });
    }
    for (const path of ["/say", "/be", "/logout"]) {
      const refused = await stranger.submit(path, { line: "pause assistant-prod", person: "p_x" });
      expect(refused.status, path).toBe(401);
    }
    expect(await world.posture()).toBe("full");
  });

  test("a login link makes one session, with which a person decides under their own name", async () => {
    const world = await openOutside(kind);
    await world.send("signals", jailbreak());
    const path = await link(world, "chidi");
    const chidi = visitor(world);

    expect((await chidi.page(path)).status).toBe(200);
    expect((await chidi.page(path)).status).toBe(200);
    const signedIn = await chidi.submit(path, {}, path);
    expect(signedIn).toMatchObject({ status: 303, location: "/" });
    const paused = await chidi.say("pause HP-1 because chat is down");
    await world.settle();

    expect(paused).toMatchObject({ ok: true });
    expect(await world.posture()).toBe("paused");
    expect((await world.card("HP-1")).text).toContain("Paused 10:00 by Chidi Lindt");
    const again = await visitor(world).submit(path, {}, path);
    expect(again.status).toBe(401);
    expect(plain(again.html)).toContain("This link was used before");
    expect(await chidi.submit("/be", { person: "stranger" })).toMatchObject({ status: 403 });
  });

  test("of ten who press on one link at once, one gets in", async () => {
    const world = await openOutside(kind);
    const path = await link(world, "erin");

    const pressed = await Promise.all(
      Array.from({ length: 10 }, () => visitor(world).submit(path, {}, path)),
    );

    const statuses = pressed.map(({ status }) => status).sort();
    expect(statuses).toEqual([303, ...Array.from({ length: 9 }, () => 401)]);
  });

  test("a link is too old after ten minutes, and a session is over after an hour", async () => {
    const world = await openOutside(kind);
    const chidi = await signedIn(world, "chidi");
    const late = await link(world, "erin");

    await world.clock.advance("10m");
    expect((await visitor(world).submit(late, {}, late)).status).toBe(401);
    expect((await chidi.page("/")).status).toBe(200);
    await world.clock.advance("49m");
    expect((await chidi.page("/")).status).toBe(200);
    await world.clock.advance("1m");

    expect((await chidi.page("/")).status).toBe(401);
    const refused = await chidi.submit("/say", { line: "pause assistant-prod" });
    expect(refused.status).toBe(401);
    expect(await world.posture()).toBe("full");
  });

  test("a session outlives a restart, and ends when the policy no longer names its person", async () => {
    const world = await openOutside(kind);
    const bob = await signedIn(world, "Bob Okafor");
    await world.restart();
    expect((await bob.page("/")).status).toBe(200);

    const adopted = await world.adopt((yaml) =>
      yaml
        .replace(/^ {2}bob: .*\n/m, "")
        .replace("rotation: [ana, bob]", "rotation: [ana]")
        .replace(/^ {6}- \{ person: bob.*\n/m, "")
        .replace(/^ {4}overrides:\n/m, ""),
    );

    expect(adopted).toMatchObject({ status: 200 });
    expect((await bob.page("/")).status).toBe(401);
    expect((await bob.submit("/say", { line: "pause assistant-prod" })).status).toBe(401);
    expect((await askLink(world, { person: "bob" })).status).toBe(404);
  });

  test("the log names who was let in and until when, and no table holds a token that lets anybody in", async () => {
    const world = await openOutside(kind);
    const chidi = await signedIn(world, "chidi");
    const unused = (await link(world, "chidi")).replace("/login/", "");

    const entries = await world.server().store.entriesFrom(0, 100);
    const issued = entries.filter(({ entry }) => entry.kind === "session.issued");
    expect(issued.map(({ entry }) => entry)).toMatchObject([
      { actor: { type: "operator" }, expires: "2026-11-23T10:10:00.000Z" },
      { actor: { type: "operator" }, expires: "2026-11-23T10:10:00.000Z" },
    ]);
    const [session = ""] = chidi.cookies.values();
    expect(session).toMatch(/^s_/);
    const everything = await everyRow(world);
    expect(everything).toContain('"kind":"session.issued"');
    expect(everything).not.toContain(unused);
    expect(everything).not.toContain(session);
  });

  test("only the operator's token asks for links, and an unknown name is answered with near ones", async () => {
    const world = await openOutside(kind);

    expect((await askLink(world, { person: "chidi" }, "another-token")).status).toBe(401);
    expect((await askLink(world, {})).status).toBe(400);
    const unknown = await askLink(world, { person: "chid" });

    expect(unknown.status).toBe(404);
    expect(await unknown.text()).toContain("chidi");
    expect(await world.kinds()).not.toContain("session.issued");
  });

  test("a form from another site, without an Origin or with somebody else's nonce changes nothing", async () => {
    const world = await openOutside(kind);
    const chidi = await signedIn(world, "chidi");
    const [[name, session] = ["", ""]] = chidi.cookies;
    const erin = await signedIn(world, "erin");
    const nonceOf = async (browser: Browser): Promise<string> =>
      /name="nonce" value="([^"]+)"/.exec((await browser.page("/")).html)?.[1] ?? "";
    const say = async (origin: string | null, nonce: string): Promise<number> => {
      const response = await fetch(`${world.server().url}/say`, {
        method: "POST",
        redirect: "manual",
        headers: { cookie: `${name}=${session}`, ...(origin === null ? {} : { origin }) },
        body: new URLSearchParams({ nonce, line: "pause assistant-prod" }),
      });
      return response.status;
    };

    expect(await say("https://evil.example", await nonceOf(chidi))).toBe(403);
    expect(await say(null, await nonceOf(chidi))).toBe(403);
    expect(await say("null", await nonceOf(chidi))).toBe(403);
    expect(await say(publicUrl, await nonceOf(erin))).toBe(403);
    expect(await say(publicUrl, "")).toBe(403);
    expect(await world.posture()).toBe("full");
    expect(await say(publicUrl, await nonceOf(chidi))).toBe(303);
    expect(await world.posture()).toBe("paused");
  });
});
