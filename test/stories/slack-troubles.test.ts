import { expect, test } from "vitest";
import { oneDatabase } from "../support/databases.ts";
import { walkBlocks } from "../support/slack-reading.ts";
import { slackFaults } from "../support/slack-types.ts";
import { openSlackWorld, type SlackWorld } from "../support/slack-world.ts";
import { jailbreak } from "../support/world.ts";

/**
 * What goes wrong in a workspace: accounts close, channels are archived, cards deleted, and the
 * question is still asked.
 */

const erin = "U0ERIN0001";
const chidi = "U0CHIDI001";
const dana = "U0DANA0001";
const channel = "C0RISK0001";

const told = (world: SlackWorld, user: string): string =>
  world.slack
    .directs(user)
    .flatMap(({ blocks }) => walkBlocks(blocks).lines)
    .join("\n");

/** New messages in the channel besides the card and its thread. */
const announced = (world: SlackWorld): readonly string[] =>
  world.slack
    .messagesIn(channel)
    .filter(
      ({ thread_ts, metadata }) =>
        !thread_ts && !String(metadata?.event_payload["key"]).startsWith("card:"),
    )
    .map(({ blocks }) => walkBlocks(blocks).lines.join("\n"));

oneDatabase((kind) => {
  test.each([
    ["closed", { deleted: true }],
    ["a guest's", { is_restricted: true }],
    ["not known", { error: "user_not_found" }],
  ])(
    "a decider whose account is %s is passed over at once, on the record, and the owner hears of it",
    async (_what, account) => {
      const world = await openSlackWorld(kind, { slack: (slack) => slack.says(chidi, account) });

      await world.send("signals", jailbreak());

      expect(world.posted("HP-1").text).toContain(`Decides: @${erin} until 10:30 GMT`);
      expect(await world.kinds()).toContain("authority.passed");
      expect(told(world, erin)).toContain("HP-1");
      expect(told(world, chidi)).toBe("");
      expect(told(world, dana)).toContain("Chidi Lindt");
      await world.clock.advance("1h");
      expect(world.slack.directs(dana)).toHaveLength(1);
      await world.clock.advance("24h");
      expect(world.slack.directs(dana).length).toBeGreaterThan(1);
    },
  );

  test("a card that somebody deletes comes back with its next change, and calls nobody again", async () => {
    const world = await openSlackWorld(kind);
    await world.send("signals", jailbreak());
    world.slack.deleteMessage(world.posted("HP-1").message);

    await world.type("bob", "/ack HP-1");

    const { text } = world.posted("HP-1");
    expect(text).toContain("Acknowledged by");
    expect(text).not.toContain("Notified:");
  });

  test.each(["is_archived", "not_in_channel"])(
    "where the channel says %s people are asked directly, and the card comes when it is open again",
    async (error) => {
      const world = await openSlackWorld(kind, {
        slack: (slack) => slack.says(channel, { error }),
      });

      await world.send("signals", jailbreak());

      expect(told(world, chidi)).toContain("HP-1");
      expect(told(world, "U0BOB00001")).toContain("HP-1");
      expect(world.slack.messagesIn(channel)).toEqual([]);
      expect(await world.server().store.backlog()).toMatchObject({ dead: 0 });
      world.slack.says(channel, {});
      await world.database().query("update holdpoint.outbox set retry_at = null");
      await world.settle();
      expect(world.posted("HP-1").text).toContain("HP-1");
    },
  );

  test("a channel shared with another organization gets no card unless that is allowed", async () => {
    const shared = { is_ext_shared: true };
    const closed = await openSlackWorld(kind, {
      slack: (slack) => slack.says(channel, shared),
      check: false, // the card waits for somebody to mend it
    });
    await closed.send("signals", jailbreak());
    expect(closed.slack.messagesIn(channel)).toEqual([]);
    expect(told(closed, chidi)).toContain("HP-1");

    const open = await openSlackWorld(kind, {
      slack: (slack) => slack.says(channel, shared),
      env: { SLACK_SHARED_CHANNELS: "allow" },
    });
    await open.send("signals", jailbreak());
    expect(open.posted("HP-1").text).toContain("HP-1");
  });

  test.each(["invalid_blocks", "msg_blocks_too_long"])(
    "blocks that Slack refuses as %s are said in plain words",
    async (error) => {
      const world = await openSlackWorld(kind);
      world.slack.fault = ({ body }) =>
        body.blocks !== undefined && body.channel === channel ? slackFaults.error(error) : null;

      await world.send("signals", jailbreak());

      const [card] = world.slack.messagesIn(channel);
      expect(card?.blocks).toEqual([]);
      expect(card?.text).toContain("CRITICAL Assistant (production)");
      expect(card?.text).toContain("Can narrow or pause");
    },
  );

  test("a reminder is a new message that mentions who is asked, says what changed since, and carries the answers", async () => {
    const world = await openSlackWorld(kind);
    await world.send("signals", jailbreak());
    await world.type("bob", "/pause HP-1 because 8.2 % is real");
    const before = announced(world).length;
    await world.clock.advance("3h");
    await world.send("signals", jailbreak(0.021));

    world.clock.set("2026-11-24T10:00:00Z");
    await world.settle();

    const reminder = announced(world).slice(before).join("\n");
    expect(reminder).toContain(`@${chidi}`);
    expect(reminder).toContain("Review due");
    expect(reminder).toContain("1 complete eval");
    const message = world.slack.messagesIn(channel).at(-1);
    const { buttons } = walkBlocks(message?.blocks);
    expect(buttons.map(({ label }) => label)).toEqual(
      expect.arrayContaining(["Keep paused…", "Resume…"]),
    );
  });

  test("an overdue question goes to the deputy when the decider's account is closed", async () => {
    const world = await openSlackWorld(kind);
    await world.send("signals", jailbreak());
    await world.type("bob", "/pause HP-1 because 8.2 % is real");
    world.slack.says(chidi, { deleted: true });
    world.clock.set("2026-11-24T10:00:00Z");
    await world.settle();

    world.clock.set("2026-11-25T10:00:00Z");
    await world.settle();

    const overdue = announced(world).join("\n");
    expect(overdue).toContain("Review overdue since");
    expect(overdue).toContain(`@${erin}`);
    expect(overdue).toContain("Chidi Lindt cannot be reached: @U0ERIN0001 decides");
  });

  test("one digest a day comes at the start of the hours of whoever is asked", async () => {
    const world = await openSlackWorld(kind, { at: "2026-11-24T15:00:00Z" });
    await world.type("chidi", "/pause assistant-prod for 20h because a drill");
    const digests = () =>
      world.slack
        .directs(chidi)
        .filter(({ metadata }) => String(metadata?.event_payload["key"]).startsWith("digest:"));
    expect(digests()).toEqual([]);

    world.clock.set("2026-11-25T09:00:30Z");
    await world.settle();
    await world.clock.advance("15s");
    await world.restart();
    await world.clock.advance("1h");

    expect(digests()).toHaveLength(1);
    const text = walkBlocks(digests()[0]?.blocks).lines.join("\n");
    expect(text).toContain("Chidi, 1 review due");
    expect(text).toContain("Assistant (production)");
  });

  test("the App Home says what waits for a person, and tells a stranger how to be added", async () => {
    const world = await openSlackWorld(kind);
    await world.send("signals", jailbreak());

    const home = await world.home("chidi");
    expect(home.text).toContain("HP-1");
    expect(home.text).toContain("You decide until 10:30");
    expect(home.text).toContain("Assistant (production)");
    expect(home.buttons).toContain("Pause");
    expect((await world.home("mallory")).text).toContain("The policy does not name you");
    await world.press("chidi", "Pause");
    const { text } = await world.submit("chidi");

    expect(text).toContain("Paused");
    expect(await world.posture()).toBe("paused");
  });
});
