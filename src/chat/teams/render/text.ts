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

/** The Teams account of somebody, if the policy names one that can be one. */
export function accountOf(person: PersonId, people: People): string | null {
  return guid(people.get(person)?.teams ?? "") || null;
}

type Style = Omit<TextRun, "type" | "text">;

const run = (text: string, style: Style = {}): TextRun => ({ type: "TextRun", text, ...style });

/**
 * A line whose words are never parsed; none where it says nothing. People are names here: who is
 * mentioned is said in `mentions`.
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

/** One run, but for where something leads somewhere; a line that had to be cut leads nowhere. */
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

/** A file, letter for letter. */
export function preformatted(text: string, most: number): RichTextBlock[] {
  return textLine([{ untrusted: text }], most, {
    style: { fontType: "Monospace" },
    spacing: "Medium",
  });
}

/** Words of ours. */
export function ourWords(text: string, spacing: TextBlock["spacing"] = "Small"): TextBlock {
  return {
    type: "TextBlock",
    text,
    wrap: true,
    isSubtle: true,
    spacing,
  };
}

/** Says of a message that it may be there twice. */
export function repeatNote(repeat: boolean): TextBlock[] {
  return repeat ? [ourWords(words.possibleRepeat)] : [];
}

/**
 * People who are mentioned: the only live names, in a block of their own, since mentions work only
 * where Markdown does too.
 */
export interface Mentions {
  readonly block: readonly TextBlock[];
  readonly entities: readonly Mention[];
}

export const noMentions: Mentions = { block: [], entities: [] };

/** The people that a line mentions. `before` are words of ours. */
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

/** A name as it may stand between Markdown and tags: letters, digits, marks and what joins them. */
const harmless = (name: string): string =>
  shortened(visible(name), 60)
    .replace(/[^\p{L}\p{N}\p{M} .,'’-]/gu, "·")
    .trim() || "–";

/** A card of these elements. */
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

/** A notification's sentence: plain words, which Teams shows as they are; never empty. */
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
