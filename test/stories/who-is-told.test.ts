import { expect, test } from "vitest";
import { openBothWorld } from "../support/both-world.ts";
import { oneDatabase } from "../support/databases.ts";
import {
  directsTo,
  everywhere,
  lastOffered,
  leadsToCard,
  lockScreensOf,
  threadOf,
} from "../support/heard.ts";
import { jailbreak } from "../support/world.ts";

/**
 * Who is told what by themselves and in the thread, in Slack, in Teams and in the console, word for
 * word.
 */

/** A deployment in Berlin; time passes from Mira to Erin. */
const agents = (yaml: string): string =>
  yaml
    .replace("name: Assistant (production)", "name: Agents EU")
    .replace("name: Chidi Lindt, ", "name: Mira Halvorsen, ")
    .replace("hours: { timezone: Europe/London", "hours: { timezone: Europe/Berlin")
    .replaceAll("no-tools", "readonly")
    .replace("onTimeout: respond ", "onTimeout: pass ");

/** Slack's ids are read here as the names of the example policy: @Chidi Lindt is Mira's. */
const night = { policy: agents, at: "2026-11-23T21:39:00Z" };

oneDatabase((kind) => {
  test("the on-call reads what to do, the deputy the facts first, and when the rule decides everybody who was asked is mentioned", async () => {
    const world = await openBothWorld(kind, night);
    await world.send("signals", jailbreak(0.083));
    await world.said();

    const facts = "CRITICAL Agents EU: Jailbreak success 8.3 % (limit 5 %).";
    expect(directsTo(world, "bob")).toEqual(
      everywhere([`${facts} Please acknowledge by 22:49 CET. Mira decides by 23:09 CET. HP-1`]),
    );
    expect(directsTo(world, "chidi")).toEqual(
      everywhere([`${facts} You decide by 23:09 CET, else it passes to Erin. HP-1`]),
    );
    expect(directsTo(world, "erin")).toEqual(everywhere([]));
    await world.clock.advance("30m");
    await world.said();

    const toErin = `${facts} You decide by 23:39 CET, else it narrows to readonly. Mira did not answer. HP-1`;
    expect(directsTo(world, "erin")).toEqual(everywhere([toErin]));
    expect(lockScreensOf(world, "erin")).toEqual(
      everywhere([
        "CRITICAL Agents EU: … 8.3 % (limit 5 %). You decide by 23:39 CET, else it narrows to readonly. Mira did not answer. HP-1",
      ]),
    );
    // Each is offered what would be taken from them: Erin starts a keep or a resume from now on,
    // Bob never does.
    expect(lastOffered(world, "erin").slack).toContain("Leave unrestricted…");
    expect(lastOffered(world, "bob")).toEqual(
      everywhere(["Narrow to readonly", "Pause", "Acknowledge"]),
    );
    for (const person of ["bob", "chidi", "erin"]) expect(leadsToCard(world, person)).toBe(true);
    await world.clock.advance("30m");
    await world.said();

    const made =
      "Agents EU: Narrowed to readonly 23:39 automatically, by policy. Not acknowledged. Now narrowed to readonly (everyone, tools off). Not enforced: no gateway connected. Apply the change manually.";
    const thread = threadOf(world, "HP-1");
    expect(thread.slack.at(-1)).toBe(`@Chidi Lindt @Erin Sato @Bob Okafor ${made}`);
    expect(thread.teams.at(-1)).toBe(`${made}\n@Mira Halvorsen, @Erin Sato, @Bob Okafor`);
    expect((await world.server().views.notices(1))[0]).toMatchObject({
      text: made,
      to: ["Mira Halvorsen", "Erin Sato", "Bob Okafor"],
    });
    const over =
      "CRITICAL Agents EU: Narrowed to readonly 23:39 automatically, by policy. Not acknowledged. HP-1";
    for (const person of ["bob", "chidi", "erin"]) {
      const told = directsTo(world, person);
      expect(new Set([...told.slack, ...told.teams]), person).toEqual(new Set([over]));
    }
    // Buttons stand in the newest message alone, and only Bob's.
    expect(lastOffered(world, "bob")).toEqual(everywhere(["Pause"]));
    expect(lastOffered(world, "erin")).toEqual(everywhere(["Resume…", "Keep narrowed…", "Pause"]));
  });

  test("who stopped it by hand is asked nothing; who would have decided is mentioned, and what was asked of others is over", async () => {
    const world = await openBothWorld(kind, night);
    await world.say("bob", "pause assistant-prod because odd answers");
    await world.said();

    const thread = threadOf(world, "HP-1");
    const made =
      "Agents EU: Paused 22:39 by Bob Okafor (on call). Now paused for everyone. Not enforced: no gateway connected. Apply the change manually.";
    expect(thread).toEqual({
      slack: [`@Chidi Lindt ${made}`],
      teams: [`${made}\n@Mira Halvorsen`],
    });
    for (const person of ["bob", "chidi", "erin"])
      expect(directsTo(world, person), person).toEqual(everywhere([]));
    expect((await world.card("HP-1")).card.notify).toEqual([]);
    await world.clock.advance("2h");
    await world.said();
    expect(threadOf(world, "HP-1")).toEqual(thread);
  });
});
