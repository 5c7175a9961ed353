import { describe, expect, test } from "vitest";
import {
  type Block,
  line,
  linkTo,
  moreButton,
  note,
  pressButton,
  title,
} from "../../../src/chat/shared/blocks.ts";
import { drawAnswer } from "../../../src/chat/shared/draw-answer.ts";
import { drawCard, drawMore } from "../../../src/chat/shared/draw-card.ts";
import { drawDigest } from "../../../src/chat/shared/draw-digest.ts";
import { drawHome } from "../../../src/chat/shared/draw-home.ts";
import { fullPress, smallestBudget } from "../../../src/chat/shared/size-budget.ts";
import { slackBlocks } from "../../../src/chat/slack/render/blocks.ts";
import { teamsElements } from "../../../src/chat/teams/render/elements.ts";
import { cardOf } from "../../../src/chat/teams/render/text.ts";
import { cardProblems } from "../../support/adaptive-card.ts";
import { problemsOf, walk } from "../../support/block-kit.ts";
import { readCard } from "../../support/teams-reading.ts";
import { now } from "../console/cards.ts";
import {
  answer,
  button,
  buttonContext,
  channel,
  channelOf,
  due,
  open,
  publicUrl,
  said,
  view,
} from "../slack/samples.ts";

/**
 * Each kind of block, alone: the compiler asks for a new kind here, and both chats show the words
 * of each.
 */

const field = {
  at: 0,
  name: "to",
  label: "Words of an input",
  required: true,
  control: "text",
  value: "filled",
  options: [],
} as const;

const blocks: Readonly<Record<Block["kind"], Block>> = {
  title: title("whole", ["Words of a title"], 100),
  line: line([{ untrusted: "Words of a line" }], 100),
  note: note("Words of a note"),
  quote: { kind: "quote", text: "Words of a quote", most: 100 },
  buttons: {
    kind: "buttons",
    buttons: [pressButton(button({ label: "Words of a button" }), buttonContext, fullPress)],
  },
  input: { kind: "input", input: field },
  divider: { kind: "divider" },
  link: linkTo({ text: "Words of a link", url: publicUrl }),
  mono: { kind: "mono", text: "Words of a file", most: 100 },
};

const isDivider = (block: Block): boolean => block.kind === "divider";

describe("a block", () => {
  test.each(Object.entries(blocks))("is shown by both chats: %s", (_, block) => {
    const all = isDivider(block) ? [blocks.line, block, blocks.title] : [block];
    const inSlack = { text: "–", blocks: slackBlocks(all) };
    const inTeams = cardOf(teamsElements(all));

    // An input stands in a form alone.
    const place = block.kind === "input" ? [] : problemsOf(inSlack, "message");
    expect([place, cardProblems(inTeams)]).toEqual([[], []]);
    const words = isDivider(block)
      ? [/"divider"/, /"separator":true/]
      : [/Words of a/, /Words of a/];
    expect(JSON.stringify(inSlack)).toMatch(words[0] ?? "");
    expect(JSON.stringify(inTeams)).toMatch(words[1] ?? "");
  });

  test("that is a row leaves out what cannot be carried whole, and is gone without any", () => {
    const long = pressButton(
      button({ command: `pause ${"a".repeat(2500)}` }),
      buttonContext,
      fullPress,
    );
    const row: Block = { kind: "buttons", buttons: [long] };

    expect(slackBlocks([row, blocks.buttons])).toHaveLength(1);
    expect(teamsElements([row, blocks.buttons])).toHaveLength(1);
  });

  test("of text joins the text before it in Slack, unless it stands apart", () => {
    const apart = line(["next"], 100, true);

    expect(slackBlocks([blocks.title, blocks.line, blocks.note, blocks.link])).toHaveLength(1);
    expect(slackBlocks([blocks.line, apart])).toHaveLength(2);
    expect(slackBlocks([blocks.line, blocks.title])).toHaveLength(2);
  });

  test("never has the action id of another button of its message", () => {
    const more = moreButton("HP-142", buttonContext);
    const row: Block = { kind: "buttons", buttons: [more, ...buttonsOf(blocks.buttons)] };
    const ids = [...walk(slackBlocks(Array.from({ length: 12 }, () => row)))].flatMap(
      ([, { action_id: id }]) => (typeof id === "string" ? [id] : []),
    );

    expect(new Set(ids).size).toBe(24);
  });
});

const buttonsOf = (block: Block) => (block.kind === "buttons" ? block.buttons : []);

describe("one drawing", () => {
  const budget = smallestBudget;
  const context = { channelOf, now, publicUrl: null };
  const card = { channel, whom: [], budget };
  const due2 = { title: ["Two"], items: [due(), due()] };

  test.each([
    ["the home", drawHome(view(), context, { budget, stranger: "" })],
    ["a card", Object.values(drawCard(open, card)).flat()],
    ["More…", drawMore(open, channel, budget)],
    ["a digest", drawDigest(due2, { budget, channelOf, moreAtHome: () => "more" })],
    ["an answer", drawAnswer(answer({ lines: [["by"]] }), said, { budget, chat: "it" })],
  ])("says the same lines and buttons in both chats: %s", (_, drawn) => {
    const inTeams = readCard(cardOf(teamsElements(drawn)));

    expect(linesInSlack(drawn)).toEqual(inTeams.lines);
    expect(labelsInSlack(drawn)).toEqual(inTeams.actions.map(({ title: label }) => label));
  });
});

function linesInSlack(drawn: readonly Block[]): readonly string[] {
  return slackBlocks(drawn).flatMap((block) => {
    if (block.type === "header") return [block.text.text];
    if (block.type !== "rich_text") return [];
    const words = [...walk(block)].map(([, { type, text, fallback }]) =>
      type === "text" ? text : (fallback ?? ""),
    );
    return words.join("").split("\n");
  });
}

const labelsInSlack = (drawn: readonly Block[]): readonly string[] =>
  slackBlocks(drawn).flatMap((block) =>
    block.type === "actions"
      ? block.elements.map((element) => (element.type === "button" ? element.text.text : ""))
      : [],
  );
