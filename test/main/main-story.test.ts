import { describe, expect, onTestFinished, test } from "vitest";
import type { EscalationId } from "../../src/core/ids.ts";
import { chromiumPath, sayWhatIsSkipped, startChromium } from "../support/chromium.ts";
import { oneKind } from "../support/databases.ts";
import { type Driver, platforms } from "../support/platforms.ts";
import { browserAt } from "../support/process.ts";
import { jailbreak, openWorld } from "../support/world.ts";

/**
 * What Holdpoint is for, once on each surface and on a real PostgreSQL: `npm test` is this and the
 * tests without a database. Everything else that people can do, and what can go wrong, is in
 * test/stories.
 */

sayWhatIsSkipped("the main story in the console");

type Deed = Pick<Driver, "world" | "card" | "say" | "press">;

/** The console's pages in a phone's browser; each person has one of their own. */
async function inChromium(): Promise<Deed> {
  const world = await openWorld(oneKind());
  const chromium = await startChromium();
  onTestFinished(() => chromium.close());
  const visit = async (person: string, path: string) => {
    const baseURL = world.server().url;
    const { be, cookies } = browserAt(baseURL);
    await be(person);
    const viewport = { width: 390, height: 844 };
    const context = await chromium.open({ baseURL, viewport, hasTouch: true });
    await context.addCookies([...cookies].map(([name, value]) => ({ name, value, url: baseURL })));
    const page = await context.newPage();
    await page.goto(path);
    return {
      page,
      /** What stands in the answer; the page is closed. */
      told: async (): Promise<string> => {
        const [text = ""] = await page.locator("#answer").allInnerTexts();
        await context.close();
        await world.settle();
        return text;
      },
    };
  };
  const cardOn = (id: EscalationId) => [`/escalations/${id}`, `#card-${id}`] as const;
  return {
    world,
    card: async (id) => {
      const [path, place] = cardOn(id);
      const { page } = await visit("dana", path); // of whom no line of this story speaks
      const card = page.locator(place);
      const text = (await card.allInnerTexts()).join().replaceAll(/\s+/g, " ");
      const shown = card.locator(".buttons button:visible, .buttons summary:visible");
      const buttons = await shown.allInnerTexts();
      await page.context().close();
      return { text, buttons };
    },
    say: async (person, line) => {
      const { page, told } = await visit(person, "/");
      await page.getByLabel("Command", { exact: true }).fill(line);
      await page.getByRole("button", { name: "Run" }).click();
      return told();
    },
    press: async (person, { label, on, reason }) => {
      const [path, place] = cardOn(on);
      const { page, told } = await visit(person, path);
      await page.locator(place).getByRole("button", { name: label, exact: true }).click();
      const sheet = page.locator("dialog:popover-open");
      if (reason !== "") await sheet.locator("textarea").fill(reason);
      await sheet.locator(".deed").click();
      return told();
    },
  };
}

const surfaces: readonly (readonly [string, () => Promise<Deed>, boolean])[] = [
  ["Slack", platforms.slack, true],
  ["Teams", platforms.teams, true],
  ["the console, in Chromium", inChromium, chromiumPath !== undefined],
];

describe.each(surfaces)("in %s", (_surface, open, isThere) => {
  test.skipIf(!isThere)(
    "a webhook makes a card, two taps pause, one person cannot resume, two can, and restarts in between change nothing",
    async () => {
      const { world, card, say, press } = await open();

      await world.send("signals", jailbreak());
      const asked = await card("HP-1");
      expect(asked.text).toContain("Assistant (production) · HP-1");
      expect(asked.text).toContain("Jailbreak success 8.2 % (limit 5 %)");
      expect(asked.text).toMatch(/Decides: \S.* until 10:30 GMT/);
      // the console has room for it
      const buttons = asked.buttons.filter((label) => label !== "Leave unrestricted…");
      expect(buttons).toEqual(["Narrow to no-tools", "Pause", "Acknowledge", "More…"]);

      const paused = await press("bob", {
        label: "Pause",
        on: "HP-1",
        reason: "8.2 %, samples look real",
      });
      expect(paused).toContain("It stays so until two people resume it. Next review Tue 10:00 GMT");
      expect(await world.posture()).toBe("paused");
      expect((await card("HP-1")).text).toContain("Paused 10:00 by Bob Okafor (on call)");
      await world.restart();

      const refused = await say("bob", "resume HP-1 because it looks fine");
      expect(refused).toContain("Bob, you cannot resume Assistant (production)");
      const started = await press("chidi", {
        label: "Resume…",
        on: "HP-1",
        reason: "the eval was broken",
      });
      expect(started).toContain("One more person must approve");
      expect(await world.posture()).toBe("paused");
      await world.restart();
      const done = await press("erin", {
        label: "Approve resume…",
        on: "HP-1",
        reason: "I looked too",
      });

      expect(done).toContain("Resumed");
      expect(await world.posture()).toBe("full");
      const kinds = await world.kinds();
      expect(kinds.filter((kind) => kind === "decision.made")).toHaveLength(2);
      expect(kinds).toContain("decision.denied");
    },
  );
});
