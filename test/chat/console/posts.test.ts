import { afterEach, describe, expect, test } from "vitest";
import { chidi, openCard } from "./cards.ts";
import { cookieOf, get, nonceOn, post } from "./forms.ts";
import { makeWorld, type Setting, told, type World } from "./world.ts";

const worlds: World[] = [];
async function open(setting: Setting = {}): Promise<World> {
  const world = await makeWorld({ cards: [openCard], ...setting });
  worlds.push(world);
  return world;
}
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()));
});

describe("what every form must be", () => {
  const refused = [
    ["the Origin header is missing", { origin: "" }, {}, 403, "Origin header is missing"],
    [
      "the Origin names another site",
      { origin: "https://evil.example" },
      {},
      403,
      "names another site",
    ],
    ["the Origin is null", { origin: "null" }, {}, 403, "names another site"],
    [
      "the Origin is ours on another port",
      { origin: "http://localhost:3001" },
      {},
      403,
      "names another site",
    ],
    ["the nonce is missing", {}, { nonce: "" }, 403, "its form has no key"],
    [
      "the nonce is made up",
      {},
      { nonce: "a.b.c" },
      403,
      "opened by somebody else, or the server has changed since",
    ],
    ["the body is JSON", { "content-type": "application/json" }, {}, 415, "not a form"],
    ["the body is plain text", { "content-type": "text/plain" }, {}, 415, "not a form"],
  ] as const;

  test.each(refused)("nothing is said when %s", async (_name, headers, fields, status, because) => {
    const world = await open();
    const nonce = await nonceOn(world);
    const sent = Object.fromEntries(
      Object.entries({ origin: "http://localhost:3000", ...headers }).filter(
        ([, value]) => value !== "",
      ),
    );

    const answer = await world.app.inject({
      method: "POST",
      url: "/say",
      headers: { "content-type": "application/x-www-form-urlencoded", ...sent },
      payload: new URLSearchParams({ line: "pause HP-142", nonce, ...fields }).toString(),
    });

    expect(answer.statusCode).toBe(status);
    expect(answer.body).toContain(because);
    expect(world.said).toEqual([]);
  });

  test("a form older than 24 hours is refused, and its words are offered again", async () => {
    const world = await open();
    const nonce = await nonceOn(world);
    world.state.now += 24 * 3_600_000 + 1;

    const answer = await post(world, {
      fields: { line: "pause HP-142", reason: "looks real", nonce },
    });

    expect(answer.statusCode).toBe(403);
    expect(answer.body).toContain(
      "This page is out of date: it was opened more than 24 hours ago. Nothing changed.</p><p>Run it again?",
    );
    expect(answer.body).toContain("pause HP-142 because looks real");
    expect(world.said).toEqual([]);
  });

  test("a nonce made for one person is worth nothing to another", async () => {
    const world = await open();
    const nonce = await nonceOn(world);

    const answer = await post(world, {
      fields: { line: "pause HP-142", nonce },
      headers: { cookie: `holdpoint_as=${chidi.id}` },
    });

    expect(answer.statusCode).toBe(403);
    expect(world.said).toEqual([]);
  });

  test("a form above 64 kB is refused", async () => {
    const world = await open();
    const nonce = await nonceOn(world);

    const answer = await post(world, { fields: { line: "x".repeat(66_000), nonce } });

    expect(answer.statusCode).toBe(413);
    expect(world.said).toEqual([]);
  });

  test("without being in, nothing is said and the page tells how to get in", async () => {
    const world = await open({ demoMode: false });

    const answer = await post(world, { fields: { line: "pause HP-142", nonce: "x" } });

    expect(answer.statusCode).toBe(401);
    expect(answer.body).toContain("login-link");
    expect(world.said).toEqual([]);
  });

  test("a token that reads cannot say anything", async () => {
    const world = await open({ demoMode: false });

    const answer = await post(world, {
      fields: { line: "pause HP-142", nonce: "x" },
      headers: { authorization: "Bearer auditor" },
    });

    expect(answer.statusCode).toBe(403);
    expect(world.said).toEqual([]);
  });
});

