import { describe, expect, test } from "vitest";
import { oneDatabase } from "../support/databases.ts";
import { walkBlocks } from "../support/slack-reading.ts";
import { type SlackFault, slackFaults } from "../support/slack-types.ts";
import { openSlackWorld, type SlackWorld } from "../support/slack-world.ts";
import { everythingIsSaid, jailbreak } from "../support/world.ts";

/**
 * Every call to Slack may fail, before or after it took effect: at the end there is one card with
 * the right content, and nobody was told twice.
 */

interface Fault {
  /** The call that fails, counted from the first after the start; 0 = none. */
  readonly call: number;
  readonly how: SlackFault;
  readonly times?: number;
}

/**
 * A signal, an acknowledgement, a pause by two taps and a refused resume; answers how many calls
 * Slack got.
 */
async function journey(world: SlackWorld, { call, how, times = 1 }: Fault): Promise<number> {
  const { slack } = world;
  const first = slack.calls.length;
  slack.fault = () => {
    const nth = slack.calls.length - first;
    return nth >= call && nth < call + times ? how : null;
  };
  await world.send("signals", jailbreak());
  await everythingIsSaid(world);
  await world.type("bob", "/ack HP-1");
  await everythingIsSaid(world);
  await world.type("bob", "/pause HP-1 because 8.2 %, samples look real");
  await everythingIsSaid(world);
  await world.type("bob", "/resume HP-1 because it looks fine");
  await everythingIsSaid(world);
  return slack.calls.length - first;
}

async function toldOnce(world: SlackWorld, name: string): Promise<void> {
  const { text, buttons } = world.posted("HP-1");
  expect(text, name).toContain("Paused 10:00 by Bob Okafor (on call)");
  expect(buttons, name).toEqual(["Resume…", "Keep paused…", "Undo (until 10:10 GMT)", "More…"]);
  const thread = world.thread("HP-1");
  expect(thread, name).toHaveLength(2);
  expect(thread.join("\n"), name).toContain("acknowledged HP-1");
  expect(thread.join("\n"), name).toContain("Paused 10:00 by Bob Okafor");
  for (const user of ["U0BOB00001", "U0CHIDI001"]) {
    const told = world.slack.directs(user).map(({ blocks }) => walkBlocks(blocks).lines.join());
    expect(told, `${name} ${user}`).toEqual([expect.stringContaining("HP-1")]);
  }
  expect(world.slack.messagesIn("C0RISK0001"), name).toHaveLength(3);
  expect(await world.server().store.backlog(), name).toMatchObject({ outbox: 0, dead: 0 });
  expect(world.slack.problems, name).toEqual([]);
}

oneDatabase((kind) => {
  describe.each([
    ["before it takes effect", slackFaults.before],
    ["after it took effect", slackFaults.after],
    ["with an error of Slack's after it took effect", slackFaults.status(500, true)],
  ] as const)("each call to Slack may fail %s", (_when, how) => {
    test("there is one card, each line stands once under it, and each person is told once", async () => {
      const calls = await journey(await openSlackWorld(kind), { call: 0, how, times: 0 });
      expect(calls).toBeGreaterThanOrEqual(8);
      for (let call = 1; call <= calls; call += 1) {
        const world = await openSlackWorld(kind);
        await journey(world, { call, how });
        await toldOnce(world, `call ${call}: ${world.slack.calls.map(({ method }) => method)}`);
      }
    }, 240_000);
  });

  test("a channel that Slack asks to leave alone for a second waits that long, and nothing is lost", async () => {
    const world = await openSlackWorld(kind);

    await journey(world, { call: 1, how: slackFaults.wait(1), times: 1 });

    await toldOnce(world, "429");
  });
});
