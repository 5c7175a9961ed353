import { describe, expect, test } from "vitest";
import { commands } from "../../commands/index.ts";
import { asksInForm } from "../../src/chat/shared/request-helpers.ts";
import { type Driver, platforms, type Values } from "../support/platforms.ts";
import { jailbreak } from "../support/world.ts";

/**
 * One table of cases, run in Slack, in Teams and in the console: what can be done in one can be
 * done in all, and is answered alike.
 */

/** `told` is how a line of the answer begins, in the same words on every platform. */
type Step =
  | { readonly say: string; readonly as: string; readonly told: string }
  | { readonly press: string; readonly as: string; readonly because: string; readonly told: string }
  | { readonly fill: string; readonly as: string; readonly with: Values; readonly told: string }
  | { readonly signal: string };

/** A day in the life of a deployment, with every command and every button of its cards. */
const day: readonly Step[] = [
  { say: "help", as: "bob", told: "pause <what> [for <duration>] [because …]: stop at once" },
  {
    say: "help pause",
    as: "bob",
    told: "pause <what> [for <duration>] [because …]: stop at once.",
  },
  {
    say: "status",
    as: "bob",
    told: "Assistant (production): open to everyone, tools on since 10:00. Review due 30 Nov 10:00 GMT",
  },
  { say: "who assistant-prod", as: "bob", told: "Decides: Chidi Lindt" },
  {
    say: "raise assistant-prod because it answered me",
    as: "mallory",
    told: "HP-1 is open. Chidi Lindt decides. Nothing else has changed.",
  },
  {
    say: "ack #HP–1, because looking",
    as: "bob",
    told: "Acknowledged: HP-1. Chidi still has to decide.",
  },
  {
    say: "keep HP-1 because a test",
    as: "chidi",
    told: "Assistant (production): Left unrestricted 10:00 by Chidi Lindt. Now open to everyone, tools on.",
  },
  { signal: "s1" },
  {
    say: "pause asistant-prod",
    as: "chidi",
    told: "No deployment “asistant-prod”. Did you mean: assistant-prod?",
  },
  {
    say: "pause model:aurora-9 because it lies",
    as: "chidi",
    told: "Nothing changed: the policy has no model “model:aurora-9”. Did you mean: model:aurora-3?",
  },
  {
    say: "resume model:aurora-3 because fine",
    as: "chidi",
    told: "Nothing changed: of a group or a model only pause, narrow and status can be said.",
  },
  { say: "status model:aurora-3", as: "bob", told: "model:aurora-3. Now:" },
  {
    say: "keep “Assistant (production)” for ever because fine",
    as: "chidi",
    told: "I do not understand “for ever”. Like this: keep <what> because … Your reason is kept: “for ever because fine”.",
  },
  {
    say: "please resume assistant-prod because fine",
    as: "chidi",
    told: "Nothing changed: “resume” may mean resume, which I do only if the line begins with that word. Press the button if you meant it.",
  },
  {
    say: "who assistant-prod yesterday",
    as: "bob",
    told: "I do not understand “yesterday”. Like this: who <deployment or HP-…> [at <date>]",
  },
  { say: "adopt 0123456789ab", as: "bob", told: "Nothing changed: no policy waits" },
  {
    say: "redact 9999 because she asked",
    as: "bob",
    told: "There is no record 9999. The newest are in “decisions”.",
  },
  {
    say: "legal-hold lift 9999 because it is over",
    as: "bob",
    told: "Nothing was recorded: record 9999 is no legal hold that stands. No legal hold stands.",
  },
  {
    say: "puase assistant-prod",
    as: "chidi",
    told: "No command “puase”. Did you mean: pause, prove, raise?",
  },
  {
    press: "Acknowledge",
    as: "bob",
    because: "",
    told: "Acknowledged: HP-2. Chidi still has to decide by 10:30 GMT.",
  },
  {
    press: "Narrow to no-tools",
    as: "chidi",
    because: "",
    told: "Assistant (production): Narrowed to no-tools 10:00 by Chidi Lindt. Now narrowed to no-tools (everyone, tools off).",
  },
  {
    press: "Undo",
    as: "chidi",
    because: "wrong one",
    told: "Assistant (production): Undone 10:00 by Chidi Lindt. Now open to everyone, tools on.",
  },
  {
    press: "Pause",
    as: "bob",
    because: "looks real",
    told: "Assistant (production): Paused 10:00 by Bob Okafor (on call). Now paused for everyone.",
  },
  {
    say: "resume HP-2 because fine",
    as: "dana",
    told: "Not resumed. Dana, you cannot resume Assistant (production): its release owner is never one of the people behind a resume; it stays paused for everyone.",
  },
  {
    press: "Keep paused…",
    as: "chidi",
    because: "not yet",
    told: "Assistant (production): Kept paused 10:00 by Chidi Lindt. Now paused for everyone.",
  },
  {
    press: "Resume…",
    as: "chidi",
    because: "patched",
    told: "Requested: resume to full. One more person must approve by Tue 10:00 GMT; until then it stays paused for everyone.",
  },
  {
    press: "Approve resume…",
    as: "erin",
    because: "read 200 transcripts",
    told: "Assistant (production): Resumed to full 10:00 by Chidi Lindt and Erin Sato. Now open to everyone, tools on.",
  },
  {
    say: "narrow “assistant-prod” no tools",
    as: "bob",
    told: "Assistant (production): Narrowed to no-tools 10:00 by Bob Okafor (on call). Now narrowed to no-tools (everyone, tools off).",
  },
  {
    say: "reason assistant-prod because the vendor called",
    as: "bob",
    told: "The reason is on the record.",
  },
  {
    say: "retest assistant-prod jailbreak-suite by ana by 2026-11-24",
    as: "bob",
    told: "Assistant (production): Re-test requested 10:00 by Bob Okafor (on call). Now narrowed to no-tools (everyone, tools off). The next complete run of jailbreak-suite will be reported here; if none arrives by Tue 17:00 GMT, that is a signal. Ana Ruiz is responsible.",
  },
  {
    say: "monitor assistant-prod refusal-collapse",
    as: "bob",
    told: "Assistant (production): Monitoring added 10:00 by Bob Okafor (on call). Now narrowed to no-tools (everyone, tools off).",
  },
  {
    say: "breakglass stop Assistant (production) because nobody answers",
    as: "frank",
    told: "Assistant (production): Paused 10:00 by Frank Moreau alone, break-glass: reviewed within a day. Now paused for everyone.",
  },
  { say: "undo HP-2", as: "erin", told: "Not undone: there is no restriction to undo." },
  {
    say: "reassess assistant-prod on 2026-11-23",
    as: "chidi",
    told: "“2026-11-23” is in the past. Nothing changed.",
  },
  {
    say: "reassess assistant-prod tomorrow 9:00",
    as: "chidi",
    told: "Assistant (production): review due Tue 09:00 GMT.",
  },
  {
    say: "away until 2026-11-25",
    as: "ana",
    told: "Ana Ruiz is away until Wed 00:00 GMT. Deputies decide from now on.",
  },
  {
    say: "rehearse assistant-prod",
    as: "dana",
    told: "The rehearsal HP-4 is open: Chidi Lindt is asked, as if it were real. It changes nothing.",
  },
  { say: "link", as: "bob", told: "Nothing to link: you have an account in every chat already." },
  { say: "unlink", as: "bob", told: "Nothing unlinked: you have linked no account." },
  {
    say: "sign-out",
    as: "bob",
    told: "You have no session and no open login link.",
  },
  {
    say: "console yesterday",
    as: "bob",
    told: "No deployment “yesterday”.",
  },
  {
    say: "notme",
    as: "bob",
    told: "No login link that was made for you is open. Nothing changed.",
  },
  {
    say: "decisions assistant-prod",
    as: "bob",
    told: "21 · 10:00 GMT · Frank Moreau paused Assistant (production), was no-tools. Not planned in the policy. By break-glass: “nobody answers”",
  },
  {
    say: "prove HP-2",
    as: "bob",
    told: 'Rule jailbreak-rate: signal.kind == "eval" && signal.status == "ok"',
  },
  {
    say: "redact 9999 because she asked",
    as: "bob",
    told: "There is no record 9999. The newest are in “decisions”.",
  },
  {
    say: "legal-hold lift 9999 because it is over",
    as: "bob",
    told: "Nothing was recorded: record 9999 is no legal hold that stands. No legal hold stands.",
  },
  {
    say: "record HP-2",
    as: "bob",
    told: "The decision: Bob Okafor (may also restrict) paused Assistant (production), was full. Stricter than the policy: “looks real” (record 9), 0 s after it opened",
  },
  { say: "policy", as: "bob", told: "deployment assistant-prod, break glass: Frank Moreau" },
  {
    say: "policy diff 2026-11-23",
    as: "bob",
    told: "At 2026-11-23 00:00 GMT no policy was in force.",
  },
  {
    say: "figures assistant-prod",
    as: "bob",
    told: "2026-Q4 · assistant-prod: 3 opened; 2 acknowledged, median 0 s; 3 decided, median 0 s; of 10 decisions 0 by policy, 5 deviated",
  },
  {
    say: "audit sample 3 --seed spring",
    as: "bob",
    told: "4 · 10:00 GMT · Chidi Lindt (decider) left Assistant (production) unchanged, full: “a test”",
  },
];

