import { readFileSync } from "node:fs";
import type { BrowserContext, BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  type Chromium,
  chromiumPath,
  sayWhatIsSkipped,
  startChromium,
} from "../../support/chromium.ts";
import {
  bob,
  chidi,
  decidedCard,
  hostile,
  hostileCard,
  longCard,
  longPeople,
  openCard,
  people,
  postures,
} from "./cards.ts";
import { makeWorld, type Setting, type World } from "./world.ts";

const phone: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true };
const desk: BrowserContextOptions = { viewport: { width: 1280, height: 900 } };
const screens: readonly (readonly [string, BrowserContextOptions])[] = [
  ["a phone in the dark", { ...phone, colorScheme: "dark" }],
  ["a phone by day", { ...phone, colorScheme: "light" }],
  ["a desk", desk],
];

sayWhatIsSkipped("the console as Chromium draws it");

describe.skipIf(chromiumPath === undefined)("as Chromium draws it", { timeout: 30_000 }, () => {
  let chromium: Chromium;
  const open: {
    readonly world: World;
    readonly context: BrowserContext;
    readonly complaints: string[];
  }[] = [];

  beforeAll(async () => {
    chromium = await startChromium();
  }, 60_000);
  afterAll(() => chromium.close());
  afterEach(async () => {
    const complaints = open.flatMap((item) => item.complaints);
    for (const { world, context } of open.splice(0)) {
      await context.close(); // an open page would go on asking a server that is gone
      await world.close();
    }
    // Blocked scripts, styles and frames, missing files and errors all end in the browser's
    // console.
    expect(complaints).toEqual([]);
  });

  const visit = async (
    setting: Setting,
    options: BrowserContextOptions,
    path = "/",
  ): Promise<{ world: World; page: Page }> => {
    const world = await makeWorld({ cards: [openCard], ...setting });
    const complaints: string[] = [];
    const address = await world.listen();
    const context = await chromium.open({ ...options, baseURL: address });
    open.push({ world, context, complaints });
    const page = await context.newPage();
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.setDefaultTimeout(8000);
    await page.goto(path);
    return { world, page };
  };

  const outOfReach = (page: Page): Promise<string[]> => page.evaluate(inPage("out-of-reach"));
  const tooFaint = (page: Page): Promise<string[]> => page.evaluate(inPage("too-faint"));
  const sideways = (page: Page): Promise<number> =>
    page.evaluate("document.documentElement.scrollWidth - innerWidth");

  const cards = [
    ["open", openCard],
    ["decided", decidedCard],
    ["with the longest names", longCard],
    ["with hostile text", hostileCard],
  ] as const;

  describe.each(screens)("on %s", (_screen, options) => {
    test.each(cards)(
      "every button of a card %s is in reach without scrolling, and nothing runs out sideways",
      async (_name, card) => {
        const long = card === longCard ? { people: longPeople } : {};
        const { page } = await visit({ cards: [card], ...long }, options);

        expect(await outOfReach(page)).toEqual([]);
        expect(await sideways(page)).toBeLessThanOrEqual(0);
        expect(await page.locator(".card .buttons > .row").count()).toBeLessThanOrEqual(2);
      },
    );

    test.each(["/escalations/HP-142", "/history", "/log", "/help"])(
      "nothing runs out sideways on %s",
      async (path) => {
        const { page } = await visit({}, options, path);

        expect(await sideways(page)).toBeLessThanOrEqual(0);
      },
    );

    test("text is told from its ground (WCAG AA)", async () => {
      const { page } = await visit(
        { cards: [openCard, { ...decidedCard, escalation: "HP-141" }] },
        options,
      );

      expect(await tooFaint(page)).toEqual([]);
    });
  });

  test("without a script, two presses pause: the button, then the one that names the deed", async () => {
    const { world, page } = await visit({}, { ...phone, javaScriptEnabled: false });

    await page.getByRole("button", { name: "Pause", exact: true }).first().click();
    await page.getByRole("button", { name: "Pause Assistant (production)" }).click();

    await page.getByText("Done: pause HP-142 because Jailbreak classifier").waitFor();
    expect(world.said).toMatchObject([
      {
        line: "pause HP-142 because Jailbreak classifier 8.2 % (limit 5 %)",
        version: 7,
        speaker: { person: bob.id },
      },
    ]);
  });

  test("loading the page after a press again presses nothing again", async () => {
    const { world, page } = await visit({}, { ...phone, javaScriptEnabled: false });
    await page.getByRole("button", { name: "Acknowledge" }).click();
    await page.getByText("Done: ack HP-142").waitFor();

    await page.reload();

    expect(await page.locator("#answer").textContent()).toContain("Done: ack HP-142");
    expect(world.said).toHaveLength(1);
  });

  test("without a script, somebody chooses who to be and types a command", async () => {
    const { world, page } = await visit({}, { ...phone, javaScriptEnabled: false });

    await page.getByLabel("You are:").selectOption("Chidi Lindt");
    await page.getByRole("button", { name: "Switch" }).click();
    await page.getByLabel("Command", { exact: true }).fill("who assistant-prod");
    await page.getByRole("button", { name: "Run" }).click();

    await page.getByText("Done: who assistant-prod").waitFor();
    expect(world.said).toMatchObject([
      { line: "who assistant-prod", speaker: { person: chidi.id } },
    ]);
  });

  test("the keyboard alone pauses: the sheet takes the focus, Escape gives it back", async () => {
    const { world, page } = await visit({}, desk);
    const pause = page.getByRole("button", { name: "Pause", exact: true }).first();
    const deed = page.getByRole("button", { name: "Pause Assistant (production)" });
    const tabTo = async (wanted: typeof pause) => {
      for (let presses = 0; presses < 40; presses += 1) {
        if (await isFocused(page, wanted)) return;
        await page.keyboard.press("Tab");
      }
    };

    await tabTo(pause);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    const back = await isFocused(page, pause);
    await page.keyboard.press("Enter");
    await tabTo(deed);
    await page.keyboard.press("Enter");
    await page.getByText("Done: pause HP-142").waitFor();

    expect(back).toBe(true);
    expect(world.said).toHaveLength(1);
  });

  test("a change is drawn at once and takes nothing from who is typing", async () => {
    const { world, page } = await visit({}, phone);
    await page.getByRole("button", { name: "Pause", exact: true }).first().click();
    await page
      .getByLabel("Why (goes on the record)")
      .and(page.locator(":visible"))
      .fill("the samples look");
    await listening(page, world);

    world.state.cards = [
      { ...openCard, escalation: "HP-143", lockScreen: "HIGH Search: HP-143" },
      { ...openCard, version: 8, lines: [["Acknowledged by Erin Sato 03:22"]] },
    ];
    world.changed();
    await page.getByText("Acknowledged by Erin Sato 03:22").waitFor();
    await page.getByText("HIGH Search: HP-143").waitFor({ state: "attached" });
    await page.keyboard.type(" real");

    const field = page.getByLabel("Why (goes on the record)").and(page.locator(":visible"));
    expect(await field.inputValue()).toBe("the samples look real");
    expect(await page.title()).toBe("2 open · Holdpoint");
    await page
      .getByRole("button", { name: "Pause Assistant (production)" })
      .and(page.locator(":visible"))
      .click();
    await page.locator("#answer").waitFor();
    expect(world.said).toMatchObject([
      { line: "pause HP-142 because the samples look real", version: 7 },
    ]);
  });

  test("a change leaves More… open and the command line as it is", async () => {
    const { world, page } = await visit({}, desk);
    await page.getByText("More…").click();
    await page.getByLabel("Command", { exact: true }).fill("status assis");
    await listening(page, world);

    world.state.cards = [decidedCard];
    world.changed();
    await page.getByText("Stricter than the policy").waitFor();

    expect(
      await page.getByText("Above 5 % the tool-use safety case no longer holds.").isVisible(),
    ).toBe(true);
    expect(await page.getByLabel("Command", { exact: true }).inputValue()).toBe("status assis");
    expect(await page.getByRole("button", { name: "Narrow to no-tools" }).first().isVisible()).toBe(
      true,
    );
  });

  test("a card that moves because another one is decided keeps its open form", async () => {
    const below = { ...openCard, escalation: "HP-141" } as const;
    const { world, page } = await visit({ cards: [openCard, below] }, phone);
    const field = page.getByLabel("Why (goes on the record)").and(page.locator(":visible"));
    await page.locator("#card-HP-141").getByRole("button", { name: "Pause", exact: true }).click();
    await field.fill("the samples look");
    await listening(page, world);

    world.state.cards = [decidedCard, below];
    world.changed();
    await page.getByText("Decided, monitoring: 1").waitFor();
    await page.keyboard.type(" real");

    expect(await field.inputValue()).toBe("the samples look real");
    expect(await page.locator(".card").count()).toBe(2);
  });

  test("a card that is gone leaves the page", async () => {
    const { world, page } = await visit({}, phone);
    await listening(page, world);

    world.state.cards = [];
    world.changed();
    await page.getByText("Nothing is open").waitFor();

    expect(await page.locator(".card").count()).toBe(0);
  });

  test("hostile text stays text", async () => {
    const { page } = await visit(
      {
        cards: [hostileCard],
        people: [...people, { ...bob, id: chidi.id, name: hostile }],
        postures: [{ ...postures[0]!, name: hostile }],
      },
      phone,
    );

    expect(await page.locator(".card script, .card img").count()).toBe(0);
    expect(await page.locator(".card .line").first().textContent()).toContain(
      '<script>alert("x")</script>⟨U+202E⟩gnp.exe⟨U+200B⟩',
    );
  });
});

const inPage = (name: string): string =>
  readFileSync(new URL(`./in-page/${name}.js`, import.meta.url), "utf8");

const isFocused = async (page: Page, wanted: Locator): Promise<boolean> =>
  (await wanted.and(page.locator(":focus")).count()) === 1;

/** Resolves once the page's stream of changes is open. */
async function listening(page: Page, world: World): Promise<void> {
  await page.locator('html[data-live="yes"]').waitFor({ state: "attached" });
  expect(world.listeners.size).toBe(1);
}
