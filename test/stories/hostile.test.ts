import { expect, test } from "vitest";
import { oneDatabase } from "../support/databases.ts";
import { browserAt, plain } from "../support/process.ts";
import { collapse, jailbreak, openWorld } from "../support/world.ts";
import type { World } from "../support/world-shape.ts";

/** None of these names anything that is there, so none may change what is in force. */
const meaningless: readonly (readonly [string, string])[] = [
  ["nothing", ""],
  ["only spaces", " \t \u00a0 \u2003 "],
  ["10,000 letters", "a".repeat(10_000)],
  ["10,000 words", "pause ".repeat(10_000)],
  ["5,000 emoji", "🔴".repeat(5_000)],
  ["control characters", "\u0001\u0007\u001b[31mpause\u0000\u007f nothing"],
  ["a NUL alone", "\u0000"],
  ["text from right to left", "\u202epause \u2066tnatsissa\u2069"],
  ["half a character", "pause \ud800"],
  ["SQL", "pause '; drop schema holdpoint cascade; --"],
  ["SQL as a command", "'; delete from holdpoint.entries; --"],
  ["HTML", "<script>alert(1)</script> <img src=x onerror=alert(1)>"],
  ["HTML as a name", 'pause "><script>alert(1)</script>'],
  ["a template", "pause {{7*7}} #{7*7} %s %n"],
  ["because because", "because because"],
  ["only because", "because"],
  ["resume because because", "resume because because because"],
  ["a prototype's name", "__proto__"],
  ["constructor as a command", "constructor because"],
  ["toString as a command", "toString"],
  ["a prototype's name as a deployment", "pause __proto__ because"],
  ["constructor as a deployment", "resume constructor because x"],
  ["hasOwnProperty as a deployment", "status hasOwnProperty"],
  ["an escalation that cannot be", "pause HP-999999999999 because"],
  ["an escalation that is not there", "ack HP-999999999"],
  ["an escalation below zero", "ack HP--1"],
  ["an escalation with a fraction", "ack HP-1.5"],
  ["escalation zero", "keep HP-0 because"],
  ["slashes", "////pause////"],
  ["a path", "prove ../../etc/passwd"],
  ["a record that is not there", "prove 99999999999999999999"],
  ["a record below zero", "prove -1"],
  ["a date that cannot be", "decisions on 2026-02-30"],
  ["a date far away", "away until 9999999-01-01"],
  ["an endless date", "away until NaN"],
  ["a kind that is none", "decisions kind __proto__"],
  ["somebody who is nobody", "who ../../.. by nobody"],
  ["help for nothing there", "help __proto__"],
  ["a long deployment", `resume ${"a".repeat(10_000)} because`],
  ["a long person", `decisions by ${"é".repeat(10_000)}`],
  ["a long time", `away until ${"z".repeat(10_000)}`],
  ["a long question", `who ${"🔴".repeat(3_000)}`],
  ["a long thing to have explained", `help ${"q ".repeat(4_000)}`],
  ["a line break", "status\r\nset-cookie: a=b"],
];

