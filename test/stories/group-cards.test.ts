import { expect, test } from "vitest";
import { openBothWorld } from "../support/both-world.ts";
import { oneDatabase } from "../support/databases.ts";
import { threeDeployments } from "../support/policies.ts";

const watched = (yaml: string): string =>
  threeDeployments(yaml).replace(
    /^triggers:/m,
    "groups:\n  agents: [agents-eu, search-beta]\ntriggers:",
  );

oneDatabase((kind) => {
  test("the cards of a group stop say how many are back, in each chat and the console, also after a restart", async () => {
    const world = await openBothWorld(kind, { policy: watched });
    const said = async (id: "HP-1" | "HP-2" | "HP-3") => {
      await world.said();
      const { slack, teams } = world.cards(id);
      const own = (await world.card(id)).lines;
      return [slack.lines, teams.lines, own].map(
        (lines) => lines.find((line) => line.includes("Said of")) ?? "",
      );
    };
    const everywhere = (words: string) => [
      expect.stringContaining(words),
      expect.stringContaining(words),
      expect.stringContaining(words),
    ];

    await world.say("bob", "pause model:aurora-3 because it lies");
    for (const id of ["HP-1", "HP-2", "HP-3"] as const)
      expect(await said(id)).toEqual(
        everywhere("Said of model:aurora-3: 3 restricted together, none of them back yet"),
      );

    await world.say("erin", "resume agents-eu to full because it is repaired");
    await world.say("frank", "resume agents-eu because I agree");
    expect(await world.posture("agents-eu")).toBe("full");
    for (const id of ["HP-2", "HP-3"] as const)
      expect(await said(id)).toEqual(everywhere("3 restricted together, 1 of them back since"));

    await world.say("bob", "pause group:agents because once more");
    await world.restart();
    expect(await world.say("bob", "undo HP-2 because it was another")).toMatchObject({ ok: true });
    expect((await said("HP-3"))[2]).toContain("Said of group:agents: 2 restricted together");
  });
});
