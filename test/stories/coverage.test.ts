import { expect, test } from "vitest";
import { oneDatabase } from "../support/databases.ts";
import { browserAt, plain } from "../support/process.ts";
import { collapse, jailbreak, openWorld } from "../support/world.ts";

oneDatabase((kind) => {
  test("rules nothing stored has met and sources never heard are known, and those that were are not among them", async () => {
    const world = await openWorld(kind);
    const before = await world.get("/v1/policy/coverage");
    const overview = async () => {
      const browser = browserAt(world.server().url);
      await browser.be("bob");
      return plain((await browser.page("/")).html);
    };
    const unheard = await overview();

    await world.send("alertmanager", collapse());
    await world.send("signals", jailbreak(0.01));
    const calm = await overview();
    const { body } = await world.get("/v1/policy/coverage");

    expect(unheard).toContain("No signal received yet.");
    expect(calm).not.toContain("No signal received yet.");
    expect(before.body).toMatchObject({
      rulesNeverMet: ["jailbreak-rate", "refusal-collapse", "score-unavailable"],
      sourcesNeverHeard: ["alertmanager", "inspect", "signals"],
    });
    expect(body).toMatchObject({
      rulesNeverMet: ["jailbreak-rate", "score-unavailable"],
      rulesNeverTold: [],
      sourcesNeverHeard: ["inspect"],
      deploymentsWithoutTrigger: [],
    });
  });

  test("a rule that could never be told is not one that was met", async () => {
    const world = await openWorld(kind);

    await world.send("signals", jailbreak(0, { value: null }));
    const { body } = await world.get("/v1/policy/coverage");

    expect(body).toMatchObject({ rulesNeverTold: ["jailbreak-rate"] });
  });
});
