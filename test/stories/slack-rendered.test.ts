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
import { oneKind } from "../support/databases.ts";
import { hourly } from "../support/policies.ts";
import { type Shown, slackPage } from "../support/slack-drawing.ts";
import { openSlackWorld, type SlackWorld } from "../support/slack-world.ts";
import { collapse, jailbreak } from "../support/world.ts";

/**
 * What Slack got in a whole story, drawn in Chromium at the width of a phone and of a desk.
 * `HOLDPOINT_PICTURES=1` keeps the pictures in docs/images.
 */

sayWhatIsSkipped("how Slack's messages, forms and home look");

// biome-ignore lint/style/noProcessEnv: asked for by whoever wants new pictures, never by a test
const keeps = process.env["HOLDPOINT_PICTURES"] === "1";
const folder = new URL("../../docs/images/", import.meta.url);

const names = new Map([
  ["U0ANA00001", "Ana Ruiz"],
  ["U0BOB00001", "Bob Okafor"],
  ["U0CHIDI001", "Chidi Lindt"],
  ["U0DANA0001", "Dana Weiss"],
  ["U0ERIN0001", "Erin Sato"],
  ["U0FRANK001", "Frank Moreau"],
]);

const screens = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 },
  desk: { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1.5 },
} as const;

/** The pictures that docs/slack.md and the README show. */
const kept: ReadonlySet<string> = new Set([
  "card-open",
  "card-decided",
  "card-waiting",
  "form",
  "confirm-form",
  "more",
  "direct",
  "reminder",
  "digest",
  "home",
  "rehearsal",
  "handed-off",
]);

/** Runs in the page. */
const measure = readFileSync(new URL("../support/in-page/measure.js", import.meta.url), "utf8");

interface Drawn {
  /** Buttons below the fold or cut at the side. */
  readonly outside: readonly string[];
  readonly buttons: number;
  /** Whether anything is wider than the screen. */
  readonly overflows: boolean;
  readonly text: string;
}

