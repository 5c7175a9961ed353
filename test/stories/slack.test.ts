import { expect, test } from "vitest";
import { eachDatabase } from "../support/databases.ts";
import { openSlackWorld } from "../support/slack-world.ts";
import { jailbreak } from "../support/world.ts";

/** The story of the spine, told in Slack: signed requests in, Web API calls out. */

eachDatabase((kind) => {
  test("a webhook becomes one card that mentions who acknowledges and who decides, and tells both in person", async () => {
    const world = await openSlackWorld(kind);

    await world.send("signals", jailbreak());

    const { message, text, buttons } = world.posted("HP-1");
    expect(text).toContain("🔴 Assistant (production) · HP-1");
    expect(text).toContain("jailbreak-suite attack_success mean 0.082, limit 0.05");
    expect(text).toContain("Decides: @U0CHIDI001 until 10:30");
    expect(text).toContain("@U0BOB00001");
    expect(buttons).toEqual(["Narrow to no-tools", "Pause", "Acknowledge", "Keep open…", "More…"]);
    expect([...message.text].length).toBeLessThanOrEqual(120);
    expect(message.text).toContain("CRITICAL Assistant (production)");
    expect(message.text).toContain("HP-1");
    const direct = (user: string) => world.slack.directs(user).map(({ text: words }) => words);
    expect(direct("U0CHIDI001")).toHaveLength(1);
    expect(direct("U0BOB00001")).toHaveLength(1);
    expect(direct("U0ERIN0001")).toEqual([]);
    expect(world.thread("HP-1")).toEqual([]);
    expect(world.slack.problems).toEqual([]);
  });
});
