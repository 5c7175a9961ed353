import type { KnownBlock, RichTextSection, Button as SlackButton } from "@slack/types";
import type { Card, Line, Part } from "../../core/card.ts";
import type { PersonId } from "../../core/ids.ts";
import type { People } from "../../core/people.ts";
import { type Ground, moreButton, pressable, row } from "./buttons.ts";
import { fitted, limits, type Room } from "./limits.ts";
import { inSight } from "./squeeze.ts";
import {
  accountOf,
  boldSection,
  messageText,
  plainText,
  richBlock,
  section,
  unformatted,
  visible,
} from "./text.ts";
import * as words from "./words.ts";

/** A message as Slack takes it. `text` is the lock screen and the fallback, `blocks` what people see; no blocks = the text alone. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: KnownBlock[];
}

interface CardContext {
  readonly people: People;
  /** The policy's key of the channel it stands in. */
  readonly channel: string;
  /** Whether this message is new: then everybody in `notify` is mentioned, once. Edits notify nobody. */
  readonly first: boolean;
}

/** More lines than this are behind More…. */
const mostLines = 9;
const mostRows = 2;
/** More buttons than this do not stand side by side on a phone. */
const mostInRow = 3;

/** The live card of an escalation: its title, lines and two rows of buttons, More… last. */
export const slackCard = (card: Card, context: CardContext): SlackMessage => {
  const text = lockScreen(card);
  return fitted(limits.messageJson, (room) => ({
    text,
    blocks: [...richBlock(sectionsOf(card, context, room)), ...rowsOf(card, context.channel, room)],
  }));
};

const sectionsOf = (card: Card, { people, first }: CardContext, room: Room): RichTextSection[] => {
  const whom = first ? forLine(card, people) : [];
  const lines = whom.length > 0 ? [...shown(card).slice(0, mostLines - 1), whom] : shown(card);
  const [title = [], ...seen] = inSight([card.title, ...lines]);
  return [
    ...boldSection(title, room.line),
    ...seen.flatMap((line) => section(line, people, room.line)),
  ];
};

const shown = (card: Card): readonly Line[] => card.lines.slice(0, mostLines);

/** "For: @Bob @Chidi": who is to be reached and stands in no line as a mention. */
const forLine = (card: Card, people: People): Line => {
  const mentioned = new Set(shown(card).flat().flatMap(mentionedIn));
  const left = [...new Set(card.notify)].filter(
    (person) => !mentioned.has(person) && accountOf(person, people) !== null,
  );
  if (left.length === 0) return [];
  return [
    words.forWhom,
    ...left.flatMap((person, at) => [at === 0 ? "" : " ", mention(person, people)]),
  ];
};

const mentionedIn = (part: Part): readonly PersonId[] =>
  typeof part !== "string" && "person" in part && part.mention ? [part.person] : [];

/** Somebody spoken to. */
export const mention = (person: PersonId, people: People): Part => ({
  person,
  name: people.get(person)?.name ?? "",
  mention: true,
});

/** While it is open the card itself offers the plan, the stop and having seen it; to leave things as they are takes More…. */
const onCard = ({ status, buttons }: Card): Card["buttons"] =>
  status === "open"
    ? buttons.map((row) => row.filter(({ command }) => !command.startsWith("keep ")))
    : buttons;

const rowsOf = (card: Card, channel: string, room: Room): KnownBlock[] => {
  const ground: Ground = { version: card.version, escalation: card.escalation, channel };
  const rows: SlackButton[][] = onCard(card)
    .slice(0, mostRows)
    .map((buttons, at) =>
      buttons.flatMap((button, i) => pressable(button, ground, at * 10 + i, room.value)),
    )
    .filter((buttons) => buttons.length > 0);
  const more = moreButton(card.escalation, ground, 99);
  const last = rows.at(-1);
  if (last && (last.length < mostInRow || rows.length === mostRows)) last.push(...more);
  else rows.push(more);
  return rows.flatMap(row);
};

/**
 * The card as words alone, for when Slack calls the blocks invalid or too long. Each line begins with our own mark, so that none begins
 * a quotation.
 */
export const plainCard = (card: Card): SlackMessage => {
  const lines = [card.title, ...shown(card)].map((line) =>
    messageText(`• ${plainText(line)}`, 300),
  );
  return { text: [lockScreen(card), ...lines].join("\n"), blocks: [] };
};

/** The lock-screen sentence; its end, the escalation's id, is what stays when it must be cut. */
const lockScreen = ({ lockScreen: sentence, escalation }: Card): string => {
  const whole = [...unformatted(visible(sentence))];
  if (whole.length <= limits.lockScreen) return messageText(sentence);
  const end = `… ${escalation}`;
  const start = whole.slice(0, limits.lockScreen - end.length).join("");
  return messageText(start + end);
};
