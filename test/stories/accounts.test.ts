import { expect, test } from "vitest";
import { createJournal } from "../../src/app/journal.ts";
import { reportUnreachable } from "../../src/app/outbox/unreachable-report.ts";
import { createPolicyCache } from "../../src/app/policy-cache.ts";
import { createDoubts } from "../../src/app/self-check/doubts.ts";
import type { Unreached } from "../../src/core/card/unreachable-people.ts";
import { oneDatabase } from "../support/databases.ts";
import { seededRandom } from "../support/random.ts";
import { openSlackWorld, type SlackWorld } from "../support/slack-world.ts";

/**
 * A closed, guest or unknown account is reported to the owner, once a day, whichever replica looks.
 */

function replicaOf(world: SlackWorld, seed: number) {
  const { store } = world.server();
  const ground = {
    store,
    clock: world.clock,
    random: seededRandom(seed),
    rules: createPolicyCache(store),
    doubts: createDoubts(),
    scopeByLog: () => null,
    readFirst: () => ({ before: async () => [] }),
  };
  const chats = [{ name: "slack", direct: true, reaches: () => true, serves: () => true }];
  return { store, journal: createJournal({ ...ground, origin: "o", chats }) };
}

const closed = async (world: SlackWorld): Promise<readonly Unreached[]> =>
  (await world.server().views.people())
    .filter(({ key }) => key === "chidi")
    .map((person) => ({ person, because: "closed" }));

const toOwner = (world: SlackWorld): readonly string[] =>
  world.slack
    .directs("U0DANA0001")
    .map(({ text }) => text)
    .filter((text) => text.includes("closed"));

oneDatabase((kind) => {
  test("the owner is told in person whose account is closed, once a day from however many replicas", async () => {
    const world = await openSlackWorld(kind);
    const unreached = await closed(world);
    const look = () =>
      Promise.all(
        [1, 2, 3].map((seed) =>
          reportUnreachable(replicaOf(world, seed), unreached, world.clock.now()),
        ),
      );

    await look();
    await world.settle();
    await look();
    await world.settle();
    expect(toOwner(world)).toEqual([
      expect.stringContaining("The policy names Chidi Lindt, whose account is closed"),
    ]);
    await world.clock.advance("1d");
    await look();
    await world.settle();

    expect(toOwner(world)).toHaveLength(2);
    expect(world.slack.problems).toEqual([]);
  });

  test("where everybody is reached nobody is told anything", async () => {
    const world = await openSlackWorld(kind);

    await reportUnreachable(replicaOf(world, 1), [], world.clock.now());
    await world.settle();

    expect(world.slack.directs("U0DANA0001")).toEqual([]);
  });
});
