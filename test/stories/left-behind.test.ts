import { expect, test } from "vitest";
import { walkBlocks } from "../support/slack-reading.ts";
import { slackFaults } from "../support/slack-types.ts";
import { openSlackWorld, type SlackWorld } from "../support/slack-world.ts";
import { openTeamsWorld } from "../support/teams-world.ts";
import { jailbreak } from "../support/world.ts";

/**
 * Accounts close, channels move and cards get lost while a question is open: it is asked all the
 * same, once, where people are.
 */

const [chidi, erin] = ["U0CHIDI001", "U0ERIN0001"];
const room = "C0RISK0001";

const passed = async (world: Pick<SlackWorld, "server">) =>
  (await world.server().store.entriesFrom(0, 1_000)).flatMap(({ entry }) =>
    entry.kind === "authority.passed" ? [entry.because] : [],
  );

const directly = (world: SlackWorld, user: string) =>
  world.slack.directs(user).map(({ blocks }) => walkBlocks(blocks));

test.each([
  ["open:U0CHIDI001", "user_disabled"],
  ["open:U0CHIDI001", "account_inactive"],
  ["D0CHIDI001", "is_inactive"],
  ["D0CHIDI001", "account_inactive"],
  ["D0CHIDI001", "user_is_restricted"],
])("%s answers %s to the message: the next in the chain is asked at once", async (place, error) => {
  const world = await openSlackWorld("postgres", {
    slack: (slack) => slack.says(place, { error }),
  });

  await world.send("signals", jailbreak());
  await world.settle();

  expect(await passed(world)).toEqual(["unreachable"]);
  expect(world.posted("HP-1").text).toContain(`Decides: @${erin}`);
  expect(directly(world, erin)).toHaveLength(1);
});

test.each([
  ["has blocked the app", "a:chidi", { status: 403, code: "MessageWritesBlocked" }, {}],
  ["has blocked the bot", "a:chidi", { status: 403, code: "BotBlockedByUser" }, {}],
  [
    "is in the tenant no more",
    "open:chidi",
    { status: 403, code: "Forbidden" },
    { status: 404, code: "MemberNotFoundInConversation" },
  ],
])("in Teams, too, whoever %s is passed over at once", async (_who, place, refused, member) => {
  const world = await openTeamsWorld("postgres", {
    teams: (teams) => teams.says(place, refused),
  });
  world.teams.says("chidi", member);

  await world.send("signals", jailbreak());
  await world.settle();

  expect(await passed(world)).toEqual(["unreachable"]);
  expect(world.posted("HP-1").text).toContain("Decides: Erin Sato");
  expect(JSON.stringify(world.teams.directs("erin"))).toContain("HP-1");
});

test("our own closed account passes nobody on: it is tried again when the token is mended", async () => {
  const world = await openSlackWorld("postgres");
  world.slack.fault = () => slackFaults.error("account_inactive");

  await world.send("signals", jailbreak());

  expect(await passed(world)).toEqual([]);
  world.slack.fault = () => null;
  await world.database().query("update holdpoint.outbox set retry_at = null");
  await world.settle();
  expect(world.posted("HP-1").text).toContain(`Decides: @${chidi}`);
});

test("what somebody was told directly leads to the card, and says what became of it, without buttons they may not press", async () => {
  const world = await openSlackWorld("postgres");
  await world.send("signals", jailbreak());
  const { ts } = world.posted("HP-1").message;
  const link = `https://acme.slack.com/archives/${room}/p${ts.replace(".", "")}`;
  expect(JSON.stringify(world.slack.directs(chidi))).toContain(link);

  await world.type("bob", "/pause HP-1 because 8.2 % is real");
  await world.restart();
  await world.settle();

  const told = directly(world, chidi);
  expect(told).toHaveLength(1);
  expect(told[0]?.lines.join()).toContain("Paused");
  expect(told[0]?.buttons.map(({ label }) => label)).not.toContain("Pause");
  const [bobs] = directly(world, "U0BOB00001");
  expect(bobs?.lines.join()).toContain("Paused");
  expect(bobs?.buttons.map(({ label }) => label)).not.toContain("Resume…");
  expect(JSON.stringify(world.slack.directs(chidi))).toContain(link);
});

