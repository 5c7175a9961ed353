import { describe, expect, test } from "vitest";
import { decodePress } from "../../../src/chat/slack/inbound/button-payload.ts";
import { plainCard, type SlackMessage, slackCard } from "../../../src/chat/slack/render/card.ts";
import { slackDigest } from "../../../src/chat/slack/render/digest.ts";
import { slackLine } from "../../../src/chat/slack/render/line.ts";
import type { Card, Part } from "../../../src/core/card/card.ts";
import type { PersonId } from "../../../src/core/ids.ts";
import { problemsOf, walk } from "../../support/block-kit.ts";
import { bob, chidi, decidedCard, longCard } from "../console/cards.ts";
import {
  accounts,
  button,
  buttonContext,
  channel,
  channelOf,
  due,
  erin,
  open,
  team,
} from "./samples.ts";

/**
 * Cards as Slack gets them. The golden files are to be read: compare them with the texts in
 * test/golden/cards.
 */

const acknowledgeOnly: Card = {
  ...open,
  version: null,
  severity: "warning",
  title: ["🟡 ", { untrusted: "Assistant (production)" }, " · HP-142"],
  lines: [
    [{ untrusted: "RefusalRateCollapse" }, " 0.41 (limit 0.7)"],
    ["1 alert since 03:10, still firing"],
    ["No written rule names this: it can be acknowledged, not decided here"],
    ["Not acknowledged"],
  ],
  buttons: [[button({ label: "Acknowledge", command: "ack HP-142", style: "plain", form: null })]],
  more: [],
  notify: [bob.id],
  lockScreen:
    "WARNING Assistant (production): RefusalRateCollapse 0.41 (limit 0.7). No written rule names this. HP-142",
};

const closed: Card = {
  ...decidedCard,
  status: "closed",
  version: 9,
  title: ["🟢 ", { untrusted: "Assistant (production)" }, " · HP-142"],
  lines: [["Resumed to full 16:02 by Chidi Lindt and Erin Sato"], ["Closed 16:02. Record 4290"]],
  buttons: [],
  lockScreen: "Assistant (production): resumed to full 16:02 by Chidi Lindt and Erin Sato. HP-142",
};

const cards: Readonly<Record<string, Card>> = {
  "open-critical": open,
  decided: decidedCard,
  "acknowledge-only": acknowledgeOnly,
  closed,
};

const draw = (card: Card, first = true): SlackMessage =>
  slackCard(card, { people: team, channel, first });

const labelsIn = ({ blocks }: SlackMessage): readonly (readonly string[])[] =>
  blocks.flatMap((block) =>
    block.type === "actions"
      ? [block.elements.map((element) => (element.type === "button" ? element.text.text : ""))]
      : [],
  );

const mentionsIn = (message: SlackMessage): readonly string[] =>
  [...walk(message)].flatMap(([, { user_id: user }]) => (user === undefined ? [] : [String(user)]));

const wordsIn = (message: SlackMessage): string =>
  [...walk(message)].map(([, { type, text }]) => (type === "text" ? text : "")).join("");

const accountOf = (key: string): string => accounts.get(key) ?? "";

const named = (person: PersonId, mention: boolean): Part => ({ person, name: "Someone", mention });

