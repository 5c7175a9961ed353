import { expect, test } from "vitest";
import { oneDatabase } from "../support/databases.ts";
import { cardOf } from "../support/teams-people.ts";
import { readCard } from "../support/teams-reading.ts";
import { modelRisk } from "../support/teams-server.ts";
import { openTeamsWorld } from "../support/teams-world.ts";
import { jailbreak } from "../support/world.ts";

/** What only Teams has. What it has in common with Slack is in in-each-chat.test.ts. */

oneDatabase((kind) => {
  test("what is answered in a thread stands in the thread, for everybody", async () => {
    const world = await openTeamsWorld(kind);
    await world.send("signals", jailbreak());

    const said = await world.mention("bob", "ack", world.posted("HP-1").message);

    expect(said.text).toContain("Acknowledged: HP-1");
    expect(world.thread("HP-1")).toContain(said.text);
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

  test("the app greets once where it comes, and says what to do next", async () => {
    const world = await openTeamsWorld(kind, { installed: false });

    await world.install("dana");
    await world.install("dana");
    await world.restart();
    await world.install("dana");
    const home = await world.install("chidi", "personal");

    const greetings = world.teams.messagesIn(modelRisk);
    expect(greetings).toHaveLength(1);
    expect(greetings.flatMap((greeting) => readCard(cardOf(greeting)).lines).join()).toContain(
      "rehearse",
    );
    expect(home.text).toContain("Assistant (production)");
  });

  test("a client without dialogs is answered with the form as a card, which works", async () => {
    const world = await openTeamsWorld(kind);
    await world.send("signals", jailbreak());
    const { message } = world.posted("HP-1");
    const pause = readCard(cardOf(message)).actions.find(({ title }) => title === "Pause");

    await world.post(world.activities.submitted("bob", pause?.data, message));
    await world.settle();
    const form = world.teams.messagesIn(modelRisk).findLast((item) => item.root === message.id);
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
