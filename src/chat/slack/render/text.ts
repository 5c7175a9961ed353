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
  nobody,
  nothing,
  shortened,
  urlIn,
  visible,
  wordsOf,
} from "../../shared/text.ts";
import { limits } from "./size-budget.ts";

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/**
 * What Slack calls escaping: mentions, links and commands are no more.
 * https://docs.slack.dev/messaging/formatting-message-text#escaping
 */
export function escapeMrkdwn(text: string): string {
  return text.replace(/[&<>]/g, (character) => entities[character] ?? "");
}

/**
 * Escaped and cut to at most so many characters as Slack counts them: after escaping, never inside
 * an entity.
 */
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
 * Takes from words what Slack's markup makes of them where it parses (a message's `text`), escaping
 * aside. Slack knows no backslash, so signs of formatting, and of a quotation at the start, become
 * their likenesses; underscores only at the edge of a word, since only there they work and ids have
 * them inside. `:smile:` gets a space after its first colon, which everybody sees and nothing hides
 * in; a time like 03:19:02, or 23:00 at the end of “away until 23:00: deputies decide”, stays.
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
 * Whether a colon parts the hours of a time from its minutes, or minutes from seconds. Slack knows
 * no picture called by two digits.
 */
const isTime = (text: string, at: number): boolean =>
  /\d$/.test(text.slice(Math.max(0, at - 1), at)) && /^:[0-5]\d(?!\d)/.test(text.slice(at, at + 4));

/**
 * A sentence for a message's top-level `text`: nothing in it is live, it is cut as Slack counts,
 * and never empty, which Slack refuses.
 */
export function messageText(text: string, most: number = limits.messageText): string {
  return escapedWithin(unformatted(visible(text)).trim(), most) || nothing;
}

/**
 * Words on a button, a title or an option: never parsed, no emoji made of colons, cut to what its
 * place takes. Never empty, which Slack refuses.
 */
export function plainElement(text: string, most: number): PlainTextElement {
  const words = shortened(visible(text), most).trim();
  return { type: "plain_text", text: words === "" ? nothing : words, emoji: false };
}

/**
 * The Slack account of somebody, if the policy names one that can be one. An id of any other shape
 * would make Slack refuse the whole message.
 */
export function accountOf(person: PersonId, people: People): string | null {
  const account = people.get(person)?.slack ?? "";
  return /^[UW][A-Z0-9]{2,30}$/.test(account) ? account : null;
}

/**
 * A line as elements Slack does not parse: text is only text, a person that is to be mentioned is
 * an account, and a time is shown to each reader in their own zone. Cut to `most` characters.
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

/** What Slack shows in its own way: an account, a time, where it can be read in full. */
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
 * Words that have a date have one in the reader's zone too, where it may be another. Old clients
 * show the words as they are.
 */
const timeElement = (text: string, at: Instant): RichTextDate => ({
  type: "date",
  timestamp: Math.floor(at / 1000),
  format: /^\d\d:\d\d/.test(text) ? "{time}" : "{date_short_pretty} {time}",
  fallback: visible(text),
});

/** A line as a section of its own; none where it says nothing, since Slack refuses an empty one. */
export function section(
  line: Line,
  people: People,
  most: number = limits.sectionText,
): RichTextSection[] {
  const elements = richText(line, people, most);
  return elements.length === 0 ? [] : [{ type: "rich_text_section", elements }];
}

/**
 * A line in bold, where a heading would take words that are not ours as markup or cut them at 150.
 */
export function boldSection(line: Line, most: number = limits.sectionText): RichTextSection[] {
  return section(line, nobody, most).map(({ elements }) => ({
    type: "rich_text_section",
    elements: elements.map((element) =>
      element.type === "text" || element.type === "date"
        ? { ...element, style: { bold: true } }
        : element,
    ),
  }));
}

/** A link in words of ours, to our own console or to a message of our own. */
export function linkSection({ text, url }: Link): RichTextSection {
  return {
    type: "rich_text_section",
    elements: [{ type: "link", url, text }],
  };
}

/**
 * Lines as one rich text: a single section with line breaks in it, since not every client begins a
 * line with each section. Nothing where there is no line, as Slack refuses an empty one.
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
