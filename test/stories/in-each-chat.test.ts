import { describe, expect, test } from "vitest";
import { chats, platforms } from "../support/platforms.ts";
import { collapse, jailbreak } from "../support/world.ts";

/**
 * The story of the spine, told in Slack and in Teams, and in the console where it is the same
 * there. Signed requests in, calls to the vendor's API out.
 */

describe.each([
  ["Slack", platforms.slack],
  ["Teams", platforms.teams],
  ["the console", platforms.console],
])("in %s", (_platform, open) => {
  test("“away until now” and “back” end an absence at once, whoever said it; it is recorded, and the next question is theirs again", async () => {
    const { world, say, card } = await open();
    const away = await say("erin", "away chidi until friday");
    const twice = await say("chidi", "away until now");
    const notAway = await say("chidi", "back");
    await say("chidi", "away until friday");
    const back = await say("erin", "back chidi");
    await world.send("signals", jailbreak());

    expect(away).toContain("Chidi Lindt is away until Fri");
    expect(twice).toContain("Chidi Lindt is back.");
    expect(notAway).toContain("Chidi Lindt is not away. Nothing changed.");
    expect(back).toContain("Chidi Lindt is back.");
    expect((await world.kinds()).filter((kind) => kind === "person.away")).toHaveLength(4);
    expect((await card("HP-1")).text).toContain("Decides: ");
    expect((await world.card("HP-1")).text).toContain("Chidi Lindt until 10:30");
  });

  test("the predefined response is two taps as well", async () => {
    const { world, card, press } = await open();
    await world.send("signals", jailbreak());

    await press("chidi", { label: "Narrow to no-tools", on: "HP-1", reason: "" });

    expect(await world.posture()).toBe("no-tools");
    expect((await card("HP-1")).text).toContain("Narrowed to no-tools 10:00 by Chidi Lindt");
  });

  test("undo takes back one's own mistaken pause and the card asks again", async () => {
    const { world, card, say, press } = await open();
    await world.send("signals", jailbreak());
    await say("bob", "pause HP-1 because wrong deployment");
    await world.clock.advance("3m");

    expect(await say("erin", "undo HP-1")).toContain("Not undone");
    expect((await card("HP-1")).buttons).toContain("Undo (until 10:10 GMT)");
    const undone = await press("bob", { label: "Undo", on: "HP-1", reason: "wrong deployment" });

    expect(undone).toContain("Undone");
    expect(await world.posture()).toBe("full");
    expect((await card("HP-1")).buttons).toContain("Narrow to no-tools");
  });

  test("break-glass is typed, flagged, and widens alone", async () => {
    const { world, say } = await open();
    await world.send("signals", jailbreak());
    await say("chidi", "pause HP-1 because stop");

    expect(await say("frank", "resume HP-1 because now")).toContain("cannot resume");
    expect(await world.posture()).toBe("paused");
    const broke = await say("frank", "breakglass resume HP-1 because hospital depends on it");

    expect(broke).toContain("break-glass");
    expect(await world.posture()).toBe("full");
  });

  test("somebody the policy does not name may raise a concern and decides nothing", async () => {
    const { world, say, press } = await open();
    await world.send("signals", jailbreak());

    const refused = await press("mallory", { label: "Pause", on: "HP-1", reason: "" });
    expect(await world.posture()).toBe("full");
    const raised = await say("mallory", "raise assistant-prod because it answered me");

    expect(refused).toContain("The policy does not name you");
    expect(raised).toContain("HP-2 is open. Chidi Lindt decides. Nothing else has changed.");
    expect(await world.posture()).toBe("full");
    expect(await world.kinds()).toContain("decision.denied");
  });
});

