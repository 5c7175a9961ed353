import { get as httpGet, type IncomingMessage } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import type { MessageRow } from "../../../src/app/ports.ts";
import { consoleChat } from "../../../src/console/chat.ts";
import { bob, chidi, decidedCard, hostile, hostileCard, now, openCard, postures } from "./cards.ts";
import { get, nonceOn, post } from "./forms.ts";
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

/** What a reader sees: no tags, no entities. */
const textOf = (html: string): string =>
  html
    .replace(/<[^>]+>/g, " ")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&")
    .replace(/\s+/g, " ");

describe("the first page", () => {
  test("shows what is open, before what is decided and the board", async () => {
    const world = await open({ cards: [{ ...decidedCard, escalation: "HP-141" }, openCard] });

    const text = textOf((await get(world, "/")).body);

    const order = ["Open: 1", "HP-142", "Decided, monitoring: 1", "HP-141", "Deployments"];
    expect(order.map((words) => text.indexOf(words))).toEqual(
      order.map((words) => text.indexOf(words)).toSorted((a, b) => a - b),
    );
    expect(text).not.toContain("Nothing is open");
  });

  test("says of each deployment its state, since when, until when, and who may confirm what waits", async () => {
    const world = await open();

    const text = textOf((await get(world, "/")).body);

    expect(text).toContain("Narrowed to staff (staff, tools off)");
    expect(text).toContain("Review overdue since Sun 10:21");
    expect(text).toContain(
      "Chidi Lindt requests resume to full. Erin Sato or Frank Moreau must approve by 23:21",
    );
    expect(text).toContain("Since 02:21 , pause automatically, by policy · record 4190");
    expect(text).toContain("times in Europe/Paris");
  });

  test("says that nothing is open when nothing is, and when a signal last came", async () => {
    const world = await open({ cards: [] });
    const never = textOf((await get(world, "/")).body);
    world.state.lastSignal = Date.parse("2026-11-23T02:41:00Z");
    const heard = textOf((await get(world, "/")).body);

    expect(never).toContain("No open escalations. No signal received yet.");
    expect(heard).toContain("No open escalations. Last signal 2026-11-23 02:41:00 UTC .");
  });

  test("carries headers that let no other page use it", async () => {
    const { headers } = await get(await open(), "/");

    expect(headers).toMatchObject({
      "content-security-policy":
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
      "referrer-policy": "same-origin",
    });
  });
});

describe("text from outside", () => {
  const asHostile = { ...postures[0]!, name: hostile, words: hostile, buttons: [] };

  test.each(["/", "/escalations/HP-666", "/history", "/fragments/board"])(
    "is never live on %s",
    async (path) => {
      const world = await open({
        cards: [hostileCard],
        postures: [asHostile],
        people: [{ ...bob, name: hostile }],
      });
      world.state.history = [
        {
          index: 1,
          at: now,
          kind: "decision.made",
          deployment: hostile,
          escalation: "",
          line: [{ untrusted: hostile }],
        },
      ];

      const { body } = await get(world, path);

      expect(body).not.toMatch(/<script>|<img/);
      expect(["\u202E", "\u200B", "\u0000"].filter((name) => body.includes(name))).toEqual([]);
      expect(body).toContain("⟨U+202E⟩");
      expect(body).toContain("⟨U+200B⟩");
    },
  );

  test("is never live in an answer or an address", async () => {
    const world = await open({ inbound: async () => told(hostile, { lines: [[hostile]] }) });
    const nonce = await nonceOn(world);
    const answer = await post(world, { fields: { line: hostile, nonce } });

    const said = await get(world, String(answer.headers["location"]).replace("#answer", ""));
    const missing = await get(world, "/escalations/%3Cscript%3Ealert(1)%3C%2Fscript%3E");

    expect(said.body).not.toMatch(/<script>|<img/);
    expect(missing.statusCode).toBe(404);
    expect(missing.body).not.toContain("<script>alert");
  });
});

