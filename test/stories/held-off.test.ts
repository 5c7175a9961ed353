import { expect, test } from "vitest";
import { oneDatabase } from "../support/databases.ts";
import { openSlackWorld } from "../support/slack-world.ts";
import { jailbreak } from "../support/world.ts";

/**
 * Who could once hold off the written answer, or stand behind a resume whom the rules do not let
 * any more.
 */

oneDatabase((kind) => {
  test("a release owner who pauses and takes back 48 times holds nothing off: it was open for less than its half hour, and is paused", async () => {
    const world = await openSlackWorld(kind);
    await world.send("signals", jailbreak());
    let openMinutes = 0;
    const answers: string[] = [];

    for (let cycle = 0; cycle < 48; cycle += 1) {
      await world.type("dana", "/pause HP-1 because I want to look");
      await world.clock.advance("9m");
      answers.push((await world.type("dana", "/holdpoint undo HP-1")).text);
      if ((await world.posture()) === "full") openMinutes += 1;
      await world.clock.advance("1m");
    }

    expect(answers[3]).toContain("undone it three times already");
    expect(openMinutes).toBe(3);
    expect(await world.posture()).toBe("paused");
    expect(world.posted("HP-1").text).toContain("Paused");
    const [made] = await world.server().store.entries({ kinds: ["decision.made"], limit: 1 });
    expect(made?.entry).toMatchObject({ decision: "pause", after: "paused" });
  }, 120_000);

  test("three people in turns hold nothing off either: the written answer comes when it was open for its half hour", async () => {
    const world = await openSlackWorld(kind);
    await world.send("signals", jailbreak());
    const start = world.clock.now();
    const people = ["dana", "bob", "erin"];

    for (let turn = 0; turn < 9; turn += 1) {
      const person = people[turn % people.length] ?? "";
      await world.type(person, "/pause HP-1 because I want to look");
      await world.clock.advance("5m");
      await world.type(person, "/holdpoint undo HP-1");
      expect(await world.posture(), `turn ${turn}`).toBe("full");
      await world.clock.advance("3m");
    }
    expect(world.posted("HP-1").text).toContain("Restricted and undone 3 times by Dana Weiss");
    await world.clock.advance("2m");
    expect(await world.posture()).toBe("full"); // open for 29 minutes
    await world.clock.advance("1m");

    expect(await world.posture()).toBe("no-tools");
    expect((world.clock.now() - start) / 60_000).toBe(9 * 8 + 3);
    expect(world.posted("HP-1").text).toContain(
      "Narrowed to no-tools 11:15 automatically, by policy",
    );
  }, 120_000);

  test("a resume is judged when it completes: it is dropped where its starter has become the owner, and who can request it again is named", async () => {
    const world = await openSlackWorld(kind);
    await world.send("signals", jailbreak());
    await world.type("bob", "/pause HP-1 because it is real");
    await world.type("chidi", "/resume HP-1 because it is over");

    const owner = await world.adopt((yaml) =>
      yaml
        .replace("owner: dana", "owner: chidi")
        .replace(/(widen:.*\n +decider: )chidi/, "$1erin")
        .replace(/(widen:.*\n.*\n +deputies: )\[erin\]/, "$1[frank]"),
    );
    expect(owner).toMatchObject({ status: 200 });
    const dropped = await world.type("erin", "/resume HP-1");

    expect(dropped.text).toContain(
      "whoever requested it no longer has the authority. Nothing changed. Erin Sato can request it again",
    );
    expect(await world.posture()).toBe("paused");
  });

  test("a resume goes on whose starter was on call by an override that has ended since", async () => {
    const override = '{ person: ana, from: "2026-11-23T09:00", to: "2026-11-23T10:20" }';
    const world = await openSlackWorld(kind, {
      policy: (yaml) =>
        yaml
          .replace("    overrides:\n", `    overrides:\n      - ${override}\n`)
          .replace(/(widen:.*\n +decider: )chidi/, "$1schedule:model-oncall"),
    });
    await world.type("dana", "/pause assistant-prod because it looks odd");

    const started = await world.type("ana", "/resume assistant-prod because it is over");
    expect(started.text).not.toContain("Not resumed");
    await world.clock.advance("30m"); // Bob is on call again
    const done = await world.type("frank", "/resume assistant-prod");

    expect(done.text).toContain("Resumed to full");
    expect(await world.posture()).toBe("full");
  });
});
