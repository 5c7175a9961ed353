import { expect, test } from "vitest";
import { openBothWorld } from "../support/both-world.ts";
import { oneDatabase } from "../support/databases.ts";
import { cardsOf, directsTo, everywhere, lastOffered, threadOf } from "../support/heard.ts";
import { hourly } from "../support/policies.ts";
import { collapse } from "../support/world.ts";

/**
 * A schedule hands off while something is open: what people read in Slack, in Teams and in the
 * console.
 */

const facts = "Assistant (production): RefusalRateCollapse 0.12 (limit 0.6).";

oneDatabase((kind) => {
  test("whoever is on call now is asked, named and mentioned, and the written answer comes at the time first promised", async () => {
    const world = await openBothWorld(kind, { policy: hourly });
    await world.send("alertmanager", collapse());
    await world.said();
    expect(directsTo(world, "ana")).toEqual(
      everywhere([
        `HIGH ${facts} You decide by 12:00 GMT, else it pauses. Please acknowledge by 10:10 GMT. HP-1`,
      ]),
    );

    await world.clock.advance("60m");
    await world.said();

    // The card, the line under it, the message to each, `who` and the API all follow.
    const { slack, teams } = cardsOf(world, "HP-1");
    expect(slack).toContain("Decides: @Bob Okafor until 12:00 GMT");
    expect(teams).toContain("Decides: Bob Okafor until 12:00 GMT");
    const line =
      "is on call now, after Ana Ruiz. HP-1 is open: RefusalRateCollapse 0.12 (limit 0.6). Please acknowledge. Bob Okafor decides by 12:00 GMT, else it pauses.";
    const thread = threadOf(world, "HP-1");
    expect(thread.slack.at(-1)).toBe(`Assistant (production): @Bob Okafor ${line}`);
    expect(thread.teams.at(-1)).toBe(`Assistant (production): Bob Okafor ${line}\n@Bob Okafor`);
    expect(await world.server().views.notices(5)).toContainEqual(
      expect.objectContaining({
        text: `Assistant (production): Bob Okafor ${line}`,
        to: ["Bob Okafor"],
      }),
    );
    expect(directsTo(world, "bob")).toEqual(
      everywhere([
        `HIGH ${facts} You decide by 12:00 GMT, else it pauses. Please acknowledge. You are on call now. HP-1`,
      ]),
    );
    expect(lastOffered(world, "bob")).toEqual(everywhere(["Pause", "Acknowledge"]));
    // Whom it was taken from reads so, and is offered nothing that is theirs no more.
    expect(directsTo(world, "ana")).toEqual(
      everywhere([`HIGH ${facts} Bob decides by 12:00 GMT. HP-1`]),
    );
    expect(lastOffered(world, "ana")).toEqual(everywhere([]));
    expect((await world.say("erin", "who assistant-prod")).text).toContain("Decides: Bob Okafor\n");
    expect((await world.get("/v1/escalations/HP-1")).body).toMatchObject({
      decider: { name: "Bob Okafor" },
      decideBy: "2026-11-23T12:00:00.000Z",
    });

    await world.clock.advance("59m");
    expect(await world.posture()).toBe("full");
    await world.clock.advance("1m");
    await world.said();

    expect(await world.posture()).toBe("paused");
    expect(cardsOf(world, "HP-1").teams).toContain(
      "Paused 12:00 automatically, by policy. Not acknowledged.",
    );
    for (const person of ["ana", "bob"])
      expect(directsTo(world, person)).toEqual(
        everywhere([
          "HIGH Assistant (production): Paused 12:00 automatically, by policy. Not acknowledged. HP-1",
        ]),
      );
  });
});
