import type { Line, Part } from "../../../core/card/card.ts";
import type { PersonId } from "../../../core/ids.ts";
import type { People } from "../../../core/people/person.ts";
import { plainText, shortened, urlIn, visible, wordsOf } from "../../shared/text.ts";
import { guid } from "../inbound/activity.ts";
import type {
  AdaptiveCard,
  Element,
  Mention,
  RichTextBlock,
  TextBlock,
  TextRun,
} from "./adaptive-card.ts";
import { limits } from "./size-budget.ts";
import * as words from "./words.ts";

/** A person's Teams account, if the policy names a valid one. */
export function accountOf(person: PersonId, people: People): string | null {
  return guid(people.get(person)?.teams ?? "") || null;
}

type Style = Omit<TextRun, "type" | "text">;

const run = (text: string, style: Style = {}): TextRun => ({ type: "TextRun", text, ...style });

/**
 * A line that is never parsed; nothing for an empty line. People are plain names here: mentions
 * have a block of their own.
 */
export function textLine(
  line: Line,
  most: number = limits.line,
  how: { readonly style?: Style; readonly spacing?: RichTextBlock["spacing"] } = {},
): RichTextBlock[] {
  const text = shortened(plainText(line), most).trim();
  if (text === "") return [];
  const { style = {}, spacing = "None" } = how;
  return [{ type: "RichTextBlock", inlines: runsOf(line, text, style), spacing }];
}

/** One run, except for links; a line that had to be cut has no links. */
function runsOf(line: Line, text: string, style: Style): readonly TextRun[] {
  if (line.every((part) => urlIn(part) === null) || text !== plainText(line).trim())
    return [run(text, style)];
  return line.map((part) => {
    const url = urlIn(part);
    const live = url === null ? {} : { selectAction: { type: "Action.OpenUrl" as const, url } };
    return run(wordsOf(part), { ...style, ...live });
  });
}

/** A heading. */
export function boldLine(line: Line, most: number = limits.line): RichTextBlock[] {
  return textLine(line, most, { style: { weight: "Bolder", size: "Medium" }, spacing: "Small" });
}

/** The text of a file, unchanged. */
export function preformatted(text: string, most: number): RichTextBlock[] {
  return textLine([{ untrusted: text }], most, {
    style: { fontType: "Monospace" },
    spacing: "Medium",
  });
}

/** Our own words. */
export function ourWords(text: string, spacing: TextBlock["spacing"] = "Small"): TextBlock {
  return {
    type: "TextBlock",
    text,
    wrap: true,
    isSubtle: true,
    spacing,
  };
}

/** The note that a message may be there twice. */
export function repeatNote(repeat: boolean): TextBlock[] {
  return repeat ? [ourWords(words.possibleRepeat)] : [];
}

/**
 * The mentions of a message, in a block of their own, since they work only where Markdown does too.
 */
export interface Mentions {
  readonly block: readonly TextBlock[];
  readonly entities: readonly Mention[];
}

export const noMentions: Mentions = { block: [], entities: [] };

/** The people that a line mentions; `before` is a text of ours. */
export function mentionsIn(line: Line, people: People, before: string): Mentions {
  const mentioned = [...new Set(line.flatMap(spokenTo))].flatMap((person): Mention[] => {
    const id = accountOf(person, people);
    const name = harmless(people.get(person)?.name ?? "");
    return id === null
      ? []
      : [{ type: "mention", text: `<at>${name}</at>`, mentioned: { id, name } }];
  });
  if (mentioned.length === 0) return noMentions;
  const text = `${before}${mentioned.map((mention) => mention.text).join(", ")}`;
  return { block: [ourWords(text)], entities: mentioned };
}

const spokenTo = (part: Part): readonly PersonId[] =>
  typeof part !== "string" && "person" in part && part.mention ? [part.person] : [];

/**
 * A name that is safe in Markdown and in tags: letters, digits, marks and the characters that join
 * them.
 */
const harmless = (name: string): string =>
  shortened(visible(name), 60)
    .replace(/[^\p{L}\p{N}\p{M} .,'’-]/gu, "·")
    .trim() || "–";

/** A card with these elements. */
export function cardOf(
  body: readonly Element[],
  { entities }: Pick<Mentions, "entities"> = noMentions,
): AdaptiveCard {
  return {
    type: "AdaptiveCard",
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    version: "1.5",
    body,
    msteams: { width: "Full", ...(entities.length === 0 ? {} : { entities }) },
  };
}

/** The text of a notification: unparsed, never empty. */
export function summaryOf(text: string, most: number = limits.summary): string {
  return (
    shortened(
      visible(text)
        .replace(/[<>]/g, (sign) => (sign === "<" ? "‹" : "›"))
        .trim(),
      most,
    ) || "–"
  );
}
