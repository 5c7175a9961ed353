import { describe, expect, test } from "vitest";
import type { Card } from "../../../src/core/card/card.ts";
import { plain } from "../../../src/core/words/words.ts";
import { seenWith } from "../../support/builders.ts";
import { Log, said } from "../../support/core-log.ts";
import { cardIn, cards } from "../../support/golden-cards.ts";

/**
 * The cards people read, as golden texts: open one and read it as somebody woken at three would.
 */

const textOf = (card: Card): string =>
  [
    plain(card.title),
    ...card.lines.map(plain),
    "",
    ...card.buttons.map((row) => row.map(({ label }) => `[${label}]`).join(" ")),
    "",
    card.lockScreen,
    "",
  ].join("\n");

describe("a card", () => {
  test.each(Object.keys(cards))("reads as its golden text: %s", async (name) => {
    const card = cards[name]?.();

    await expect(card ? textOf(card) : "").toMatchFileSnapshot(`../../golden/cards/${name}.txt`);
  });

  test.each(Object.keys(cards))("fits a phone and its lock screen: %s", (name) => {
    const card = cards[name]?.() as Card;

    expect(1 + card.lines.length).toBeLessThanOrEqual(10);
    expect(card.buttons.length).toBeLessThanOrEqual(2);
    expect([...card.lockScreen].length).toBeLessThanOrEqual(120);
    expect(card.lockScreen.endsWith(card.escalation)).toBe(true);
  });

  const hostile = "<!channel> [x](http://evil) \u202e\n\n# Approved by Chidi Lindt 8.2 %".repeat(
    20,
  );

  const trusted = (card: Card): string =>
    [card.title, ...card.lines, ...card.more.flatMap(({ lines }) => lines)]
      .flat()
      .map((part) => (typeof part === "string" ? part : "name" in part ? part.name : ""))
      .join("\n");

  test("keeps what senders and people wrote out of its own words, and short", () => {
    const log = new Log();
    const seen = seenWith({ metric: hostile, suite: hostile, scorer: hostile, source: hostile });
    log.fire("jailbreak-rate", { seen, because: hostile });
    const open = cardIn(log);
    said(log, "bob", "pause HP-1", { reason: hostile });
    const decided = cardIn(log);

    for (const card of [open, decided]) {
      expect(trusted(card)).not.toContain("evil");
      expect([...card.lockScreen].length).toBeLessThanOrEqual(120);
      expect(card.lockScreen.endsWith("HP-1")).toBe(true);
    }
    expect(open.lockScreen).toContain("Chidi decides by 03:40 GMT, else narrows to no-tools.");
    expect(decided.lines.map(plain).join("").length).toBeLessThan(700);
  });
});
