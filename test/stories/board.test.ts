import { readFileSync } from "node:fs";
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
import { threeDeployments } from "../support/policies.ts";
import { collapse, jailbreak, openWorld } from "../support/world.ts";
import type { World } from "../support/world-shape.ts";

/**
 * The first page on a bad day, with 62 escalations open. `HOLDPOINT_PICTURES=1` keeps the pictures
 * in docs/images.
 */

sayWhatIsSkipped("the board with 62 open escalations");

// biome-ignore lint/style/noProcessEnv: asked for by whoever wants new pictures, never by a test
const keeps = process.env["HOLDPOINT_PICTURES"] === "1";
const folder = new URL("../../docs/images/", import.meta.url);
const picture = (name: string): string => new URL(`${name}.png`, folder).pathname;

const screens = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true },
  desk: { viewport: { width: 1280, height: 900 } },
} as const;

const severities = ["info", "warning", "info", "high", "warning"] as const;

const alertsOf = (
  deployment: string,
  names: readonly string[],
  severity: string | null = null,
): object => ({
  version: "4",
  status: "firing",
  receiver: "h",
  truncatedAlerts: 0,
  alerts: names.map((alertname, at) => ({
    status: "firing",
    labels: { alertname, severity: severity ?? severities[at % severities.length], deployment },
    annotations: { summary: `${alertname} has been seen for five minutes` },
    startsAt: "2026-11-23T09:55:00Z",
    endsAt: "0001-01-01T00:00:00Z",
    fingerprint: `${deployment}-${alertname}`,
  })),
});

