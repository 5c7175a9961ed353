import { describe, expect, test } from "vitest";
import { chats, platforms } from "../support/platforms.ts";
import { jailbreak } from "../support/world.ts";

/**
 * A reason that somebody typed for what is refused comes back: in the next step's form, or said so
 * that it can be used again.
 */

/** Who says what, and what the answer holds. Nothing of it is done. */
const lines: readonly (readonly [string, string, readonly string[]])[] = [
  [
    "mallory",
    "raise assistant-prod because it answered me again",
    ["HP-2 is open already", "not on the record, as nothing changed: “it answered me again”."],
  ],
  [
    "erin",
    "undo HP-1 because wrong one",
    [
      "Not undone: only Bob Okafor can undo it, until 10:10 GMT. A resume needs two people.",
      "not on the record, as nothing changed: “wrong one”.",
    ],
  ],
  [
    "bob",
    "reassess assistant-prod on 2027-01-09 because of the holidays",
    ["but not postponed", "not on the record, as nothing changed: “of the holidays”."],
  ],
  [
    "bob",
    "reason HP-1 because it was late",
    ["waits for a reason", "not on the record, as nothing changed: “it was late”."],
  ],
  ["erin", "ack HP-9 because I look", ["No escalation “HP-9”", "“I look”."]],
  [
    "bob",
    "resume HP-1 because it looks fine",
    ["you cannot resume", "Your reason was: “it looks fine”."],
  ],
];

describe.each(Object.entries(platforms))("in %s", (_platform, open) => {
  test("the reason for what was refused is in the answer, and nothing is recorded as a decision", async () => {
    const { world, say } = await open();
    const made = async () => (await world.kinds()).filter((kind) => kind !== "decision.denied");
    await world.send("signals", jailbreak());
    await say("mallory", "raise assistant-prod because it answered me");
    const several = await say("chidi", "resume assistant-prod because it was patched");
    await say("bob", "pause HP-1 because 8.2 %, samples look real");
    const before = await made();

    expect(several).toContain("Several are open: HP-1, HP-2");
    expect(several).toContain("Your reason is kept: “it was patched”.");
    for (const [person, line, held] of lines) {
      const told = await say(person, line);
      for (const words of held) expect(told, `${line}: ${told}`).toContain(words);
    }

    expect(await made()).toEqual(before);
  });
});

describe.each(Object.entries(chats))("in %s", (_chat, open) => {
  test("a form whose card became old while it was written gives its reason to the next step, which is judged by what is in force now", async () => {
    const { world, tap, submit, type } = await open();
    await world.send("signals", jailbreak());
    await type("bob", "narrow HP-1 because 8.2 %");
    const form = await tap("chidi", "Resume…", "HP-1");
    await type("bob", "pause HP-1 because it got worse");

    const stale = await submit("chidi", "the eval was broken");
    const again = await tap("chidi", "Resume Assistant (production) (HP-1)");
    const started = await submit("chidi");

    expect(form.isOpen).toBe(true);
    expect(stale.text).toContain("Nothing changed: Bob Okafor decided");
    expect(stale.text).toContain("Your reason is kept: “the eval was broken”.");
    expect(again).toMatchObject({
      isOpen: true,
      text: expect.stringContaining("the eval was broken"),
    });
    expect(started.text).toContain("Requested: resume to");
    expect((await world.card("HP-1")).text).toContain("Chidi Lindt: “the eval was broken”");
    expect(await world.posture()).toBe("paused");
  });
});
