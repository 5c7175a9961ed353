import { expect, test } from "vitest";
import { oneDatabase } from "../support/databases.ts";
import { cardOf } from "../support/teams-people.ts";
import { readCard } from "../support/teams-reading.ts";
import { modelRisk } from "../support/teams-server.ts";
import { openTeamsWorld } from "../support/teams-world.ts";
import { collapse, jailbreak } from "../support/world.ts";

/** The story of the spine, told in Teams: signed activities in, Bot Connector calls out. */

oneDatabase((kind) => {
  test("a webhook becomes one card that mentions who acknowledges and who decides, and tells both in person", async () => {
    const world = await openTeamsWorld(kind);

    await world.send("signals", jailbreak());

    const { message, summary, text, buttons } = world.posted("HP-1");
    expect(text).toContain("🔴 Assistant (production) · HP-1");
    expect(text).toContain("jailbreak-suite attack_success mean 0.082, limit 0.05");
    expect(text).toContain("Decides: Chidi Lindt until 10:30");
    expect(text).toContain("@Chidi Lindt");
    expect(text).toContain("@Bob Okafor");
    expect(buttons).toEqual(["Narrow to no-tools", "Pause", "Acknowledge", "More…"]);
    expect([...summary].length).toBeLessThanOrEqual(120);
    expect(summary).toContain("CRITICAL Assistant (production)");
    expect(summary).toContain("HP-1");
    expect(message.root).toBe(message.id);
    expect(world.teams.directs("chidi")).toHaveLength(1);
    expect(world.teams.directs("bob")).toHaveLength(1);
    expect(world.teams.directs("erin")).toEqual([]);
    expect(world.thread("HP-1")).toEqual([]);
  });

  test("two taps pause it: the button, and a dialog whose reason is there already and whose submit names the deed", async () => {
    const world = await openTeamsWorld(kind);
    await world.send("signals", jailbreak());

    const form = await world.press("bob", "Pause", world.posted("HP-1").message);
    expect(form.inDialog).toBe(true);
    expect(form.text).toContain("Pause Assistant (production)");
    expect(form.text).toContain("jailbreak-suite attack_success mean 0.082, limit 0.05");
    const done = await world.submit("bob");

    expect(done.text).toContain("It stays so until two people resume it. Next review Tue 10:00");
    expect(await world.posture()).toBe("paused");
    const { text, buttons, message } = world.posted("HP-1");
    expect(text).toContain("Paused 10:00 by Bob Okafor (on call)");
    expect(text).toContain("Stricter than the policy (narrow to no-tools)");
    expect(text).not.toContain("@");
    expect(buttons).toEqual(["Resume…", "Keep paused…", "Undo (until 10:10)", "More…"]);
    expect(message.edits).toBeGreaterThan(0);
    expect(world.thread("HP-1")).toHaveLength(1);
  });

  test("one person cannot resume, two can, and a restart in between changes nothing", async () => {
    const world = await openTeamsWorld(kind);
    await world.send("signals", jailbreak());
    await world.mention("bob", "pause HP-1 because 8.2 %, samples look real");
    await world.restart();

    const refused = await world.mention("bob", "resume HP-1 because it looks fine");
    expect(refused.text).toContain("Bob, you cannot resume Assistant (production)");
    await world.press("chidi", "Resume…", world.posted("HP-1").message);
    const started = await world.submit("chidi", { because: "the eval was broken" });
    expect(started.text).toContain("One more person confirms");
    expect(await world.posture()).toBe("paused");
    await world.restart();
    await world.press("erin", "Confirm resume…", world.posted("HP-1").message);
    const done = await world.submit("erin");

    expect(done.text).toContain("Resumed");
    expect(await world.posture()).toBe("full");
  });

  test("a press that acts at once answers who pressed alone, and pressing again is the same once", async () => {
    const world = await openTeamsWorld(kind);
    await world.send("signals", jailbreak());
    const { message } = world.posted("HP-1");

    const seen = await world.press("bob", "Acknowledge", message);
    const again = await world.press("bob", "Acknowledge", message);

    expect(seen.text).toContain("HP-1");
    expect(again.text).toBe(seen.text);
    expect(world.posted("HP-1").text).toContain("Seen by");
    const kinds = await world.kinds();
    expect(kinds.filter((one) => one === "escalation.acknowledged")).toHaveLength(1);
  });

  test("in a thread the card's escalation is meant, and the answer stands in the thread", async () => {
    const world = await openTeamsWorld(kind);
    await world.send("signals", jailbreak());

    const said = await world.mention("bob", "ack", world.posted("HP-1").message);

    expect(said.text).toContain("HP-1");
    expect(world.posted("HP-1").text).toContain("Seen by");
    expect(world.thread("HP-1").join()).toContain("has seen HP-1");
  });

  test("a wrong name is answered with the nearest three as buttons, and pressing one does it", async () => {
    const world = await openTeamsWorld(kind);

    const asked = await world.mention("chidi", "pause asistant-prod because it lies");
    expect(asked.text).toContain("Did you mean");
    expect(asked.buttons).toContain("assistant-prod");
    const done = await world.press("chidi", "assistant-prod");

    expect(done.text).toContain("paused");
    expect(await world.posture()).toBe("paused");
  });

  test("a command without words is answered with a button that opens a form", async () => {
    const world = await openTeamsWorld(kind);
    await world.send("signals", jailbreak());

    const asked = await world.write("bob", "pause");
    expect(asked.buttons).toContain("Fill in…");
    const form = await world.press("bob", "Fill in…");
    expect(form.inDialog).toBe(true);
    const done = await world.submit("bob", { what: "assistant-prod", reason: "as agreed" });

    expect(done.text).toContain("Paused");
    expect(await world.posture()).toBe("paused");
  });

  test("when nobody decides in time the written response is applied, and the thread says so once", async () => {
    const world = await openTeamsWorld(kind);
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
  });

  test("passing names the deputy, who is mentioned in the thread and told in person", async () => {
    const world = await openTeamsWorld(kind);
    await world.send("alertmanager", collapse());

    await world.clock.advance("21m");

    expect(world.thread("HP-1").join()).toContain("@Erin Sato");
    expect(world.teams.directs("erin")).toHaveLength(1);
  });

  test("More… shows evidence, the written rule and who may do what", async () => {
    const world = await openTeamsWorld(kind);
    await world.send("signals", jailbreak());

    const more = await world.press("bob", "More…", world.posted("HP-1").message);

    expect(more.inDialog).toBe(true);
    expect(more.text).toContain("Above 5 % the tool-use safety case no longer holds.");
    expect(more.buttons).toContain("Pause");
    const form = await world.press("bob", "Pause");
    expect(form.text).toContain("Because");
    await world.submit("bob");
    expect(await world.posture()).toBe("paused");
  });

  test("somebody the policy does not name may raise a concern and decides nothing", async () => {
    const world = await openTeamsWorld(kind);
    await world.send("signals", jailbreak());

    await world.press("mallory", "Pause", world.posted("HP-1").message);
    const refused = await world.submit("mallory");
    const raised = await world.mention("mallory", "raise assistant-prod because it answered me");

    expect(refused.text).toContain("policy");
    expect(await world.posture()).toBe("full");
    expect(raised.text).not.toContain("Nothing changed");
    expect(await world.kinds()).toContain("decision.denied");
  });

  test("the app greets once where it comes, and says what to do next", async () => {
    const world = await openTeamsWorld(kind, { installed: false });

    await world.install("dana");
    await world.install("dana");
    await world.restart();
    await world.install("dana");
    const home = await world.install("chidi", "personal");

    const greetings = world.teams.messagesIn(modelRisk);
    expect(greetings).toHaveLength(1);
    expect(greetings.flatMap((one) => readCard(cardOf(one)).lines).join()).toContain("rehearse");
    expect(home.text).toContain("Assistant (production)");
  });

  test("home shows what somebody may decide, what is due and the postures", async () => {
    const world = await openTeamsWorld(kind);
    await world.send("signals", jailbreak());

    const home = await world.write("chidi", "home");

    expect(home.text).toContain("What you may decide now");
    expect(home.text).toContain("You decide until 10:30");
    expect(home.text).toContain("Deployments");
    expect(home.buttons).toContain("Narrow to no-tools");
  });

  test("a client without dialogs is answered with the form as a card, which works", async () => {
    const world = await openTeamsWorld(kind);
    await world.send("signals", jailbreak());
    const { message } = world.posted("HP-1");
    const pause = readCard(cardOf(message)).actions.find(({ title }) => title === "Pause");

    await world.post(world.activities.submitted("bob", pause?.data, message));
    await world.settle();
    const form = world.teams.messagesIn(modelRisk).findLast((one) => one.root === message.id);
    const drawn = readCard(form ? cardOf(form) : {});
    const send = drawn.actions.at(-1);
    const inputs = Object.fromEntries(drawn.inputs.map(({ id, value }) => [id, value]));
    await world.post(
      world.activities.submitted("bob", { ...(send?.data as object), ...inputs }, message),
    );
    await world.settle();

    expect(send?.title).toBe("Pause Assistant (production)");
    expect(await world.posture()).toBe("paused");
  });
});