describe("what is said", () => {
  test("a button is a typed command, with the version and the escalation it stood on", async () => {
    const world = await open();
    const nonce = await nonceOn(world);

    const answer = await post(world, {
      fields: {
        line: "pause HP-142",
        reason: " looks\r\n real ",
        version: "7",
        escalation: "HP-142",
        nonce,
      },
    });

    expect(answer.statusCode).toBe(303);
    expect(world.said).toMatchObject([
      {
        speaker: { is: "person", link: null },
        surface: "console",
        line: "pause HP-142 because looks real",
        version: 7,
        escalation: "HP-142",
        channel: null,
      },
    ]);
  });

  test("a typed line carries no version", async () => {
    const world = await open();

    await post(world, { fields: { line: "status", nonce: await nonceOn(world) } });

    expect(world.said).toMatchObject([{ line: "status", version: null, escalation: null }]);
  });

  test("a form that a command asked for becomes the line somebody would have typed", async () => {
    const world = await open();
    const nonce = await nonceOn(world);

    await post(world, {
      fields: {
        line: "narrow",
        "field.to": "staff",
        "field.what": "assistant-prod",
        "field.for": "",
        "field.reason": "too risky",
        nonce,
      },
    });

    expect(world.said[0]?.line).toBe("narrow assistant-prod to staff because too risky");
  });

  test("pressing twice is one press with one answer", async () => {
    const world = await open();
    const fields = { line: "pause HP-142", nonce: await nonceOn(world) };

    const first = await post(world, { fields });
    const second = await post(world, { fields });

    expect(second.headers["location"]).toBe(first.headers["location"]);
    expect(world.said.map(({ key }) => key)).toEqual([world.said[0]?.key, world.said[0]?.key]);
    expect(world.deeds()).toBe(1);
  });

  test("other words typed into a page that the browser brought back are another press", async () => {
    const world = await open();
    const nonce = await nonceOn(world);

    await post(world, { fields: { line: "status", nonce } });
    await post(world, { fields: { line: "pause assistant-prod", nonce } });

    expect(world.deeds()).toBe(2);
  });

  test("the answer is shown to who pressed, and to nobody else", async () => {
    const world = await open({
      inbound: async () => told("Only Chidi Lindt requests it.", { ok: false }),
    });
    const answer = await post(world, {
      fields: { line: "resume HP-142", nonce: await nonceOn(world) },
    });
    const address = String(answer.headers["location"]).replace("#answer", "");

    const mine = await get(world, address);
    const theirs = await get(world, address, { cookie: `holdpoint_as=${chidi.id}` });

    expect(mine.body).toContain("Only Chidi Lindt requests it.");
    expect(theirs.body).not.toContain("Only Chidi Lindt requests it.");
  });

  test("a file in an answer can be saved, under a harmless name", async () => {
    const file = { name: 'proof"\r\n/4212.json', text: '{"index":4212}' };
    const world = await open({ inbound: async () => told("Here it is.", { file }) });
    const answer = await post(world, {
      fields: { line: "prove 4212", nonce: await nonceOn(world) },
    });
    const id = /answer=([0-9a-f]+)/.exec(String(answer.headers["location"]))?.[1];

    const saved = await get(world, `/answers/${id}/file`);

    expect(saved.body).toBe(file.text);
    expect(saved.headers["content-disposition"]).toBe('attachment; filename="proof____4212.json"');
  });

  test("a press returns to the page it came from, and only to ours", async () => {
    const world = await open();
    const say = async (from: string) =>
      (await post(world, { fields: { line: "ack HP-142", from, nonce: await nonceOn(world) } }))
        .headers["location"];

    expect(await say("/escalations/HP-142")).toMatch(/^\/escalations\/HP-142\?answer=/);
    expect(await say("//evil.example")).toMatch(/^\/\?answer=/);
  });
});

