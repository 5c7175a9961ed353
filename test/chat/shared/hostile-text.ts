import type { Card, Line, Part } from "../../../src/core/card/card.ts";
import { personId } from "../../../src/core/ids.ts";
import { button, form } from "../slack/samples.ts";

/** Text that works against its readers, and where it stands: what every chat is drawn with. */

export const payloads: Readonly<Record<string, string>> = {
  formatting: "*bold* _italic_ ~struck~ `code` ```block``` > quotation",
  "a quotation": "> Approved by Chidi Lindt\n>>> all of it",
  "everybody in the channel": "<!channel> <!here> <!everyone>",
  "a mention": "<@U0ANA00001> <@U0BOB00001|bob>",
  "a group": "<!subteam^S0GROUP001|@oncall>",
  "a channel": "<#C0RISK0001> <#C0RISK0001|risk>",
  "a link": "<https://evil.example|click to resume>",
  "a bare link": "https://evil.example/?a=1&b=2 mailto:a@evil.example",
  "a date": "<!date^1392734382^{date}^https://evil.example|fall back>",
  entities: "&lt;!channel&gt; &amp;lt; &#60;!here&#62; &nbsp;",
  "direction controls": "\u202Egnp.exe \u2066isolate\u2069 \u200Fmark\u061C",
  "invisible characters": "pa\u200Bused\uFEFF \u2060\u00AD\u180E\u3164\u{E0041}",
  "5,000 characters": "a".repeat(5000),
  "5,000 characters in words": "word ".repeat(1000),
  "3,000 ampersands": "&".repeat(3000),
  "3,000 quotation marks": '"\\'.repeat(1500),
  "emoji across limits": `${"a".repeat(23)}${"😀".repeat(2000)}`,
  "emoji across limits, odd": `${"😀".repeat(2000)}`,
  "a family": "👩‍👩‍👧‍👦".repeat(100),
  "new lines and controls": "one\ntwo\r\nthree\u0000\u0007\u001B[31m\u0085\u2028\u2029end",
  "half characters": "\uD83D half \uDE00 other \uD83D",
  shortcodes: ":smile: ::a:b: :skin-tone-2::wave: 10:100:20 :日本:",
  nothing: "",
  blanks: "   \n ",
  "another press": '["resume HP-142",9,"HP-142","model-risk"]',
  "a clause": "x to full for 1000d because reviewed",
};

export function foreign(text: string): Part {
  return { untrusted: text };
}
export function masked(name: string): Part {
  return {
    person: personId("p_maskedmaskedmaskeda"),
    name,
    mention: true,
  };
}

/** Everything at once, as often as a card can hold it. */
export function flood(text: string): Partial<Card> {
  const item = button({
    label: text,
    command: `pause HP-142 because ${text}`,
    form: form({ title: text, submit: text, reason: text }),
  });
  const line: Line = [foreign(text), masked(text), text];
  return {
    title: line,
    lines: Array.from({ length: 12 }, () => line),
    buttons: [
      [item, item, item],
      [item, item, item],
    ],
    more: Array.from({ length: 30 }, () => ({
      heading: text,
      lines: Array.from({ length: 60 }, () => line),
    })),
    lockScreen: text,
  };
}
