import type {
  PlainTextElement,
  RichTextBlock,
  RichTextDate,
  RichTextElement,
  RichTextLink,
  RichTextSection,
  RichTextUserMention,
} from "@slack/types";
import type { Line, Part } from "../../../core/card/card.ts";
import type { Instant, PersonId } from "../../../core/ids.ts";
import type { People } from "../../../core/people/person.ts";
import type { Link } from "../../shared/links.ts";
import {
  mentionLength,
  noPeople,
  noText,
  shortened,
  urlIn,
  visible,
  wordsOf,
} from "../../shared/text.ts";
import { limits } from "./size-budget.ts";

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/**
 * Escapes text for Slack: mentions, links and commands have no effect.
 * https://docs.slack.dev/messaging/formatting-message-text#escaping
 */
export function escapeMrkdwn(text: string): string {
  return text.replace(/[&<>]/g, (character) => entities[character] ?? "");
}

/** Escaped, and cut to at most so many characters after escaping, never inside an entity. */
export function escapedWithin(text: string, most: number): string {
  if (escapeMrkdwn(text).length <= most) return escapeMrkdwn(text);
  let kept = "";
  for (const character of text) {
    const next = escapeMrkdwn(character);
    if (kept.length + next.length > most - 1) break;
    kept += next;
  }
  return `${kept.trimEnd()}…`;
}

const lookalikes: Readonly<Record<string, string>> = { "*": "∗", "`": "ˋ", "~": "∼" };

/**
 * Removes formatting from text that Slack parses (a message's `text`), apart from escaping. Slack
 * has no backslash, so formatting characters, and a quotation mark at the start, are replaced by
 * similar characters; underscores only at the edge of a word, since only there they have an effect
 * and ids contain them. `:smile:` gets a space after its first colon. A time like 03:19:02, or
 * 23:00 at the end of “away until 23:00: deputies decide”, is kept.
 */
export function unformatted(text: string): string {
  return text
    .replace(/^[\s>]+/, (start) => start.replaceAll(">", "›"))
    .replace(/[*`~]/g, (sign) => lookalikes[sign] ?? "")
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "＿")
    .replace(/:(?=[^\s:]+:)/g, (colon, at: number, all: string) =>
      isTime(all, at) ? colon : ": ",
    );
}

/**
 * Whether a colon separates hours from minutes, or minutes from seconds. No emoji's name has two
 * digits.
 */
const isTime = (text: string, at: number): boolean =>
  /\d$/.test(text.slice(Math.max(0, at - 1), at)) && /^:[0-5]\d(?!\d)/.test(text.slice(at, at + 4));

/**
 * A sentence for a message's top-level `text`: without formatting, cut as Slack counts, and never
 * empty, which Slack refuses.
 */
export function messageText(text: string, most: number = limits.messageText): string {
  return escapedWithin(unformatted(visible(text)).trim(), most) || noText;
}

/**
 * The text of a button, a title or an option: never parsed, without emoji, cut to the limit of its
 * place, and never empty, which Slack refuses.
 */
export function plainElement(text: string, most: number): PlainTextElement {
  const words = shortened(visible(text), most).trim();
  return { type: "plain_text", text: words === "" ? noText : words, emoji: false };
}

/**
 * A person's Slack account, if the policy names a valid id. Slack would refuse a whole message with
 * an id of any other shape.
 */
export function accountOf(person: PersonId, people: People): string | null {
  const account = people.get(person)?.slack ?? "";
  return /^[UW][A-Z0-9]{2,30}$/.test(account) ? account : null;
}

/**
 * A line as elements that Slack does not parse. A mentioned person is an account, and a time is
 * shown in the reader's zone. Cut to `most` characters.
 */
export function richText(
  line: Line,
  people: People,
  most: number = limits.sectionText,
): RichTextElement[] {
  const elements: RichTextElement[] = [];
  let left = most;
  let words = "";
  const flush = (): void => {
    if (words !== "") elements.push({ type: "text", text: words });
    words = "";
  };
  for (const part of line) {
    const live = liveOf(part, people);
    const text = wordsOf(part);
    const length = live?.type === "user" ? mentionLength : text.length;
    if (length > left) {
      words += live?.type === "user" ? "…" : shortened(`${text}……`, Math.max(left, 1));
      break;
    }
    left -= length;
    if (live === null) words += text;
    else {
      flush();
      elements.push(live);
    }
  }
  flush();
  return elements;
}

/** The parts that Slack renders itself: accounts, times, links. */
function liveOf(
  part: Part,
  people: People,
): RichTextUserMention | RichTextDate | RichTextLink | null {
  if (typeof part === "string") return null;
  if ("person" in part) {
    const account = part.mention ? accountOf(part.person, people) : null;
    return account === null ? null : { type: "user", user_id: account };
  }
  if (part.at !== undefined) return timeElement(part.untrusted, part.at);
  const url = urlIn(part);
  return url === null ? null : { type: "link", url, text: wordsOf(part) };
}

/**
 * A text with a date is also shown in the reader's zone where that may differ; old clients show the
 * text as it is.
 */
const timeElement = (text: string, at: Instant): RichTextDate => ({
  type: "date",
  timestamp: Math.floor(at / 1000),
  format: /^\d\d:\d\d/.test(text) ? "{time}" : "{date_short_pretty} {time}",
  fallback: visible(text),
});

/** A line as a section; nothing for an empty line, since Slack refuses an empty section. */
export function section(
  line: Line,
  people: People,
  most: number = limits.sectionText,
): RichTextSection[] {
  const elements = richText(line, people, most);
  return elements.length === 0 ? [] : [{ type: "rich_text_section", elements }];
}

/** A bold line, for texts that a heading would parse or cut at 150 characters. */
export function boldSection(line: Line, most: number = limits.sectionText): RichTextSection[] {
  return section(line, noPeople, most).map(({ elements }) => ({
    type: "rich_text_section",
    elements: elements.map((element) =>
      element.type === "text" || element.type === "date"
        ? { ...element, style: { bold: true } }
        : element,
    ),
  }));
}

/** A link with a text of ours, to our console or to one of our messages. */
export function linkSection({ text, url }: Link): RichTextSection {
  return {
    type: "rich_text_section",
    elements: [{ type: "link", url, text }],
  };
}

/**
 * Lines as one rich text: a single section with line breaks, since not every client starts a line
 * with each section. Nothing without lines, since Slack refuses an empty text.
 */
export function richBlock(lines: readonly RichTextSection[]): RichTextBlock[] {
  const [first, ...rest] = lines;
  if (first === undefined) return [];
  const more = rest.flatMap(({ elements }): RichTextElement[] => [
    { type: "text", text: "\n" },
    ...elements,
  ]);
  const elements = [...first.elements, ...more];
  return [{ type: "rich_text", elements: [{ type: "rich_text_section", elements }] }];
}