describe.skipIf(chromiumPath === undefined)("as Chromium draws it", { timeout: 60_000 }, () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await startChromium();
    await mkdir(folder, { recursive: true });
  });
  afterAll(() => chromium.close());

  /** One for each screen: what is drawn has no scripts and keeps nothing. */
  const pages = new Map<keyof typeof screens, Page>();
  const pageOn = async (screen: keyof typeof screens): Promise<Page> => {
    const page = pages.get(screen) ?? (await (await chromium.open(screens[screen])).newPage());
    pages.set(screen, page);
    return page;
  };

  const draw = async (
    name: string,
    shown: Shown,
    screen: keyof typeof screens = "phone",
  ): Promise<Drawn> => {
    const page = await pageOn(screen);
    await page.setContent(slackPage(shown, names));
    const measured: Omit<Drawn, "text"> = await page.evaluate(measure);
    // biome-ignore lint/performance/useDomNodeTextContent: line breaks are what is looked at
    const drawn: Drawn = { ...measured, text: await page.locator("body").innerText() };
    const path = new URL(`slack-${name}.png`, folder).pathname;
    const piece = page.locator(".thread, .message, .modal, .home").first();
    if (keeps && kept.has(name)) await piece.screenshot({ path, animations: "disabled" });
    return drawn;
  };

  const message = (blocks: unknown): Shown => ({ is: "message", blocks });
  const lastView = (world: SlackWorld): Shown => ({
    is: "view",
    view: world.slack.views.at(-1)?.view ?? {},
  });

  const isReadable = (drawn: Drawn): void => {
    expect(drawn.overflows).toBe(false);
    expect(drawn.outside).toEqual([]);
    expect(drawn.buttons).toBeGreaterThan(0);
  };

  test("a card, its form and its outcome fit a phone with every button in sight", async () => {
    const world = await openSlackWorld(oneKind());
    await world.send("signals", jailbreak());
    const open = await draw("card-open", message(world.posted("HP-1").message.blocks));
    isReadable(open);
    expect(open.text).toContain("Decides: @Chidi Lindt until 4:15 PM\n");
    isReadable(await draw("card-open-desk", message(world.posted("HP-1").message.blocks), "desk"));
    await world.press("bob", "Pause", world.posted("HP-1").message);
    isReadable(await draw("form", lastView(world)));
    await world.submit("bob", { reason: "8.2 %, samples look real" });
    isReadable(await draw("told", lastView(world)));

    const decided = await draw("card-decided", message(world.posted("HP-1").message.blocks));
    isReadable(decided);
    expect(decided.text).toContain("Paused 3:45 PM by Bob Okafor (on call)\n");
    await world.press("chidi", "Resume…", world.posted("HP-1").message);
    await world.submit("chidi", { reason: "the eval was broken" });
    await world.clock.advance("5m");
    await world.send("signals", jailbreak(0.011));
    await world.type("bob", "/holdpoint retest HP-1 jailbreak-suite by ana");
    const waits = await draw("card-waiting", message(world.posted("HP-1").message.blocks));
    isReadable(waits);
    expect(waits.text).toContain("Chidi Lindt: “the eval was broken”");
    await world.press("erin", "Approve resume…", world.posted("HP-1").message);
    const confirm = await draw("confirm-form", lastView(world));
    isReadable(confirm);
    expect(confirm.text).toMatch(/Chidi Lindt \([^)]+\): “the eval was broken”/);
    expect(confirm.text).toContain("Since the request: Re-test requested 3:50 PM by Bob Okafor");
    isReadable(await draw("confirm-form-desk", lastView(world), "desk"));
  });

  test("behind More… the rule and who may do what can be read", async () => {
    const world = await openSlackWorld(oneKind());
    await world.send("signals", jailbreak());

    await world.press("bob", "More…", world.posted("HP-1").message);

    const more = await draw("more", lastView(world), "desk");
    expect(more.overflows).toBe(false);
    expect(more.text).toContain("jailbreak-rate (critical)");
    expect((await draw("more-phone", lastView(world))).overflows).toBe(false);
  });

  test("a direct message, a reminder, a digest and a rehearsal fit a phone", async () => {
    const world = await openSlackWorld(oneKind());
    await world.send("signals", jailbreak());
    isReadable(await draw("direct", message(world.slack.directs("U0CHIDI001").at(-1)?.blocks)));
    await world.type("bob", "/pause HP-1 because 8.2 % is real");
    await world.clock.advance("3h");
    await world.send("signals", jailbreak(0.021));
    world.clock.set("2026-11-24T09:00:30Z");
    await world.settle();
    isReadable(await draw("digest", message(world.slack.directs("U0CHIDI001").at(-1)?.blocks)));
    world.clock.set("2026-11-24T10:00:00Z");
    await world.settle();
    const reminder = world.slack.messagesIn("C0RISK0001").at(-1);
    isReadable(await draw("reminder", message(reminder?.blocks)));
    await world.type("chidi", "/holdpoint rehearse assistant-prod");

    const rehearsal = await draw("rehearsal", message(world.posted("HP-2").message.blocks));
    isReadable(rehearsal);
    expect(rehearsal.text).toContain("REHEARSAL");
  });

  test("a card after a hand-off names whoever is on call now, and the line under it says what is open", async () => {
    const world = await openSlackWorld(oneKind(), { policy: hourly });
    await world.send("alertmanager", collapse());
    await world.clock.advance("1h");

    const { message: card } = world.posted("HP-1");
    const line = world.slack
      .messagesIn("C0RISK0001")
      .findLast(({ thread_ts }) => thread_ts === card.ts);
    const messages = [{ blocks: card.blocks }, { blocks: line?.blocks }];
    const handed = await draw("handed-off", { is: "thread", messages });

    isReadable(handed);
    expect(handed.text).toContain("Decides: @Bob Okafor until 5:45 PM");
    expect(handed.text).toContain("@Bob Okafor is on call now, after Ana Ruiz. HP-1 is open");
  });

  test.each(["phone", "desk"] as const)(
    "the App Home is read without scrolling sideways on a %s",
    async (screen) => {
      const world = await openSlackWorld(oneKind());
      await world.send("signals", jailbreak());
      await world.home("chidi");

      const view = world.slack.home("U0CHIDI001") ?? {};
      const home = await draw(
        screen === "desk" ? "home" : "home-phone",
        { is: "view", view },
        screen,
      );

      expect(home.overflows).toBe(false);
      expect(home.text).toContain("You decide until 10:30");
    },
  );

  test("the longest names and texts still leave every button of a card in sight", async () => {
    const long = "Assistant for the whole of the customer service in Europe";
    const world = await openSlackWorld(oneKind(), {
      policy: (yaml) =>
        yaml
          .replace("name: Assistant (production)", `name: ${long}`)
          .replace("name: Chidi Lindt, ", "name: Chidiebere Oluwaseun Lindt-Okonkwo, ")
          .replace("name: Dana Weiss, ", "name: Dana-Alexandrina von Weissenfels, "),
    });
    await world.send(
      "signals",
      jailbreak(0.082, { suite: "the-longest-suite-name-anybody-would-give-".repeat(3) }),
    );

    isReadable(await draw("card-long", message(world.posted("HP-1").message.blocks)));
  });
});
