import { expect, test } from "vitest";
import { eachDatabase } from "../support/databases.ts";
import { openSlackWorld } from "../support/slack-world.ts";
import { jailbreak } from "../support/world.ts";

/** What somebody new, in a hurry or in bad faith does in Slack. */

eachDatabase((kind) => {
  test("a question about names ends as one, and the press keeps everything that was typed", async () => {
    const world = await openSlackWorld(kind);

    const asked = await world.type("chidi", "/holdpoint pasue assistant-prod because it lies");
    const done = await world.press("chidi", "pause");

    expect(asked.text).toContain("Did you mean: pause, prove, raise? Say help for all of them.");
    expect(done.text).toContain("Paused 10:00 by Chidi Lindt");
    expect(await world.posture()).toBe("paused");
  });
});
