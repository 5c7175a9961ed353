import type { BrowserContextOptions, Page } from "playwright-core";
import { onTestFinished } from "vitest";
import type { Chromium } from "./chromium.ts";
import { browserAt } from "./process.ts";
import type { World } from "./world.ts";

/** A page of a world's console in a real browser, as somebody the policy names. */
export const consolePage = async (
  { chromium, world }: { readonly chromium: Chromium; readonly world: World },
  person: string,
  path: string,
  screen: BrowserContextOptions,
): Promise<Page> => {
  const baseURL = world.house().url;
  const { be, cookies } = browserAt(baseURL);
  await be(person);
  const context = await chromium.open({ ...screen, baseURL });
  onTestFinished(() => context.close());
  await context.addCookies([...cookies].map(([name, value]) => ({ name, value, url: baseURL })));
  const page = await context.newPage();
  await page.goto(path);
  return page;
};
