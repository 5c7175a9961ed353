import { readFileSync } from "node:fs";

/**
 * A block of docs/enforcement.md as a reader copies it: the first of its language that has `has` in
 * it.
 */
export function pageBlock(language: string, has = ""): string {
  const page = readFileSync("docs/enforcement.md", "utf8");
  const blocks = [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
  const [, , found] =
    blocks.find(([, kind, text]) => kind === language && text?.includes(has)) ?? [];
  if (found === undefined) throw new Error(`docs/enforcement.md has no block ${language}: ${has}`);
  return found;
}

/** The block with some of its words replaced; each must occur in it. */
export function fitted(block: string, replaced: Readonly<Record<string, string>>): string {
  return Object.entries(replaced).reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the block has no ${from}:\n${text}`);
    return text.replaceAll(from, to);
  }, block);
}
