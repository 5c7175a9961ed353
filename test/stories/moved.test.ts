import { expect, test } from "vitest";
import { type BothWorld, openBothWorld } from "../support/both-world.ts";
import { walkBlocks } from "../support/slack-reading.ts";
import { cardOf } from "../support/teams-people.ts";
import { readCard } from "../support/teams-reading.ts";
import { jailbreak } from "../support/world.ts";

/**
 * A channel can move in several ways while a question is open. In each the card goes along: one is
 * live, and the old copy says where it went.
 */

const slackOne = "C0RISK0001";
const slackTwo = "C0RISK0002";
const teamsOne = "19:modelrisk@thread.tacv2";
const teamsTwo = "19:elsewhere@thread.tacv2";

interface Copy {
  readonly where: string;
  readonly text: string;
  readonly isLive: boolean;
}

/** Every copy of the card of HP-1 that stands in a channel, in either chat. */
function copies({ slack, teams }: BothWorld): readonly Copy[] {
  const inSlack = [slackOne, slackTwo].flatMap((where) =>
    slack
      .messagesIn(where)
      .filter(({ thread_ts }) => !thread_ts)
      .map(({ blocks }) => {
        const { lines, buttons } = walkBlocks(blocks);
        return {
          where,
          text: lines.join("\n"),
          isLive: buttons.some(({ label }) => label === "Pause"),
        };
      }),
  );
  const inTeams = [teamsOne, teamsTwo].flatMap((where) =>
    teams
      .messagesIn(where)
      .filter(({ id, root }) => id === root)
      .map((message) => {
        const { lines, actions } = readCard(cardOf(message));
        return {
          where,
          text: [...lines, ...actions.map(({ title }) => title)].join("\n"),
          isLive: actions.some(({ title }) => title === "Pause"),
        };
      }),
  );
  return [...inSlack, ...inTeams].filter(({ text }) => text.includes("HP-1"));
}

const channels = (line: string) => (yaml: string) =>
  yaml.replace(/^ {2}model-risk: \{.*\}$/m, `  model-risk: { ${line} }`);

const inSlack = (id: string): string => `slack: ${id}`;
const inTeams = (id: string): string => `teams: "${id}"`;

interface Move {
  readonly before: string;
  readonly after: string;
  readonly from: string;
  readonly to: string;
}

test.each<readonly [string, Move]>([
  [
    "the policy gives it another id in Slack",
    { before: inSlack(slackOne), after: inSlack(slackTwo), from: slackOne, to: slackTwo },
  ],
  [
    "the policy gives it another conversation in Teams",
    { before: inTeams(teamsOne), after: inTeams(teamsTwo), from: teamsOne, to: teamsTwo },
  ],
  [
    "it moves from Slack to Teams",
    { before: inSlack(slackOne), after: inTeams(teamsOne), from: slackOne, to: teamsOne },
  ],
  [
    "it moves from Teams to Slack",
    { before: inTeams(teamsOne), after: inSlack(slackOne), from: teamsOne, to: slackOne },
  ],
])(
  "%s: the card goes along, and the next word about it is under the new one",
  async (_how, move) => {
    const world = await openBothWorld("postgres", { policy: channels(move.before) });
    await world.send("signals", jailbreak());
    await world.said();
    expect(copies(world)).toMatchObject([{ where: move.from, isLive: true }]);

    expect(await world.adopt(channels(move.after))).toMatchObject({ status: 200 });
    await world.said();
    await world.say("bob", "ack HP-1");
    await world.said();

    const all = copies(world);
    expect(all.filter(({ isLive }) => isLive)).toMatchObject([
      { where: move.to, text: expect.stringContaining("Acknowledged by Bob Okafor 10:00") },
    ]);
    expect(all.filter(({ where }) => where === move.from)).toMatchObject([
      { text: expect.stringContaining("Moved to #model-risk"), isLive: false },
    ]);

    await world.say("bob", "pause HP-1 because it is real");
    await world.said();

    expect(copies(world).filter(({ where }) => where === move.to)).toMatchObject([
      { text: expect.stringContaining("Paused") },
    ]);
  },
);

test("the deployment gets another channel, in the other chat: the same, and the record says that it moved", async () => {
  const two = (yaml: string) =>
    channels(inSlack(slackOne))(yaml).replace(
      /^( {2}model-risk: .*)$/m,
      `$1\n  elsewhere: { ${inTeams(teamsTwo)} }`,
    );
  const world = await openBothWorld("postgres", { policy: two });
  await world.send("signals", jailbreak());
  await world.said();

  await world.adopt((yaml) => yaml.replace("channel: model-risk", "channel: elsewhere"));
  await world.said();

  const all = copies(world);
  expect(all.filter(({ isLive }) => isLive)).toMatchObject([{ where: teamsTwo }]);
  expect(all.filter(({ where }) => where === slackOne)).toMatchObject([
    { text: expect.stringContaining("Moved to #elsewhere") },
  ]);
  expect(await world.kinds()).toContain("escalation.moved");
});

test("Slack gives the channel another id (channel_id_changed): its messages go along, and the one card is edited there", async () => {
  const world = await openBothWorld("postgres", { policy: channels(inSlack(slackOne)) });
  await world.send("signals", jailbreak());
  await world.said();

  world.slack.renumber(slackOne, slackTwo);
  const { post, bodies } = world.inSlack;
  const event = { type: "channel_id_changed", old_channel_id: slackOne, new_channel_id: slackTwo };
  await post({ event: bodies.event(event) });
  await world.said();
  await world.say("bob", "ack HP-1");
  await world.said();

  expect(copies(world)).toMatchObject([{ where: slackTwo, isLive: true }]);
  expect(copies(world)[0]?.text).toContain("Acknowledged by Bob Okafor 10:00");
});

test.each(["is_archived", "channel_not_found", "not_in_channel"])(
  "Slack's channel answers %s: people are asked directly, and a channel named next has the card",
  async (error) => {
    const world = await openBothWorld("postgres", { policy: channels(inSlack(slackOne)) });
    await world.send("signals", jailbreak());
    await world.said();
    world.slack.says(slackOne, { error });

    await world.say("bob", "ack HP-1");
    await world.settle();
    await world.clock.advance("11m");
    const asked = world.slack.directs("U0CHIDI001");
    expect(asked.length).toBeGreaterThan(0);
    await world.adopt(channels(inSlack(slackTwo)));
    // A channel that is closed is asked again five minutes later.
    await world.database().query("update holdpoint.outbox set retry_at = null");
    await world.said();

    expect(copies(world).filter(({ isLive, where }) => isLive && where === slackTwo)).toHaveLength(
      1,
    );
    expect(await world.server().store.backlog()).toMatchObject({ outbox: 0 });
  },
);