describe("the auditor's pages", () => {
  const lines = Array.from({ length: 120 }, (_, at) => ({
    index: 1000 - at,
    at: now - at * 60_000,
    kind: "decision.made",
    deployment: "assistant-prod",
    escalation: "HP-142" as const,
    line: [`Line ${1000 - at}`],
  }));

  test("the history reads its filters and goes on below the last line", async () => {
    const world = await open();
    world.state.history = lines;

    const first = await get(
      world,
      `/history?deployment=assistant-prod&person=${chidi.id}&kind=pause&since=2026-11-01&until=2026-12-01` +
        `&decider=${chidi.id}&escalation=HP-142&trigger=jailbreak-rate&severity=high&model=aurora-1&deviation=true&undone=true`,
    );
    const older =
      /href="(\/history\?[^"]+below=[^"]+)"/.exec(first.body)?.[1]?.replaceAll("&amp;", "&") ?? "";
    const second = await get(world, older);

    expect(world.asked[0]).toEqual({
      deployment: "assistant-prod",
      actor: chidi.id,
      decider: chidi.id,
      kind: "pause",
      trigger: "jailbreak-rate",
      escalation: "HP-142",
      severity: "high",
      model: "aurora-1",
      only: ["deviation", "undone"],
      below: null,
      since: Date.parse("2026-11-01T00:00:00Z"),
      until: Date.parse("2026-12-02T00:00:00Z"), // the last day counts too
      limit: 51,
    });
    expect(world.asked[1]).toMatchObject({
      deployment: "assistant-prod",
      kind: "pause",
      below: 951,
    });
    expect(first.body).toContain("Line 951");
    expect(first.body).not.toContain("Line 950");
    expect(second.body).toContain("Line 950");
  });

  test.each([
    ["since=yesterday", "From “yesterday” is not a date"],
    ["until=2026-02-30", "To “2026-02-30” is not a date"],
    ["below=-1", "below: “-1” is no number"],
    ["persn=x", "no filter “persn”; nearest: person"],
    ["kind=pause&kind=keep", "kind is given twice"],
    ["deviation=sricter", "no deviation “sricter”; nearest: stricter"],
    ["denied=maybe", "denied must be true"],
  ])("%s is refused, and nothing is shown in its place", async (query, because) => {
    const world = await open();
    world.state.history = lines;

    const page = await get(world, `/history?${query}`);

    expect(page.statusCode).toBe(400);
    expect(textOf(page.body)).toContain(`Nothing was searched: ${because}`);
    expect(page.body).not.toContain("Line 1000");
    expect(world.asked).toEqual([]);
  });

  test("a value that nothing is called is refused with the nearest", async () => {
    const world = await open();
    world.state.unfit = ["no kind “pase”; nearest: pause"];

    const page = await get(world, "/history?kind=pase");

    expect(page.statusCode).toBe(400);
    expect(textOf(page.body)).toContain("Nothing was searched: no kind “pase”; nearest: pause.");
  });

  test("the audit log's page shows its head, the signed checkpoint and how to verify it offline", async () => {
    const text = textOf((await get(await open(), "/log")).body);

    expect(text).toContain("Audit log");
    expect(text).not.toContain("The record");
    expect(text).toContain("4213 entries");
    expect(text).toContain("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=");
    expect(text).toContain("Verify the whole log offline");
    expect(text).toContain("log verify ./log");
  });

  test("the pages, the history's filters and its kinds are called what people call them", async () => {
    const text = textOf((await get(await open(), "/history")).body);

    const words = [
      "Skip to content",
      "Overview",
      "History",
      "Audit log",
      "Help",
      "Run",
      "Event",
      "From",
      "To",
      "Apply",
      "Dates are days in UTC, the last one included.",
      "Gateway reports",
      "Out of office",
      "Partly approved",
      "Login link or sign-in",
      "No change",
    ];
    expect(words.filter((word) => !text.includes(word))).toEqual([]);
  });

  test("a token that reads sees the pages, and nothing to press", async () => {
    const world = await open({ demoMode: false });
    const headers = { authorization: "Bearer auditor" };

    const page = await get(world, "/", headers);

    expect(page.statusCode).toBe(200);
    expect(page.body).toContain("Jailbreak classifier");
    expect(page.body).not.toContain('method="post"');
  });

  test.each([
    "/",
    "/escalations/HP-142",
    "/history",
    "/log",
    "/help",
    "/events",
    "/fragments/board",
  ])("%s is closed to who is not in", async (path) => {
    const world = await open({ demoMode: false });

    const page = await get(world, path);

    expect(page.statusCode).toBe(401);
    expect(page.body).not.toContain("Assistant");
  });
});

describe("the stream of changes", () => {
  const listen = (address: string) =>
    new Promise<IncomingMessage>((resolve) => {
      httpGet(`${address}/events`, resolve);
    });

  test("says that something changed, and ends when the server closes", async () => {
    const world = await open();
    const stream = await listen(await world.listen());
    const heard: string[] = [];
    const changed = new Promise<void>((resolve) => {
      stream.setEncoding("utf8").on("data", (text: string) => {
        heard.push(text);
        if (heard.join("").includes("event: change")) resolve();
        else world.changed();
      });
    });
    await changed;
    const ended = new Promise((resolve) => stream.on("end", resolve));

    await world.close();
    await ended;

    expect(stream.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
    expect(world.listeners.size).toBe(0);
  });

  test("is bounded: a page too many stays as it was loaded", async () => {
    const world = await open();
    const address = await world.listen();
    const streams = await Promise.all(Array.from({ length: 100 }, () => listen(address)));

    const more = await listen(address);

    expect(streams.every(({ statusCode }) => statusCode === 200)).toBe(true);
    expect(more.statusCode).toBe(503);
    expect(more.headers["retry-after"]).toBe("30");
  });
});

test("as a chat the console reaches everybody and keeps what it is told", async () => {
  const saved: MessageRow[] = [];
  const chat = consoleChat(
    {
      saveMessage: async (message) => {
        saved.push(message);
      },
    },
    { now: () => now },
    { alone: true },
  );

  await chat.showCard(
    {
      key: "card:HP-142",
      chat: "console",
      lane: "model-risk",
      urgency: 0,
      doubtSince: null,
      attempts: 1,
      body: { kind: "card", escalation: "HP-142", channel: "model-risk" },
    },
    openCard,
  );
  await chat.say(
    {
      key: "line:1",
      chat: "console",
      lane: "model-risk",
      urgency: 1,
      doubtSince: null,
      attempts: 1,
      body: {
        kind: "line",
        channel: "model-risk",
        escalation: "HP-142",
        to: [chidi.id],
        line: [{ person: chidi.id, name: "Chidi Lindt", mention: true }, ", decide again."],
        version: null,
        buttons: [],
      },
    },
    new Map(),
  );

  expect(chat.reaches(bob)).toBe(true);
  expect(saved).toMatchObject([
    { key: "card:HP-142", body: openCard, to: [], at: now },
    { key: "line:1", body: "Chidi Lindt, decide again.", to: [chidi.id], escalation: "HP-142" },
  ]);
});