const names = (start: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${start}${String(at + 1).padStart(2, "0")}`);

/** The critical one first, so that everything else is newer; then 61 others. */
async function badDay(): Promise<World> {
  const world = await openWorld(oneKind(), { policy: threeDeployments });
  await world.send("signals", jailbreak());
  await world.send("alertmanager", collapse());
  await world.send("alertmanager", alertsOf("agents-eu", names("QueueLagging", 20)));
  await world.send("alertmanager", alertsOf("search-beta", names("CacheMissing", 20)));
  await world.send("alertmanager", alertsOf("assistant-prod", names("DiskFilling", 20)));
  return world;
}

interface Row {
  readonly id: string;
  readonly severity: string;
  readonly next: string;
  readonly about: string;
  readonly isOpen: boolean;
  readonly height: number;
}

const inPage = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
const readRows = inPage("../support/in-page/board-rows.js");
const tooFaint = inPage("../chat/console/in-page/too-faint.js");
const outOfReach = inPage("../chat/console/in-page/out-of-reach.js");

const rowsOf = (page: Page): Promise<readonly Row[]> => page.evaluate(readRows);

const sideways = (page: Page): Promise<number> =>
  page.evaluate("document.documentElement.scrollWidth - innerWidth");

const headings = (page: Page): Promise<readonly string[]> =>
  page.locator("#live h2[id], #live h3.group").allTextContents();

const rank = ({ severity }: Row): number =>
  ["critical", "high", "warning", "info"].indexOf(severity);

const unfold = (page: Page, id: string): Promise<void> =>
  page.locator(`#card-${id} summary`).first().click();

const offered = (page: Page, id: string): Promise<readonly string[]> =>
  page.locator(`#card-${id} .buttons button:visible`).allInnerTexts();

describe.skipIf(chromiumPath === undefined)("the board with 62 open", { timeout: 60_000 }, () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await startChromium();
    await mkdir(folder, { recursive: true });
  });
  afterAll(() => chromium.close());

  const visit = async (
    world: World,
    person: string,
    { screen, path = "/" }: { readonly screen: keyof typeof screens; readonly path?: string },
  ): Promise<Page> => {
    const page = await consolePage({ chromium, world, screen: screens[screen] }, person, path);
    await page.locator('html[data-live="yes"]').waitFor({ state: "attached" });
    return page;
  };

  test("each reader has their own first, then the worst, then what is due first, and the count is true", async () => {
    const world = await badDay();

    for (const screen of ["desk", "phone"] as const) {
      const page = await visit(world, "chidi", { screen });
      expect((await headings(page)).slice(0, 3)).toEqual([
        "Open: 62",
        "Waiting for you: 6",
        "Waiting for others: 56",
      ]);
      expect(await page.title()).toBe("62 open · Holdpoint");
      const rows = await rowsOf(page);
      expect(rows).toHaveLength(62);
      expect(rows.slice(0, 3).map(({ id, next }) => [id, next])).toEqual([
        ["HP-1", "decide by 10:30 GMT"],
        ["HP-2", "decide by 10:20 GMT"],
        ["HP-46", "acknowledge"],
      ]);
      expect(rows[0]?.about).toBe("HP-1 Jailbreak success 8.2 % (limit 5 %)");
      for (const group of [rows.slice(0, 6), rows.slice(6)])
        expect(group.map(rank)).toEqual(group.map(rank).toSorted());
      for (const { id, isOpen, height } of rows) {
        expect(isOpen, id).toBe(false);
        expect(height, id).toBeGreaterThanOrEqual(44);
        expect(height, id).toBeLessThanOrEqual(96); // two lines for a name, two for what was seen
      }
      expect(await page.evaluate(tooFaint)).toEqual([]);
      if (keeps) await page.screenshot({ path: picture(`board-${screen}`) });
      await unfold(page, "HP-1");
      expect(await page.evaluate(outOfReach)).toEqual([]);
      expect(await sideways(page)).toBeLessThanOrEqual(0);
    }

    // Nobody asks Dana: the critical one, older than all the others, is at the top for her too.
    const [first, second] = await rowsOf(await visit(world, "dana", { screen: "phone" }));
    expect(first).toMatchObject({ id: "HP-1", next: "acknowledge by 10:10 GMT" });
    expect(second).toMatchObject({ id: "HP-2", severity: "high" });
  });

  test("a card offers what its reader may do, and a live update keeps the order and what is unfolded", async () => {
    const world = await badDay();
    const page = await visit(world, "chidi", { screen: "phone" });
    for (const id of ["HP-1", "HP-46", "HP-6"]) await unfold(page, id);
    expect(await offered(page, "HP-1")).toEqual([
      "Narrow to no-tools",
      "Pause",
      "Acknowledge",
      "Leave unrestricted…",
    ]);
    // Frank would approve a resume, or break glass: nothing of this is his now.
    const frank = await visit(world, "frank", { screen: "phone", path: "/escalations/HP-1" });
    expect(await offered(frank, "HP-1")).toEqual([]);
    const card = frank.locator("#card-HP-1");
    expect(await card.locator(":scope > .muted").textContent()).toBe(
      "You cannot use Narrow to no-tools, Pause, Acknowledge or Leave unrestricted. More… says who can.",
    );
    expect(await card.locator(".more").textContent()).toContain(
      "Narrow or pause: Chidi Lindt, Erin Sato, Bob Okafor (on call) and Dana Weiss",
    );

    await world.send("alertmanager", alertsOf("agents-eu", ["WeightsLeaving"], "critical"));
    await page.getByText("Open: 63").waitFor();
    await page.locator("#card-HP-1").getByRole("button", { name: "Pause", exact: true }).click();
    await page.locator("dialog:popover-open .deed").click();
    await page.locator("#answer").waitFor();
    expect(await world.posture()).toBe("paused");
    for (const id of ["HP-46", "HP-6"]) await unfold(page, id);
    await world.say("bob", "ack HP-51");
    await page.getByText("Waiting for you: 3").waitFor();

    const rows = await rowsOf(page);
    expect(rows.filter(({ isOpen }) => isOpen).map(({ id }) => id)).toEqual(["HP-46", "HP-6"]);
    expect(rows.map(({ id }) => id)).toEqual(
      (await rowsOf(await visit(world, "chidi", { screen: "phone" }))).map(({ id }) => id),
    );
    expect((await headings(page)).slice(0, 3)).toEqual([
      "Open: 60",
      "Waiting for you: 3",
      "Waiting for others: 57",
    ]);
    expect(rows[3]).toMatchObject({ severity: "critical" });
    expect(rows[3]?.about).toMatch(/^HP-63 WeightsLeaving \(alertmanager, critical\)/);
  });
});
