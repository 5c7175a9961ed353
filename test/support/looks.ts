import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { Chromium } from "./chromium.ts";
import { type Shown, slackPage } from "./slack-drawing.ts";
import { type ShownInTeams, teamsPage } from "./teams-drawing.ts";

/**
 * Pictures on a phone and on a desktop, in Slack, in Teams and in the console.
 * `HOLDPOINT_PICTURES=1` keeps them.
 */

// biome-ignore lint/style/noProcessEnv: asked for by whoever wants new pictures, never by a test
export const keepsPictures = process.env["HOLDPOINT_PICTURES"] === "1";
const folder = new URL("../../docs/images/", import.meta.url);
/** Pictures that no page shows: only to look at. */
const others = new URL("../../test-results/pictures/", import.meta.url);

export const screens = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true },
  desk: { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1.5 },
} as const;

export type Screen = keyof typeof screens;

const inPage = (name: string): string =>
  readFileSync(new URL(`./in-page/${name}.js`, import.meta.url), "utf8");
const measure = inPage("measure");
const cutWords = inPage("cut-words");

interface Measured {
  readonly outside: readonly string[];
  readonly buttons: number;
  readonly overflows: boolean;
}

/** Everybody of the example by their Slack id. */
const names = new Map([
  ["U0ANA00001", "Ana Ruiz"],
  ["U0BOB00001", "Bob Okafor"],
  ["U0CHIDI001", "Chidi Lindt"],
  ["U0DANA0001", "Dana Weiss"],
  ["U0ERIN0001", "Erin Sato"],
  ["U0FRANK001", "Frank Moreau"],
]);

/** Keeps a picture in docs/images, or among the others. */
export async function kept(
  page: Page,
  name: string,
  {
    only = null,
    isShown = false,
  }: { readonly only?: string | null; readonly isShown?: boolean } = {},
): Promise<void> {
  if (!keepsPictures) return;
  const path = new URL(`${name}.png`, isShown ? folder : others).pathname;
  await mkdir(new URL(".", `file://${path}`), { recursive: true });
  const options = { path, animations: "disabled" } as const;
  if (only === null) await page.screenshot(options);
  else await page.locator(only).first().screenshot(options);
}

/** Checks that nothing overflows sideways and every word can be read. */
export async function isWhole(page: Page): Promise<void> {
  expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBe(0);
  expect(await page.evaluate(cutWords)).toEqual([]);
}

/**
 * One page for each screen, used again for every picture: a context and a page cost more than what
 * is drawn in them, and each drawing takes the place of the one before.
 */
const pages = new WeakMap<Chromium, Map<Screen, Page>>();

async function pageOn(chromium: Chromium, screen: Screen): Promise<Page> {
  const opened = pages.get(chromium) ?? new Map<Screen, Page>();
  pages.set(chromium, opened);
  const page = opened.get(screen) ?? (await (await chromium.open(screens[screen])).newPage());
  opened.set(screen, page);
  return page;
}

/** Draws it, checks that nothing is cut off, and answers its lines. */
export async function draw(
  chromium: Chromium,
  shown: Drawn,
  {
    name,
    screen,
    isShown,
  }: { readonly name: string; readonly screen: Screen; readonly isShown: boolean },
): Promise<readonly string[]> {
  const page = await pageOn(chromium, screen);
  await page.setContent("teams" in shown ? teamsPage(shown.teams) : slackPage(shown.slack, names));
  await kept(page, name, { only: ".thread, .message, .modal", isShown });
  const measured: Measured = await page.evaluate(measure);
  expect(measured).toMatchObject({ outside: [], overflows: false });
  expect(measured.buttons).toBeGreaterThan(0);
  await isWhole(page);
  return linesOn(page);
}

/** What Slack or Teams was sent. */
export type Drawn = { readonly slack: Shown } | { readonly teams: ShownInTeams };

/** The visible text, line by line. */
export async function linesOn(page: Page, only = "body"): Promise<readonly string[]> {
  // biome-ignore lint/performance/useDomNodeTextContent: line breaks are what is looked at
  const text = await page.locator(only).first().innerText();
  return text.split("\n").map((line) => line.trim());
}
