import { expect, test } from "vitest";
import { openBothWorld } from "../support/both-world.ts";
import { oneDatabase } from "../support/databases.ts";
import { signedIn } from "../support/linking.ts";
import { walkBlocks } from "../support/slack-reading.ts";
import { cardOf } from "../support/teams-people.ts";
import { readCard } from "../support/teams-reading.ts";
import { modelRisk } from "../support/teams-server.ts";
import { openTeamsWorld, type TeamsWorld } from "../support/teams-world.ts";
import { jailbreak } from "../support/world.ts";

/**
 * Every way in which the holder of the operator's token alone could act as somebody else, in Teams
 * and in both chats.
 */

const toInTeams = (world: Pick<TeamsWorld, "teams">, person: string): readonly string[] =>
  world.teams.directs(person).map((direct) => readCard(cardOf(direct)).lines.join("\n"));

const id = (chat: "slack" | "teams", person: "chidi" | "erin"): string =>
  ({
    slack: { chidi: "U0CHIDI001", erin: "U0ERIN0001" },
    teams: {
      chidi: "6f1c1f0e-0000-4000-8000-000000000003",
      erin: "6f1c1f0e-0000-4000-8000-000000000005",
    },
  })[chat][person];

const swapped =
  (name: string, other: string) =>
  (yaml: string): string =>
    yaml.replace(name, "for-a-moment").replace(other, name).replace("for-a-moment", other);

oneDatabase((kind) => {
  test("in Teams two login links do not resume alone: both are asked, and one says that it was not them", async () => {
    const world = await openTeamsWorld(kind);
    await world.send("signals", jailbreak());
    await world.mention("bob", "pause HP-1 because the samples are real");

    const [browser, other] = [await signedIn(world, "chidi"), await signedIn(world, "erin")];
    await browser.say("resume HP-1 because it is over");
    const agreed = await other.say("resume HP-1");
    await world.settle();

    expect(agreed.text).toContain(
      "Takes effect 10:10 GMT unless Chidi Lindt or Erin Sato says it was not them",
    );
    expect(world.posted("HP-1").text).toContain("(signed in by a link of the operator)");
    for (const person of ["chidi", "erin"]) {
      const texts = toInTeams(world, person).join("\n");
      expect(texts).toContain("The operator made a login link");
      expect(texts).toContain("Somebody signed in to the console as");
      expect(texts).toContain("Takes effect 10:10 GMT");
    }
    const asked = world.teams
      .directs("erin")
      .findLast((card) => readCard(cardOf(card)).lines.join().includes("Takes effect"));
    const answer = await world.press("erin", "That was not me", asked);
    expect(answer.text).toContain(
      "The resume of Assistant (production) that waited on it was dropped",
    );
    await world.clock.advance("1h");

    expect(await world.posture()).toBe("paused");
    const said = world.teams
      .messagesIn(modelRisk)
      .map((card) => readCard(cardOf(card)).lines.join());
    expect(said.join("\n")).toContain("Erin Sato says that it was not them who signed in");
    expect((await other.page("/")).status).toBe(401);
  });

  test("no policy makes somebody somebody else in silence: an entry each, told to the accounts before and to the channel in both chats", async () => {
    const world = await openBothWorld(kind);
    const steps: readonly (readonly [string, (yaml: string) => string, number])[] = [
      ["Slack ids swapped", swapped(id("slack", "chidi"), id("slack", "erin")), 2],
      ["and back", swapped(id("slack", "erin"), id("slack", "chidi")), 2],
      ["Teams ids swapped", swapped(id("teams", "chidi"), id("teams", "erin")), 2],
      ["and back", swapped(id("teams", "erin"), id("teams", "chidi")), 2],
      ["names swapped", swapped("Chidi Lindt", "Erin Sato"), 2],
      ["and back", swapped("Erin Sato", "Chidi Lindt"), 2],
      ["another key", (yaml) => yaml.replace(/\berin\b/g, "erika"), 2],
      ["and back", (yaml) => yaml.replace(/\berika\b/g, "erin"), 2],
      ["no Slack any more", (yaml) => yaml.replace(`slack: ${id("slack", "erin")}, `, ""), 1],
      [
        "another Slack account",
        (yaml) => yaml.replace("{ name: Erin Sato, ", "{ name: Erin Sato, slack: U0EVIL0001, "),
        1,
      ],
    ];
    const changes = async () =>
      (await world.server().store.entries({ kinds: ["identity.changed"], limit: 100 })).length;
    const inChannel = () => ({
      slack: world.slack.messagesIn("C0RISK0001").length,
      teams: world.teams.messagesIn(modelRisk).length,
    });
    const alone = () => ({
      slack: world.slack.directs("U0ERIN0001").length,
      teams: world.teams.directs("erin").length,
    });
    for (const [what, change, entries] of steps) {
      const before = { changes: await changes(), channel: inChannel(), erin: alone() };

      expect(await world.adopt(change), what).toMatchObject({ status: 200 });
      await world.said();

      expect((await changes()) - before.changes, what).toBe(entries);
      const channel = inChannel();
      expect(channel.slack - before.channel.slack, what).toBeGreaterThanOrEqual(entries);
      expect(channel.teams - before.channel.teams, what).toBeGreaterThanOrEqual(entries);
      // In the last step her account in Slack was hers no more before it: in Teams she is told all
      // the same.
      const inSlack = what === "another Slack account" ? 0 : 1;
      expect(alone().slack - before.erin.slack, what).toBeGreaterThanOrEqual(inSlack);
      expect(alone().teams - before.erin.teams, what).toBeGreaterThanOrEqual(1);
    }
    const lines = world.slack
      .directs("U0ERIN0001")
      .map(({ blocks }) => walkBlocks(blocks).lines.join("\n"));
    expect(lines.at(-1)).toContain("no Slack account any more, before U0ERIN0001");
  });

  test("swapped accounts do not let one person resume as two, neither meanwhile nor after they are swapped back", async () => {
    const world = await openBothWorld(kind);
    await world.say("bob", "pause assistant-prod because the samples are real");
    await world.say("chidi", "resume assistant-prod because I say so");

    await world.adopt(swapped(id("slack", "chidi"), id("slack", "erin")));
    const meanwhile = await world.say("erin", "resume assistant-prod because I say so again");
    expect(meanwhile.text).toContain(
      "Not resumed: the accounts of Chidi Lindt and Erin Sato changed a short time ago, and a resume needs somebody whose account has not. Frank Moreau can approve it now; or approve it again from",
    );
    expect(meanwhile.text).toContain("“I say so again”");
    await world.adopt(swapped(id("slack", "erin"), id("slack", "chidi")));
    expect((await world.say("erin", "resume assistant-prod")).text).toContain("Not resumed");
    const status = (await world.say("dana", "status assistant-prod")).text;
    expect(status).toContain("changed a short time ago: until");
    expect(await world.posture()).toBe("paused");
    const denied = await world.server().store.entries({ kinds: ["decision.denied"], limit: 9 });
    expect(denied.map(({ entry }) => entry)).toMatchObject([{ because: "new-accounts" }]);

    expect((await world.say("frank", "resume assistant-prod")).text).toContain("Resumed");
  });
});