const what = "assistant-prod";

/** Another day, on which nobody types more than a command's name. */
const formDay: readonly Step[] = [
  {
    fill: "pause",
    as: "bob",
    with: { what, reason: "as agreed" },
    told: "Assistant (production): Paused 10:00 by Bob Okafor (on call). Now paused for everyone.",
  },
  {
    fill: "undo",
    as: "bob",
    with: { what, reason: "wrong one" },
    told: "Assistant (production): Undone 10:00 by Bob Okafor (on call). Now open to everyone, tools on.",
  },
  {
    fill: "narrow",
    as: "bob",
    with: { what, to: "staff", reason: "less" },
    told: "Assistant (production): Narrowed to staff 10:00 by Bob Okafor (on call). Now narrowed to staff (staff, tools off).",
  },
  {
    fill: "reason",
    as: "bob",
    with: { what, reason: "more of it" },
    told: "No decision of yours here waits for a reason. Nothing changed.",
  },
  {
    fill: "retest",
    as: "bob",
    with: { what, word: "jailbreak-suite", by: "" },
    told: "Assistant (production): Re-test requested 10:00 by Bob Okafor (on call). Now narrowed to staff (staff, tools off). The next complete run of jailbreak-suite will be reported here.",
  },
  {
    fill: "monitor",
    as: "bob",
    with: { what, word: "refusal-collapse" },
    told: "Assistant (production): Monitoring added 10:00 by Bob Okafor (on call). Now narrowed to staff (staff, tools off).",
  },
  {
    fill: "keep",
    as: "chidi",
    with: { what, reason: "not yet" },
    told: "Assistant (production): Kept narrowed to staff 10:00 by Chidi Lindt. Now narrowed to staff (staff, tools off).",
  },
  {
    fill: "resume",
    as: "chidi",
    with: { what, reason: "patched" },
    told: "Requested: resume to full. One more person must approve by Tue 10:00 GMT; until then it stays narrowed to staff (staff, tools off).",
  },
  {
    fill: "raise",
    as: "bob",
    with: { what, reason: "odd" },
    told: "HP-3 is open. Chidi Lindt decides. Nothing else has changed.",
  },
  { fill: "who", as: "bob", with: { what }, told: "Decides: Chidi Lindt" },
  {
    fill: "reassess",
    as: "chidi",
    with: { what, on: "2026-11-24" },
    told: "Assistant (production): review due Tue 00:00 GMT.",
  },
  {
    fill: "rehearse",
    as: "dana",
    with: { what },
    told: "The rehearsal HP-4 is open: Chidi Lindt is asked, as if it were real. It changes nothing.",
  },
  {
    fill: "away",
    as: "ana",
    with: { until: "2026-11-25" },
    told: "Ana Ruiz is away until Wed 00:00 GMT. Deputies decide from now on.",
  },
  {
    fill: "breakglass",
    as: "frank",
    with: { word: "pause", what, reason: "now" },
    told: "Assistant (production): Paused 10:00 by Frank Moreau alone, break-glass: reviewed within a day. Now paused for everyone.",
  },
  {
    fill: "prove",
    as: "bob",
    with: { word: "HP-1" },
    told: "2 · 10:00 GMT · HP-1 opened for Assistant (production) (trigger by-hand); Chidi Lindt decides “as agreed”",
  },
  {
    fill: "redact",
    as: "bob",
    with: { word: "9999", reason: "she asked" },
    told: "There is no record 9999. The newest are in “decisions”.",
  },
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

async function take(driver: Driver, step: Step, name: string): Promise<void> {
  if ("signal" in step) {
    await driver.world.send("signals", jailbreak(0.082, { id: step.signal }));
    return;
  }
  const told = await toldBy(driver, step);
  // Chats draw a list's lines with a bullet; what was said is said back there, and only what is
  // answered counts here.
  const answer = told.split("\n").map((line) => line.replace(/^• /, ""));
  expect(
    answer.filter((line) => line.startsWith(step.told)),
    `${name}: ${told}`,
  ).not.toEqual([]);
}

function toldBy(driver: Driver, step: Exclude<Step, { readonly signal: string }>) {
  if ("say" in step) return driver.say(step.as, step.say);
  if ("fill" in step) return driver.fill(step.as, step.fill, step.with);
  return driver.press(step.as, { label: step.press, on: "HP-2", reason: step.because });
}
