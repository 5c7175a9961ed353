import { expect, test } from "vitest";
import { oneDatabase } from "../support/databases.ts";
import { walkBlocks } from "../support/slack-reading.ts";
import type { SlackMessageKept } from "../support/slack-types.ts";
import { openSlackWorld } from "../support/slack-world.ts";
import { collapse, jailbreak } from "../support/world.ts";

/** The story of the spine, told in Slack: signed requests in, Web API calls out. */

oneDatabase((kind) => {
  test("a webhook becomes one card that mentions who acknowledges and who decides, and tells both in person", async () => {
    const world = await openSlackWorld(kind);

    await world.send("signals", jailbreak());

    const { message, text, buttons } = world.posted("HP-1");
    expect(text).toContain("🔴 Assistant (production) · HP-1");
    expect(text).toContain("jailbreak-suite attack_success mean 0.082, limit 0.05");
    expect(text).toContain("Decides: @U0CHIDI001 until 10:30");
    expect(text).toContain("@U0BOB00001");
    expect(buttons).toEqual(["Narrow to no-tools", "Pause", "Acknowledge", "More…"]);
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

    expect(done.text).toContain("It stays so until two people resume it. Next review Tue 10:00");
    expect(await world.posture()).toBe("paused");
    const { text, buttons, message } = world.posted("HP-1");
    expect(text).toContain("Paused 10:00 by Bob Okafor (on call)");
    expect(text).toContain("Stricter than the policy (narrow to no-tools)");
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

  test("the predefined response is two taps as well", async () => {
    const world = await openSlackWorld(kind);
    await world.send("signals", jailbreak());

    await world.press("chidi", "Narrow to no-tools", world.posted("HP-1").message);
    await world.submit("chidi");

    expect(await world.posture()).toBe("no-tools");
    expect(world.posted("HP-1").text).toContain("Narrowed to no-tools 10:00 by Chidi Lindt");
  });

  test("when nobody decides in time the written response is applied, and the thread says so once", async () => {
    const world = await openSlackWorld(kind);
    await world.send("signals", jailbreak());

    await world.clock.advance("11m");
    expect(world.thread("HP-1").join()).toContain("HP-1 is not acknowledged");
    await world.clock.advance("20m");
    await world.clock.advance("1m");

    expect(await world.posture()).toBe("no-tools");
    expect(world.posted("HP-1").text).toContain(
      "Narrowed to no-tools 10:31 automatically, by policy. Not acknowledged.",
    );
    expect(world.thread("HP-1")).toHaveLength(2);
    expect(await world.kinds()).toEqual([
      "policy.adopted",
      "escalation.opened",
      "acknowledge.missed",
      "decision.made",
    ]);
  });

  test("with pass, the next deputy is mentioned in a new message and told directly, with a full period", async () => {
    const world = await openSlackWorld(kind);
    await world.send("alertmanager", collapse());
    expect(world.slack.directs("U0ERIN0001")).toHaveLength(0);

    await world.clock.advance("21m");

    expect(world.posted("HP-1").text).toContain("Decides: @U0ERIN0001 until 10:41");
    const passed = world.thread("HP-1").filter((line) => line.includes("@U0ERIN0001"));
    expect(passed).toHaveLength(1);
    expect(world.slack.directs("U0ERIN0001")).toHaveLength(1);
    expect(world.slack.directs("U0CHIDI001")).toHaveLength(1);
    await world.clock.advance("21m");
    expect(await world.posture()).toBe("paused");
  });

  test("the same press ten times is one decision, and so is the same form", async () => {
    const world = await openSlackWorld(kind);
    await world.send("signals", jailbreak());
    const { message } = world.posted("HP-1");
    const button = {
      action_id: "hp:act:7",
      type: "button",
      value: buttonValue(message, "Acknowledge"),
    };
    const payload = world.bodies.pressOn("bob", button, message);

    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, at) => world.post({ payload: { ...payload, nth: at } })),
    );
    await world.settle();

    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    const kinds = await world.kinds();
    expect(kinds.filter((one) => one === "escalation.acknowledged")).toHaveLength(1);
  });

  test("undo takes back one's own mistaken pause and the card asks again", async () => {
    const world = await openSlackWorld(kind);
    await world.send("signals", jailbreak());
    await world.type("bob", "/pause HP-1 because wrong deployment");
    await world.clock.advance("3m");

    expect((await world.type("erin", "/holdpoint undo HP-1")).text).toContain("Not undone");
    await world.press("bob", "Undo (until 10:10)", world.posted("HP-1").message);
    const undone = await world.submit("bob", { reason: "wrong deployment" });

    expect(undone.text).toContain("Undone");
    expect(await world.posture()).toBe("full");
    expect(world.posted("HP-1").buttons).toContain("Narrow to no-tools");
  });

  test("a stop by hand makes a card, and without a reason the record asks for it once", async () => {
    const world = await openSlackWorld(kind);

    const paused = await world.type("dana", "/pause assistant-prod");

    expect(paused.text).toContain("reason to follow");
    expect(world.posted("HP-1").text).toContain("Paused 10:00 by Dana Weiss");
    await world.mention("dana", "reason because the vendor called", world.posted("HP-1").message);
    expect(world.posted("HP-1").text).toContain("“the vendor called”");
  });

  test("while the decider is away the deputy is named at once, mentioned, and may start a resume", async () => {
    const world = await openSlackWorld(kind);
    await world.send("signals", jailbreak());
    await world.write("chidi", "away until 2026-11-25");
    expect(world.posted("HP-1").text).toContain("Decides: @U0ERIN0001");

    await world.type("erin", "/pause HP-1 because real");
    await world.type("erin", "/resume HP-1 because false alarm");
    const done = await world.type("frank", "/resume HP-1 because agreed");

    expect(done.text).toContain("Resumed");
    expect(await world.posture()).toBe("full");
  });

  test("break-glass is typed, flagged, and widens alone", async () => {
    const world = await openSlackWorld(kind);
    await world.send("signals", jailbreak());
    await world.type("chidi", "/pause HP-1 because stop");

    expect((await world.type("frank", "/resume HP-1 because now")).text).toContain("cannot resume");
    const broke = await world.type(
      "frank",
      "/holdpoint breakglass resume HP-1 because hospital depends on it",
    );

    expect(broke.text).toContain("break-glass");
    expect(await world.posture()).toBe("full");
  });

  test("what no rule names gets a card that can be seen, not decided; a looser policy is posted", async () => {
    const world = await openSlackWorld(kind);
    await world.send("signals", { kind: "finding", deployment: "mystery-prod", summary: "odd" });

    expect(world.posted("HP-1").buttons).toEqual(["Acknowledge", "More…"]);
    await world.adopt((yaml) =>
      yaml.replace("by: [erin, frank], people: 1", "by: [erin, frank, ana], people: 1"),
    );

    const posted = world.slack.messagesIn("C0RISK0001").map(({ text }) => text);
    expect(posted.filter((text) => text.startsWith("A looser rule was adopted"))).toHaveLength(1);
  });

  test("two servers on one database make one card and one line of each step", async () => {
    const world = await openSlackWorld(kind);
    const other = await world.twin();

    await world.send("signals", jailbreak());
    await Promise.all([world.settle(), other.settle(), other.settle()]);
    await world.type("bob", "/pause HP-1 because 8.2 % is real");
    await Promise.all([other.settle(), world.settle()]);

    expect(world.posted("HP-1").text).toContain("Paused 10:00 by Bob Okafor");
    expect(world.thread("HP-1")).toHaveLength(1);
    expect(world.slack.directs("U0CHIDI001")).toHaveLength(1);
  });
});

const buttonValue = (message: SlackMessageKept, label: string): string =>
  String(walkBlocks(message.blocks).buttons.find((one) => one.label === label)?.element["value"]);
