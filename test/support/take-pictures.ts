import { mkdir } from "node:fs/promises";
import type { BrowserContextOptions, Page } from "playwright-core";
import { type Chromium, startChromium } from "./chromium.ts";

/**
 * Takes the pictures in docs/images from a running program: `node --import tsx
 * test/support/take-pictures.ts http://127.0.0.1:3000 open` (an open card), then again with
 * `decided`.
 */

const folder = new URL("../../docs/images/", import.meta.url);
const phone: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  colorScheme: "dark",
};
const desk: BrowserContextOptions = {
  viewport: { width: 1280, height: 900 },
  colorScheme: "light",
};

interface Picture {
  readonly name: string;
  readonly screen: BrowserContextOptions;
  /** What to do on the page before the picture. */
  readonly first?: (page: Page) => Promise<unknown>;
  /** Only this piece of the page. */
  readonly only?: string;
}

async function take(chromium: Chromium, address: string, picture: Picture): Promise<void> {
  const context = await chromium.open(picture.screen);
  const page = await context.newPage();
  await page.goto(address);
  // Buttons depend on the viewer: the decider sees every button.
  await page.getByLabel("You are:").selectOption("Chidi Lindt");
  await page.getByRole("button", { name: "Switch" }).click();
  await picture.first?.(page);
  const path = new URL(`${picture.name}.png`, folder).pathname;
  const options = { path, animations: "disabled" } as const;
  if (picture.only === undefined) await page.screenshot(options);
  else await page.locator(picture.only).first().screenshot(options);
  await context.close();
}

const pressPause = (page: Page) =>
  page.getByRole("button", { name: "Pause", exact: true }).first().click();

const picturesOf = (stage: string): readonly Picture[] => [
  { name: `card-${stage}`, screen: { ...desk, deviceScaleFactor: 2 }, only: "article" },
  { name: `phone-${stage}`, screen: phone },
  { name: `console-${stage}`, screen: desk },
  ...(stage === "open" ? [{ name: "phone-pause", screen: phone, first: pressPause }] : []),
];

const [address = "http://127.0.0.1:3000", stage = "open"] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const chromium = await startChromium();
try {
  for (const picture of picturesOf(stage)) await take(chromium, address, picture);
} finally {
  await chromium.close();
}
