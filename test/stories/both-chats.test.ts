import { expect, test } from "vitest";
import { type BothWorld, openBothWorld } from "../support/both-world.ts";
import { oneDatabase } from "../support/databases.ts";
import { codeIn } from "../support/linking.ts";
import { walkBlocks } from "../support/slack-reading.ts";
import { cardOf } from "../support/teams-people.ts";
import { readCard } from "../support/teams-reading.ts";
import { modelRisk } from "../support/teams-server.ts";
import { jailbreak } from "../support/world.ts";

/** One escalation, two chats: a card in each, one decision, and both say the same. */

/**
 * What both cards say besides whom they call: names are mentions in one and a line of their own in
 * the other.
 */
const told = (lines: readonly string[]): readonly string[] =>
  lines
    .filter((line) => !line.startsWith("Notified:"))
    .map((line) =>
      line.replaceAll(/@U0([A-Z]+?)0*1\b/g, (_all, name: string) => names[name] ?? name),
    );
const names: Readonly<Record<string, string>> = {
  ANA: "Ana Ruiz",
  BOB: "Bob Okafor",
  CHIDI: "Chidi Lindt",
  DANA: "Dana Weiss",
  ERIN: "Erin Sato",
  FRANK: "Frank Moreau",
};

function sayTheSame(world: BothWorld, id: "HP-1"): readonly string[] {
  const { slack, teams } = world.cards(id);
  expect(told(teams.lines)).toEqual(told(slack.lines));
  expect(teams.buttons).toEqual(slack.buttons);
  return told(teams.lines);
}

function slackCard(world: BothWorld) {
  const card = world.slack
    .messagesIn("C0RISK0001")
    .find(({ metadata }) => metadata?.event_payload["key"] === "card:HP-1");
  if (!card) throw new Error("Slack has no card");
  return card;
}
function teamsCard(world: BothWorld) {
  const card = world.teams
    .messagesIn(modelRisk)
    .find(
      (message) =>
        message.root === message.id && readCard(cardOf(message)).lines.join().includes("HP-1"),
    );
  if (!card) throw new Error("Teams has no card");
  return card;
}

oneDatabase((kind) => {
  test("a card stands in each, and a decision in either changes both", async () => {
    const world = await openBothWorld(kind);
    await world.send("signals", jailbreak());
    await world.said();
    sayTheSame(world, "HP-1");

    await world.inTeams.press("bob", "Acknowledge", teamsCard(world));
    await world.said();
    expect(sayTheSame(world, "HP-1").join()).toContain("Acknowledged by Bob Okafor");
    await world.inSlack.press("bob", "Pause", slackCard(world));
    await world.inSlack.submit("bob");
    await world.said();
    expect(sayTheSame(world, "HP-1").join("\n")).toContain("Paused 10:00 by Bob Okafor (on call)");
    await world.inTeams.press("chidi", "Resume…", teamsCard(world));
    await world.inTeams.submit("chidi", { because: "the eval was broken" });
    await world.said();
    await world.inSlack.press("erin", "Approve resume…", slackCard(world));
    await world.inSlack.submit("erin");
    await world.said();

    expect(await world.posture()).toBe("full");
    const { entry } =
      (await world.server().store.entries({ kinds: ["decision.made"], limit: 1 }))[0] ?? {};
    expect(entry).toMatchObject({ decision: "resume", surface: "slack" });
  });

  test("of two who decide at once in two chats one decides, and the other sees who did", async () => {
    const world = await openBothWorld(kind);
    await world.send("signals", jailbreak());
    await world.said();
    await world.inSlack.press("chidi", "Narrow to no-tools", slackCard(world));
    await world.inTeams.press("bob", "Pause", teamsCard(world));

    const [narrowed, paused] = await Promise.all([
      world.inSlack.submit("chidi"),
      world.inTeams.submit("bob"),
    ]);
    await world.said();

    const lines = sayTheSame(world, "HP-1").join("\n");
    expect(await world.posture()).toBe("paused");
    // Whoever comes second is told what is in force by then: a narrower word never widens.
    expect(lines).toMatch(/Paused 10:00 by Bob Okafor|Stays paused 10:00 by Chidi Lindt/);
    expect(paused.text).toContain("Paused");
    expect(narrowed.text).toMatch(/Narrowed to no-tools|paused/);
  });

  test("who is asked is asked directly in both, and told what can wait in one", async () => {
    const world = await openBothWorld(kind);
    await world.send("signals", jailbreak());
    await world.said();
    const directly = () => ({
      slack: world.slack.directs("U0CHIDI001").map(({ blocks }) => walkBlocks(blocks).lines.join()),
      teams: world.teams.directs("chidi").map((direct) => readCard(cardOf(direct)).lines.join()),
    });
    expect(directly().slack).toEqual([expect.stringContaining("HP-1")]);
    expect(directly().teams).toEqual([expect.stringContaining("HP-1")]);

    await world.inSlack.type("chidi", "/pause HP-1 because as agreed");
    await world.clock.advance("23h");
    await world.said();

    const digests = [...directly().slack, ...directly().teams].filter((name) =>
      name.includes("review"),
    );
    expect(digests.length).toBeLessThanOrEqual(1);
  });

  test("a channel that is in one chat only gets its card there, and nobody complains of the other", async () => {
    const world = await openBothWorld(kind, {
      policy: (yaml) => yaml.replace(/slack: C0RISK0001, /, ""),
    });

    await world.send("signals", jailbreak());
    await world.said();

    expect(readCard(cardOf(teamsCard(world))).lines.join()).toContain("HP-1");
    expect(world.slack.messagesIn("C0RISK0001")).toEqual([]);
    expect(await world.server().store.backlog()).toMatchObject({ outbox: 0, dead: 0 });
  });

  test("somebody whom one chat cannot reach is asked in the other, and is not passed over", async () => {
    const world = await openBothWorld(kind, {
      policy: (yaml) => yaml.replace(/slack: U0CHIDI001, teams: [\w-]+/, "slack: U0CHIDI001"),
    });

    await world.send("signals", jailbreak());
    await world.said();

    expect(sayTheSame(world, "HP-1").join("\n")).toContain("Decides: Chidi Lindt until 10:30 GMT");
    expect(world.slack.directs("U0CHIDI001")).toHaveLength(1);
    expect(world.teams.directs("chidi")).toEqual([]);
  });

  test("a code that Slack shows makes a Teams account the same person's, and a channel shows none", async () => {
    const world = await openBothWorld(kind, {
      policy: (yaml) => yaml.replace(/slack: U0CHIDI001, teams: [\w-]+/, "slack: U0CHIDI001"),
    });
    await world.send("signals", jailbreak());
    await world.said();
    const shown = await world.inSlack.type("chidi", "/holdpoint link");
    const code = codeIn(shown.text);
    expect(code).not.toBe("");

    const stranger = await world.inTeams.mention("chidi", "ack HP-1");
    const linked = await world.inTeams.write("chidi", `link ${code}`);
    const paused = await world.inTeams.mention("chidi", "pause HP-1 because it is me");
    await world.said();
    const inChannel = await world.inTeams.mention("bob", "link");

    expect(stranger.text).toContain("policy");
    expect(linked.text).toContain("Chidi");
    expect(paused.text).toContain("Paused");
    expect(await world.posture()).toBe("paused");
    expect(codeIn(inChannel.text)).toBe("");
    expect(await world.kinds()).toContain("identity.linked");
  });
});
