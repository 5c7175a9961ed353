import { mkdir } from "node:fs/promises";
import type { BrowserContextOptions, Page } from "playwright-core";
import { bob, decidedCard, now, openCard, postures } from "../chat/console/cards.ts";
import { makeWorld, type Setting } from "../chat/console/world.ts";
import { type Chromium, startChromium } from "./chromium.ts";

/**
 * Takes the pictures in docs/images: `node --import tsx test/support/take-pictures.ts [address]`. With the address of a running
 * console it takes what is there now (console.png, console-phone.png); without, the made-up states of the tests.
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

const take = async (chromium: Chromium, address: string, picture: Picture): Promise<void> => {
  const context = await chromium.open(picture.screen);
  const page = await context.newPage();
  await page.goto(address);
  await picture.first?.(page);
  const path = new URL(`${picture.name}.png`, folder).pathname;
  const options = { path, animations: "disabled" } as const;
  if (picture.only === undefined) await page.screenshot(options);
  else await page.locator(picture.only).first().screenshot(options);
  await context.close();
};

const pressPause = (page: Page) =>
  page.getByRole("button", { name: "Pause", exact: true }).first().click();

const paused = {
  ...postures[0]!,
  state: "paused",
  scope: null,
  words: "paused for everyone",
  since: now - 2 * 60_000,
  reassessBy: Date.parse("2026-11-23T17:00:00Z"),
  decision: { kind: "pause", id: "e_1", by: [bob.name], at: now - 2 * 60_000, index: 4212 },
  buttons: postures[2]?.buttons ?? [],
} as const;

const madeUp: readonly { readonly setting: Setting; readonly pictures: readonly Picture[] }[] = [
  {
    setting: { cards: [openCard] },
    pictures: [
      { name: "card-open", screen: { ...phone, colorScheme: "light" }, only: ".card" },
      { name: "phone-open", screen: phone },
      { name: "phone-pause", screen: phone, first: pressPause },
      { name: "console", screen: desk },
    ],
  },
  {
    setting: { cards: [decidedCard], postures: [paused, ...postures.slice(1)] },
    pictures: [
      { name: "card-decided", screen: { ...phone, colorScheme: "light" }, only: ".card" },
      { name: "phone-decided", screen: phone },
    ],
  },
];

const chromium = await startChromium();
await mkdir(folder, { recursive: true });
const [address] = process.argv.slice(2);
if (address !== undefined) {
  await take(chromium, address, { name: "console", screen: desk });
  await take(chromium, address, { name: "console-phone", screen: phone });
} else {
  for (const { setting, pictures } of madeUp) {
    const world = await makeWorld(setting);
    const at = await world.listen();
    for (const picture of pictures) await take(chromium, at, picture);
    await world.close();
  }
}
await chromium.close();
