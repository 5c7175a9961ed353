import type { BrowserContextOptions, Page } from "playwright-core";
import { onTestFinished } from "vitest";
import type { Chromium } from "./chromium.ts";
import { operatorToken } from "./keys.ts";
import { browserAt } from "./process.ts";
import type { World } from "./world-shape.ts";

/** A page of a world's console in a real browser, as a person of the policy. */
export async function consolePage(
  {
    chromium,
    world,
    screen,
  }: {
    readonly chromium: Chromium;
    readonly world: World;
    readonly screen: BrowserContextOptions;
  },
  person: string,
  path: string,
): Promise<Page> {
  const baseURL = world.server().url;
  const browser = browserAt(baseURL);
  const { cookies } = browser;
  const isDemo = (await browser.page("/")).html.includes('action="/be"');
  if (isDemo) await browser.be(person);
  else {
    const link = await loginLink(baseURL, person);
    await browser.submit(link, {}, link);
  }
  const context = await chromium.open({ ...screen, baseURL });
  onTestFinished(() => context.close());
  await context.addCookies([...cookies].map(([name, value]) => ({ name, value, url: baseURL })));
  const page = await context.newPage();
  await page.goto(path);
  return page;
}

/** The path of a new login link. */
async function loginLink(baseURL: string, person: string): Promise<string> {
  const made = await fetch(new URL("/v1/login-links", baseURL), {
    method: "POST",
    headers: { authorization: `Bearer ${operatorToken}`, "content-type": "application/json" },
    body: JSON.stringify({ person }),
  });
  const { url } = Object(await made.json());
  return new URL(String(url)).pathname;
}
