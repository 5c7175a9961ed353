import { expect, test } from "vitest";
import { oneDatabase } from "../support/databases.ts";
import { jailbreak, openWorld } from "../support/world.ts";

oneDatabase((kind) => {
  test("what fires after a resume is a new question with a new clock", async () => {
    const world = await openWorld(kind);
    await world.send("signals", jailbreak());
    await world.say("chidi", "narrow HP-1 because plan");
    await world.say("chidi", "resume HP-1 because patched");
    await world.say("erin", "resume assistant-prod");
    expect(await world.posture()).toBe("full");

    await world.send("signals", jailbreak(0.5));

    const card = await world.card("HP-2");
    expect(card.card.status).toBe("open");
    expect(card.text).toContain("Decides: Chidi Lindt until 10:30 GMT");
    await world.clock.advance("31m");
    expect(await world.posture()).toBe("no-tools");
  });

  test("somebody who says stop again ends the resume that waits", async () => {
    const world = await openWorld(kind);
    await world.send("signals", jailbreak());
    await world.say("bob", "pause HP-1 because real");
    await world.say("chidi", "resume HP-1 because looks fine");

    await world.say("dana", "pause assistant-prod because new evidence, do not resume");
    const confirmed = await world.say("erin", "resume assistant-prod because agreed");

    expect(confirmed.ok).toBe(false);
    expect(await world.posture()).toBe("paused");
    expect(await world.kinds()).toContain("decision.lapsed");
  });
});

oneDatabase((kind) => {
  test("a scope in force cannot be given another meaning by a policy: that would widen without a resume", async () => {
    const world = await openWorld(kind);
    await world.send("signals", jailbreak());
    await world.say("chidi", "narrow HP-1 because plan");

    const adopted = await world.adopt((yaml) =>
      yaml.replace(
        "no-tools: { audience: everyone, tools: false }",
        "no-tools: { audience: everyone, tools: true }",
      ),
    );

    expect(adopted.status).toBe(422);
    expect(JSON.stringify(adopted.body)).toContain("cannot change before it is resumed");
  });
});
