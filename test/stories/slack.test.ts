import { expect, test } from "vitest";
import { eachDatabase } from "../support/databases.ts";
import { openSlackWorld } from "../support/slack-world.ts";
import { jailbreak } from "../support/world.ts";

/** The story of the spine, told in Slack: signed requests in, Web API calls out. */

eachDatabase((kind) => {
  test("a webhook becomes one card that mentions who acknowledges and who decides, and tells both in person", async () => {
    const world = await openSlackWorld(kind);

    await world.send("signals", jailbreak());

    const { message, text, buttons } = world.posted("HP-1");
    expect(text).toContain("🔴 Assistant (production) · HP-1");
    expect(text).toContain("jailbreak-suite attack_success mean 0.082, limit 0.05");
    expect(text).toContain("Decides: @U0CHIDI001 until 10:30");
    expect(text).toContain("@U0BOB00001");
    expect(buttons).toEqual(["Narrow to no-tools", "Pause", "Acknowledge", "Keep open…", "More…"]);
    expect([...message.text].length).toBeLessThanOrEqual(120);
    expect(message.text).toContain("CRITICAL Assistant (production)");
    expect(message.text).toContain("HP-1");
    const direct = (user: string) => world.slack.directs(user).map(({ text: words }) => words);
    expect(direct("U0CHIDI001")).toHaveLength(1);
    expect(direct("U0BOB00001")).toHaveLength(1);
    expect(direct("U0ERIN0001")).toEqual([]);
    expect(world.thread("HP-1")).toEqual([]);
    expect(world.slack.problems).toEqual([]);
  });

  test("two taps pause it: the button, and a form whose reason is there already and whose submit names the deed", async () => {
    const world = await openSlackWorld(kind);
    await world.send("signals", jailbreak());

    const form = await world.press("bob", "Pause", world.posted("HP-1").message);
    expect(form.inView).toBe(true);
    expect(form.text).toContain("Pause Assistant (production)");
    expect(form.text).toContain("jailbreak-suite attack_success mean 0.082, limit 0.05");
    const done = await world.submit("bob");

    expect(done.text).toContain("It stays so until two people resume it. I ask again by Tue 10:00");
    expect(await world.posture()).toBe("paused");
    const { text, buttons, message } = world.posted("HP-1");
    expect(text).toContain("Paused 10:00 by Bob Okafor (on call)");
    expect(text).toContain("Plan was: narrow to no-tools. This is stricter.");
    expect(buttons).toEqual(["Resume…", "Keep paused…", "Undo (until 10:10)", "More…"]);
    expect(message.edits).toBeGreaterThan(0);
    expect(world.thread("HP-1")).toHaveLength(1);
    expect(world.slack.problems).toEqual([]);
  });

  test("one person cannot resume, two can, and a restart in between changes nothing", async () => {
    const world = await openSlackWorld(kind);
    await world.send("signals", jailbreak());
    await world.type("bob", "/pause HP-1 because 8.2 %, samples look real");
    await world.restart();

    const refused = await world.type("bob", "/resume HP-1 because it looks fine");
    expect(refused.text).toContain("Bob, you cannot resume Assistant (production)");
    await world.press("chidi", "Resume…", world.posted("HP-1").message);
    const started = await world.submit("chidi", { reason: "the eval was broken" });
    expect(started.text).toContain("One more person confirms");
    const again = await world.type("chidi", "/resume HP-1 because the eval was broken");
    expect(again.text).not.toContain("Resumed");
    expect(await world.posture()).toBe("paused");
    await world.restart();
    await world.press("erin", "Confirm resume…", world.posted("HP-1").message);
    const done = await world.submit("erin");

    expect(done.text).toContain("Resumed");
    expect(await world.posture()).toBe("full");
    expect(world.slack.problems).toEqual([]);
  });

  test("in a thread the card's escalation is meant", async () => {
    const world = await openSlackWorld(kind);
    await world.send("signals", jailbreak());

    const said = await world.mention("bob", "ack", world.posted("HP-1").message);

    expect(said.status).toBe(200);
    expect(said.text).toContain("HP-1");
    expect(world.posted("HP-1").text).toContain("Seen by");
    expect(world.thread("HP-1").join()).toContain("has seen HP-1");
  });

  test("a wrong name is answered with the nearest three as buttons, and pressing one does it", async () => {
    const world = await openSlackWorld(kind);

    const asked = await world.type("chidi", "/pause asistant-prod because it lies");
    expect(asked.text).toContain("Did you mean");
    expect(asked.buttons).toContain("assistant-prod");
    const done = await world.press("chidi", "assistant-prod");

    expect(done.text).toContain("paused");
    expect(await world.posture()).toBe("paused");
  });

  test("a command without words opens a form that asks for them", async () => {
    const world = await openSlackWorld(kind);
    await world.send("signals", jailbreak());

    const form = await world.type("bob", "/pause");
    expect(form.inView).toBe(true);
    const done = await world.submit("bob", { what: "assistant-prod", reason: "as agreed" });

    expect(done.text).toContain("Paused");
    expect(await world.posture()).toBe("paused");
  });
});
