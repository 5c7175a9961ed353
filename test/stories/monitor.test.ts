import { expect, test } from "vitest";
import { oneDatabase } from "../support/databases.ts";
import { collapse, jailbreak, openWorld } from "../support/world.ts";

oneDatabase((kind) => {
  test("what is to watch must be a rule or a source of the policy, and the card says which", async () => {
    const world = await openWorld(kind);
    await world.send("signals", jailbreak(0.2, { status: "errored" }));

    const wrong = await world.say("chidi", "monitor HP-1 refusal-colapse");
    const right = await world.say(
      "chidi",
      "monitor HP-1 rule Refusal-Collapse because it comes first",
    );

    expect(wrong.ok).toBe(false);
    expect(wrong.text).toContain(
      "No rule or source of the policy is called “refusal-colapse”. Did you mean: refusal-collapse, ",
    );
    expect(wrong.text).toContain("Or say: none yet.");
    expect(right.ok).toBe(true);
    expect((await world.card("HP-1")).text).toContain("Monitoring: rule refusal-collapse");
    expect((await world.kinds()).filter((kind) => kind === "decision.made")).toHaveLength(1);
  });

  test("a source may watch, and so may nothing yet, which the card says", async () => {
    const world = await openWorld(kind);
    await world.send("signals", jailbreak(0.2, { status: "errored" }));
    await world.send("alertmanager", collapse());

    await world.say("chidi", "monitor HP-1 alertmanager");
    await world.say("chidi", "monitor HP-2 none yet");

    expect((await world.card("HP-1")).text).toContain("Monitoring: source alertmanager");
    expect((await world.card("HP-2")).text).toContain("No rule watches this yet");
  });

  test("said when the escalation is settled already, the card says it beside the outcome", async () => {
    const world = await openWorld(kind);
    await world.send("alertmanager", collapse());
    await world.say("chidi", "pause HP-1 because real");

    await world.say("chidi", "monitor HP-1 refusal-collapse");

    const card = await world.card("HP-1");
    expect(card.lines[0]).toContain("Paused");
    expect(card.text).toContain("Monitoring: rule refusal-collapse");
  });

  test("bare, both ask for what they need, and their forms make lines that work", async () => {
    const world = await openWorld(kind);

    const monitor = await world.sayOnPage("chidi", "monitor");
    const retest = await world.sayOnPage("chidi", "retest");

    for (const option of ["rule jailbreak-rate", "source alertmanager", "none yet"])
      expect(monitor.html).toContain(option);
    for (const field of ["field.what", "field.word", "field.by", 'type="date"', "Erin Sato"])
      expect(retest.html).toContain(field);
    const asked = await world.say(
      "chidi",
      "retest assistant-prod jailbreak-suite by erin by 2026-11-27",
    );
    expect(asked.text).toContain("by Fri 17:00 GMT");
    expect((await world.say("chidi", "monitor assistant-prod none yet")).ok).toBe(true);
  });
});
