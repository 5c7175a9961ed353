import { Parser } from "htmlparser2";
import { at, textAt } from "../../shared/json-path.ts";
import type { Fields } from "./activity.ts";

/** The text of a message without its quotations, with the mentions in it. */

/**
 * Text, or a mention: its displayed name, and its number in the activity's list of mentions ("" =
 * none given).
 */
export type Piece = { readonly words: string } | { readonly name: string; readonly number: string };

/**
 * The pieces of a message in their order. Teams sends some messages as HTML only, and older clients
 * quote within it.
 */
export function piecesIn(activity: Fields): readonly Piece[] {
  const text = textAt(activity, "text");
  const html = htmlIn(activity);
  if (html !== "" && (text.trim() === "" || /<(?:blockquote|quoted)\b/i.test(html))) {
    const pieces = ofHtml(html);
    if (pieces.some(saysSomething)) return pieces;
  }
  return isHtml(activity, text) ? ofHtml(text) : ofText(text);
}

const saysSomething = (piece: Piece): boolean => "name" in piece || piece.words.trim() !== "";

function htmlIn(activity: Fields): string {
  const attachments = at(activity, "attachments");
  const found = (Array.isArray(attachments) ? attachments : []).find(
    (attachment) => textAt(attachment, "contentType") === "text/html",
  );
  return textAt(found, "content");
}

const isHtml = (activity: Fields, text: string): boolean =>
  /^(?:xml|html)$/i.test(textAt(activity, "textFormat")) ||
  /^\s*<(?:p|div|span|blockquote|ul|ol|table)\b/i.test(text);

/** Elements that are not the author's own text: quotations and attachments. */
const others: ReadonlySet<string> = new Set([
  "blockquote",
  "quoted",
  "attachment",
  "script",
  "style",
]);

/** Inline elements; every other element ends a line. */
const inline: ReadonlySet<string> = new Set([
  "a",
  "b",
  "code",
  "em",
  "font",
  "i",
  "mark",
  "s",
  "span",
  "strike",
  "strong",
  "sub",
  "sup",
  "u",
]);

function ofHtml(html: string): readonly Piece[] {
  const pieces: Piece[] = [];
  /** The open elements that change how text is read. */
  const open: { readonly tag: string; readonly mention: string | null }[] = [];
  let hidden = 0;
  let name: { text: string; readonly number: string } | null = null;
  const parser = new Parser(
    {
      onopentag: (tag, attributes) => {
        const mention = mentionNumber(tag, attributes);
        if (others.has(tag)) hidden += 1;
        else if (mention !== null && name === null) name = { text: "", number: mention };
        else if (!inline.has(tag)) pieces.push({ words: " " });
        open.push({ tag, mention });
      },
      ontext: (text) => {
        if (hidden > 0) return;
        if (name) name.text += text;
        else pieces.push({ words: text });
      },
      onclosetag: (tag) => {
        const closed = open.pop();
        if (others.has(tag)) hidden -= 1;
        else if (closed?.mention != null && name !== null) {
          if (hidden === 0) pieces.push({ name: name.text, number: name.number });
          name = null;
        } else if (!inline.has(tag)) pieces.push({ words: " " });
      },
    },
    { decodeEntities: true },
  );
  parser.end(html);
  return pieces;
}

/** The number of a mention element; null for other elements. */
function mentionNumber(tag: string, attributes: Readonly<Record<string, string>>): string | null {
  if (tag === "at") return attributes["id"] ?? "";
  const isMention = tag === "span" && /\/Mention$/i.test(attributes["itemtype"] ?? "");
  return isMention ? (attributes["itemid"] ?? "") : null;
}

/** Teams escapes nothing in a message's `text`, so only its own tags are interpreted. */
function ofText(text: string): readonly Piece[] {
  const own = without(without(text, "quoted"), "attachment");
  const pieces: Piece[] = [];
  let from = 0;
  for (const found of own.matchAll(/<at\b([^<>]{0,200})>([^<>]{0,300})<\/at>/gi)) {
    const [whole, attributes = "", name = ""] = found;
    const [, number = ""] = /\bid="([^"]*)"/i.exec(attributes) ?? [];
    pieces.push({ words: own.slice(from, found.index) }, { name, number });
    from = found.index + whole.length;
  }
  pieces.push({ words: own.slice(from) });
  return pieces.map((piece) =>
    "words" in piece
      ? { words: piece.words.replace(/<\/?at\b[^<>]{0,200}>/gi, " ").replace(/&nbsp;/g, " ") }
      : piece,
  );
}

/** More than any message quotes. */
const mostCut = 20;

/**
 * The text without elements of this name and their contents; where an element is never closed, only
 * its tag is cut.
 */
function without(text: string, tag: string): string {
  const opening = new RegExp(`<${tag}\\b[^<>]{0,500}>`, "i");
  const closing = new RegExp(`</${tag}>`, "i");
  let rest = text;
  let kept = "";
  for (let cut = 0; cut < mostCut; cut += 1) {
    const found = opening.exec(rest);
    if (found === null) break;
    const [element] = found;
    kept += `${rest.slice(0, found.index)} `;
    rest = rest.slice(found.index + element.length);
    const end = element.endsWith("/>") ? null : closing.exec(rest);
    if (end) rest = rest.slice(end.index + end[0].length);
  }
  return kept + rest;
}
