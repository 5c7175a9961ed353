import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DueView } from "../../../src/app/ports.ts";
import { slackAnswer } from "../../../src/chat/slack/render/answer.ts";
import { slackCard } from "../../../src/chat/slack/render/card.ts";
import { slackDigest } from "../../../src/chat/slack/render/digest.ts";
import { homeTabView } from "../../../src/chat/slack/render/home.ts";
import { slackLine } from "../../../src/chat/slack/render/line.ts";
import {
  fieldsModal,
  formModal,
  moreModal,
  noticeModal,
} from "../../../src/chat/slack/render/modals.ts";
import type { Card } from "../../../src/core/card/card.ts";
import type { People } from "../../../src/core/people/person.ts";
import { people as exampled } from "../../support/builders.ts";
import {
  type Chromium,
  chromiumPath,
  sayWhatIsSkipped,
  startChromium,
} from "../../support/chromium.ts";
import { cards as golden } from "../../support/golden-cards.ts";
import { type Shown, slackPage } from "../../support/slack-drawing.ts";
import { bob, chidi, hostile, hostileCard, longCard, now } from "../console/cards.ts";
import {
  answer,
  button,
  buttonContext,
  channel,
  channelOf,
  due,
  field,
  form,
  open,
  publicUrl,
  said,
  team,
  view,
} from "./samples.ts";

/**
 * Slack's drawings in Chromium, by somebody else's renderer: test/stories/slack-rendered.test.ts
 * has them as a story sends them.
 */

sayWhatIsSkipped("Slack's cards, forms and home as Chromium draws them");

const screens = {
  "a phone": { viewport: { width: 390, height: 844 } },
  "a desk": { viewport: { width: 1280, height: 800 } },
} as const;
type Screen = keyof typeof screens;
const everywhere: readonly Screen[] = ["a phone", "a desk"];

/** Everybody of the example has an account, and it has their name. */
const withAccounts: People = new Map(
  [...exampled].map(([id, person]) => [
    id,
    { ...person, slack: `U0${person.key.toUpperCase()}00` },
  ]),
);
const names: ReadonlyMap<string, string> = new Map(
  [...withAccounts.values(), ...team.values()].map(({ slack, name }) => [slack ?? "", name]),
);

const message = ({ blocks }: { readonly blocks: unknown }): Shown => ({ is: "message", blocks });
const seen = (drawn: object): Shown => ({ is: "view", view: drawn });
const card = (card: Card): Shown =>
  message(slackCard(card, { people: withAccounts, channel, first: true }));

/** Runs in the page. */
const measure = readFileSync(new URL("../../support/in-page/measure.js", import.meta.url), "utf8");

interface Measured {
  /** Buttons below the fold or cut at the side. */
  readonly outside: readonly string[];
  /** Whether anything is wider than the screen, or than its frame. */
  readonly overflows: boolean;
}

