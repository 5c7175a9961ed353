import { describe, expect, test } from "vitest";
import { oneDatabase } from "../support/databases.ts";
import { alarm, escalationOn, manyDeployments } from "../support/many-deployments.ts";
import { walkBlocks } from "../support/slack-reading.ts";
import { type SlackFault, slackFaults } from "../support/slack-types.ts";
import { openSlackWorld, type SlackWorld } from "../support/slack-world.ts";

/** Every call to Slack may fail, before or after it took effect: at the end there is one card with the right content, and nobody was told twice. */

interface Fault {
  /** The call that fails, counted from the first after the start. */
  readonly call: number;
  readonly how: SlackFault;
  readonly times?: number;
}

/**
 * A signal, an acknowledgement, a pause and a refused resume, on a deployment of its own and after a start, so that what the program asks
 * Slack once is asked again; answers how many calls Slack got.
 */
const journey = async (
  world: SlackWorld,
  at: number,
  { call, how, times = 1 }: Fault,
): Promise<number> => {
  const { slack } = world;
  await world.restart();
  await everythingIsSaid(world);
  const first = slack.calls.length;
  slack.fault = () => {
    const nth = slack.calls.length - first;
    return nth >= call && nth < call + times ? how : null;
  };
  await alarm(world, [at]);
  await everythingIsSaid(world);
  const id = await escalationOn(world, at);
  for (const line of [
    `/ack ${id}`,
    `/pause ${id} because 8.2 %, samples look real`,
    `/resume ${id} because it looks fine`,
  ]) {
    await world.type("bob", line);
    await everythingIsSaid(world);
  }
  slack.fault = () => null;
  return slack.calls.length - first;
};

/** What failed is tried again after a moment. */
const everythingIsSaid = async (world: SlackWorld): Promise<void> => {
  for (let look = 0; look < 20; look += 1) {
    await world.settle();
    if ((await world.house().store.backlog()).outbox === 0) return;
  }
};

const toldOnce = async (world: SlackWorld, at: number, name: string): Promise<void> => {
  const id = await escalationOn(world, at);
  const { text, buttons } = world.posted(id);
  expect(text, name).toContain("Paused 10:00 by Bob Okafor (on call)");
  expect(buttons, name).toEqual(["Resume…", "Keep paused…", "Undo (until 10:10)", "More…"]);
  const thread = world.thread(id);
  expect(thread, name).toHaveLength(2);
  expect(thread.join("\n"), name).toContain(`has seen ${id}`);
  expect(thread.join("\n"), name).toContain("Paused 10:00 by Bob Okafor");
  for (const user of ["U0BOB00001", "U0CHIDI001"]) {
    const told = world.slack.directs(user).map(({ blocks }) => walkBlocks(blocks).lines.join());
    const about = told.filter((text) => new RegExp(`\\b${id}\\b`).test(text));
    expect(about, `${name} ${user}`).toHaveLength(1);
  }
  expect(await world.house().store.backlog(), name).toMatchObject({ outbox: 0, dead: 0 });
  expect(world.slack.problems, name).toEqual([]);
};

oneDatabase((kind) => {
  describe.each([
    ["before it takes effect", slackFaults.before],
    ["after it took effect", slackFaults.after],
    ["with an error of Slack's after it took effect", slackFaults.status(500, true)],
  ] as const)("each call to Slack may fail %s", (_when, how) => {
    test("there is one card, each line stands once under it, and each person is told once", async () => {
      const world = await openSlackWorld(kind, { policy: manyDeployments });
      let call = 0;
      for (let reached = true; reached; ) {
        call += 1;
        const first = world.slack.calls.length;
        reached = (await journey(world, call, { call, how })) >= call;
        const methods = world.slack.calls.slice(first).map(({ method }) => method);
        await toldOnce(world, call, `call ${call}: ${methods}`);
      }
      const each = 3; // the card and two lines under it
      expect(world.slack.messagesIn("C0RISK0001")).toHaveLength(each * call);
      for (const user of ["U0BOB00001", "U0CHIDI001"])
        expect(world.slack.directs(user)).toHaveLength(call);
      expect(call).toBeGreaterThan(15);
    }, 240_000);
  });

  test("a channel that Slack asks to leave alone for a second waits that long, and nothing is lost", async () => {
    const world = await openSlackWorld(kind, { policy: manyDeployments });

    await journey(world, 0, { call: 1, how: slackFaults.wait(1), times: 1 });

    await toldOnce(world, 0, "429");
  });
});