test("a channel that the policy moves takes its open card along: one is live, the old copy says where it went", async () => {
  const world = await openSlackWorld("postgres");
  await world.send("signals", jailbreak());

  const moved = await world.adopt((yaml) => yaml.replaceAll(room, "C0RISK0002"));
  await world.settle();
  await world.type("bob", "/ack HP-1");

  expect(moved.status).toBe(200);
  const [old] = world.slack.messagesIn(room).filter(({ thread_ts }) => !thread_ts);
  expect(walkBlocks(old?.blocks).lines.join()).toContain("Moved to #");
  expect(walkBlocks(old?.blocks).buttons).toEqual([]);
  const [now, ...lines] = world.slack.messagesIn("C0RISK0002");
  expect(walkBlocks(now?.blocks).buttons.map(({ label }) => label)).toContain("Pause");
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.every(({ thread_ts }) => thread_ts === now?.ts)).toBe(true);
});

test("what Slack calls too long in every form is not tried again before there is something else to say", async () => {
  const world = await openSlackWorld("postgres");
  world.slack.fault = ({ method, body }) =>
    method === "chat.postMessage" && body.channel === room
      ? slackFaults.error("msg_too_long")
      : null;

  await world.send("signals", jailbreak());
  const calls = world.slack.calls.length;
  await world.database().query("update holdpoint.outbox set retry_at = null");
  await world.settle();

  expect(world.slack.calls.slice(calls).map(({ method }) => method)).not.toContain(
    "chat.postMessage",
  );
  world.slack.fault = () => null;
  await world.type("bob", "/ack HP-1");
  expect(world.posted("HP-1").text).toContain("HP-1");
});

test.each([403, 404])("a card whose edit Teams answers with %i is posted anew", async (status) => {
  const world = await openTeamsWorld("postgres");
  await world.send("signals", jailbreak());
  world.teams.fault = ({ method }) => (method === "PUT" ? { status, code: "Forbidden" } : null);

  await world.write("bob", "ack HP-1");
  world.teams.fault = () => null;
  await world.write("bob", "pause HP-1 because it is real");

  const cards = world.teams
    .messagesIn("19:modelrisk@thread.tacv2")
    .filter(({ id, root }) => id === root)
    .map(({ activity }) => JSON.stringify(activity))
    .filter((text) => text.includes("HP-1"));
  expect(cards).toHaveLength(2);
  expect(cards[1]).toContain("Paused");
});

test("a card that Teams calls too large is said smaller, with its buttons and where the rest is", async () => {
  const world = await openTeamsWorld("postgres");
  world.teams.fault = ({ method, body }) =>
    method === "POST" && JSON.stringify(body).includes("Can narrow")
      ? { status: 413, code: "RequestEntityTooLarge" }
      : null;

  await world.send("signals", jailbreak());

  const { message, buttons } = world.posted("HP-1");
  expect(buttons).toContain("Pause");
  expect(JSON.stringify(message.activity)).toContain("/escalations/HP-1");
  expect(await world.server().store.backlog()).toMatchObject({ dead: 0, outbox: 0 });
});

test("in Teams, too, what somebody was told directly follows what became of it and leads to the card", async () => {
  const world = await openTeamsWorld("postgres");
  await world.send("signals", jailbreak());
  const link = "https://teams.microsoft.com/l/message/19%3Amodelrisk%40thread.tacv2/";
  expect(JSON.stringify(world.teams.directs("chidi"))).toContain(link);

  await world.write("bob", "pause HP-1 because it is real");

  const told = world.teams
    .directs("chidi")
    .map(({ activity }) => JSON.stringify(activity))
    .filter((text) => text.includes("HP-1"));
  expect(told).toHaveLength(1);
  expect(told[0]).toContain("Paused");
});
