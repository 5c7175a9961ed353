import { expect, test } from "vitest";
import { oneDatabase } from "../support/databases.ts";
import { openSlackWorld } from "../support/slack-world.ts";
import { jailbreak } from "../support/world.ts";

/** What only Slack has. What it has in common with Teams is in in-each-chat.test.ts. */

oneDatabase((kind) => {
  test("what is answered in a thread is seen there, by who asked alone", async () => {
    const world = await openSlackWorld(kind);
    await world.send("signals", jailbreak());
    const { message } = world.posted("HP-1");

    const said = await world.mention("bob", "ack", message);

    const told = "Acknowledged: HP-1. Chidi still has to decide by 10:30 GMT.";
    expect(said.text).toContain(told);
    const [ephemeral, ...others] = world.slack.ephemerals;
    expect(ephemeral).toMatchObject({ to: "U0BOB00001", thread: message.ts, text: told });
    expect(others).toEqual([]);
    expect(world.thread("HP-1").join("\n")).not.toContain(told);
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
