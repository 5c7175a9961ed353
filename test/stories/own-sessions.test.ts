import { expect, test } from "vitest";
import { openBothWorld } from "../support/both-world.ts";
import { oneDatabase } from "../support/databases.ts";
import { browserAt } from "../support/process.ts";
import { jailbreak } from "../support/world.ts";

const linkIn = (text: string): string => /\/login\/[^\s>|]+/.exec(text)?.[0] ?? "";

oneDatabase((kind) => {
  test("somebody signs in from their own account in a chat, once, lands where the link points, has the rights of that account for as long as it is theirs, and signs out everywhere", async () => {
    const world = await openBothWorld(kind);
    await world.send("signals", jailbreak());
    const told = await world.inSlack.type("chidi", "/holdpoint console HP-1");
    const teams = await world.inTeams.write("erin", "console");
    const shared = await world.inTeams.mention("bob", "console");
    const stranger = await world.inSlack.type("mallory", "/holdpoint console");
    const open = async (link: string) => {
      const browser = browserAt(world.server().url);
      const path = link.split("?")[0] ?? "";
      const to = new URLSearchParams(link.split("?")[1]).get("to") ?? "/";
      const visit = await browser.submit(path, { to }, link);
      return { browser, visit };
    };

    expect(linkIn(shared.text)).toBe("");
    expect(linkIn(stranger.text)).toBe("");
    const chidi = await open(linkIn(told.text));
    expect(chidi.visit).toMatchObject({ status: 303, location: "/escalations/HP-1" });
    expect((await open(linkIn(told.text))).visit.status).toBe(401);
    const erin = await open(`${linkIn(teams.text)}?to=https://evil.example/`);
    expect(erin.visit).toMatchObject({ status: 303, location: "/" });
    await world.settle();
    const heard = world.slack.directs("U0CHIDI001").map(({ text }) => text);
    expect(heard.join("\n")).toContain("by a link that was made in Slack");

    await chidi.browser.say("pause HP-1 because the samples are real");
    await chidi.browser.say("resume HP-1 because it is over");
    const agreed = await erin.browser.say("resume HP-1");
    expect(agreed.text).toContain("Resumed");
    expect(await world.posture()).toBe("full");
    const again = linkIn((await world.inSlack.type("chidi", "/holdpoint console")).text);
    const out = await world.inSlack.type("chidi", "/holdpoint sign-out");
    expect(out.text).toContain("Signed out everywhere");
    expect((await chidi.browser.page("/")).status).toBe(401);
    expect((await open(again)).visit.status).toBe(401);

    expect((await erin.browser.page("/")).status).toBe(200);
    const moved = await world.adopt((yaml) => yaml.replace("-000000000005", "-000000000055"));
    expect(moved).toMatchObject({ status: 200 });
    expect((await erin.browser.page("/")).status).toBe(401);
    const bob = await open(linkIn((await world.inSlack.type("bob", "/holdpoint console")).text));
    expect((await bob.browser.page("/")).status).toBe(200);
    await world.clock.advance("12h");
    expect((await bob.browser.page("/")).status).toBe(401);
  });
});
