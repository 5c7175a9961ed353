import { describe, expect, test } from "vitest";
import { commands } from "../../commands/index.ts";
import { asksInForm } from "../../src/chat/any/said.ts";
import { type Driver, platforms, type Values } from "../support/platforms.ts";
import { jailbreak } from "../support/world.ts";

/** One table of cases, run in Slack, in Teams and in the console: what can be done in one can be done in all, and is answered alike. */

type Step =
  | { readonly say: string; readonly as: string; readonly told: RegExp }
  | { readonly press: string; readonly as: string; readonly because: string; readonly told: RegExp }
  | { readonly fill: string; readonly as: string; readonly with: Values; readonly told: RegExp }
  | { readonly signal: string };

/** A day in the life of a deployment, with every command and every button of its cards. */
const day: readonly Step[] = [
  { say: "help", as: "bob", told: /pause/ },
  { say: "help pause", as: "bob", told: /pause <what>/ },
  { say: "status", as: "bob", told: /Assistant \(production\)/ },
  { say: "who assistant-prod", as: "bob", told: /Chidi Lindt/ },
  { say: "raise assistant-prod because it answered me", as: "mallory", told: /HP-1/ },
  { say: "ack HP-1", as: "bob", told: /Acknowledged: HP-1\./ },
  { say: "keep HP-1 because a test", as: "chidi", told: /Keep open|open/i },
  { signal: "s1" },
  { say: "pause asistant-prod", as: "chidi", told: /Did you mean/ },
  { say: "puase assistant-prod", as: "chidi", told: /pause/ },
  {
    press: "Acknowledge",
    as: "bob",
    because: "",
    told: /Acknowledged: HP-2\. Chidi still has to decide by/,
  },
  { press: "Narrow to no-tools", as: "chidi", because: "", told: /Narrowed to no-tools/ },
  { press: "Undo", as: "chidi", because: "wrong one", told: /Undone/ },
  { press: "Pause", as: "bob", because: "looks real", told: /Paused/ },
  { say: "resume HP-2 because fine", as: "dana", told: /cannot resume/ },
  { press: "Keep paused…", as: "chidi", because: "not yet", told: /paused/ },
  { press: "Resume…", as: "chidi", because: "patched", told: /One more person confirms/ },
  { press: "Confirm resume…", as: "erin", because: "", told: /Resumed/ },
  { say: "narrow assistant-prod", as: "bob", told: /Narrowed/ },
  {
    say: "reason assistant-prod because the vendor called",
    as: "bob",
    told: /The reason is on the record/,
  },
  {
    say: "retest assistant-prod jailbreak-suite by ana by 2026-11-24",
    as: "bob",
    told: /jailbreak-suite/,
  },
  { say: "monitor assistant-prod refusal-collapse", as: "bob", told: /Monitoring added/ },
  { say: "breakglass pause assistant-prod because nobody answers", as: "frank", told: /Paused/ },
  { say: "undo HP-2", as: "erin", told: /Not undone: / },
  { say: "reassess assistant-prod on 2026-11-23", as: "chidi", told: /is in the past/ },
  { say: "reassess assistant-prod on 2026-11-24", as: "chidi", told: /is looked at again by/ },
  { say: "away until 2026-11-25", as: "ana", told: /Ana Ruiz is away until .* Deputies decide/ },
  { say: "rehearse assistant-prod", as: "dana", told: /HP-\d+/ },
  { say: "link", as: "bob", told: /Nothing to link: you have an account in every chat already/ },
  { say: "unlink", as: "bob", told: /Nothing unlinked: you have linked no account/ },
  { say: "notme", as: "bob", told: /No login link that was made for you is open/ },
  { say: "decisions assistant-prod", as: "bob", told: /Paused|paused/ },
  { say: "prove HP-2", as: "bob", told: /Rule jailbreak-rate/ },
  { say: "pause", as: "bob", told: /Pause/ },
];

const what = "assistant-prod";

