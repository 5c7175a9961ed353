import type { KnownBlock, RichTextElement, RichTextSection } from "@slack/types";
import type { DueView, PersonView, PostureView } from "../../app/ports.ts";
import type { Button, Card, Line } from "../../core/card.ts";
import type { EscalationId, Instant } from "../../core/ids.ts";
import { clockText } from "../../core/time.ts";
import type { Ground } from "../any/press.ts";
import { nobody } from "../any/text.ts";
import { moreButton, pressable, row } from "./buttons.ts";
import { fitted, limits, type Room } from "./limits.ts";
import type { Home } from "./modals.ts";
import { boldSection, richBlock, section } from "./text.ts";
import * as words from "./words.ts";

interface HomeContext {
  /** The policy's key of a deployment's channel. */
  readonly channelOf: (deployment: string) => string;
  readonly now: Instant;
  /** Where the console is; null = nowhere. */
  readonly publicUrl: string | null;
}

type Drawn = HomeContext & { readonly room: Room };

/** One part of the home: a heading, and at most `most` items of which each is drawn as one or a few blocks. */
interface Part {
  readonly heading: string;
  readonly items: readonly ((at: number) => KnownBlock[])[];
  readonly most: number;
  /** What to say where there is none; null = leave the part out. */
  readonly none: string | null;
}

/**
 * What one person looks at first: what they may decide, what else is open, what is due, the postures. null = the policy does not name
 * them.
 */
export const homeView = (view: PersonView | null, context: HomeContext): Home =>
  fitted(limits.viewJson, (room) => ({
    type: "home",
    blocks: view === null ? strangerBlocks(context) : blocksOf(view, { ...context, room }),
  }));

const strangerBlocks = ({ publicUrl }: HomeContext): KnownBlock[] => [
  textBlock(words.stranger),
  ...linkBlock(words.atConsole, publicUrl),
];

/** The most of each part, so that all together stay below Slack's 100 blocks: 8 × 2 + 3 × 10 × 2 + 4 × 2 + 3 + 1. */
const blocksOf = (view: PersonView, drawn: Drawn): KnownBlock[] => {
  const zones = new Map(view.postures.map(({ id, timezone }) => [id, timezone]));
  const parts: readonly Part[] = [
    {
      heading: words.mayDecide,
      items: view.mayDecide.map((one) => (at) => decidable(one, zones, at, drawn)),
      most: 8,
      none: words.nothingToDecide,
    },
    {
      heading: words.otherOpen,
      items: view.others.map((card) => (at) => brief(card, at, drawn)),
      most: 10,
      none: null,
    },
    {
      heading: words.due,
      items: view.due.map((one) => (at) => dueItem(one, at, drawn)),
      most: 10,
      none: null,
    },
    {
      heading: words.postures,
      items: view.postures.map((one) => (at) => postureItem(one, at, drawn)),
      most: 10,
      none: null,
    },
  ];
  const [first = [], ...others] = parts
    .map((part, at) => partBlocks(part, at * 1000, drawn))
    .filter((blocks) => blocks.length > 0);
  const blocks = [...first, ...others.flatMap((one) => [divider, ...one])];
  return [...blocks, ...linkBlock(words.atConsole, drawn.publicUrl)];
};

const divider: KnownBlock = { type: "divider" };

const partBlocks = (part: Part, from: number, { room, publicUrl }: Drawn): KnownBlock[] => {
  if (part.items.length === 0 && part.none === null) return [];
  const shown = part.items.slice(0, Math.min(part.most, room.items));
  const left = part.items.length - shown.length;
  return [
    { type: "header", text: { type: "plain_text", text: part.heading, emoji: false } },
    ...shown.flatMap((draw, at) => draw(from + at * 20)),
    ...(part.items.length === 0 && part.none !== null ? [textBlock(part.none)] : []),
    ...(left > 0 ? moreBlock(left, publicUrl) : []),
  ];
};

const textBlock = (text: string): KnownBlock => ({
  type: "rich_text",
  elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }],
});

