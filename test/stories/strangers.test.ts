import { expect, test } from "vitest";
import { commit as commitTo } from "../../src/core/log/commitment.ts";
import { type BothWorld, openBothWorld } from "../support/both-world.ts";
import { oneDatabase } from "../support/databases.ts";
import { openWorld } from "../support/world.ts";

/**
 * Whom no policy names decides nothing, and it can be said later which account it was that tried,
 * without a name in the log.
 */

interface Tried {
  readonly kind: string;
  readonly account: string;
  readonly surface: string;
}

/** What strangers did, oldest first. */
const tried = async (world: Pick<BothWorld, "server">): Promise<readonly Tried[]> =>
  (await world.server().store.entriesFrom(0, 1_000)).flatMap(({ entry }) =>
    entry.actor.type === "stranger"
      ? [{ kind: entry.kind, account: entry.actor.account ?? "", surface: entry.surface }]
      : [],
  );

oneDatabase((kind) => {
  test("who was refused in Slack and in Teams is on the record as a commitment to the account: the same for the same one, in all they caused", async () => {
    const world = await openBothWorld(kind);

    await world.inSlack.type("mallory", "/pause assistant-prod because I can");
    // within ten minutes
    await world.inSlack.type("mallory", "/pause assistant-prod because again");
    await world.inSlack.type("oscar", "/pause assistant-prod because I can too");
    await world.inTeams.write("mallory", "pause assistant-prod because I can");
    await world.inTeams.write("mallory", "resume assistant-prod because I can");
    await world.clock.advance("11m");
    await world.inSlack.type("mallory", "/pause assistant-prod because later");
    await world.inSlack.type("mallory", "/holdpoint raise assistant-prod because it is odd");

    const all = await tried(world);
    expect(all.map(({ kind: what, surface }) => `${what} ${surface}`)).toEqual([
      "decision.denied slack",
      "decision.denied slack",
      "decision.denied teams",
      "decision.denied teams",
      "decision.denied slack",
      "escalation.opened slack",
    ]);
    const [mallory, oscar, inTeams] = all.map(({ account }) => account);
    expect(all.map(({ account }) => account)).toEqual([
      mallory,
      oscar,
      inTeams,
      inTeams,
      mallory,
      mallory,
    ]);
    expect(new Set([mallory, oscar, inTeams]).size).toBe(3);

    const { store } = world.server();
    const texts = await store.texts(all.map(({ account }) => account));
    const said = [mallory, oscar, inTeams].map((item) => texts.get(item ?? "")?.text);
    expect(said[0]).toBe("slack:U0MALLORY1");
    expect(said[1]).toMatch(/^slack:U0OSCAR/);
    expect(said[2]).toMatch(/^teams:[0-9a-f-]{36}$/);
    for (const [commitment, { salt, text }] of texts) expect(commitTo(salt, text)).toBe(commitment);
    const log = (await store.entriesFrom(0, 1_000)).map(({ bytes }) =>
      new TextDecoder().decode(bytes),
    );
    expect(log.join("\n")).not.toMatch(/U0MALLORY|U0OSCAR/);
    expect(await world.posture()).toBe("full");
  });

  test("erasing who it was leaves the record as it is, and the account comes back under another commitment", async () => {
    const world = await openBothWorld(kind);
    await world.inSlack.type("mallory", "/pause assistant-prod because I can");
    const [before] = await tried(world);

    await world
      .database()
      .query(`delete from holdpoint.texts where commitment = '${before?.account}'`);
    await world.clock.advance("11m");
    await world.inSlack.type("mallory", "/pause assistant-prod because I can");

    const [first, second] = await tried(world);
    expect(first).toEqual(before);
    expect(second?.account).toMatch(/^c_/);
    expect(second?.account).not.toBe(before?.account);
  });

  test("in the console a stranger has no account: refused, on the record as a stranger, and nobody is made up", async () => {
    const world = await openWorld(kind);

    const refused = await world.sayOnPage("stranger", "pause assistant-prod because I can");

    expect(refused.text).toContain("does not name you");
    expect(await tried(world)).toEqual([
      { kind: "decision.denied", account: "", surface: "console" },
    ]);
    expect(await world.posture()).toBe("full");
  });
});
