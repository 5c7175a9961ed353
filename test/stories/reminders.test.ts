import { expect, test } from "vitest";
import { personId } from "../../src/core/ids.ts";
import { plain } from "../../src/core/words/words.ts";
import { oneDatabase } from "../support/databases.ts";
import { walkBlocks } from "../support/slack-reading.ts";
import { openSlackWorld, type SlackWorld } from "../support/slack-world.ts";
import { collapse, jailbreak } from "../support/world.ts";

/**
 * Reminders are new messages that mention who is asked, say what changed since, and can be answered
 * where they stand.
 */

const channel = "C0RISK0001";

const askedAgain = (world: SlackWorld) =>
  world.slack.messagesIn(channel).flatMap((message) => {
    const { lines, buttons } = walkBlocks(message.blocks);
    const text = lines.join(" ");
    const asks =
      /Review due|Review overdue since/.test(message.text) && !message.text.includes("HP-");
    return asks ? [{ message, text, buttons: buttons.map(({ label }) => label) }] : [];
  });

async function personOf(world: SlackWorld, key: string) {
  const found = (await world.server().views.people()).find((person) => person.key === key);
  return found?.id ?? personId("");
}

oneDatabase((kind) => {
  test("a reminder is a new message that mentions who is asked, says what is new, and its button keeps it paused", async () => {
    const world = await openSlackWorld(kind);
    await world.send("alertmanager", collapse());
    await world.type("bob", "/pause HP-1 because refusals collapsed");
    world.clock.set("2026-11-23T11:02:00Z");
    await world.send("alertmanager", collapse("resolved"));
    await world.send("signals", jailbreak(0.021));

    world.clock.set("2026-11-24T10:00:00Z");
    await world.settle();

    const [reminder, ...others] = askedAgain(world);
    expect(others).toEqual([]);
    expect(reminder?.text).toContain("@U0CHIDI001");
    expect(reminder?.text).toContain(
      "is paused for everyone since Mon 10:00. Review due 10:00 GMT. Since then: 1 complete eval, 2.1 % (limit 5 %); alerts stopped Mon 11:02.",
    );
    expect(reminder?.buttons).toEqual(["Keep paused…", "Resume…"]);
    expect(reminder?.message.edits).toBe(0);
    if (!reminder) return;
    await world.press("chidi", "Keep paused…", reminder.message);
    const kept = await world.submit("chidi", { reason: "the fix comes on Thursday" });
    expect(kept.text).toContain("Kept paused");
    expect(world.slack.problems).toEqual([]);
  });

  test("overdue is said to the deputy when the decider's account is closed, and says so", async () => {
    const world = await openSlackWorld(kind);
    await world.type("bob", "/pause assistant-prod because refusals collapsed");
    world.slack.says("U0CHIDI001", { deleted: true });
    await world.clock.advance("1d"); // accounts are looked at daily

    world.clock.set("2026-11-25T10:00:00Z");
    await world.settle();

    const overdue = askedAgain(world).at(-1);
    expect(overdue?.text).toContain("Review overdue since Tue 10:00 GMT: Assistant (production)");
    expect(overdue?.text).toContain("Chidi Lindt cannot be reached: @U0ERIN0001 decides.");
    expect(overdue?.text).toContain("Next reminder");
    expect(overdue?.buttons).toEqual(["Keep paused…", "Resume…"]);
  });

  test("a decider whose account is closed is skipped when an escalation opens, and the record says why", async () => {
    const world = await openSlackWorld(kind);
    world.slack.says("U0CHIDI001", { deleted: true });
    await world.clock.advance("1d");

    await world.send("signals", jailbreak());

    const passed = (
      await world.server().store.entries({ kinds: ["authority.passed"], limit: 9 })
    )[0];
    expect(passed?.entry).toMatchObject({
      from: await personOf(world, "chidi"),
      to: await personOf(world, "erin"),
      because: "unreachable",
    });
    expect(world.posted("HP-1").text).toContain("Decides: @U0ERIN0001 until 10:30 GMT");
    expect(world.slack.directs("U0CHIDI001")).toEqual([]);
    const [told, ...others] = world.slack.directs("U0ERIN0001");
    expect(others).toEqual([]);
    expect([...(told?.text ?? "")].length).toBeLessThanOrEqual(120);
    expect(told?.text).toContain("You decide by 10:30 GMT, else it narrows to no-tools.");
    expect(walkBlocks(told?.blocks ?? []).lines.join()).toContain(
      "8.2 % (limit 5 %). You decide by 10:30 GMT, else it narrows to no-tools. Chidi cannot be reached. HP-1",
    );
  });

  test("the home shows first what names a person, what else they may decide, what they are asked again, and nobody else's", async () => {
    const world = await openSlackWorld(kind);
    await world.send("alertmanager", collapse());
    await world.type("bob", "/pause HP-1 because refusals collapsed");
    await world.send(
      "signals",
      jailbreak(0.082, { samples: { completed: 1, total: 2 }, status: "incomplete" }),
    );
    await world.send("signals", jailbreak());

    const home = async (key: string) => world.server().views.forPerson(await personOf(world, key));
    const [chidi, erin, ana] = [await home("chidi"), await home("erin"), await home("ana")];

    const brief = ({ mayDecide }: typeof chidi) =>
      mayDecide.map(({ card, named, until }) => [card.escalation, named, until]);
    const at = (clock: string) => Date.parse(`2026-11-23T${clock}:00Z`);
    expect(brief(chidi)).toEqual([
      ["HP-3", true, at("10:30")],
      ["HP-2", true, at("18:00")],
    ]);
    expect(chidi.others.map((card) => card.escalation)).toEqual(["HP-1"]);
    expect(brief(erin).map(([, named]) => named)).toEqual([false, false]);
    expect(brief(ana)).toEqual([]);
    expect(chidi.due.map(({ line }) => plain(line)).join()).toContain(
      "Assistant (production): review due Tue 10:00 GMT. Paused for everyone since 10:00 by Bob Okafor (on call).",
    );
    // No resume is offered while something else waits for an answer.
    expect(chidi.due[0]?.buttons.map(({ label }) => label)).toEqual(["Keep paused…"]);
    expect([erin.due, ana.due]).toEqual([[], []]);
    expect(chidi.postures.map(({ id, state }) => [id, state])).toEqual([
      ["assistant-prod", "paused"],
    ]);
  });
});
