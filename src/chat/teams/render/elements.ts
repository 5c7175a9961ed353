import type { Block } from "../../shared/blocks.ts";
import type { Element, RichTextBlock } from "./adaptive-card.ts";
import { linkRow, teamsRow } from "./buttons.ts";
import { teamsInput } from "./input.ts";
import { boldLine, ourWords, preformatted, textLine } from "./text.ts";

/** Blocks as Adaptive Card elements. Lines mention nobody: see `mentionsIn`. */
export function teamsElements(blocks: readonly Block[]): Element[] {
  return blocks.flatMap((block, at) => {
    const [first, ...rest] = elementsOf(block);
    if (first === undefined) return [];
    return [blocks[at - 1]?.kind === "divider" ? belowDivider(first) : first, ...rest];
  });
}

/** Teams has no divider: the text below it has a separator. */
const belowDivider = (element: Element): Element =>
  element.type === "RichTextBlock" ? { ...element, separator: true, spacing: "Large" } : element;

function elementsOf(block: Block): Element[] {
  switch (block.kind) {
    case "title":
      return titleOf(block);
    case "line":
      return textLine(block.line, block.most, block.apart ? { spacing: "Medium" } : {});
    case "note":
      return [ourWords(block.text)];
    case "quote":
      return textLine([{ untrusted: block.text }], block.most, { style: { isSubtle: true } });
    case "buttons":
      return teamsRow(block.buttons);
    case "link":
      return linkRow(block.link, block.apart ? "Medium" : "Small");
    case "input":
      return [teamsInput(block.input)];
    case "divider":
      return []; // a property of the next element
    case "mono":
      return block.text.split("\n").flatMap((line) => preformatted(line, block.most));
  }
}

const titleOf = ({ of, line, most }: Extract<Block, { kind: "title" }>): RichTextBlock[] =>
  of === "item"
    ? textLine(line, most, { style: { weight: "Bolder" }, spacing: "Medium" })
    : boldLine(line, most);