/** Another day, on which nobody types more than a command's name. */
const formDay: readonly Step[] = [
  { fill: "pause", as: "bob", with: { what, reason: "as agreed" }, told: /Paused/ },
  { fill: "undo", as: "bob", with: { what, reason: "wrong one" }, told: /Undone/ },
  {
    fill: "narrow",
    as: "bob",
    with: { what, to: "staff", reason: "less" },
    told: /Narrowed to staff/,
  },
  {
    fill: "reason",
    as: "bob",
    with: { what, reason: "more of it" },
    told: /No decision of yours here waits for a reason/,
  },
  {
    fill: "retest",
    as: "bob",
    with: { what, word: "jailbreak-suite", by: "" },
    told: /[Rr]e-test/,
  },
  { fill: "monitor", as: "bob", with: { what, word: "refusal-collapse" }, told: /Monitoring/ },
  { fill: "keep", as: "chidi", with: { what, reason: "not yet" }, told: /narrowed/ },
  { fill: "resume", as: "chidi", with: { what, reason: "patched" }, told: /One more person/ },
  { fill: "raise", as: "bob", with: { what, reason: "odd" }, told: /HP-\d+/ },
  { fill: "who", as: "bob", with: { what }, told: /Chidi Lindt/ },
  {
    fill: "reassess",
    as: "chidi",
    with: { what, on: "2026-11-24" },
    told: /is looked at again by/,
  },
  { fill: "rehearse", as: "dana", with: { what }, told: /HP-\d+/ },
  {
    fill: "away",
    as: "ana",
    with: { until: "2026-11-25" },
    told: /Ana Ruiz is away until .* Deputies decide/,
  },
  { fill: "breakglass", as: "frank", with: { word: "pause", what, reason: "now" }, told: /Paused/ },
  { fill: "prove", as: "bob", with: { word: "HP-1" }, told: /Record \d+/ },
];

describe("the day", () => {
  test("has every form that a command's name opens", () => {
    const filled = formDay.flatMap((step) => ("fill" in step ? [step.fill] : []));

    expect([...asksInForm].filter((name) => !filled.includes(name))).toEqual([]);
  });

  test("has every command", () => {
    const said = day.flatMap((step) => ("say" in step ? [step.say.split(" ")[0]] : []));
    const pressed: readonly string[] = ["resume"]; // by its button, whose line it is

    expect(
      commands.map(({ name }) => name).filter((name) => ![...said, ...pressed].includes(name)),
    ).toEqual([]);
  });
});

test.each([
  ["every command and every button does", day],
  ["every form that a command's name opens does", formDay],
])(
  "%s on each platform what the table says, and leaves the same record",
  async (_what, steps) => {
    const records: Record<string, readonly string[]> = {};
    for (const [platform, open] of Object.entries(platforms)) {
      const driver = await open();
      for (const [at, step] of steps.entries())
        await take(driver, step, `${platform}, step ${at + 1}: ${JSON.stringify(step)}`);
      records[platform] = await driver.world.kinds();
      expect(await driver.world.posture(), platform).toBe("paused");
    }

    expect(records["teams"]).toEqual(records["slack"]);
    expect(records["console"]).toEqual(records["slack"]);
  },
  240_000,
);

const take = async (driver: Driver, step: Step, name: string): Promise<void> => {
  if ("signal" in step) {
    await driver.world.send("signals", jailbreak(0.082, { id: step.signal }));
    return;
  }
  const told = await toldBy(driver, step);
  // What was said is said back in chats; only what is answered counts here.
  const answer = told.split("\n").filter((line) => !line.startsWith("You said:"));
  expect(answer.join("\n"), name).toMatch(step.told);
};

const toldBy = (driver: Driver, step: Exclude<Step, { readonly signal: string }>) => {
  if ("say" in step) return driver.say(step.as, step.say);
  if ("fill" in step) return driver.fill(step.as, step.fill, step.with);
  return driver.press(step.as, step.press, "HP-2", step.because);
};
