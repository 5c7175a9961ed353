import { expect, test } from "vitest";
import { openBothWorld } from "../support/both-world.ts";
import { oneDatabase } from "../support/databases.ts";
import { signedIn } from "../support/linking.ts";
import { plain } from "../support/process.ts";
import { collapse, jailbreak } from "../support/world.ts";

/** What an auditor asked of a running system; each is one line of a chat and one page. */
const questions: readonly (readonly [asks: string, line: string, says: readonly string[]])[] = [
  [
    "who decided HP-1, and under which rule as then written",
    "record HP-1",
    [
      "The decision: Robert Okafor (may also restrict) paused assistant-prod, was full",
      "“the samples are real” (record 5), 10 min after it opened",
      "the rule as then written",
    ],
  ],
  [
    "every use of break-glass in the quarter",
    "decisions breakglass since 2026-10-01 until 2026-12-31",
    ["Frank Moreau resumed assistant-prod", "By break-glass: “the hospital depends on it”"],
  ],
  [
    "what the policy decided because nobody answered",
    "decisions by-policy",
    ["Holdpoint, by policy, paused assistant-prod, was full"],
  ],
  [
    "what one person was denied, in their words",
    "decisions denied by dana",
    ["Dana Weiss was refused: resume", "typed “resume HP-1 because I feel fine”"],
  ],
  [
    "times to decide, by deployment and quarter, of a deployment that is retired since",
    "figures assistant-prod",
    ["2026-Q4 · assistant-prod (no longer in the policy): 3 opened;", "3 decided, median 10 min"],
  ],
  ["what was stricter than planned", "decisions stricter", ["“again”", "“the samples are real”"]],
  ["what was weaker than planned", "decisions weaker", ["No decisions found"]],
  [
    "what was in force, with the names of then",
    "status at 2026-11-23 10:15",
    ["Assistant (production): paused for everyone since 10:10 by Bob Okafor"],
  ],
  [
    "which policy was in force, who adopted it and why",
    "policy at 2026-11-23 10:15",
    [
      "adopted by the operator, without a reason",
      "In force until 2026-11-26",
      "break glass: Frank",
    ],
  ],
  [
    "how it differs from the next, in words",
    "policy diff 2026-11-23 10:15",
    [
      "Before: 2026-11-23 10:00 GMT",
      "New: deployment assistant-eu",
      "Looser: Assistant (production): is no longer in the policy.",
    ],
  ],
  ["which reviews were overdue", "decisions overdue", ["overdue"]],
  ["what concerned a model", "decisions model aurora-3", ["the samples are real", "by policy"]],
  ["any of it for a spreadsheet", "decisions model aurora-3 csv", ["6 lines", "record,time (UTC)"]],
  [
    "who could have decided: on call, away, deputies, break-glass",
    "who assistant-prod at 2026-11-23 10:15",
    [
      "Decides: Erin Sato (Chidi Lindt is away until 10:30 GMT)",
      "Bob Okafor (on call)",
      "Break glass: Frank Moreau",
    ],
  ],
  [
    "what the card said",
    "status HP-1 at 2026-11-23 10:15",
    ["Its card, as drawn from the record of then", "Paused 10:10 by Bob Okafor (on call)"],
  ],
  [
    "which resumes there were, and who approved each",
    "decisions kind resume",
    ["Approved by Erin Sato: “I looked too”", "By break-glass"],
  ],
];

oneDatabase((kind) => {
  test("each question of an auditor is one line of a chat and one page with an address", async () => {
    const world = await openBothWorld(kind);
    await world.say("chidi", "away until 2026-11-23 10:30");
    await world.send("signals", jailbreak());
    world.clock.set("2026-11-23T10:10:00Z");
    await world.inSlack.type("bob", "/pause HP-1 because the samples are real");
    await world.inSlack.type("dana", "/holdpoint resume HP-1 because I feel fine");
    world.clock.set("2026-11-23T10:40:00Z");
    await world.inSlack.type("chidi", "/resume HP-1 because =HYPERLINK(1)");
    await world.inTeams.write("erin", "resume HP-1 because I looked too");
    await world.send("signals", jailbreak(0.09, { id: "second" }));
    await world.inSlack.type("bob", "/pause HP-2 because again");
    await world.inSlack.type(
      "frank",
      "/holdpoint breakglass resume HP-2 because the hospital depends on it",
    );
    await world.send("alertmanager", collapse());
    await world.clock.advance("3h");
    await world.clock.advance("3d");
    await world.inSlack.type("chidi", "/holdpoint resume assistant-prod because it is over");
    await world.inTeams.write("erin", "resume assistant-prod because it is");
    const adopted = await world.adopt((yaml) =>
      yaml.replaceAll("assistant-prod", "assistant-eu").replaceAll("Bob Okafor", "Robert Okafor"),
    );
    expect(adopted.status, JSON.stringify(adopted.body)).toBe(200);
    const page = await signedIn(world, "dana");

    for (const [asks, line, says] of questions) {
      const chat = (await world.inSlack.type("dana", `/holdpoint ${line}`)).text;
      const { html, status } = await page.page(`/ask?${new URLSearchParams({ line })}`);
      const shown = plain(html);
      const missing = (text: string) => says.filter((words) => !text.includes(words));
      expect
        .soft({ asks, status, chat: missing(chat), page: missing(shown), is: chat })
        .toMatchObject({ status: 200, chat: [], page: [] });
    }
  });
});