describe("who somebody is", () => {
  test("demo mode lets the person choose", async () => {
    const world = await open();

    const chosen = await post(world, {
      path: "/be",
      fields: { person: chidi.id, nonce: await nonceOn(world) },
    });
    const cookie = cookieOf(chosen);
    await post(world, {
      fields: { line: "status", nonce: await nonceOn(world, { cookie }) },
      headers: { cookie },
    });

    expect(chosen.headers["set-cookie"]).toMatch(/HttpOnly; SameSite=Strict/);
    expect(world.said[0]?.speaker).toEqual({ is: "person", person: chidi.id, link: null });
  });

  test("demo mode lets the person be nobody the policy names", async () => {
    const world = await open();

    const chosen = await post(world, {
      path: "/be",
      fields: { person: "stranger", nonce: await nonceOn(world) },
    });
    const cookie = cookieOf(chosen);
    await post(world, {
      fields: { line: "status", nonce: await nonceOn(world, { cookie }) },
      headers: { cookie },
    });

    expect(world.said[0]?.speaker).toEqual({ is: "stranger" });
  });

  test("outside demo mode nobody chooses who to be", async () => {
    const world = await open({ demoMode: false });
    const cookie = "holdpoint_session=s_bob";

    const chosen = await post(world, {
      path: "/be",
      fields: { person: chidi.id, nonce: await nonceOn(world, { cookie }) },
      headers: { cookie },
    });
    const page = await get(world, "/", { cookie: `${cookie}; holdpoint_as=${chidi.id}` });

    expect(chosen.statusCode).toBe(403);
    expect(page.body).toContain("Bob Okafor</bdi></strong>");
  });

  test("where demo mode is closed to a request, the page says which condition failed", async () => {
    const world = await open({ demoCloses: "The Host header names another." });

    const page = await get(world, "/");

    expect(page.statusCode).toBe(403);
    expect(page.body).toContain("The Host header names another.");
  });

  test("looking at a login link spends nothing; signing in spends it once", async () => {
    const world = await open({ demoMode: false });
    await get(world, "/login/l_chidi");
    const fields = { nonce: await nonceOn(world, {}, "/login/l_chidi") };

    const first = await post(world, { path: "/login/l_chidi", fields });
    const second = await post(world, { path: "/login/l_chidi", fields });
    const page = await get(world, "/", { cookie: cookieOf(first) });

    expect(first.statusCode).toBe(303);
    expect(first.headers["set-cookie"]).toBe(
      "holdpoint_session=s_chidi; Path=/; Max-Age=3600; HttpOnly; SameSite=Strict",
    );
    expect(page.body).toContain("Chidi Lindt</bdi></strong>");
    expect(second.statusCode).toBe(401);
  });

  test("a login form from another site does not spend the link", async () => {
    const world = await open({ demoMode: false });
    const fields = { nonce: await nonceOn(world, {}, "/login/l_chidi") };

    const answer = await post(world, {
      path: "/login/l_chidi",
      fields,
      headers: { origin: "https://evil.example" },
    });

    expect(answer.statusCode).toBe(403);
    expect(world.state.links.size).toBe(1);
  });

  test("over https the session's cookie is Secure and belongs to this host alone", async () => {
    const world = await open({ demoMode: false, publicUrl: "https://holdpoint.example" });
    const fields = { nonce: await nonceOn(world, {}, "/login/l_chidi") };

    const answer = await post(world, {
      path: "/login/l_chidi",
      fields,
      headers: { origin: "https://holdpoint.example" },
    });

    expect(answer.headers["set-cookie"]).toMatch(/^__Host-holdpoint_session=.*; Secure$/);
  });

  test("when a session is over, its pages and forms are over", async () => {
    const world = await open({ demoMode: false });
    const cookie = "holdpoint_session=s_bob";
    const nonce = await nonceOn(world, { cookie });
    world.state.sessions.delete("s_bob");

    const page = await get(world, "/", { cookie });
    const answer = await post(world, {
      fields: { line: "pause HP-142", nonce },
      headers: { cookie },
    });

    expect([page.statusCode, answer.statusCode]).toEqual([401, 401]);
    expect(world.said).toEqual([]);
  });

  test("logging out forgets the session's cookie", async () => {
    const world = await open({ demoMode: false });
    const cookie = "holdpoint_session=s_bob";

    const answer = await post(world, {
      path: "/logout",
      fields: { nonce: await nonceOn(world, { cookie }) },
      headers: { cookie },
    });

    expect(answer.headers["set-cookie"]).toMatch(/^holdpoint_session=; Path=\/; Max-Age=0/);
  });
});
