import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BothWorld, openBothWorld } from "../support/both-world.ts";
import {
  type Chromium,
  chromiumPath,
  sayWhatIsSkipped,
  startChromium,
} from "../support/chromium.ts";
import { consolePage } from "../support/console-page.ts";
import { oneKind } from "../support/databases.ts";
import { draw, isWhole, kept, linesOn, type Screen, screens } from "../support/looks.ts";
import { cardInSlack } from "../support/slack-world.ts";
import { cardOf } from "../support/teams-people.ts";
import { cardInTeams } from "../support/teams-world.ts";
import { jailbreak } from "../support/world.ts";

/**
 * One card in Slack, in Teams and in the console, as Chromium draws it: all of its words can be
 * read on a phone and on a desk.
 */

sayWhatIsSkipped("how a card looks in Slack, in Teams and in the console");

const nightly = (value: number, more: object = {}): object =>
  jailbreak(value, {
    suite: "jailbreak-nightly",
    stderr: 0.0191,
    url: "https://evals.example.com/runs/7",
    ...more,
  });

const everywhere = ["phone", "desk"] as const;

describe.skipIf(chromiumPath === undefined)("as Chromium draws it", { timeout: 60_000 }, () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await startChromium();
  });
  afterAll(() => chromium.close());

  const page = (world: BothWorld, person: string, screen: Screen): Promise<Page> =>
    consolePage({ chromium, world, screen: screens[screen] }, person, "/escalations/HP-1");

  /**
   * Draws the card everywhere, and answers what is read on each. The phone's pictures are those
   * that the documents show.
   */
  const looked = async (
    world: BothWorld,
    name: string,
  ): Promise<readonly (readonly string[])[]> => {
    const slack = {
      is: "message",
      blocks: cardInSlack(world.slack, "HP-1").message.blocks,
    } as const;
    const teams = {
      is: "message",
      card: cardOf(cardInTeams(world.teams, "HP-1").message),
    } as const;
    const all: (readonly string[])[] = [];
    for (const screen of everywhere) {
      const isShown = screen === "phone";
      const end = isShown ? name : `${name}-${screen}`;
      all.push(await draw(chromium, { slack }, { name: `slack-${end}`, screen, isShown }));
      all.push(await draw(chromium, { teams }, { name: `teams-${end}`, screen, isShown }));
      const console = await page(world, "chidi", screen);
      await kept(console, `console-${end}`, { isShown });
      await isWhole(console);
      all.push(await linesOn(console, "article"));
    }
    return all;
  };

  test("a rule that looks back, with its runbook, a response in parts and the decider's role", async () => {
    const policy = (yaml: string) =>
      yaml
        .replace("name: Chidi Lindt", "name: Chidi Lindt, title: Head of Safety")
        .replace(
          "    severity: critical                    #",
          "    repeated: { times: 3, of: 5 }\n    runbook: https://runbooks.example.com/jailbreak\n    severity: critical #",
        )
        .replace(
          "response: { narrow: no-tools }",
          "response: [{ narrow: next }, { retest: { suite: jailbreak-nightly, by: erin, within: 1d } }]",
        );
    const world = await openBothWorld(oneKind(), { policy });
    for (const value of [0.061, 0.021, 0.054, 0.082]) {
      await world.send("signals", nightly(value, { id: `run-${value}` }));
      await world.clock.advance("1m");
    }
    await world.said();

    for (const lines of await looked(world, "looks-back")) {
      const text = lines.join("\n");
      expect(text).toContain("3 of the last 4: 6.1 %, 5.4 %, 8.2 %");
      expect(text).toContain("(Head of Safety)");
      expect(text).toContain("Open the runbook (runbooks.example.com)");
      expect(text).toContain("asks Erin Sato for a re-test of jailbreak-nightly");
    }
  });

  test("three suites fire: each name and number is on the card, and the summary and the run under them", async () => {
    const world = await openBothWorld(oneKind());
    await world.send("signals", jailbreak(0.0604, { suite: "multi-turn" }));
    const summary = "Crescendo attacks got through after the last prompt change";
    await world.send("signals", nightly(0.094, { summary }));
    await world.send("signals", jailbreak(0.0711, { suite: "tool-use" }));
    await world.said();

    for (const lines of await looked(world, "three-suites")) {
      const text = lines.join("\n");
      expect(text).toContain(
        "Jailbreak success (jailbreak-nightly) 9.4 % (limit 5 %) and 2 more: tool-use 7.11 %, multi-turn 6.04 %",
      );
      expect(text).toContain(summary);
      expect(text).toContain("Open the run (evals.example.com)");
    }
  });

  test("a later run under the limit: the latest and the worst are both there, each labelled", async () => {
    const world = await openBothWorld(oneKind());
    await world.send("signals", nightly(0.094));
    await world.clock.advance("12m");
    await world.send("signals", nightly(0.021));
    await world.said();

    for (const lines of await looked(world, "latest-and-worst")) {
      const text = lines.join("\n");
      expect(text).toContain("Jailbreak success 9.4 % (limit 5 %)");
      expect(text).toMatch(/Latest 2\.1 % at \S+( [AP]M)?, under the limit. Worst 9\.4 %/);
    }
  });

  test("who confirms a resume reads the first person's reason, and what came in since, before they press", async () => {
    const world = await openBothWorld(oneKind());
    await world.send("signals", nightly(0.094));
    await world.said();
    await world.inSlack.press("bob", "Pause", cardInSlack(world.slack, "HP-1").message);
    await world.inSlack.submit("bob", { reason: "9.4 %, samples look real" });
    await world.clock.advance("5m");
    await world.say(
      "chidi",
      "resume HP-1 because the new prompt was rolled back, and the suite ran again",
    );
    await world.clock.advance("5m");
    await world.send("signals", nightly(0.011));
    await world.said();
    await looked(world, "resume-requested");
    const confirm = "Approve resume…";
    await world.inSlack.press("erin", confirm, cardInSlack(world.slack, "HP-1").message);
    await world.inTeams.press("erin", confirm, cardInTeams(world.teams, "HP-1").message);

    const slack = { is: "view", view: world.slack.views.at(-1)?.view ?? {} } as const;
    const { title = "", card } = world.inTeams.dialog("erin") ?? {};
    const teams = { is: "dialog", title, card } as const;
    for (const screen of everywhere) {
      const isShown = screen === "phone";
      const end = isShown ? "confirm-form" : `confirm-form-${screen}`;
      const console = await page(world, "erin", screen);
      await console.getByRole("button", { name: confirm, exact: true }).click();
      await kept(console, `console-${end}`, { isShown });
      await isWhole(console);
      const all = [
        await draw(chromium, { slack }, { name: `slack-${end}`, screen, isShown }),
        await draw(chromium, { teams }, { name: `teams-${end}`, screen, isShown }),
        await linesOn(console, "dialog:popover-open"),
      ];
      for (const lines of all) {
        const text = lines.join("\n");
        expect(text).toMatch(
          /Chidi Lindt \([^)]+\): “the new prompt was rolled back, and the suite ran again”/,
        );
        expect(text).toMatch(/Since the request: 1 complete eval, 1\.1 % \(limit 5 %\)/);
        expect(text).toContain("goes on the record");
      }
    }
  });
});
