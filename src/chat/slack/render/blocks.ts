import type { KnownBlock, RichTextSection } from "@slack/types";
import type { People } from "../../../core/people/person.ts";
import type { Block } from "../../shared/blocks.ts";
import { noPeople, plainText, shortened, visible } from "../../shared/text.ts";
import { slackRows } from "./buttons.ts";
import { slackInput } from "./input.ts";
import { limits } from "./size-budget.ts";
import { boldSection, linkSection, plainElement, richBlock, section } from "./text.ts";

/**
 * Blocks as Block Kit. Consecutive lines become one rich text. People are mentioned if `people`
 * names an account for them.
 */
export function slackBlocks(blocks: readonly Block[], people: People = noPeople): KnownBlock[] {
  const drawn: KnownBlock[] = [];
  let text: RichTextSection[] = [];
  const endText = (): void => {
    drawn.push(...richBlock(text));
    text = [];
  };
  const rowOf = slackRows();
  for (const block of blocks) {
    const next = drawnOf(block, people, rowOf);
    if (next.begins) endText();
    text.push(...next.sections);
    drawn.push(...next.blocks);
  }
  endText();
  return drawn;
}

interface Drawn {
  /** Whether it starts a new text. */
  readonly begins: boolean;
  /** Joins the previous text. */
  readonly sections: readonly RichTextSection[];
  readonly blocks: readonly KnownBlock[];
}

const inText = (sections: readonly RichTextSection[], begins = false): Drawn => ({
  begins,
  sections,
  blocks: [],
});

const alone = (...blocks: readonly KnownBlock[]): Drawn => ({ begins: true, sections: [], blocks });

function drawnOf(block: Block, people: People, rowOf: ReturnType<typeof slackRows>): Drawn {
  switch (block.kind) {
    case "title":
      return block.of === "part"
        ? alone({ type: "header", text: plainElement(plainText(block.line), limits.headerText) })
        : inText(boldSection(block.line, block.most), true);
    case "line":
      return inText(section(block.line, people, block.most), block.apart);
    case "note":
      return inText(section([block.text], noPeople));
    case "link":
      return inText([linkSection(block.link)], block.apart);
    case "quote":
      return alone({ type: "context", elements: [plainElement(block.text, block.most)] });
    case "buttons":
      return alone(...rowOf(block.buttons));
    case "input":
      return alone(slackInput(block.input));
    case "divider":
      return alone({ type: "divider" });
    case "mono":
      return alone(preformatted(block.text));
  }
}

function preformatted(file: string): KnownBlock {
  const text = shortened(file.split("\n").map(visible).join("\n"), limits.sectionText);
  return {
    type: "rich_text",
    elements: [{ type: "rich_text_preformatted", elements: [{ type: "text", text }] }],
  };
}