/** What nobody should read: a value that is none, a control character, text that turns around. */
const unspeakable = /NaN|Invalid|undefined|[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/u;

const inForce = async (world: World) => ({
  posture: await world.posture(),
  decisions: (await world.kinds()).filter((kind) => kind === "decision.made").length,
});

oneDatabase((kind) => {
  test.each(["chidi", "stranger"])(
    "no senseless line of %s changes anything, and each one gets an answer that is no fault",
    async (person) => {
      const world = await openWorld(kind);
      await world.send("signals", jailbreak());
      const browser = browserAt(world.server().url);
      await browser.be(person);
      const before = await inForce(world);

      for (const [name, line] of meaningless) {
        const said = await browser.say(line);
        expect(said.text, name).not.toBe("");
        expect(said.text, name).not.toMatch(/x_[a-z2-7]{6}|undefined|NOT RECORDED|NOT CONFIRMED/);
        expect([...said.text].length, name).toBeLessThan(1_500);
      }

      await world.settle();
      expect(await inForce(world)).toEqual(before);
      expect(await world.kinds()).not.toContain("authority.passed");
    },
    60_000,
  );

  test("a stop with strange words behind it is still a stop, and asks again within the policy's time", async () => {
    const strange = [
      "for -5m",
      "for 9999999d",
      "for 99999999999999999999999d",
      "for for for",
      "for 0m",
      "to __proto__ to nowhere",
      "<b>because</b>",
      "\u202e\u0000\u0007",
      "'; drop table x; --",
      "because because because",
      "because",
      `because ${"🔴".repeat(3_000)}`,
      "x".repeat(10_000),
    ];
    for (const words of strange) {
      const world = await openWorld(kind);
      await world.send("signals", jailbreak());
      const browser = browserAt(world.server().url);
      await browser.be("chidi");

      const said = await browser.say(`pause HP-1 ${words}`);
      await world.settle();

      expect(said, words.slice(0, 50)).toMatchObject({ ok: true });
      expect(said.text).toContain(": Paused 10:00 by Chidi Lindt.");
      expect(said.text).not.toMatch(unspeakable);
      expect(await world.posture()).toBe("paused");
      const { card, lines } = await world.card("HP-1");
      expect(lines.length).toBeLessThanOrEqual(10);
      expect(plain((await browser.page("/")).html)).not.toMatch(unspeakable);
      expect(card.buttons.length).toBeLessThanOrEqual(2);
      const made = (await world.server().store.entriesFrom(0, 100)).flatMap(({ entry }) =>
        entry.kind === "decision.made" ? [entry] : [],
      );
      expect(made).toHaveLength(1);
      const days = (Date.parse(made[0]?.reassessBy ?? "") - world.clock.now()) / 86_400_000;
      expect(days, words.slice(0, 50)).toBeGreaterThanOrEqual(0);
      expect(days, words.slice(0, 50)).toBeLessThanOrEqual(1);
    }
  }, 120_000);

  test("a signal with huge, hidden and turning text in every field stays within the card's limits, and the log can hold it", async () => {
    const world = await openWorld(kind);
    const odd = "\u0000\u202eevil\u2066\u0007<script>alert(1)</script>🔴".repeat(500);
    const labels = Object.fromEntries(
      Array.from({ length: 300 }, (_, n) => [`label${n}`, `${odd.slice(0, 2_000)}${n}`]),
    );
    await world.send(
      "signals",
      jailbreak(0.08, { suite: odd, summary: odd, url: `https://x.example/${odd}`, labels }),
    );
    await world.send("signals", {
      kind: "finding",
      deployment: odd,
      summary: odd,
      model: odd,
      labels: { __proto__: "x", constructor: odd, toString: "y" },
    });
    await world.send("signals", '{"kind":"finding","deployment":"__proto__","summary":"x"}');
    await world.send(
      "signals",
      '{"kind":"finding","deployment":"constructor","labels":{"__proto__":{"a":1}}}',
    );

    const live = await world.server().store.liveEscalations();
    expect(live.length).toBeGreaterThanOrEqual(2);
    const browser = browserAt(world.server().url);
    for (const { id } of live) {
      const { title, lines, card } = await world.card(id);
      expect([title, ...lines].length, id).toBeLessThanOrEqual(10);
      for (const line of [title, ...lines]) expect([...line].length, id).toBeLessThanOrEqual(400);
      expect(card.buttons.length, id).toBeLessThanOrEqual(2);
      const { status, html } = await browser.page(`/escalations/${id}`);
      expect(status, id).toBe(200);
      expect(html, id).not.toContain("<script>alert");
      expect(plain(html), id).not.toMatch(unspeakable);
    }
    const bytes = (await world.server().store.entriesFrom(0, 100)).map((item) => item.bytes.length);
    expect(Math.max(...bytes)).toBeLessThanOrEqual(32 * 1024);
  });

  test("five hundred signals about one thing are one card that counts them", async () => {
    const world = await openWorld(kind);
    const alert = (n: number) =>
      Object(collapse("firing", "2026-11-23T09:58:00Z", `${n}`.padStart(16, "0"))).alerts[0];
    const alerts = Array.from({ length: 500 }, (_, n) => alert(n));

    await world.send("alertmanager", { ...collapse(), alerts });

    expect((await world.server().store.liveEscalations()).map(({ id }) => id)).toEqual(["HP-1"]);
    const { text, lines } = await world.card("HP-1");
    expect(text).toContain("500 alerts since");
    expect(lines.length).toBeLessThanOrEqual(9);
    expect((await world.kinds()).length).toBeLessThanOrEqual(4);
  }, 60_000);

  test("sixty deployments that nobody knows open twenty escalations and one that they share", async () => {
    const world = await openWorld(kind);
    for (let n = 0; n < 60; n += 1) {
      await world.send("signals", { kind: "finding", deployment: `mystery-${n}`, summary: "odd" });
    }
    await world.send("signals", { kind: "finding", deployment: "mystery-3", summary: "again" });

    const live = await world.server().store.liveEscalations();

    expect(live).toHaveLength(22); // "again" is another finding
    const evidence = await world.server().store.evidenceOf(live.map(({ id }) => id));
    const counts = [...evidence.values()].map(({ signals }) => signals).sort((a, b) => a - b);
    expect(counts.slice(0, 21)).toEqual(Array.from({ length: 21 }, () => 1));
    expect(counts.slice(21)).toEqual([40]);
  }, 60_000);
});