describe.skipIf(chromiumPath === undefined)("as Chromium draws it", { timeout: 60_000 }, () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await startChromium();
  }, 60_000);
  afterAll(() => chromium.close());

  /** One for each screen: what is drawn has no scripts and keeps nothing. */
  const pages = new Map<Screen, Page>();
  const pageOn = async (screen: Screen): Promise<Page> => {
    const page = pages.get(screen) ?? (await (await chromium.open(screens[screen])).newPage());
    pages.set(screen, page);
    return page;
  };

  const draw = async (shown: Shown, screen: Screen = "a phone") => {
    const page = await pageOn(screen);
    await page.setContent(slackPage(shown, names));
    const measured: Measured = await page.evaluate(measure);
    const words = page.locator(".slack_blocks_to_jsx__rich_text");
    const drawn = {
      ...measured,
      // What is seen, line by line: so not textContent.
      lines: (await words.allInnerTexts()).flatMap((text) => text.trim().split("\n")),
      live: await page
        .locator(".blocks, .modal, .home")
        .locator("a, img, script, em, code")
        .count(),
      mentioned: await page.locator(".slack_user").allInnerTexts(),
    };
    return drawn;
  };

  const cards: Readonly<Record<string, () => Card>> = {
    ...golden,
    "the longest names": () => longCard,
  };

  describe.each(everywhere)("on %s", (screen) => {
    test.each(Object.keys(cards))(
      "a card has ten lines and every button in sight: %s",
      async (name) => {
        const item = cards[name]?.() ?? open;

        const drawn = await draw(card(item), screen);

        expect(drawn).toMatchObject({ outside: [], overflows: false });
        expect(drawn.lines.length).toBeGreaterThanOrEqual(Math.min(10, 1 + item.lines.length));
        expect(drawn.lines.length).toBeLessThanOrEqual(10);
      },
    );

    const buttons = ["Narrow to no-tools", "Pause", "Acknowledge", "Leave unrestricted…"].map(
      (label) => button({ label, style: "plain" }),
    );
    const longDue: DueView = due({ line: longCard.lines.flat(), buttons });
    const inSight: Readonly<Record<string, Shown>> = {
      "a sentence": message(
        slackLine(
          { ...buttonContext, line: open.lines.flat(), to: [bob.id, chidi.id], buttons },
          team,
        ),
      ),
      "a digest": message(
        slackDigest(
          { title: ["Erin, 3 to look at again"], items: [due(), due(), due()] },
          team,
          channelOf,
        ),
      ),
      "an answer": message(
        slackAnswer(answer({ choices: buttons, next: "decisions page 2" }), said),
      ),
      "the form of a button": seen(
        formModal({ ...buttonContext, line: "pause HP-142", form: form() }),
      ),
      "a form with long words": seen(
        formModal({
          ...buttonContext,
          line: "pause HP-142",
          form: form({ submit: `Pause ${"wordwithoutend".repeat(5)}`, reason: "why ".repeat(250) }),
        }),
      ),
      "a form for what is lacking": seen(
        fieldsModal(
          {
            command: "narrow",
            fields: [
              field({ kind: "choice", options: [{ value: "a", label: "Assistant (production)" }] }),
              field({ name: "until", label: "Until", kind: "date" }),
              field({ name: "reason", label: "Because", value: "8.2 %" }),
            ],
          },
          buttonContext,
        ),
      ),
      "a notice": seen(noticeModal("Not resumed", answer({ choices: buttons }), said)),
    };

    test.each(Object.keys(inSight))("%s has every button in sight", async (name) => {
      const drawn = await draw(inSight[name] ?? card(open), screen);

      expect(drawn).toMatchObject({ outside: [], overflows: false });
    });

    const asLong: Readonly<Record<string, Shown>> = {
      "more of a card": seen(moreModal(open, channel)),
      "more of a card with the longest names": seen(moreModal(longCard, channel)),
      "a digest of long lines": message(
        slackDigest({ title: longCard.title, items: [longDue, longDue] }, team, channelOf),
      ),
      "the home": seen(homeTabView(view(), { channelOf, now, publicUrl })),
      "the home with long lines": seen(
        homeTabView(view({ due: [longDue], others: [longCard] }), { channelOf, now, publicUrl }),
      ),
      "a stranger's home": seen(homeTabView(null, { channelOf, now, publicUrl })),
    };

    test.each(Object.keys(asLong))("nothing of %s runs out sideways", async (name) => {
      const drawn = await draw(asLong[name] ?? card(open), screen);

      expect(drawn.overflows).toBe(false);
    });
  });

  test("each line of a card begins where a line begins", async () => {
    const { lines, mentioned } = await draw(
      message(slackCard(open, { people: team, channel, first: true })),
      "a desk",
    );

    expect(lines[0]).toBe("🔴 Assistant (production) · HP-142");
    expect(lines).toContain("Now: open to everyone, tools on");
    expect(lines).toContain("Decides: @Chidi Lindt until 03:40");
    expect(mentioned).toEqual(["@Chidi Lindt", "@Bob Okafor"]);
  });

  const markup = `<!channel> <@U0BOB00001> *bold* _slanted_ \`code\` ~gone~ :fire: <https://evil.example|here> ${hostile}`;
  const foreign = [{ untrusted: markup }];

  test.each<readonly [string, Shown]>([
    ["card", card({ ...hostileCard, lines: [foreign], title: foreign, notify: [] })],
    [
      "sentence",
      message(slackLine({ ...buttonContext, line: foreign, to: [], buttons: [] }, team)),
    ],
    [
      "digest",
      message(slackDigest({ title: foreign, items: [due({ line: foreign })] }, team, channelOf)),
    ],
    [
      "answer",
      message(slackAnswer(answer({ text: markup, lines: [foreign] }), { ...said, line: "" })),
    ],
    [
      "modal",
      seen(moreModal({ ...hostileCard, more: [{ heading: "x", lines: [foreign] }] }, channel)),
    ],
    [
      "home",
      seen(
        homeTabView(view({ due: [due({ line: foreign })] }), { channelOf, now, publicUrl: null }),
      ),
    ],
  ])("markup of others is text in a %s, and does nothing", async (_where, shown) => {
    const { lines, live, mentioned } = await draw(shown);

    expect({ live, mentioned }).toEqual({ live: 0, mentioned: [] });
    expect(lines.join("\n")).toContain(
      "<!channel> <@U0BOB00001> *bold* _slanted_ `code` ~gone~ :fire: <https://evil.example|here>",
    );
  });
});
