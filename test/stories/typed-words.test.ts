import { expect, test } from "vitest";
import type { Speaker } from "../../src/app/ports.ts";
import { oneDatabase } from "../support/databases.ts";
import { jailbreak, openWorld } from "../support/world.ts";
import type { World } from "../support/world-shape.ts";

/**
 * What people type is kept and does what it says: no word is dropped unsaid, and nothing is done by
 * half of a line.
 */

async function bobIn(world: World): Promise<Speaker> {
  const everybody = await world.server().views.people();
  const bob = everybody.find(({ key }) => key === "bob");
  if (!bob) throw new Error("the policy names no bob");
  return { is: "person", person: bob.id, link: null };
}

async function lastReason(world: World): Promise<string> {
  const { store } = world.server();
  const [made] = await store.entries({ kinds: ["decision.made"], limit: 1 });
  const reason = made && "reason" in made.entry ? (made.entry.reason ?? "") : "";
  return (await store.texts([reason])).get(reason)?.text ?? "";
}

oneDatabase((kind) => {
  const open = () => openWorld(kind);

  test("a stop is done through phone typing, and what was taken as its reason is said", async () => {
    const world = await open();
    await world.send("signals", jailbreak());

    const odd = await world.say("chidi", "Please stop “Assistant (production)”! It lies");

    expect(odd.text).toContain("Paused 10:00 by Chidi Lindt");
    expect(odd.text).toContain("Taken as the reason: “It lies”.");
    expect(await lastReason(world)).toBe("It lies");
    expect(await world.posture()).toBe("paused");
  });

  test("narrow takes the scope that is named, with or without “to”; a mistyped one is asked back with the words kept", async () => {
    const world = await open();
    await world.send("signals", jailbreak());

    const mistyped = await world.say(
      "chidi",
      "narrow assistant-prod staf because strangers see it",
    );
    expect(mistyped.ok).toBe(false);
    expect(mistyped.text).toContain("has no scope “staf”");
    expect(mistyped.text).toContain("Your reason is kept: “strangers see it”.");
    expect(await world.posture()).toBe("full");
    const done = await world.say("chidi", "narrow assistant-prod Staff because strangers see it");

    expect(done.text).toContain("Narrowed to staff");
    expect(await world.posture()).toBe("staff");
    expect(await lastReason(world)).toBe("strangers see it");
  });

  test("several acknowledgements are one line; each is answered, a note is kept, and nothing is done by half", async () => {
    const world = await open();
    await world.send("signals", jailbreak());
    await world.say("stranger", "raise assistant-prod because it answered");

    const half = await world.say("bob", "ack HP-2 HP-9");
    expect(half).toMatchObject({ ok: false, text: expect.stringContaining("“HP-9”") });
    expect(await world.kinds()).not.toContain("escalation.acknowledged");
    const both = await world.say("bob", "ack HP-2 HP-1 because looking into it");

    expect(both.text).toContain("Acknowledged: HP-2.");
    expect(both.text).toContain("Acknowledged: HP-1.");
    expect((await world.card("HP-1")).text).toContain(
      "Acknowledged by Bob Okafor 10:00 (“looking into it”)",
    );
    const again = await world.say("bob", "ack HP-1, HP-2");
    expect(again.ok).toBe(false);
    expect(again.text).toContain("You acknowledged HP-1 at");
  });

  test("a stop behind another command is said not to be done, with a button for it; a second target is said too", async () => {
    const world = await open();
    await world.send("signals", jailbreak());
    await world.say("stranger", "raise assistant-prod because it answered");

    const seen = await world.say("bob", "ack HP-1 pause HP-2");
    const both = await world.say("bob", "pause HP-1\npause HP-2");

    expect(seen.text).toContain("Acknowledged: HP-1.");
    expect(seen.text).toContain("Not done: “pause HP-2”.");
    expect(both.text).toContain("HP-2 was named too: nothing was done to it.");
    expect(await world.posture()).toBe("paused");
  });

  test("a day and a time are both read; what is no time is refused", async () => {
    const world = await open();

    const line = "reassess assistant-prod on tuesday at 14:00 because the vendor calls then";
    expect((await world.say("chidi", line)).text).toContain("review due Tue 14:00 GMT");
    expect((await world.get("/history")).text).toContain("the vendor calls then");
    const sooner = await world.say("chidi", "reassess assistant-prod tomorrow");
    expect(sooner.text).toContain("review due Tue 00:00 GMT");
    for (const odd of ["someday", "on monday 25:00", "on tuesday or so", "tomorrow maybe"]) {
      const refused = await world.say("chidi", `reassess assistant-prod ${odd}`);
      expect(refused.ok, odd).toBe(false);
    }
    const away = await world.say("bob", "away until tuesday 14:00 because flu");
    expect(away.text).toContain("away until Tue 14:00");
    expect(away.text).toContain("Not kept, as away puts no reason on the record: “flu”.");
  });

  test("a form keeps the reason that came with the bare command, and presets no deployment", async () => {
    const world = await open();
    const answer = await world.server().inbound.run({
      surface: "console",
      line: "pause because it leaks system prompts",
      key: "k1",
      version: null,
      channel: null,
      escalation: null,
      private: true,
      speaker: await bobIn(world),
    });

    expect(answer.form?.command).toBe("pause");
    expect(answer.form?.fields.map(({ name, value }) => [name, value])).toEqual([
      ["what", ""],
      ["reason", "it leaks system prompts"],
    ]);
    const meant = await world.sayOnPage("bob", "pause asistant-prod because it lies");
    expect(meant.html).toContain("<span>Pause Assistant (production)</span>");
    expect(meant.html).toContain(">it lies</textarea>");
    const page = await world.sayOnPage("bob", "pause for 2h because it leaks system prompts");
    expect(page.html).toContain('value="it leaks system prompts"');
    expect(page.html).toContain('<option value="">Choose…</option>');
    expect(page.html).toContain('name="line" value="pause for 2h"');
    expect(await world.posture()).toBe("full");
  });

  test("a line over the limit: the stop is done and says where it is cut, everything else is refused with numbers", async () => {
    const world = await open();
    const long = "because ".concat("x".repeat(4_900));

    const stop = await world.say("chidi", `pause assistant-prod ${long}`);
    expect(stop.text).toContain("The line had 4929 characters");
    expect(await world.posture()).toBe("paused");
    expect((await lastReason(world)).endsWith("x…")).toBe(true);
    const resume = await world.say("chidi", `resume assistant-prod ${long}`);
    expect(resume.text).toContain("the line has 4930 characters, and at most 4000 are read");
    const form = await world.say("chidi", `resume because ${"y".repeat(2_500)}`);
    expect(form.text).toContain("2500 characters, and a form takes 2000");
    expect(await world.kinds()).not.toContain("decision.proposed");
  });

  test("a word that has no place is said, and nothing is done", async () => {
    const world = await open();
    await world.send("signals", jailbreak());
    await world.say("chidi", "pause assistant-prod because real");
    const before = await world.kinds();

    for (const [line, word] of odd) {
      const told = await world.say("chidi", line);
      expect(told.ok, `${line}: ${told.text}`).toBe(false);
      expect(told.text, line).toContain(word);
    }

    expect(await world.kinds()).toEqual(before);
  });
});

const odd = [
  ["status assistant-prod b", "“b”"],
  ["who assistant-prod yesterday", "“yesterday”"],
  ["who assistant-prod --tonight", "“--tonight”"],
  ["undo HP-1 HP-2", "“HP-2”"],
  ["keep HP-1 or not because x", "“or not”"],
  ["resume assistant-prod fully because patched", "“fully”"],
  ["resume assistant-prod full because patched", "“full”"],
  ["please resume assistant-prod because patched", "“resume” may mean resume"],
  ["prove HP-1 HP-2", "“HP-2”"],
  ["help pause now", "“now”"],
  ["rehearse assistant-prod tomorrow", "“tomorrow”"],
  ["decisions assistant-prod yesterday", "“yesterday”"],
  ["away until tomorrow until friday", "“friday”"],
  ["unlink slack please-do", "Nothing unlinked"],
  ["notme x y", "“y”"],
  ["monitor assistant-prod refusal-collapse by erin", "“refusal-collapse by erin”"],
  ["retest assistant-prod suite by erin by bob", "“by bob”"],
  ["breakglass maybe assistant-prod because x", "Say which decision"],
] as const;
