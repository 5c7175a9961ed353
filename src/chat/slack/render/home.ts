import type { KnownBlock, RichTextElement } from "@slack/types";
import type { PersonView } from "../../../app/ports.ts";
import { type HomeContext, type HomeItem, type HomePart, homeParts } from "../../shared/home.ts";
import type { SizeBudget } from "../../shared/size-budget.ts";
import { nobody } from "../../shared/text.ts";
import * as common from "../../shared/words.ts";
import { moreButton, pressable, row } from "./buttons.ts";
import type { Home } from "./modals.ts";
import { fitted, limits } from "./size-budget.ts";
import { boldSection, richBlock, section } from "./text.ts";
import * as words from "./words.ts";

type Drawn = HomeContext & { readonly room: SizeBudget };

/**
 * What one person looks at first: what they may decide, what else is open, what is due, the
 * postures. null = the policy does not name them.
 */
export function homeView(view: PersonView | null, context: HomeContext): Home {
  return fitted(limits.viewJson, (budget) => ({
    type: "home",
    blocks: view === null ? strangerBlocks(context) : blocksOf(view, { ...context, room: budget }),
  }));
}

const strangerBlocks = ({ publicUrl }: HomeContext): KnownBlock[] => [
  textBlock(words.stranger),
  ...linkBlock(common.atConsole, publicUrl),
];

/**
 * The most of each part, so that all together stay below Slack's 100 blocks: 8 × 2 + 3 × 10 × 2 + 4
 * × 2 + 3 + 1.
 */
function blocksOf(view: PersonView, drawn: Drawn): KnownBlock[] {
  const [first = [], ...others] = homeParts(view, drawn).map((part, at) =>
    partBlocks(part, at * 1000, drawn),
  );
  const blocks = [...first, ...others.flatMap((other) => [divider, ...other])];
  return [...blocks, ...linkBlock(common.atConsole, drawn.publicUrl)];
}

const divider: KnownBlock = { type: "divider" };

function partBlocks(part: HomePart, from: number, { room, publicUrl }: Drawn): KnownBlock[] {
  const shown = part.items.slice(0, Math.min(part.most, room.items));
  const left = part.items.length - shown.length + part.undrawn;
  return [
    { type: "header", text: { type: "plain_text", text: part.heading, emoji: false } },
    ...shown.flatMap((item, at) => itemBlocks(item, from + at * 20, room)),
    ...(part.items.length === 0 && part.none !== null ? [textBlock(part.none)] : []),
    ...(left > 0 ? moreBlock(left, publicUrl) : []),
  ];
}

const itemBlocks = (
  { title, lines, buttons, more, ground }: HomeItem,
  at: number,
  budget: SizeBudget,
): KnownBlock[] => [
  ...richBlock([
    ...(title === null ? [] : boldSection(title, budget.line)),
    ...lines.flatMap((line) => section(line, nobody, budget.line)),
  ]),
  ...row([
    ...buttons.flatMap((button, i) =>
      pressable(button, { buttonContext: ground, at: at + i, room: budget.press }),
    ),
    ...(more === null ? [] : moreButton(more, ground, at + 9)),
  ]),
];

const textBlock = (text: string): KnownBlock => ({
  type: "rich_text",
  elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }],
});

const moreBlock = (left: number, publicUrl: string | null): KnownBlock[] =>
  publicUrl === null
    ? [textBlock(common.moreHere(left))]
    : linkBlock(common.moreHere(left), publicUrl);

/** A link to the console: the only links we make, and to nowhere but our own address. */
function linkBlock(text: string, publicUrl: string | null): KnownBlock[] {
  if (publicUrl === null) return [];
  const elements: RichTextElement[] = [{ type: "link", url: publicUrl, text }];
  return [{ type: "rich_text", elements: [{ type: "rich_text_section", elements }] }];
}
