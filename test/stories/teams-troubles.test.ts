import { expect, test } from "vitest";
import { oneDatabase } from "../support/databases.ts";
import { cardOf } from "../support/teams-people.ts";
import { readCard } from "../support/teams-reading.ts";
import { modelRisk } from "../support/teams-server.ts";
import { openTeamsWorld, type TeamsWorld } from "../support/teams-world.ts";
import { jailbreak } from "../support/world.ts";

/**
 * What goes wrong in a tenant: people leave, channels go, cards are deleted, and the question is
 * still asked.
 */

const told = (world: TeamsWorld, person: string): string =>
  world.teams
    .directs(person)
    .flatMap((direct) => readCard(cardOf(direct)).lines)
    .join("\n");

/** What waits for somebody to mend something is tried again at once. */
async function mended(world: TeamsWorld): Promise<void> {
  await world.database().query("update holdpoint.outbox set retry_at = null");
  await world.settle();
}

oneDatabase((kind) => {
  test.each([
    ["a guest's", { userRole: "guest" }],
    ["none of the team's", { status: 404, code: "MemberNotFoundInConversation" }],
  ])(
    "a decider whose account is %s is passed over, on the record, and the owner hears of it",
    async (_what, account) => {
      const world = await openTeamsWorld(kind, { teams: (teams) => teams.says("chidi", account) });
      await world.clock.advance("25h");

      await world.send("signals", jailbreak());

      expect(world.posted("HP-1").text).toContain("Decides: Erin Sato");
      expect(await world.kinds()).toContain("authority.passed");
      expect(told(world, "erin")).toContain("HP-1");
      expect(told(world, "chidi")).toBe("");
      expect(told(world, "dana")).toContain("Chidi Lindt");
    },
  );

  test("a card that somebody deletes comes back with its next change, and calls nobody again", async () => {
    const world = await openTeamsWorld(kind);
    await world.send("signals", jailbreak());
    world.teams.deleteMessage(world.posted("HP-1").message);

    await world.write("bob", "ack HP-1");

    const { text } = world.posted("HP-1");
    expect(text).toContain("Acknowledged by");
    expect(text).not.toContain("@");
  });

  test.each([
    [403, "BotNotInConversationRoster"],
    [404, "ConversationNotFound"],
  ])(
    "where the channel answers %i %s people are asked directly, and the card comes when it is there again",
    async (status, code) => {
      const world = await openTeamsWorld(kind, {
        teams: (teams) => teams.says(modelRisk, { status, code }),
      });

      await world.send("signals", jailbreak());

      expect(told(world, "chidi")).toContain("HP-1");
      expect(told(world, "bob")).toContain("HP-1");
      expect(world.teams.messagesIn(modelRisk)).toEqual([]);
      expect(await world.server().store.backlog()).toMatchObject({ dead: 0 });
      world.teams.says(modelRisk, {});
      await mended(world);
      expect(world.posted("HP-1").text).toContain("HP-1");
    },
  );

  test("before Teams has ever spoken to us nothing is lost: the card comes once the app is in the team", async () => {
    const world = await openTeamsWorld(kind, { installed: false });
    await world.send("signals", jailbreak());
    expect(world.teams.calls).toEqual([]);

    await world.install("dana");

    expect(await world.server().store.backlog()).toMatchObject({ dead: 0 });
    await mended(world);
    expect(world.posted("HP-1").text).toContain("@Chidi Lindt");
    expect(told(world, "chidi")).toContain("HP-1");
  });

  test("somebody who cannot be written to is not asked directly, and everybody else is", async () => {
    const world = await openTeamsWorld(kind, {
      teams: (teams) => teams.says("open:bob", { status: 403, code: "Forbidden" }),
    });

    await world.send("signals", jailbreak());

    expect(told(world, "bob")).toBe("");
    expect(told(world, "chidi")).toContain("HP-1");
    expect(world.posted("HP-1").text).toContain("@Bob Okafor");
  });

  test("who was refused hears that the next steps were sent only where they were", async () => {
    const world = await openTeamsWorld(kind);
    await world.send("signals", jailbreak());
    const { message } = world.posted("HP-1");

    const reached = await world.press("frank", "Acknowledge", message);
    world.teams.says("open:frank", { status: 403, code: "Forbidden" });
    const unreached = await world.press("frank", "Acknowledge", message);

    expect(reached.text).toContain("I sent you the next steps directly");
    expect(told(world, "frank")).toContain("Frank, you cannot");
    expect(unreached.text).toContain("Frank, you cannot");
    expect(unreached.text).not.toContain("sent you");
  });

  test("the doctor names the channel and everybody, and says what is wrong with whom", async () => {
    const world = await openTeamsWorld(kind, {
      teams: (teams) => teams.says("erin", { userRole: "guest" }),
    });

    const { body } = await world.get("/v1/doctor");

    const text = JSON.stringify(body);
    expect(text).toContain("The channel model-risk is there");
    expect(text).toContain("Chidi Lindt");
    expect(text).toContain("The Teams account of Erin Sato");
  });
});