const block = (elements: readonly RichTextSection[]): KnownBlock[] => richBlock(elements);

const moreBlock = (left: number, publicUrl: string | null): KnownBlock[] =>
  publicUrl === null
    ? [textBlock(words.moreHere(left))]
    : linkBlock(words.moreHere(left), publicUrl);

/** A link to the console: the only links we make, and to nowhere but our own address. */
const linkBlock = (text: string, publicUrl: string | null): KnownBlock[] => {
  if (publicUrl === null) return [];
  const elements: RichTextElement[] = [{ type: "link", url: publicUrl, text }];
  return [{ type: "rich_text", elements: [{ type: "rich_text_section", elements }] }];
};

const decidable = (
  { card, named, until }: PersonView["mayDecide"][number],
  zones: ReadonlyMap<string, string>,
  at: number,
  drawn: Drawn,
): KnownBlock[] => {
  const zone = zones.get(card.deployment);
  const end = until === null ? "" : clock(until, zone, drawn.now);
  // Who decides is the fourth, and need not be told to whoever does.
  const lines: readonly Line[] = [
    [words.yourTurn(named, end)],
    ...card.lines.slice(0, named ? 3 : 4),
  ];
  return [
    ...block([
      ...boldSection(card.title, drawn.room.line),
      ...lines.flatMap((line) => section(line, nobody, drawn.room.line)),
    ]),
    ...rowsOf(card.buttons.flat(), groundOf(card, drawn), at, drawn.room, card.escalation),
  ];
};

/** A time in the deployment's zone, else in UTC and saying so. */
const clock = (at: Instant, zone: string | undefined, now: Instant): string =>
  zone === undefined ? `${clockText(at, "UTC", now)} UTC` : clockText(at, zone, now);

const groundOf = (card: Card, { channelOf }: HomeContext): Ground => ({
  version: card.version,
  escalation: card.escalation,
  channel: channelOf(card.deployment),
});

const brief = (card: Card, at: number, drawn: Drawn): KnownBlock[] => [
  ...block([
    ...boldSection(card.title, drawn.room.line),
    ...card.lines.slice(0, 2).flatMap((line) => section(line, nobody, drawn.room.line)),
  ]),
  ...row(moreButton(card.escalation, groundOf(card, drawn), at)),
];

const dueItem = (one: DueView, at: number, drawn: Drawn): KnownBlock[] => [
  ...block(section(one.line, nobody, drawn.room.line)),
  ...rowsOf(one.buttons, standing(one.deployment, one.version, drawn), at, drawn.room, null),
];

const standing = (deployment: string, version: number, { channelOf }: HomeContext): Ground => ({
  version,
  escalation: "",
  channel: channelOf(deployment),
});

const postureItem = (one: PostureView, at: number, drawn: Drawn): KnownBlock[] => {
  const since = clock(one.since, one.timezone, drawn.now);
  const by = one.reassessBy === null ? "" : clock(one.reassessBy, one.timezone, drawn.now);
  const line: Line = [
    { untrusted: one.name },
    ": ",
    { untrusted: one.words },
    words.standingSince(since, by, one.overdue),
  ];
  return [
    ...block(section(line, nobody, drawn.room.line)),
    ...rowsOf(calm(one.buttons), standing(one.id, one.version, drawn), at, drawn.room, null),
  ];
};

/** Nothing is asked here, so nothing shouts. */
const calm = (buttons: readonly Button[]): readonly Button[] =>
  buttons.map((button) => ({ ...button, style: "plain" }));

/** One row of a few buttons, More… last where there is an escalation to open. */
const rowsOf = (
  buttons: readonly Button[],
  ground: Ground,
  at: number,
  room: Room,
  escalation: EscalationId | null,
): KnownBlock[] =>
  row([
    ...buttons.slice(0, 5).flatMap((one, i) => pressable(one, ground, at + i, room.value)),
    ...(escalation === null ? [] : moreButton(escalation, ground, at + 9)),
  ]);