/** Slack mentions whom a card calls where their name stands, Teams in a line of its own. */
describe.each([
  ["Slack", chats.slack, "@"],
  ["Teams", chats.teams, ""],
])("in %s", (_chat, open, at) => {
  test("a webhook becomes one card that mentions who acknowledges and who decides, and tells both in person", async () => {
    const { world, card, ...chat } = await open();

    await world.send("signals", jailbreak());

    const { text, buttons } = await card("HP-1");
    expect(text).toContain("🔴 Assistant (production) · HP-1");
    expect(text).toContain("Jailbreak success 8.2 % (limit 5 %)");
    expect(text).toContain(`Decides: ${at}Chidi Lindt until 10:30 GMT`);
    expect(text).toContain("@Chidi Lindt");
    expect(text).toContain("@Bob Okafor");
    expect(buttons).toEqual(["Narrow to no-tools", "Pause", "Acknowledge", "More…"]);
    const lockScreen = chat.lockScreen("HP-1");
    expect([...lockScreen].length).toBeLessThanOrEqual(120);
    expect(lockScreen).toContain("CRITICAL Assistant (production)");
    expect(lockScreen).toContain("HP-1");
    expect(chat.directs("chidi")).toEqual([expect.stringContaining("HP-1")]);
    expect(chat.directs("bob")).toEqual([expect.stringContaining("HP-1")]);
    expect(chat.directs("erin")).toEqual([]);
    expect(chat.thread("HP-1")).toEqual([]);
    expect(chat.channel().filter((name) => name.includes("HP-1"))).toEqual([text]);
  });

  test("two taps pause it: the button, and a form whose reason is there already and whose submit names the deed", async () => {
    const { world, card, ...chat } = await open();
    await world.send("signals", jailbreak());

    const form = await chat.tap("bob", "Pause", "HP-1");
    expect(form.isOpen).toBe(true);
    expect(form.text).toContain("Pause Assistant (production)");
    expect(form.text).toContain("Because: Jailbreak success 8.2 % (limit 5 %)");
    expect(form.buttons).toEqual([expect.stringMatching(/^Pause Assistant/)]);
    const done = await chat.submit("bob");

    expect(done.text).toContain(
      "It stays so until two people resume it. Next review Tue 10:00 GMT",
    );
    expect(await world.posture()).toBe("paused");
    const { text, buttons } = await card("HP-1");
    expect(text).toContain("Paused 10:00 by Bob Okafor (on call)");
    expect(text).toContain("Stricter than the policy (narrow to no-tools)");
    expect(text).not.toContain("@");
    expect(buttons).toEqual(["Resume…", "Keep paused…", "Undo (until 10:10 GMT)", "More…"]);
    expect(chat.edits("HP-1")).toBeGreaterThan(0);
    expect(chat.thread("HP-1")).toHaveLength(1);
  });

  test("one person cannot resume, two can, and a restart in between changes nothing", async () => {
    const { world, press, ...chat } = await open();
    await world.send("signals", jailbreak());
    await chat.type("bob", "pause HP-1 because 8.2 %, samples look real");
    await world.restart();

    const refused = await chat.type("bob", "resume HP-1 because it looks fine");
    expect(refused.text).toContain("Bob, you cannot resume Assistant (production)");
    const started = await press("chidi", {
      label: "Resume…",
      on: "HP-1",
      reason: "the eval was broken",
    });
    expect(started).toContain("One more person must approve");
    const again = await chat.type("chidi", "resume HP-1 because the eval was broken");
    expect(again.text).toContain(
      "You have already requested it. Erin Sato or Frank Moreau must approve",
    );
    expect(await world.posture()).toBe("paused");
    await world.restart();
    await chat.tap("erin", "Approve resume…", "HP-1");
    const done = await chat.submit("erin");

    expect(done.text).toContain("Resumed");
    expect(await world.posture()).toBe("full");
  });

  test("a press that acts at once answers who pressed alone, and pressing again is the same once", async () => {
    const { world, card, ...chat } = await open();
    await world.send("signals", jailbreak());

    const seen = await chat.tap("bob", "Acknowledge", "HP-1");
    const again = await chat.tap("bob", "Acknowledge", "HP-1");

    const told = "Acknowledged: HP-1. Chidi still has to decide by 10:30 GMT.";
    expect(seen.text).toContain(told);
    expect(again.text).toBe(seen.text);
    expect(chat.channel().join("\n")).not.toContain(told);
    expect((await card("HP-1")).text).toContain("Acknowledged by");
    const kinds = await world.kinds();
    expect(kinds.filter((kind) => kind === "escalation.acknowledged")).toHaveLength(1);
  });

  test("the same press ten times at once is one decision, and so is the same form", async () => {
    const { world, ...chat } = await open();
    await world.send("signals", jailbreak());
    const tenTimes = async (act: () => Promise<{ readonly status: number }>) =>
      (await Promise.all(Array.from({ length: 10 }, act))).map(({ status }) => status);
    const allWell = Array.from({ length: 10 }, () => 200);

    expect(await tenTimes(() => chat.tap("bob", "Acknowledge", "HP-1"))).toEqual(allWell);
    await chat.tap("chidi", "Narrow to no-tools", "HP-1");
    expect(await tenTimes(() => chat.submit("chidi"))).toEqual(allWell);

    expect(await world.kinds()).toEqual([
      "policy.adopted",
      "identity.bound",
      "escalation.opened",
      "escalation.acknowledged",
      "decision.made",
    ]);
    expect(await world.posture()).toBe("no-tools");
  });

  test("“pause” with odd words under a card stops its deployment and says that they are the reason; a word that looks like an id is asked back", async () => {
    const { world, ...chat } = await open();
    await world.send("signals", jailbreak());

    const like = await chat.reply("bob", "pause asistant-prdo it lies", "HP-1");
    expect(like.text).toContain("No deployment “asistant-prdo”");
    const other = await chat.reply("bob", "pause HP-9 it lies", "HP-1");
    expect(await world.posture()).toBe("full");
    const done = await chat.reply("bob", "pause it lies to minors", "HP-1");

    expect(other.text).toContain("No escalation “HP-9” is known");
    expect(done.text).toContain("Assistant (production): Paused");
    expect(done.text).toContain("Taken as the reason: “lies to minors”.");
    expect(await world.posture()).toBe("paused");
    expect((await world.card("HP-1")).text).toContain("“lies to minors”");
  });

  test("in a thread the card's escalation is meant", async () => {
    const { world, card, ...chat } = await open();
    await world.send("signals", jailbreak());

    const said = await chat.reply("bob", "ack", "HP-1");

    expect(said.status).toBe(200);
    expect(said.text).toContain("Acknowledged: HP-1");
    expect((await card("HP-1")).text).toContain("Acknowledged by");
    expect(chat.thread("HP-1").join()).toContain("acknowledged HP-1");
  });

  test("a wrong name is answered with the nearest as buttons that name the deed and the deployment in full, and each asks once more with the reason kept", async () => {
    const { world, ...chat } = await open();

    const asked = await chat.type("chidi", "pause asistant-prod because it lies");
    expect(asked.text).toContain("Did you mean");
    expect(asked.text).toContain("Your reason is kept: “it lies”.");
    expect(asked.buttons).toContain("Pause Assistant (production)");
    const form = await chat.tap("chidi", "Pause Assistant (production)");
    expect(form.isOpen).toBe(true);
    expect(form.text).toContain("Because: it lies");
    expect(await world.posture()).toBe("full");
    const done = await chat.submit("chidi");

    expect(done.text).toContain("Paused 10:00 by Chidi Lindt");
    expect(await world.posture()).toBe("paused");
  });

  test("a bare command with a reason opens the form with it, nothing preset, and submitting needs a deployment", async () => {
    const { world, ...chat } = await open();

    const typed = await chat.type("bob", "stop because it leaks system prompts");
    const form = typed.isOpen ? typed : await chat.tap("bob", "Fill in…");

    expect(form.isOpen).toBe(true);
    expect(form.text).toContain("it leaks system prompts");
    expect(form.text).not.toMatch(/Deployment: (?!$|–)\S/m);
    expect(await world.posture()).toBe("full");
  });

  test("when nobody decides in time the written response is applied, and the thread says so once", async () => {
    const { world, card, ...chat } = await open();
    await world.send("signals", jailbreak());

    await world.clock.advance("11m");
    expect(chat.thread("HP-1").join()).toContain("HP-1 is not acknowledged");
    await world.clock.advance("20m");
    await world.clock.advance("1m");

    expect(await world.posture()).toBe("no-tools");
    expect((await card("HP-1")).text).toContain(
      "Narrowed to no-tools 10:31 automatically, by policy. Not acknowledged.",
    );
    expect(chat.thread("HP-1")).toHaveLength(2);
    expect(await world.kinds()).toEqual([
      "policy.adopted",
      "identity.bound",
      "escalation.opened",
      "acknowledge.missed",
      "decision.made",
    ]);
  });

  test("with pass, the next deputy is mentioned in a new message and told directly, with a full period", async () => {
    const { world, card, ...chat } = await open();
    await world.send("alertmanager", collapse());
    expect(chat.directs("erin")).toEqual([]);

    await world.clock.advance("21m");

    expect((await card("HP-1")).text).toContain(`Decides: ${at}Erin Sato until 10:41 GMT`);
    const passed = chat.thread("HP-1").filter((line) => line.includes("@Erin Sato"));
    expect(passed).toHaveLength(1);
    expect(chat.directs("erin")).toHaveLength(1);
    expect(chat.directs("chidi")).toHaveLength(1);
    await world.clock.advance("21m");
    expect(await world.posture()).toBe("paused");
  });

  test("a stop by hand makes a card, and without a reason the record asks for it once", async () => {
    const { world, card, ...chat } = await open();

    const paused = await chat.type("dana", "pause assistant-prod");

    expect(paused.text).toContain("“reason to follow”: say reason HP-1 because …");
    const asking = (await card("HP-1")).text;
    expect(asking).toContain("Paused 10:00 by Dana Weiss");
    expect(asking).toContain("Reason to follow");
    await chat.reply("dana", "reason because the vendor called", "HP-1");
    const told = (await card("HP-1")).text;
    expect(told).toContain("“the vendor called”");
    expect(told).not.toContain("Reason to follow");
  });

  test("while the decider is away the deputy is named at once, mentioned, and may start a resume", async () => {
    const { world, card, ...chat } = await open();
    await world.send("signals", jailbreak());
    await chat.write("chidi", "away until 2026-11-25");
    expect((await card("HP-1")).text).toContain(`Decides: ${at}Erin Sato`);
    expect(chat.thread("HP-1")).toEqual([expect.stringContaining("@Erin Sato")]);
    expect(chat.directs("erin")).toEqual([expect.stringContaining("You decide by 10:30 GMT")]);

    await chat.type("erin", "pause HP-1 because real");
    await chat.type("erin", "resume HP-1 because false alarm");
    const done = await chat.type("frank", "resume HP-1 because agreed");

    expect(done.text).toContain("Resumed");
    expect(await world.posture()).toBe("full");
  });

  test("what no rule names gets a card that can be seen, not decided; a looser policy is posted", async () => {
    const { world, card, ...chat } = await open();
    await world.send("signals", { kind: "finding", deployment: "mystery-prod", summary: "odd" });

    expect((await card("HP-1")).buttons).toEqual(["Acknowledge", "More…"]);
    await world.adopt((yaml) =>
      yaml.replace("by: [erin, frank], people: 1", "by: [erin, frank, ana], people: 1"),
    );

    const posted = chat.channel().filter((name) => name.startsWith("A looser policy was adopted"));
    expect(posted).toHaveLength(1);
  });

  test("More… shows evidence, the written rule and who may do what", async () => {
    const { world, ...chat } = await open();
    await world.send("signals", jailbreak());

    const more = await chat.tap("bob", "More…", "HP-1");
    expect(more.isOpen).toBe(true);
    expect(more.text).toContain("Above 5 % the tool-use safety case no longer holds.");
    expect(more.text).toContain("signal.value 0.082 > 0.05");
    expect(more.text).toContain("Approve a resume: Erin Sato and Frank Moreau");
    expect(more.buttons).toContain("Pause");
    const form = await chat.tap("bob", "Pause");
    expect(form.text).toContain("Because: Jailbreak success 8.2 % (limit 5 %)");
    await chat.submit("bob");

    expect(await world.posture()).toBe("paused");
  });

  test("home shows what somebody may decide, what is due and the postures", async () => {
    const { world, ...chat } = await open();
    await world.send("signals", jailbreak());

    const home = await chat.home("chidi");

    expect(home.text).toContain("What you may decide now");
    expect(home.text).toContain("You decide until 10:30");
    expect(home.text).toContain("Reviews due");
    expect(home.text).toContain("Deployments");
    expect(home.buttons).toContain("Narrow to no-tools");
  });

  test("two servers on one database make one card and one line of each step", async () => {
    const { world, card, ...chat } = await open();
    const other = await world.twin();

    await world.send("signals", jailbreak());
    await Promise.all([world.settle(), other.settle(), other.settle()]);
    await chat.type("bob", "pause HP-1 because 8.2 % is real");
    await Promise.all([other.settle(), world.settle()]);

    expect((await card("HP-1")).text).toContain("Paused 10:00 by Bob Okafor");
    expect(chat.thread("HP-1")).toHaveLength(1);
    expect(chat.directs("chidi")).toHaveLength(1);
  });
});
