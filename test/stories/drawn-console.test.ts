import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isAccessible } from "../support/accessible.ts";
import { openBothWorld } from "../support/both-world.ts";
import {
  type Chromium,
  chromiumPath,
  sayWhatIsSkipped,
  startChromium,
} from "../support/chromium.ts";
import { consolePage } from "../support/console-page.ts";
import { oneKind } from "../support/databases.ts";
import { isWhole, kept, linesOn, type Screen, screens } from "../support/looks.ts";
import { collapse, jailbreak, openWorld } from "../support/world.ts";
import type { World } from "../support/world-shape.ts";

/**
 * Every page of the console after a day on which much happened, in demo mode and signed in: nothing
 * runs out sideways, no word is cut, and WCAG AA is met in light colours and in dark ones.
 */

sayWhatIsSkipped("how the console's pages look");

/**
 * A pause that nobody carried out, a resume that was asked for, an escalation that is open, and one
 * that the policy answered.
 */
async function busyDay(world: World): Promise<void> {
  await world.send("signals", jailbreak(0.094, { summary: "Crescendo attacks got through" }));
  await world.say("bob", "ack HP-1 because looking into it");
  await world.say("bob", "pause HP-1 because 9.4 %, samples look real");
  await world.say("dana", "resume HP-1 because it looks fine");
  await world.say("chidi", "resume HP-1 because the new prompt was rolled back");
  await world.clock.advance("5m");
  await world.send("alertmanager", collapse());
  await world.clock.advance("11m");
  await world.say("erin", "away until tomorrow 09:00");
  await world.clock.advance("12m");
  await world.send("signals", jailbreak(null as never, { status: "errored", suite: "tool-use" }));
}

const pages: Readonly<Record<string, string>> = {
  overview: "/",
  escalation: "/escalations/HP-1",
  open: "/escalations/HP-2",
  history: "/history",
  filtered: "/history?deployment=assistant-prod&since=2026-11-23&until=2026-11-23",
  unfit: "/history?since=garbage",
  "audit-log": "/log",
  help: "/help",
  deployments: "/deployments",
  timeline: "/deployments/assistant-prod",
  "timeline-unfit": "/deployments/assistant-prod?since=2026-11-31&colour=red",
  "no-timeline": "/deployments/nothing",
  policy: "/policy",
  "no-policy": "/policy?digest=abc123",
  missing: "/escalations/HP-99",
  record: "/escalations/HP-1/record",
  ask: "/ask",
  "asked-record": "/ask?line=record+HP-1",
  "asked-sample": "/ask?line=audit+sample+2+--seed+spring",
  "asked-policy": "/ask?line=policy",
  "asked-then": "/ask?line=status+at+2026-11-23+10:04",
  "asked-nobody": "/ask?line=decisions+by+zoe",
};

/** What some of them say. */
const isSo: Readonly<Record<string, (said: string) => void>> = {
  // What is in force is not said to be since a decision that came later.
  overview: (said) =>
    expect(said).toMatch(/Since 10:00\. Last decision 10:2\d: pause automatically, by policy/),
  // The number and the time of an entry stand above it.
  history: (said) => expect(said).not.toMatch(/^\d+ · \d\d:\d\d/m),
};

/** The proof of a decision, chosen or dropped on the page of the log. */
async function checkProofOn(page: Page, isDropped: boolean): Promise<void> {
  const saved = await page.request.get("/ask/file?line=prove+HP-1");
  const text = await saved.text();
  await page.goto("/log");
  if (isDropped) {
    const data = await page.evaluateHandle(
      `(() => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([${JSON.stringify(text)}], "HP-1.tlog-proof"));
        return transfer;
      })()`,
    );
    await page.dispatchEvent("form[data-drop]", "drop", { dataTransfer: data });
  } else {
    const buffer = Buffer.from(text);
    await page
      .getByLabel("Proof file")
      .setInputFiles({ name: "HP-1.tlog-proof", mimeType: "text/plain", buffer });
    await page.getByRole("button", { name: "Check" }).click();
  }
  await page.getByRole("heading", { name: "The proof holds" }).waitFor();
  const said = (await linesOn(page)).join("\n");
  expect(said).toContain("Signed with the key that this server shows as this log's");
  expect(said).toContain("prove --check HP-1.tlog-proof");
}

/** What pictures are called that the docs show. */
const inDocs: Readonly<Record<string, string>> = {
  "demo-checked": "console-checked",
  "demo-timeline": "console-timeline",
  "demo-policy": "console-policy",
};

describe.skipIf(chromiumPath === undefined)("as Chromium draws it", { timeout: 120_000 }, () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await startChromium();
  });
  afterAll(() => chromium.close());

  const look = async (page: Page, name: string, screen: Screen): Promise<void> => {
    const shown = screen === "desk" ? inDocs[name] : undefined;
    await kept(page, shown ?? `walk-${name}-${screen}`, { isShown: shown !== undefined });
    await isWhole(page);
    // Each page once in light colours and once in dark ones: a second look of axe costs 0.3 s.
    if (name.startsWith("demo") === (screen === "phone"))
      await isAccessible(page, `${name} on a ${screen}`, screen === "phone" ? "light" : "dark");
    expect((await linesOn(page)).join("\n")).not.toMatch(/undefined|\[object|NaN|null/);
  };

  test.each([
    ["in demo mode", "demo", openWorld],
    ["signed in", "signed-in", openBothWorld],
  ])("every page %s can be read on a phone and on a desk", async (_how, name, open) => {
    const world = await open(oneKind());
    await busyDay(world);

    for (const screen of ["phone", "desk"] as const) {
      const page = await consolePage({ chromium, world, screen: screens[screen] }, "erin", "/");
      for (const [called, path] of Object.entries(pages)) {
        await page.goto(path);
        await look(page, `${name}-${called}`, screen);
        isSo[called]?.((await linesOn(page)).join("\n"));
      }
      await checkProofOn(page, screen === "phone");
      await look(page, `${name}-checked`, screen);
      for (const line of [
        "status",
        "who assistant-prod",
        "decisions assistant-prod",
        "retest",
        "prove 3",
      ]) {
        await page.goto("/");
        await page.getByLabel("Command", { exact: true }).fill(line);
        await page.getByRole("button", { name: "Run" }).click();
        await page.locator("#answer").waitFor();
        await look(page, `${name}-${line.split(" ")[0]}`, screen);
      }
    }
  });
});
