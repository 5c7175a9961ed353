import { mkdir } from "node:fs/promises";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Chromium,
  chromiumPath,
  sayWhatIsSkipped,
  startChromium,
} from "../support/chromium.ts";
import { consolePage } from "../support/console-page.ts";
import { oneKind } from "../support/databases.ts";
import { operatorToken } from "../support/keys.ts";
import { keepsPictures, linesOn, screens } from "../support/looks.ts";
import { jailbreak, openWorld } from "../support/world.ts";

/**
 * What an auditor prints, or keeps as a PDF: everything that the page says, nothing that is only
 * good for a screen, and times that can be told years later.
 */

sayWhatIsSkipped("how pages are printed");

const pages: Readonly<Record<string, { readonly path: string; readonly says: readonly string[] }>> =
  {
    record: {
      path: "/escalations/HP-1/record",
      says: ["2026-11-23 10:00 GMT", "Proof of record", "tree size", "HP-1 closed"],
    },
    history: {
      path: "/history?deployment=assistant-prod&kind=pause",
      says: [
        "Filtered by: deployment assistant-prod; kind pause.",
        "paused Assistant",
        "Start of the log.",
      ],
    },
    timeline: {
      path: "/deployments/assistant-prod",
      says: ["paused for", "HP-1 closed (resumed)"],
    },
    policy: { path: "/policy", says: ["Policy in force", "rule jailbreak-rate, when"] },
    log: { path: "/log", says: ["holdpoint.test/log", "Verify the whole log offline"] },
    answer: { path: "/ask?line=record+HP-1", says: ["Proof of record", "HP-1 closed (resumed)"] },
  };

/** Controls: on paper nobody can press them. */
const controls = "header.top, .composer, button, select, input[type=file], a.button";

const shownOf = (page: Page, selector: string): Promise<readonly string[]> =>
  page.locator(`:is(${selector}):visible`).allInnerTexts();

describe.skipIf(chromiumPath === undefined)("as Chromium prints it", { timeout: 120_000 }, () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await startChromium();
  });
  afterAll(() => chromium.close());

  test("a page says on paper what it says on the screen, without its controls", async () => {
    const world = await openWorld(oneKind());
    await world.send("signals", jailbreak(0.094, { summary: "Crescendo attacks got through" }));
    await world.say("bob", "ack HP-1 because looking into it");
    await world.say("bob", "pause HP-1 because 9.4 %, samples look real");
    await world.say("chidi", "resume HP-1 because the new prompt was rolled back");
    await world.say("erin", "resume HP-1 because I looked at the samples too");
    // An export signs what can be signed: then the record has its proof.
    const headers = { authorization: `Bearer ${operatorToken}` };
    await (await fetch(`${world.server().url}/log/export`, { headers })).text();
    const page = await consolePage({ chromium, world, screen: screens.desk }, "erin", "/");

    for (const [name, { path, says }] of Object.entries(pages)) {
      await page.goto(path);
      await page.emulateMedia({ media: "print" });
      const said = (await linesOn(page)).join("\n");
      for (const part of says) expect(said, name).toContain(part);
      expect(await shownOf(page, controls), name).toEqual([]);
      if (keepsPictures) {
        await mkdir("test-results/printed", { recursive: true });
        await page.pdf({ path: `test-results/printed/${name}.pdf`, preferCSSPageSize: true });
      }
      await page.emulateMedia({ media: null });
    }
  });
});
