import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { plainText, shortened, visible } from "../../../src/chat/shared/text.ts";
import { fitted } from "../../../src/chat/slack/render/size-budget.ts";
import {
  escapedWithin,
  escapeMrkdwn,
  messageText,
  plainElement,
  richText,
  unformatted,
} from "../../../src/chat/slack/render/text.ts";
import { pageText as onConsole } from "../../../src/console/pages/html-text.ts";
import { chidi } from "../console/cards.ts";
import { team } from "./samples.ts";

const anyText = fc.string({ unit: "binary", maxLength: 80 });
const signs = fc.string({ unit: fc.constantFrom("&", "<", ">", "a", "😀", ":", "_", "*", " ") });

describe("text for Slack", () => {
  test("shows what is invisible exactly as the console does", () => {
    expect(visible("pa\u200Bused \u202Egnp\nnext")).toBe("pa⟨U+200B⟩used ⟨U+202E⟩gnp next");
    fc.assert(fc.property(anyText, (text) => visible(text) === onConsole(text)));
    expect.assertions(1);
  });

  test("is escaped as Slack documents it", () => {
    expect(escapeMrkdwn("<!channel> & &lt;")).toBe("&lt;!channel&gt; &amp; &amp;lt;");
  });

  test("is cut after escaping and never inside an entity or a character", () => {
    expect(escapedWithin("&&&", 12)).toBe("&amp;&amp;…");
    const holds = (text: string, most: number): boolean => {
      const cut = escapedWithin(text, most);
      const whole = cut.replace(/&(?:amp|lt|gt);/g, "");
      return cut.length <= most && !/[&<>]|\p{Surrogate}/u.test(whole);
    };
    fc.assert(fc.property(signs, fc.integer({ min: 1, max: 40 }), holds));
  });

  test("is cut to its place with an ellipsis and whole characters", () => {
    expect(shortened("Narrow to no-tools", 10)).toBe("Narrow to…");
    expect(shortened("😀😀", 3)).toBe("😀…");
    expect(shortened("😀😀", 4)).toBe("😀😀");
  });

  test.each([
    ["shortcodes get a space that everybody sees", ":smile: ::a:", ": smile: :: a:"],
    ["times stay times", "at 03:19:02 and 10:00", "at 03:19:02 and 10:00"],
    ["so do times before a colon", "until 30 Nov 23:00: 9:05: on", "until 30 Nov 23:00: 9:05: on"],
    ["what follows a time is no picture", "10:00:smile: 10:100:", "10:00: smile: 10: 100:"],
    ["formatting becomes its likeness", "*b* `c` ~s~ _i_", "∗b∗ ˋcˋ ∼s∼ ＿i＿"],
    ["ids keep their underscores", "attack_success", "attack_success"],
    ["a quotation is none", "> Approved", "› Approved"],
  ])("is taken by no parser: %s", (_, text, expected) => {
    expect(unformatted(text)).toBe(expected);
    expect(unformatted(unformatted(text))).toBe(expected);
  });

  test("is never empty where Slack wants a word", () => {
    expect(messageText("  ")).toBe("–");
    expect(plainElement("", 75).text).toBe("–");
    expect(plainElement(" x ", 75)).toEqual({ type: "plain_text", text: "x", emoji: false });
  });

  test("mentions an account, and names whoever is only named", () => {
    const name = "Chidi Lindt";
    const line = ["Decides: ", { person: chidi.id, name, mention: true }, " until 03:40"];

    expect(richText(line, team)).toEqual([
      { type: "text", text: "Decides: " },
      { type: "user", user_id: "U0CHIDI001" },
      { type: "text", text: " until 03:40" },
    ]);
    expect(richText([{ person: chidi.id, name, mention: false }], team)).toEqual([
      { type: "text", text: name },
    ]);
    expect(plainText(line)).toBe("Decides: Chidi Lindt until 03:40");
  });

  test("is cut as one line, however many parts it has", () => {
    const line = Array.from({ length: 100 }, () => ({ untrusted: "0123456789" }));
    const [first] = richText(line, team, 35);

    expect(first).toEqual({ type: "text", text: "0123456789012345678901234567890123…" });
  });

  test("is drawn with less where there is no room for all", () => {
    const draw = (most: number) => fitted(most, ({ line }) => "a".repeat(line));

    expect(draw(1000)).toHaveLength(600);
    expect(draw(300)).toHaveLength(250);
    expect(draw(1)).toHaveLength(40);
  });
});
