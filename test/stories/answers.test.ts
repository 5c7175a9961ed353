import { expect, test } from "vitest";
import { oneDatabase } from "../support/databases.ts";
import { jailbreak, openWorld } from "../support/world.ts";

/** What the answer to a typed line must not keep to itself. */

oneDatabase((kind) => {
  test("a duration that cannot be read is said to be none, and the pause stands", async () => {
    const world = await openWorld(kind);

    const said = await world.say("bob", "pause assistant-prod for 1 fortnight because it lies");

    expect(said.text).toContain("“for 1 fortnight” is not a duration");
    expect(await world.posture()).toBe("paused");
  });

  test.each([
    ["for two days", "“for two days” is not a duration"],
    ["for 20min", "“for 20min” is not a duration"],
  ])("so is “%s”", async (words, answer) => {
    const world = await openWorld(kind);

    const said = await world.say("bob", `narrow assistant-prod ${words}`);

    expect(said.text).toContain(answer);
    expect(await world.posture()).toBe("no-tools");
  });

  test("what is no duration to anybody is a reason and nothing else is said", async () => {
    const world = await openWorld(kind);

    const said = await world.say("bob", "pause assistant-prod for safety until we know more");

    expect(said.text).toContain("Paused");
    expect(said.text).not.toContain("duration");
  });

  test("who names the deputy, and until when the decider is away", async () => {
    const world = await openWorld(kind);
    await world.say("chidi", "away until 2026-12-07");

    const before = await world.say("bob", "who assistant-prod");
    await world.send("signals", jailbreak());
    const during = await world.say("bob", "who assistant-prod");

    expect(before.text).toContain("Decides: Erin Sato (Chidi Lindt is away until 7 Dec 00:00 GMT)");
    expect(before.text).not.toContain("Decides: Chidi");
    expect(during.text).toContain("Decides: Erin Sato");
    expect(during.text).not.toContain("Decides: Chidi");
  });
});
