import type { Json } from "./slack-types.ts";

/** Reads what Slack would show. */

/** The value at a path, or undefined. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found: unknown = value;
  for (const name of path) {
    if (typeof found !== "object" || found === null) return undefined;
    found = Reflect.get(found, name);
  }
  return found;
}

export function textAt(value: unknown, ...path: readonly (string | number)[]): string {
  const found = at(value, ...path);
  return typeof found === "string" ? found : "";
}

interface Read {
  readonly lines: readonly string[];
  readonly buttons: readonly { readonly label: string; readonly element: Json }[];
  readonly inputs: readonly { readonly id: string; readonly element: Json }[];
}

function listAt(value: unknown, name: string): readonly unknown[] {
  const found = at(value, name);
  return Array.isArray(found) ? found : [];
}

/** A message's or view's blocks, as people read them. */
export function walkBlocks(blocks: unknown): Read {
  const all = Array.isArray(blocks) ? blocks : [];
  return {
    lines: all.flatMap(linesOf),
    buttons: all
      .filter((block) => textAt(block, "type") === "actions")
      .flatMap((block) => listAt(block, "elements"))
      .map((element) => ({ label: textAt(element, "text", "text"), element: element as Json })),
    inputs: all
      .filter((block) => textAt(block, "type") === "input")
      .map((block) => ({
        id: textAt(block, "block_id"),
        element: at(block, "element") as Json,
      })),
  };
}

function linesOf(block: unknown): readonly string[] {
  switch (textAt(block, "type")) {
    case "rich_text":
      return listAt(block, "elements").flatMap((section) =>
        listAt(section, "elements").map(wordOf).join("").split("\n"),
      );
    case "context":
      return listAt(block, "elements").map((element) => textAt(element, "text"));
    case "header":
    case "section":
      return [textAt(block, "text", "text")];
    case "input":
      return [`${textAt(block, "label", "text")}: ${textAt(block, "element", "initial_value")}`];
    default:
      return [];
  }
}

const wordOf = (element: unknown): string =>
  textAt(element, "type") === "user"
    ? `@${textAt(element, "user_id")}`
    : textAt(element, "text") || textAt(element, "url") || textAt(element, "fallback");
