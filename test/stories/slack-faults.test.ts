import { describe, expect, test } from "vitest";
import { oneDatabase } from "../support/databases.ts";
import { alarm, bobOf, chidiOf, escalationOn, teamsOf } from "../support/many-deployments.ts";
import { riskChannel, userOf } from "../support/slack-people.ts";
import { walkBlocks } from "../support/slack-reading.ts";
import { type SlackFault, slackFaults } from "../support/slack-types.ts";
import { openSlackWorld, type SlackWorld } from "../support/slack-world.ts";
import { everythingIsSaid } from "../support/world.ts";

/**
 * Every call to Slack may fail, before or after it took effect: at the end there is one card with
 * the right content, and nobody was told twice.
 */

interface Fault {
  /** The call that fails, counted from the journey's first; 0 = none. */
  readonly call: number;
  readonly how: SlackFault;
  readonly times?: number;
}

/**
 * A signal, an acknowledgement, a pause and a refused resume, on a deployment that has people of
 * its own; answers which methods of Slack were called.
 */
async function journey(
  world: SlackWorld,
  at: number,
  { call, how, times = 1 }: Fault,
): Promise<readonly string[]> {
  const { slack } = world;
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
    await world.type(bobOf(at), line);
    await everythingIsSaid(world);
  }
  slack.fault = () => null;
  return slack.calls.slice(first).map(({ method }) => method);
}

/** `at` is the deployment that the journey was on, `journeys` how many there were in this world. */
async function toldOnce(
  world: SlackWorld,
  name: string,
  { at, journeys }: { readonly at: number; readonly journeys: number },
): Promise<void> {
  const id = await escalationOn(world, at);
  const bob = `Bob Okafor ${bobOf(at).slice(-2)}`;
  const { message, text, buttons } = world.posted(id);
  expect(text, name).toContain(`Paused 10:00 by ${bob} (on call)`);
  expect(buttons, name).toEqual(["Resume…", "Keep paused…", "Undo (until 10:10 GMT)", "More…"]);
  const thread = world.thread(id);
  expect(thread, name).toHaveLength(2);
  expect(thread.join("\n"), name).toContain(`acknowledged ${id}`);
  expect(thread.join("\n"), name).toContain(`Paused 10:00 by ${bob}`);
  for (const user of [userOf(bobOf(at)), userOf(chidiOf(at))]) {
    const told = world.slack.directs(user).map(({ blocks }) => walkBlocks(blocks).lines.join());
    expect(told, `${name} ${user}`).toEqual([expect.stringContaining(id)]);
  }
  const all = world.slack.messagesIn(riskChannel);
  const its = all.filter(({ ts, thread_ts: under }) => (under ?? ts) === message.ts);
  expect(its, name).toHaveLength(3);
  expect(all, name).toHaveLength(3 * journeys);
  expect(await world.server().store.backlog(), name).toMatchObject({ outbox: 0, dead: 0 });
  expect(world.slack.problems, name).toEqual([]);
}

const numberOf = (all: readonly string[], method: string): number =>
  all.filter((name) => name === method).length;

oneDatabase((kind) => {
  /** A world whose start has asked Slack about everybody. */
  const open = async (deployments: number): Promise<SlackWorld> => {
    const world = await openSlackWorld(kind, { policy: teamsOf(deployments) });
    await world.settle();
    return world;
  };

  describe.each([
    ["before it takes effect", slackFaults.before],
    ["after it took effect", slackFaults.after],
    ["with an error of Slack's after it took effect", slackFaults.status(500, true)],
  ] as const)("each call to Slack may fail %s", (_when, how) => {
    test("there is one card, each line stands once under it, and each person is told once", async () => {
      const none = { call: 0, how, times: 0 };
      const world = await open(30);
      const first = await journey(world, 0, none);
      const later = await journey(world, 1, none);
      expect(first.length).toBeGreaterThanOrEqual(8);

      for (const [index, method] of later.entries()) {
        const at = index + 2;
        await journey(world, at, { call: index + 1, how });
        await toldOnce(world, `call ${index + 1}, ${method}`, { at, journeys: at + 1 });
      }
      // What Slack is asked only once after a start fails in a world of its own.
      for (const [index, method] of first.entries()) {
        if (numberOf(first, method) === numberOf(later, method)) continue;
        const alone = await open(1);
        await journey(alone, 0, { call: index + 1, how });
        const name = `call ${index + 1} after a start, ${method}`;
        await toldOnce(alone, name, { at: 0, journeys: 1 });
      }
    }, 240_000);
  });

  test("a channel that Slack asks to leave alone for a second waits that long, and nothing is lost", async () => {
    const world = await open(1);

    await journey(world, 0, { call: 1, how: slackFaults.wait(1), times: 1 });

    await toldOnce(world, "429", { at: 0, journeys: 1 });
  });
});
