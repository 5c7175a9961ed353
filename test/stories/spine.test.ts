import { expect, test } from "vitest";
import { eachDatabase } from "../support/databases.ts";
import { collapse, jailbreak, openWorld } from "../support/world.ts";

eachDatabase((kind) => {
  test("a webhook becomes a card that names who decides, until when, and what happens otherwise", async () => {
    const world = await openWorld(kind);

    await world.send("signals", jailbreak());

    const card = await world.card("HP-1");
    expect(card.text).toBe(
      [
        "🔴 Assistant (production) · HP-1",
        "Jailbreak success 8.2 % (limit 5 %)",
        "jailbreak-suite · aurora-3 · 200 samples",
        "1 run, 10:00",
        "Now: open to everyone, tools on",
        "Decides: Chidi Lindt until 10:30 GMT",
        "Without a decision by 10:30 GMT, Holdpoint narrows it to no-tools",
        "Can narrow or pause: Erin Sato, Bob Okafor (on call) or Dana Weiss",
        "Not acknowledged",
      ].join("\n"),
    );
    expect(card.buttons.slice(0, 3)).toEqual(["Narrow to no-tools", "Pause", "Acknowledge"]);
  });

  test("someone without authority is refused and told who can", async () => {
    const world = await openWorld(kind);
    await world.send("signals", jailbreak());
    await world.say("bob", "pause HP-1 because 8.2 %, samples look real");

    const refused = await world.say("bob", "resume HP-1 because it looks fine");

    expect(refused.ok).toBe(false);
    expect(refused.text).toContain(
      "Bob, you cannot resume Assistant (production); it stays paused",
    );
    expect(refused.text).toContain(
      "Chidi Lindt requests it, then Erin Sato or Frank Moreau approves",
    );
    expect(refused.text).toContain("You may still pause or narrow");
    expect(await world.posture()).toBe("paused");
    expect(await world.kinds()).toContain("decision.denied");
  });

  test("one person cannot resume, two can, and a restart in between changes nothing", async () => {
    const world = await openWorld(kind);
    await world.send("signals", jailbreak());
    await world.say("bob", "pause HP-1 because 8.2 %, samples look real");
    expect(await world.posture()).toBe("paused");
    await world.restart();
    expect(await world.posture()).toBe("paused");

    const started = await world.say("chidi", "resume HP-1 because the eval was broken");
    expect(started.text).toContain("One more person must approve");
    const again = await world.say("chidi", "resume HP-1 because the eval was broken");
    expect(again.ok).toBe(false);
    expect(await world.posture()).toBe("paused");
    await world.restart();
    const done = await world.say("erin", "resume HP-1 because I looked too");

    expect(done.text).toContain("Resumed");
    expect(await world.posture()).toBe("full");
  });

  test("when nobody decides in time the written response is applied, and the record says why", async () => {
    const world = await openWorld(kind);
    await world.send("signals", jailbreak());

    await world.clock.advance("11m");
    await world.clock.advance("20m");

    expect(await world.posture()).toBe("no-tools");
    const card = await world.card("HP-1");
    expect(card.text).toContain(
      "Narrowed to no-tools 10:31 automatically, by policy. Not acknowledged.",
    );
    expect(await world.kinds()).toEqual([
      "policy.adopted",
      "identity.bound",
      "escalation.opened",
      "acknowledge.missed",
      "decision.made",
    ]);
  });

  test("acknowledging is not deciding: the record says seen, but not decided", async () => {
    const world = await openWorld(kind);
    await world.send("signals", jailbreak());
    expect((await world.say("bob", "ack HP-1")).ok).toBe(true);

    await world.clock.advance("31m");

    expect((await world.card("HP-1")).text).toContain(
      "Acknowledged by Bob Okafor 10:00; nobody decided as the policy asks.",
    );
  });

  test("with pass, the next deputy is named with a full period before the policy answers", async () => {
    const world = await openWorld(kind);
    await world.send("alertmanager", collapse());

    await world.clock.advance("21m");
    const passed = await world.card("HP-1");
    expect(passed.text).toContain("Decides: Erin Sato until 10:41 GMT");
    expect(await world.posture()).toBe("full");
    await world.clock.advance("21m");

    expect(await world.posture()).toBe("paused");
    expect(await world.kinds()).toContain("authority.passed");
  });

  test("a repeated alert joins its escalation; a new start after it closed opens another", async () => {
    const world = await openWorld(kind);
    await world.send("alertmanager", collapse());
    await world.send("alertmanager", collapse());
    expect((await world.card("HP-1")).text).toContain("2 alerts since");
    await world.say("chidi", "pause HP-1 because real");
    await world.clock.advance("2h");
    expect(await world.kinds()).toContain("escalation.closed");

    await world.send("alertmanager", collapse());
    const { body: before } = await world.get("/v1/escalations?status=open");
    await world.send("alertmanager", collapse("firing", "2026-11-23T12:30:00Z"));
    const { body: after } = await world.get("/v1/escalations?status=open");

    expect(before).toMatchObject({ items: [] });
    expect(after).toMatchObject({ items: [{ id: "HP-2", trigger: "refusal-collapse" }] });
  });

  test("what no rule names is not lost: it can be acknowledged, not decided", async () => {
    const world = await openWorld(kind);
    await world.send("signals", {
      kind: "finding",
      deployment: "mystery-prod",
      summary: "found something",
    });
    await world.send("signals", "this is not JSON");

    const { body } = await world.get("/v1/escalations");
    expect(body).toMatchObject({
      items: [{ trigger: "unmatched" }, { trigger: "unmatched", deployment: "mystery-prod" }],
    });
    const refused = await world.say("chidi", "keep HP-1 because fine");
    expect(refused.ok).toBe(false);
    expect((await world.say("bob", "ack HP-1")).ok).toBe(true);
  });

  test("the same press twice is one decision", async () => {
    const world = await openWorld(kind);
    await world.send("signals", jailbreak());
    const { inbound } = world.server();
    const people = await world.server().views.people();
    const chidi = people.find(({ key }) => key === "chidi");
    const press = {
      speaker: { is: "person" as const, person: chidi?.id ?? people[0]!.id, link: null },
      surface: "console" as const,
      line: "pause HP-1 because twice",
      key: "one-press",
      version: 1,
      channel: null,
      escalation: null,
      private: true,
    };

    const answers = await Promise.all(Array.from({ length: 10 }, () => inbound.run(press)));

    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect((await world.kinds()).filter((kind) => kind === "decision.made")).toHaveLength(1);
  });

  test("undo takes back one's own mistaken pause and the escalation is open again", async () => {
    const world = await openWorld(kind);
    await world.send("signals", jailbreak());
    await world.say("bob", "pause HP-1 because wrong deployment");
    await world.clock.advance("3m");

    expect((await world.say("erin", "undo HP-1")).ok).toBe(false);
    const undone = await world.say("bob", "undo HP-1 because wrong deployment");

    expect(undone.text).toContain("Undone");
    expect(await world.posture()).toBe("full");
    expect((await world.card("HP-1")).card.status).toBe("open");
  });

  test("a stop by hand opens an escalation, and without a reason the record asks for it once", async () => {
    const world = await openWorld(kind);

    const paused = await world.say("dana", "pause assistant-prod");

    expect(paused.text).toContain("reason to follow");
    expect((await world.card("HP-1")).text).toContain("Paused 10:00 by Dana Weiss");
    expect((await world.say("dana", "reason HP-1 because the vendor called")).ok).toBe(true);
    expect((await world.card("HP-1")).text).toContain("“the vendor called”");
  });

  test("a break-glass person alone is flagged and reviewed within a day", async () => {
    const world = await openWorld(kind);
    await world.send("signals", jailbreak());
    await world.say("chidi", "pause HP-1 because stop");

    expect((await world.say("frank", "resume HP-1 because now")).ok).toBe(false);
    const broke = await world.say("frank", "breakglass resume HP-1 because hospital depends on it");

    expect(broke.text).toContain("break-glass");
    expect(await world.posture()).toBe("full");
  });

  test("while the decider is away the deputy is named at once and may start a resume", async () => {
    const world = await openWorld(kind);
    await world.send("signals", jailbreak());
    expect((await world.say("chidi", "away until 2026-11-25")).ok).toBe(true);
    expect((await world.card("HP-1")).text).toContain("Decides: Erin Sato");

    await world.say("erin", "pause HP-1 because real");
    await world.say("erin", "resume HP-1 because false alarm");
    const done = await world.say("frank", "resume HP-1 because agreed");

    expect(done.ok).toBe(true);
    expect(await world.posture()).toBe("full");
  });

  test("a looser policy is named as such and posted to its channel; a stale base is refused", async () => {
    const world = await openWorld(kind);

    const adopted = await world.adopt((yaml) =>
      yaml.replace("by: [erin, frank], people: 1", "by: [erin, frank, ana], people: 1"),
    );

    expect(adopted.status).toBe(200);
    expect(adopted.body).toMatchObject({
      is: "adopted",
      looser: [expect.stringContaining("approve a resume")],
    });
    const notices = await world.server().views.notices(10);
    expect(notices.some(({ text }) => text.startsWith("A looser policy was adopted"))).toBe(true);
  });

  test("reminders come once each, the day before and when due, and overdue is said each working day", async () => {
    const world = await openWorld(kind);
    await world.send("signals", jailbreak());
    await world.say("chidi", "narrow HP-1 because plan");
    for (let hours = 0; hours < 24 * 7; hours += 6) await world.clock.advance("6h");

    const kinds = await world.kinds();

    expect(kinds.filter((kind) => kind === "reassessment.reminded")).toHaveLength(2);
    expect(kinds.filter((kind) => kind === "reassessment.overdue").length).toBeGreaterThanOrEqual(
      2,
    );
  });
});
