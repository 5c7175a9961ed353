import type { Locator, Page } from "playwright-core";
import { z } from "zod";
import { type Chromium, startChromium } from "../support/chromium.ts";
import { bot, channel, userOf, type Who } from "./cast.ts";
import { openDialogs } from "./dialogs.ts";
import { pressed } from "./http.ts";
import { playgroundUrl } from "./programs.ts";

/** Somebody at the Playground's own page. */
export interface Client {
  readonly page: Page;
  /** The post with the card of an escalation, and what is said under it. */
  post(escalation: string): Locator;
  /** The card of an escalation alone. */
  card(escalation: string): Locator;
  /** The small line under a card that only who pressed is told. */
  told(escalation: string): Locator;
  /** Every post of the channel with what is said under it, the newest first. */
  posts(): Locator;
  /** Types a new post that mentions the bot. */
  say(line: string): Promise<void>;
  press(escalation: string, button: string): Promise<void>;
  /** The dialog that a press opened. */
  readonly dialog: Locator;
  /** The last press that acted at once, as the page sent it. */
  lastPress(): z.infer<typeof pressed>;
  /** Errors of the page, apart from fonts it cannot fetch here. */
  readonly errors: readonly string[];
}

/** Everybody who looks; each with a browser context of their own. */
export interface Clients {
  open(who: Who): Promise<Client>;
  close(): Promise<void>;
}

export async function startClients(): Promise<Clients> {
  const chromium = await startChromium();
  return { open: (who) => open(chromium, who), close: () => chromium.close() };
}

async function open(chromium: Chromium, who: Who): Promise<Client> {
  const context = await chromium.open({
    viewport: { width: 1280, height: 960 }, // narrower, the list of channels goes away
    deviceScaleFactor: 1.5,
    timezoneId: "Europe/London", // the deployment's, so that the client's times are the card's
  });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await signIn(page, who);
  await keepItsOwnBugAway(page);
  await openDialogs(page, who);
  let last: z.infer<typeof pressed> | null = null;
  page.on("request", (request) => {
    if (request.url().endsWith("/_conversation/v1/invoke"))
      last = pressed.parse(request.postDataJSON());
  });

  await page.goto(playgroundUrl);
  await page.getByText(channel.name, { exact: true }).click();
  await page.getByText("Start a new post").waitFor();
  await page.getByTitle("Toggle Log Panel").click(); // it takes a third of the page
  const post = (escalation: string) =>
    page
      .locator(".fui-Card")
      .filter({ has: page.locator(".ac-adaptiveCard", { hasText: escalation }) })
      .first();
  return {
    page,
    errors,
    post,
    card: (escalation) => post(escalation).locator(".ac-adaptiveCard").first(),
    told: (escalation) => post(escalation).getByLabel("Display Invoked Message"),
    posts: () => page.locator('.fui-Card[role="group"]').filter({ hasText: "Type a message" }),
    say: async (line) => {
      await page.locator("[contenteditable=true]").first().click();
      await page.keyboard.type("@");
      const offered = page.locator("#typeahead-menu").getByRole("menuitem");
      await offered.filter({ hasText: bot.name }).click();
      await page.keyboard.type(` ${line}`);
      await page.getByRole("button", { name: "Post", exact: true }).click();
    },
    press: (escalation, button) =>
      post(escalation).getByRole("button", { name: button, exact: true }).first().click(),
    dialog: page.locator("#teams-dialog"),
    lastPress: () => {
      if (last === null) throw new Error("nobody pressed anything");
      return last;
    },
  };
}

/**
 * The Playground has one current user. Its page takes them from the server's answer; presses are
 * then sent, and believed, as theirs.
 */
async function signIn(page: Page, who: Who): Promise<void> {
  await page.route("**/_internal/v1/config", async (route) => {
    const response = await route.fetch();
    const answered = z
      .looseObject({
        config: z.looseObject({ currentUser: z.unknown(), users: z.array(z.unknown()) }),
      })
      .parse(await response.json());
    const { config } = answered;
    const users = [config.currentUser, ...config.users];
    await route.fulfill({
      response,
      json: { ...answered, config: { ...config, users, currentUser: userOf(who) } },
    });
  });
}

/**
 * A press of a button whose data holds `msteams` ends in "Cannot add property msTeams, object is
 * not extensible" (0.2.28): its model of the card writes into what its store has frozen. Without
 * freezing, the press is sent.
 */
async function keepItsOwnBugAway(page: Page): Promise<void> {
  await page.addInitScript("Object.freeze = (one) => one;");
}