describe("a card in Slack", () => {
  test.each(Object.entries(cards))("is drawn as its golden file: %s", async (name, card) => {
    const drawn = draw(card);

    expect(problemsOf(drawn, "message")).toEqual([]);
    await expect(`${JSON.stringify(drawn, null, 2)}\n`).toMatchFileSnapshot(
      `../../golden/slack/${name}.json`,
    );
  });

  test.each(Object.entries({ ...cards, long: longCard }))(
    "has at most two rows of buttons, and More… is its last: %s",
    (_, card) => {
      const rows = labelsIn(draw(card));

      expect(rows.length).toBeLessThanOrEqual(2);
      for (const row of rows) expect(row.length).toBeLessThanOrEqual(3);
      expect(rows.at(-1)?.at(-1)).toBe("More…");
    },
  );

  test("opens with its title, then one line each, all in one section", () => {
    const [block] = draw(open).blocks;

    const [only, ...others] = block?.type === "rich_text" ? block.elements : [];
    expect(others).toEqual([]);
    const words = only?.type === "rich_text_section" ? only.elements : [];
    const breaks = words.filter((word) => word.type === "text" && word.text === "\n");
    expect(breaks).toHaveLength(open.lines.length + 1); // and whom it is for
  });

  test("carries in every button the command, the version shown, the escalation and the channel", () => {
    const values = [...walk(draw(open))].flatMap(([, { type, value }]) =>
      type === "button" ? [decodePress(String(value))] : [],
    );

    expect(values.map((press) => press?.line)).toEqual([
      "narrow HP-142 to no-tools",
      "pause HP-142",
      "ack HP-142",
      "HP-142",
    ]);
    for (const press of values) {
      expect(press).toMatchObject({ version: 7, escalation: "HP-142", channel: "model-risk" });
    }
  });

  test("says on a lock screen what it says in CARDS, with its id at the end even if it must be cut", () => {
    const long = draw({ ...open, lockScreen: `${"\u202E".repeat(40)} HP-142` }).text;

    expect(draw(open).text).toBe(open.lockScreen);
    expect([...long].length).toBeLessThanOrEqual(120);
    expect(long.endsWith("… HP-142")).toBe(true);
  });

  test("mentions who acknowledges and who decides, each once", () => {
    expect(mentionsIn(draw(open))).toEqual([accountOf("chidi"), accountOf("bob")]);
    expect(wordsIn(draw(open))).toContain("Notified: ");
  });

  test("adds nobody when it is edited, or when its lines mention everybody", () => {
    const all = { ...open, notify: [chidi.id] };

    expect(mentionsIn(draw(open, false))).toEqual([accountOf("chidi")]);
    expect(wordsIn(draw(open, false))).not.toContain("Notified: ");
    expect(wordsIn(draw(all))).not.toContain("Notified: ");
  });

  test("only names somebody without an account, or with one that cannot be", () => {
    const card = { ...open, lines: [["Decides: ", named(erin, true)]], notify: [erin] };
    const broken = new Map([...team].map(([id, person]) => [id, { ...person, slack: "@chidi" }]));

    expect(mentionsIn(draw(card))).toEqual([]);
    expect(wordsIn(draw(card))).toContain("Decides: Someone");
    expect(mentionsIn(slackCard(open, { people: broken, channel, first: true }))).toEqual([]);
  });

  test("leaves out a button whose command is too long to be carried whole", () => {
    const long = button({ label: "Too long", command: `pause ${"a".repeat(2500)}` });

    expect(labelsIn(draw({ ...open, buttons: [[long, button()]] }))).toEqual([["Pause", "More…"]]);
  });

  test("falls back to words alone, which say the same lines", () => {
    const { text, blocks } = plainCard(open);

    expect(blocks).toEqual([]);
    expect(text.split("\n")).toHaveLength(2 + open.lines.length);
    expect(text).toContain("• Decides: Chidi Lindt until 03:40");
  });
});

describe("a sentence in Slack", () => {
  const say = (line: readonly Part[], to: readonly PersonId[]) =>
    slackLine({ ...buttonContext, line, to, buttons: [button()] }, team);

  test("mentions each person it speaks to once, where it names them or else before it", () => {
    const line = [named(chidi.id, true), " decides; ", named(chidi.id, true), " was asked"];
    const both = say(line, [chidi.id, bob.id, bob.id, erin]);

    expect(mentionsIn(both)).toEqual([accountOf("bob"), accountOf("chidi")]);
    expect(both.text).toBe("Someone decides; Someone was asked");
    expect(problemsOf(both, "message")).toEqual([]);
  });

  test("makes a mention of a name it speaks to, and of no other", () => {
    const line = [named(bob.id, false), " has seen it; ", named(chidi.id, false), " decides"];

    expect(mentionsIn(say(line, [chidi.id]))).toEqual([accountOf("chidi")]);
    expect(mentionsIn(say(line, []))).toEqual([]);
  });
});

describe("a digest in Slack", () => {
  test("numbers its items and gives each its buttons", () => {
    const title = ["Erin, 2 to look at again by 10:00 today"];
    const drawn = slackDigest({ title, items: [due(), due()] }, team, channelOf);

    expect(problemsOf(drawn, "message")).toEqual([]);
    expect(drawn.text).toBe(title[0]);
    expect(wordsIn(drawn)).toContain("2 Search beta: narrowed to staff");
    expect(labelsIn(drawn)).toEqual([
      ["Keep narrowed…", "Resume…"],
      ["Keep narrowed…", "Resume…"],
    ]);
  });

  test("says how many it does not show", () => {
    const items = Array.from({ length: 200 }, () => due());
    const drawn = slackDigest({ title: ["Erin, 200"], items }, team, channelOf);

    expect(problemsOf(drawn, "message")).toEqual([]);
    expect(wordsIn(drawn)).toMatch(/… and 1[89]\d more: open the Home tab/);
  });
});
