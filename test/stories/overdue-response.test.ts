import { expect, test } from "vitest";
import { openBothWorld } from "../support/both-world.ts";
import { oneDatabase } from "../support/databases.ts";
import { modelRisk } from "../support/teams-server.ts";

/** An overdue review restricts by policy: said a day before in every chat, then done. */

const pausing = (yaml: string): string =>
  yaml.replace("onOverdue: remind ", "onOverdue: pause\n      grace: 2d #");

oneDatabase((kind) => {
  test("a keep that nobody reviews is announced in both chats, then paused by policy", async () => {
    const world = await openBothWorld(kind, { policy: pausing });
    await world.inSlack.type("chidi", "/keep assistant-prod because the rise is noise");
    const saidInBoth = () => [
      JSON.stringify(world.slack.messagesIn("C0RISK0001")),
      JSON.stringify(world.teams.messagesIn(modelRisk)),
    ];

    for (let day = 0; day < 7; day += 1) await world.clock.advance("1d");
    expect(await world.posture()).toBe("full");
    await world.restart();
    for (let day = 0; day < 3; day += 1) await world.clock.advance("1d");
    await world.said();

    expect(await world.posture()).toBe("paused");
    for (const text of saidInBoth()) {
      expect(text).toMatch(/By policy it will be paused for everyone from .{3,12} unless somebody/);
      expect(text).toMatch(/automatically, by policy. Nobody answered the overdue review/);
    }
    const kinds = await world.kinds();
    const warned = kinds.lastIndexOf("reassessment.warned");
    expect(warned).toBeGreaterThan(-1);
    expect(kinds.indexOf("decision.made", warned)).toBeGreaterThan(warned);
    expect((await world.say("ana", "status assistant-prod")).text).toContain("paused");
  });
});
