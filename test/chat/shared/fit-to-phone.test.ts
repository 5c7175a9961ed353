import { describe, expect, test } from "vitest";
import { inSight, shortenedLine } from "../../../src/chat/shared/fit-to-phone.ts";
import { plainText } from "../../../src/chat/shared/text.ts";
import type { Line } from "../../../src/core/card/card.ts";
import { bob, decidedCard, longCard } from "../console/cards.ts";

const name = (words: string): Line[number] => ({ person: bob.id, name: words, mention: false });
const rows = (lines: readonly Line[]): number =>
  lines.reduce((sum, line) => sum + Math.ceil(plainText(line).length / 38), 0);

describe("a line that is too long", () => {
  test("keeps what we say to its end, and cuts names", () => {
    const line = [
      "Decides: ",
      name("Wilhelmina ".repeat(5).trim()),
      " until 03:40, then ",
      name("Bob"),
    ];

    expect(plainText(shortenedLine(line, 50))).toBe(
      "Decides: Wilhelmina Wilhelm… until 03:40, then Bob",
    );
  });

  test("is measured with what is invisible shown", () => {
    expect(plainText(shortenedLine([{ untrusted: "\u202E".repeat(40) }], 50)).length).toBeLessThan(
      51,
    );
  });

  test("keeps a short one as it is", () => {
    const line = ["Seen by ", name("Bob Okafor"), " 03:14"];

    expect(shortenedLine(line, 30)).toEqual(line);
  });

  test("is not made of less than a few letters of each name", () => {
    const line = [name("Wilhelmina"), " and ", name("Maximiliana"), ` ${"own words ".repeat(9)}`];

    expect(plainText(shortenedLine(line, 20))).toMatch(/^Wilhelm… and Maximil… own words/);
  });
});

describe("the lines of a card", () => {
  test("are left alone where the buttons below them are in sight", () => {
    expect(inSight([decidedCard.title, ...decidedCard.lines])).toEqual([
      decidedCard.title,
      ...decidedCard.lines,
    ]);
  });

  test("leave the buttons in sight with the longest names, and still say until when", () => {
    const lines = inSight([longCard.title, ...longCard.lines]);

    expect(rows([longCard.title, ...longCard.lines])).toBeGreaterThan(30);
    expect(rows(lines)).toBeLessThanOrEqual(21);
    expect(lines.map(plainText)[1]).toMatch(/ 8\.2 % \(limit 5 %\)$/);
    expect(lines.map(plainText)[4]).toMatch(/ until 03:40, then /);
  });
});
