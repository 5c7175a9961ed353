import { expect, test } from "vitest";
import { createJournal } from "../../src/app/journal.ts";
import { digests } from "../../src/app/outbox/digests.ts";
import { createPolicyCache } from "../../src/app/policy-cache.ts";
import { createDoubts } from "../../src/app/self-check/doubts.ts";
import { oneDatabase } from "../support/databases.ts";
import { seededRandom } from "../support/random.ts";
import { walkBlocks } from "../support/slack-reading.ts";
import { openSlackWorld, type SlackWorld } from "../support/slack-world.ts";
import { jailbreak } from "../support/world.ts";

/** One message per person and day at the start of their hours, whoever ticks and however late. */

const digestsTo = (world: SlackWorld, user: string): readonly string[] =>
  world.slack
    .directs(user)
    .map(({ text }) => text)
    .filter((text) => text.includes("review"));

const chidi = "U0CHIDI001";

/** Monday 10:00: paused until it is looked at again on Tuesday at 10:00. */
async function pausedOnMonday(world: SlackWorld): Promise<void> {
  await world.send("signals", jailbreak());
  await world.type("bob", "/pause HP-1 because samples look real");
}

oneDatabase((kind) => {
  test("at nine the decider is sent what is due that day, with what is new and what can be done", async () => {
    const world = await openSlackWorld(kind);
    await pausedOnMonday(world);
    world.clock.set("2026-11-23T18:00:00Z");
    await world.send("signals", jailbreak(0.021));
    world.clock.set("2026-11-24T08:59:59Z");
    await world.settle();
    expect(digestsTo(world, chidi)).toEqual([]);

    world.clock.set("2026-11-24T09:00:00Z");
    await world.settle();

    const [digest, ...others] = world.slack
      .directs(chidi)
      .filter(({ text }) => text.includes("review"));
    expect(others).toEqual([]);
    expect(digest?.text).toBe("Chidi, 1 review due by 10:00 GMT today");
    const read = walkBlocks(digest?.blocks);
    const words = read.lines.join("\n");
    expect(words).toContain("review due 10:00 GMT. Paused for everyone since Mon 10:00 by ");
    expect(words).toContain("Since then: 1 complete eval, 2.1 % (limit 5 %).");
    const labels = read.buttons.map(({ label }) => label);
    expect(labels).toEqual(expect.arrayContaining(["Keep paused…", "Resume…"]));
    expect(world.slack.problems).toEqual([]);
  });

  test("however many replicas tick, however often and across a restart, it is one message", async () => {
    const world = await openSlackWorld(kind);
    await pausedOnMonday(world);
    world.clock.set("2026-11-24T09:00:00Z");

    await Promise.all([world.settle(), world.settle()]);
    await world.clock.advance("15s");
    await world.restart();
    await world.clock.advance("10m");

    expect(digestsTo(world, chidi)).toHaveLength(1);
  });

  test("of two replicas that tick at the same moment one writes it", async () => {
    const world = await openSlackWorld(kind);
    await pausedOnMonday(world);
    world.clock.set("2026-11-24T09:00:00Z");
    const { store } = world.server();
    const replica = (seed: number) => ({
      store,
      journal: createJournal({
        store,
        clock: world.clock,
        random: seededRandom(seed),
        rules: createPolicyCache(store),
        doubts: createDoubts(),
        scopeByLog: () => null,
        readFirst: () => ({ before: async () => [] }),
        origin: "o",
        chats: [{ name: "slack", direct: true, reaches: () => true, serves: () => true }],
      }),
    });

    await Promise.all([1, 2, 3].map((seed) => digests(replica(seed))));
    const { outbox } = await store.backlog();
    await world.settle();

    expect(outbox).toBe(1);
    expect(digestsTo(world, chidi)).toHaveLength(1);
  });

  test("a tick that comes late still sends it that day, and none is sent for a day that is over", async () => {
    const world = await openSlackWorld(kind);
    await pausedOnMonday(world);

    world.clock.set("2026-11-24T16:00:00Z");
    await world.settle();
    expect(digestsTo(world, chidi)).toEqual(["Chidi, 1 review overdue"]);
    world.clock.set("2026-11-26T12:00:00Z");
    await world.settle();

    expect(digestsTo(world, chidi)).toHaveLength(2);
  });

  test("who has nothing due gets none, and nobody gets one at the weekend", async () => {
    const world = await openSlackWorld(kind);
    await pausedOnMonday(world);
    await world.type("chidi", "/holdpoint keep assistant-prod because we wait for the fix");

    world.clock.set("2026-11-24T09:00:00Z");
    await world.settle();
    world.clock.set("2026-12-05T12:00:00Z");
    await world.settle();

    expect(digestsTo(world, chidi)).toEqual([]);
    expect(digestsTo(world, "U0ERIN0001")).toEqual([]);
  });

  test("where no eval came in for days the digest says how old the last full one is", async () => {
    const world = await openSlackWorld(kind);
    await world.send("signals", jailbreak(0.021));
    await world.clock.advance("2d");
    await world.type("bob", "/pause assistant-prod because the vendor called");

    world.clock.set("2026-11-26T09:00:00Z");
    await world.settle();

    expect(digestsTo(world, chidi)).toHaveLength(1);
    const blocks = JSON.stringify(world.slack.directs(chidi).map((direct) => direct.blocks));
    expect(blocks).toContain("Since then: nothing new; last full eval 2 days old.");
  });

  test("what is paused for twenty minutes during the day is no digest", async () => {
    const world = await openSlackWorld(kind);

    await world.type("bob", "/pause assistant-prod for 20m because the eval looks odd");
    await world.clock.advance("1m");

    expect(digestsTo(world, chidi)).toEqual([]);
  });

  test("while the decider is away the deputy's digest says for whom they stand in", async () => {
    const world = await openSlackWorld(kind);
    await pausedOnMonday(world);
    await world.type("chidi", "/holdpoint away until 2026-12-07");

    world.clock.set("2026-11-24T09:00:00Z");
    await world.settle();

    expect(digestsTo(world, chidi)).toEqual([]);
    expect(digestsTo(world, "U0ERIN0001")).toEqual(["Erin, 1 review due by 10:00 GMT today"]);
    const told = world.slack
      .directs("U0ERIN0001")
      .flatMap((direct) => walkBlocks(direct.blocks).lines);
    expect(told.join("\n")).toContain("is away until 7 Dec 00:00 GMT; you stand in.");
  });
});
