import { expect, test } from "vitest";
import { oneDatabase } from "../support/databases.ts";
import { openSlackWorld } from "../support/slack-world.ts";
import { jailbreak } from "../support/world.ts";

/** What somebody new, in a hurry or in bad faith does in Slack. */

oneDatabase((kind) => {
  test("every command that needs words asks for them in a form when it is said without any", async () => {
    const world = await openSlackWorld(kind);
    await world.send("signals", jailbreak());
    await world.type("chidi", "/pause assistant-prod");

    const asking = ["narrow", "pause", "resume", "retest", "monitor", "keep", "undo", "reason"];
    const more = ["breakglass", "raise", "rehearse", "away", "reassess", "who", "prove"];
    for (const command of [...asking, ...more]) {
      const asked = await world.type("chidi", `/holdpoint ${command}`);
      expect(asked, command).toMatchObject({ inView: true });
      expect(asked.buttons, command).toHaveLength(1);
    }
    await world.type("chidi", "/holdpoint reason");
    await world.submit("chidi", { what: "assistant-prod", reason: "it made things up" });
    expect(world.posted("HP-1").text).toContain("“it made things up”");
    await world.type("chidi", "/holdpoint undo");
    const undone = await world.submit("chidi", { what: "assistant-prod" });

    expect(undone.text).toContain("Undone");
    expect(await world.posture()).toBe("full");
  });

  test("the glass can be broken by a form as well", async () => {
    const world = await openSlackWorld(kind);
    await world.send("signals", jailbreak());
    await world.type("chidi", "/pause HP-1 because stop");

    await world.type("frank", "/holdpoint breakglass");
    const broke = await world.submit("frank", {
      word: "resume",
      what: "assistant-prod",
      reason: "a hospital depends on it",
    });

    expect(broke.text).toContain("break-glass");
    expect(await world.posture()).toBe("full");
  });

  test("a question about names ends as one, and the press keeps everything that was typed", async () => {
    const world = await openSlackWorld(kind);

    const asked = await world.type("chidi", "/holdpoint pasue assistant-prod because it lies");
    await world.press("chidi", "Pause Assistant (production)");
    const done = await world.submit("chidi");

    expect(asked.text).toContain("Did you mean: pause, prove, raise? Say help for all of them.");
    expect(done.text).toContain("Paused 10:00 by Chidi Lindt");
    expect(await world.posture()).toBe("paused");
  });

  test("the home of whoever may approve a resume says that it waits for them, and of nobody else", async () => {
    const world = await openSlackWorld(kind);
    await world.send("signals", jailbreak());
    await world.type("bob", "/pause HP-1 because 8.2 % is real");
    await world.type("chidi", "/resume HP-1 because the eval was broken");

    const home = await world.home("frank");
    expect(home.text).toContain("you can approve it until Tue 10:00 GMT");
    expect(home.text).toContain("Chidi Lindt requests resume to full");
    for (const other of ["bob", "chidi", "dana"])
      expect((await world.home(other)).text, other).toContain("Nothing waits for your decision.");
    await world.home("frank");
    await world.press("frank", "Approve resume…");
    await world.submit("frank");

    expect(await world.posture()).toBe("full");
    expect((await world.home("erin")).text).toContain("Nothing waits for your decision.");
  });
});
