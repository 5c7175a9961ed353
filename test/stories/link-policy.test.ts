import { expect, test } from "vitest";
import { oneDatabase } from "../support/databases.ts";
import {
  about,
  chidi,
  codeFor,
  kindsOf,
  named,
  openWithoutChidi,
  personOf,
  without,
  zoe,
} from "../support/linking.ts";
import { openSlackWorld, type SlackWorld } from "../support/slack-world.ts";

oneDatabase((kind) => {
  /** Chidi, who is in the policy without Slack, linked there. */
  const openLinked = async (): Promise<SlackWorld> => {
    const world = await openWithoutChidi(kind);
    await world.type("chidi", `/holdpoint link ${await codeFor(world, "chidi")}`);
    return world;
  };
  const change = (yaml: string) => yaml.replace("undo: 10m", "undo: 9m");

  test("a policy that names no account there keeps the link, whether it is new or the same again", async () => {
    const world = await openLinked();

    expect((await world.adopt((yaml) => yaml)).status).toBe(200);
    expect((await world.adopt(change)).status).toBe(200);
    await world.restart();

    const paused = await world.type("chidi", "/pause assistant-prod because of a drill");
    expect(paused.text).toContain("Paused");
    expect(await kindsOf(world)).toEqual(["identity.linked"]);
  });

  test("a policy that names another account for them wins, and the link does not come back with the next", async () => {
    const world = await openLinked();
    const twin = await world.twin();

    await world.adopt(named("chidi", zoe));

    expect((await world.type("zoe", "/holdpoint who assistant-prod")).status).toBe(200);
    const asChidi = await world.type("chidi", "/pause assistant-prod because I was");
    expect(asChidi.text).toContain("does not name you");
    expect((await personOf(twin, "chidi"))?.slack).toBe(zoe);
    await world.adopt(without("slack", "chidi"));
    expect((await personOf(twin, "chidi"))?.slack).toBeNull();
    expect(await kindsOf(world)).toEqual([
      "identity.linked",
      "identity.unlinked policy",
      "identity.changed",
      "identity.changed",
    ]);
    expect((await about(world)).at(-1)?.actor).toEqual({ type: "operator" });
  });

  test("a policy that says the account is somebody else's wins: it is theirs alone", async () => {
    const world = await openLinked();

    await world.adopt((yaml) => named("frank", chidi)(without("slack", "frank")(yaml)));

    expect((await personOf(world.server(), "chidi"))?.slack).toBeNull();
    expect((await personOf(world.server(), "frank"))?.slack).toBe(chidi);
    expect(await kindsOf(world)).toEqual([
      "identity.linked",
      "identity.unlinked policy",
      "identity.changed",
      "identity.changed",
    ]);
    const linked = await world.type("chidi", `/holdpoint link ${await codeFor(world, "chidi")}`);
    expect(linked.text).toContain("this Slack account is Frank Moreau already");
  });

  test("who leaves the policy takes their link with them, and who comes back links anew", async () => {
    const world = await openLinked();
    let kept = "";
    const leave = (yaml: string) => {
      kept = yaml;
      return yaml
        .replace(/^ {2}chidi: .*\n/m, "")
        .replaceAll("decider: chidi", "decider: erin")
        .replaceAll(/\bchidi, /g, "")
        .replaceAll(/, chidi\b/g, "");
    };

    expect(await world.adopt(leave)).toMatchObject({ status: 200 });
    await world.adopt(() => kept);

    expect((await personOf(world.server(), "chidi"))?.slack).toBeNull();
    expect(await kindsOf(world)).toEqual([
      "identity.linked",
      "identity.unlinked policy",
      "identity.changed",
      "identity.changed",
    ]);
  });

  test("a policy that is refused changes nobody's account, not even until the next start", async () => {
    const world = await openLinked();
    await world.type("chidi", "/narrow assistant-prod to no-tools because of a drill");

    const unfit = (yaml: string) =>
      named(
        "chidi",
        zoe,
      )(yaml.replace("no-tools: { audience: everyone", "no-tools: { audience: staff"));
    const refused = await world.adopt(unfit);
    expect(JSON.stringify(refused)).toContain("what that means cannot change before it is resumed");

    expect((await personOf(world.server(), "chidi"))?.slack).toBe(chidi);
    const asZoe = await world.type("zoe", "/pause assistant-prod because I can");
    expect(asZoe.text).toContain("does not name you");
  });

  test("a policy that moves only accounts has the same digest, and counts in every replica at once", async () => {
    const world = await openWithoutChidi(kind);
    const twin = await world.twin();
    expect((await personOf(twin, "chidi"))?.slack).toBeNull();

    await world.adopt(named("chidi", zoe));

    expect((await personOf(twin, "chidi"))?.slack).toBe(zoe);
    expect((await world.kinds()).filter((kind) => kind === "policy.adopted")).toHaveLength(1);
  });

  test("an account of somebody who left the policy is free: whoever links it has it alone", async () => {
    const world = await openSlackWorld(kind, { policy: without("slack", "chidi") });
    const leave = (yaml: string) =>
      yaml
        .replace(/^ {2}frank: .*\n/m, "")
        .replace(", frank]", "]")
        .replace("[frank]", "[erin]");
    expect(await world.adopt(leave)).toMatchObject({ status: 200 });
    const code = await codeFor(world, "chidi");

    const linked = await world.type("frank", `/holdpoint link ${code}`);

    expect(linked.text).toContain("this Slack account is Chidi Lindt");
    const paused = await world.type("frank", "/pause assistant-prod because of a drill");
    expect(paused.text).toContain("Paused");
    const holders = (await world.server().store.people()).flatMap(({ key, slack, linked: own }) =>
      [slack, own.slack].includes("U0FRANK001") ? [key] : [],
    );
    expect(holders).toEqual(["chidi"]);
  });
});
